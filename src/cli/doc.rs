//! `carom doc`.

use super::Status;
use super::output::Screen;
use super::output::counted;
use super::roots;
use crate::report::reference;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write a rule set as pages to read in a browser.
///
/// A page for each profile, each file of general rules and each reason, with the rules in plain words, their advice,
/// sources, examples and tests; and a search that works from the disk, without a server. It is made from the rules alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom doc
  carom doc --rules ours --out public/rules
  xdg-open 'rules-reference/index.html'")]
pub(super) struct Arguments {
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// The folder to write to; of one that is there, the pages of an earlier time are replaced.
    #[arg(long, value_name = "FOLDER", default_value = "rules-reference")]
    out: PathBuf,
    /// What the rule set is called on its pages; without it, as its folder or file.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// The list of what was written: it tells a folder that this command has made. In another one nothing is taken away.
const MADE: &str = ".carom-doc";

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let engine = roots::loaded(&roots::root_or_shipped(arguments.rules.as_ref(), None)?, screen)?;
    let title = match (&arguments.title, &arguments.rules) {
        (Some(title), _) => title.clone(),
        (None, Some(path)) if path.as_os_str() != "builtin" => called(path),
        _ => "Carom's rules".to_owned(),
    };
    let pages = reference::pages(engine.rules(), &title);
    let out = &arguments.out;
    let name = out.display();
    clear(out)?;
    std::fs::create_dir_all(out).with_context(|| format!("{name} cannot be made"))?;
    let mut made = String::new();
    for page in &pages {
        made.push_str(&page.name);
        made.push('\n');
    }
    let write = |name: &str, text: &str| {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    // First what is made, so that even half a reference can be replaced.
    write(MADE, &made)?;
    pages.iter().try_for_each(|page| write(&page.name, &page.text))?;
    let bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    let files = counted(pages.len() as u64, "file");
    writeln!(
        std::io::stdout(),
        "made {name}: {files}, {} KiB; open {}",
        bytes.div_ceil(1024),
        out.join("index.html").display()
    )?;
    Ok(Status::Clean)
}

/// What a rule set is called where nobody says: its folder, or its file without the end.
fn called(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
    name.map_or_else(|| "Rules".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Takes away what an earlier run has made; a folder with anything else in it is refused.
fn clear(folder: &Path) -> anyhow::Result<()> {
    let name = folder.display();
    let Ok(mut entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let Ok(made) = std::fs::read_to_string(folder.join(MADE)) else {
        if entries.next().is_some() {
            bail!("{name} is not empty, and was not made by `carom doc`: name a new folder");
        }
        return Ok(());
    };
    for page in made.lines().filter(|page| !page.contains(['/', '\\']) && *page != "..") {
        match std::fs::remove_file(folder.join(page)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{name}/{page} cannot be replaced"));
            }
            _ => {}
        }
    }
    Ok(())
}
