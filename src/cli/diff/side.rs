//! What OLD and NEW mean.

use super::git::Repository;
use crate::cli::output::Screen;
use crate::cli::roots::refused;
use crate::engine::{Engine, Plugins};
use crate::resolve::Root;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// A rule set to be loaded.
#[derive(Debug)]
pub(super) enum Side {
    Builtin,
    /// As it lies there.
    Path(PathBuf),
    /// As it is in a git revision.
    Revision(String, PathBuf),
}

/// What the arguments mean.
pub(super) fn sides(old: &str, new: &str, path: Option<&Path>) -> anyhow::Result<(Side, Side)> {
    if let Some(path) = path {
        let of = |revision: &str| -> anyhow::Result<Side> {
            if revision == "builtin" {
                bail!(
                    "with a PATH both others are git revisions: for the shipped library, `carom diff builtin {}`",
                    path.display()
                );
            }
            Ok(Side::Revision(revision.to_owned(), path.to_owned()))
        };
        return Ok((of(old)?, of(new)?));
    }
    match (Side::of(old), Side::of(new)) {
        (Some(old), Some(new)) => Ok((old, new)),
        // A revision, and what it is of.
        (None, Some(Side::Path(path))) if !looks_like_path(old) => {
            Ok((Side::Revision(old.to_owned(), path.clone()), Side::Path(path)))
        }
        (None, _) => Err(unknown(old)),
        (_, None) => Err(unknown(new)),
    }
}

/// Whether nobody would write a revision so.
fn looks_like_path(text: &str) -> bool {
    text.ends_with(['/', '\\']) || text.ends_with(".carom") || text.starts_with("./") || text.starts_with("../")
}

fn unknown(text: &str) -> anyhow::Error {
    let is_snapshot = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if is_snapshot {
        return anyhow::anyhow!(
            "{text}: a snapshot's number does not hold its rules: name the folder or the git revision that they are in"
        );
    }
    anyhow::anyhow!(
        "{text}: there is no such file or folder; a git revision is named with its path, as `{text}:rules`, or as `carom diff OLD NEW rules`"
    )
}

impl Side {
    /// What one argument means by itself.
    fn of(text: &str) -> Option<Side> {
        if text == "builtin" {
            return Some(Side::Builtin);
        }
        let path = PathBuf::from(text);
        // What lies there is meant, whatever else it could be.
        if path.exists() {
            return Some(Side::Path(path));
        }
        let (revision, path) = text.split_once(':')?;
        (!revision.is_empty())
            .then(|| Side::Revision(revision.to_owned(), PathBuf::from(if path.is_empty() { "." } else { path })))
    }

    /// As people write it.
    pub(super) fn name(&self) -> String {
        match self {
            Side::Builtin => "builtin".to_owned(),
            Side::Path(path) => path.display().to_string(),
            Side::Revision(revision, path) => format!("{revision}:{}", path.display()),
        }
    }

    /// The engine; what is wrong with the rules is printed.
    pub(super) fn load(&self, plugins: Plugins, screen: Screen) -> anyhow::Result<Engine> {
        let root = match self {
            Side::Builtin => Root::Builtin,
            Side::Path(path) => Root::Path(path.clone()),
            Side::Revision(revision, path) => {
                let texts = Repository::around(path)?.texts(revision, path);
                Root::Texts(texts.with_context(|| self.name())?)
            }
        };
        Engine::load_with(&root, plugins).map_err(|error| {
            let why = match error.root {
                Some(root) => anyhow::Error::msg(root),
                None => refused(&error.diagnostics, &error.sources, screen),
            };
            why.context(self.name())
        })
    }
}
