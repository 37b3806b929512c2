//! `carom init`.

use super::Status;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::PathBuf;

/// Make a folder with rules of your own.
///
/// The folder uses the shipped library, and holds an override, a change and a test to start from.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  carom init ours && carom check ours && carom test ours")]
pub(super) struct Arguments {
    /// The folder; it must not exist, or be empty.
    folder: PathBuf,
}

const FILES: [(&str, &str); 3] = [
    ("root.carom", include_str!("init/root.carom")),
    ("ours.carom", include_str!("init/ours.carom")),
    ("README.md", include_str!("init/README.md")),
];

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    let folder = &arguments.folder;
    let name = folder.display();
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{name} is not empty: name a new folder");
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{name} cannot be made"))?;
    for (file, text) in FILES {
        let path = folder.join(file);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    writeln!(std::io::stdout(), "made {name}: next, `carom check {name}` and `carom test {name}`")?;
    Ok(Status::Clean)
}
