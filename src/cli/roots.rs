//! Which rule set a command is about.

use super::output::{Format, Screen};
use crate::engine::{Engine, LoadError};
use crate::resolve::Root;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// The root of a path, or of the folder that the command is run in.
pub(super) fn root(path: Option<&PathBuf>) -> anyhow::Result<Root> {
    match path {
        Some(path) if path.as_os_str() == "builtin" => Ok(Root::Builtin),
        Some(path) => Ok(Root::Path(path.clone())),
        None if Path::new("root.carom").is_file() => Ok(Root::Path(PathBuf::from("root.carom"))),
        None => bail!(
            "there is no `root.carom` here: name a folder or a file, or make one by `carom init FOLDER`; `builtin` is the shipped library"
        ),
    }
}

/// The engine of `--rules`, or the shipped library; what is wrong with the rules is printed.
pub(super) fn engine(path: Option<&PathBuf>, screen: Screen) -> anyhow::Result<Engine> {
    let root = match path {
        Some(path) => root(Some(path))?,
        None => Root::Builtin,
    };
    Engine::load(&root).map_err(|error| refused(&error, screen))
}

/// Prints what is wrong with rules, and says that nothing was done.
fn refused(error: &LoadError, screen: Screen) -> anyhow::Error {
    if let Some(root) = &error.root {
        return anyhow::Error::msg(root.clone());
    }
    match screen.write(&error.diagnostics, &error.sources, Format::Text) {
        Ok(()) => anyhow::Error::msg("the rules cannot be used; nothing was done"),
        Err(error) => error,
    }
}
