//! Which rule set a command is about.

use super::output::Screen;
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::plugin::Compiler;
use crate::resolve::Root;
use crate::source::SourceMap;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// What this program is told to compile a plugin and do nothing else, as the host of plugins starts it.
pub(super) const COMPILE: [&str; 2] = ["plugin", "compile"];

/// This program, as what compiles plugins.
pub(super) fn compiler() -> anyhow::Result<Compiler> {
    Ok(Compiler::new(std::env::current_exe()?, COMPILE))
}

/// The root of a path, or of the folder that the command is run in.
pub(super) fn root(path: Option<&PathBuf>) -> anyhow::Result<Root> {
    match path {
        Some(path) if path.as_os_str() == "builtin" => Ok(Root::Builtin),
        Some(path) => Ok(Root::Path(path.clone())),
        None if Path::new("root.carom").is_file() => Ok(Root::Path(PathBuf::from("root.carom"))),
        None => bail!(
            "there is no `root.carom` here: name a folder that has one or a rule file, or make one by `carom init FOLDER`; \
             `builtin` is the shipped library"
        ),
    }
}

/// The engine of `--rules`, or the shipped library; what is wrong with the rules is printed.
pub(super) fn engine(path: Option<&PathBuf>, screen: Screen) -> anyhow::Result<Engine> {
    let root = match path {
        Some(path) => root(Some(path))?,
        None => Root::Builtin,
    };
    loaded(&root, screen)
}

/// The engine of a root; what is wrong with its rules is printed.
pub(super) fn loaded(root: &Root, screen: Screen) -> anyhow::Result<Engine> {
    Engine::load(root).map_err(|error| match error.root {
        Some(root) => anyhow::Error::msg(root),
        None => refused(&error.diagnostics, &error.sources, screen),
    })
}

/// Prints what is wrong with rules, and says that nothing was done.
pub(super) fn refused(diagnostics: &[Diagnostic], sources: &SourceMap, screen: Screen) -> anyhow::Error {
    screen.complain(diagnostics, sources);
    anyhow::Error::msg("the rules cannot be used; nothing was done")
}
