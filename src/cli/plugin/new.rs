//! `carom plugin new`.

use super::super::Status;
use super::load::shown;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::PathBuf;

/// Make a crate with a plugin to begin with.
///
/// The crate holds all that it needs, the guest library too, and builds where there is no network. It claims
/// `*.NAME.example` and works out a wait that no rule could; its tests pass as it stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  carom plugin new acme && carom plugin build acme && carom plugin test acme")]
pub(super) struct Arguments {
    /// The plugin's name, which is its profile's: small letters, digits and hyphens. The crate is made in a folder of
    /// that name, which must not exist.
    #[arg(value_parser = name)]
    name: String,
}

/// What is written; of these texts the ones that begin the list are about a plugin called `acme`.
const OWN: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("new/manifest.toml")),
    ("src/lib.rs", include_str!("new/lib.rs")),
    ("rules.carom", include_str!("new/rules.carom")),
    ("README.md", include_str!("new/README.md")),
    (".gitignore", include_str!("new/gitignore")),
];

const LIBRARY: [(&str, &str); 7] = [
    ("sdk/Cargo.toml", include_str!("../../../plugins/sdk/Cargo.toml")),
    ("sdk/README.md", include_str!("../../../plugins/sdk/README.md")),
    ("sdk/LICENSE-APACHE", include_str!("../../../LICENSE-APACHE")),
    ("sdk/LICENSE-MIT", include_str!("../../../LICENSE-MIT")),
    ("sdk/src/abi.rs", include_str!("../../../plugins/sdk/src/abi.rs")),
    ("sdk/src/layout.rs", include_str!("../../../plugins/sdk/src/layout.rs")),
    ("sdk/src/lib.rs", include_str!("../../../plugins/sdk/src/lib.rs")),
];

/// A name that is a profile's and a crate's.
fn name(text: &str) -> Result<String, String> {
    let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_name {
        return Err("a name has small letters, digits and hyphens, and begins with a letter".to_owned());
    }
    if text.len() > 40 {
        return Err("a name has at most 40 characters".to_owned());
    }
    // Crates that are linked together have a name each.
    if text == "carom-plugin" {
        return Err("that is the guest library's name: take the provider's".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    let name = &arguments.name;
    let folder = PathBuf::from(name);
    if folder.exists() {
        bail!("{name} exists: name another, or take it away first");
    }
    let own = OWN.map(|(file, text)| (file, text.replace("acme", name)));
    let library = LIBRARY.map(|(file, text)| (file, text.to_owned()));
    for (file, text) in own.into_iter().chain(library) {
        let path = folder.join(file);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, text))
            .with_context(|| format!("{} cannot be written", shown(&path)))?;
    }
    writeln!(std::io::stdout(), "made {name}: next, `carom plugin build {name}` and `carom plugin test {name}`")?;
    Ok(Status::Clean)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names() {
        for good in ["acme", "a", "web-de2", "self", "test"] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
        for bad in ["", "Acme", "2acme", "-a", "a-", "a_b", "a/b", "..", "é", "carom-plugin", &"a".repeat(41)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
