//! Which rule set a command is about.

use super::output::{Level, Screen};
use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, Plugins, Tally};
use crate::plugin::Compiler;
use crate::resolve::Root;
use crate::settings::{Admitted, Settings};
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

/// The root of a path; else the one that the settings name; else the shipped library.
pub(super) fn root_or_shipped(path: Option<&PathBuf>, named: Option<Root>) -> anyhow::Result<Root> {
    path.map_or_else(|| Ok(named.unwrap_or(Root::Builtin)), |path| root(Some(path)))
}

/// Where the settings are.
#[derive(Debug, clap::Args)]
pub(super) struct SettingsArgument {
    /// The settings (`carom.yaml`), which name rules and plugins; without it, the file that CAROM_SETTINGS names, if any.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

impl SettingsArgument {
    /// The file, if there is one.
    pub(super) fn path(&self) -> Option<PathBuf> {
        self.settings.clone().or_else(named_settings)
    }

    /// What the file says, if there is one, and the environment.
    pub(super) fn read(&self) -> anyhow::Result<Settings> {
        let settings = match self.path() {
            Some(path) => Settings::read(&path),
            None => Settings::of_environment(),
        };
        Ok(settings?)
    }
}

/// The settings that the environment names.
pub(super) fn named_settings() -> Option<PathBuf> {
    std::env::var_os("CAROM_SETTINGS").filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The settings that lie where the program is run. Only `carom config` looks for them.
pub(super) fn settings_here() -> Option<PathBuf> {
    Some(PathBuf::from("carom.yaml")).filter(|path| path.exists())
}

/// The plugins of the settings.
pub(super) fn plugins(settings: &Settings, screen: Screen) -> anyhow::Result<Plugins> {
    seated(settings, |note| screen.tell(Level::Warning, note))
}

/// The same, for whoever tells in another way what is to be said of them.
pub(super) fn seated(settings: &Settings, tell: impl Fn(&str)) -> anyhow::Result<Plugins> {
    let admitted = settings.admit(compiler()?)?;
    admitted.iter().filter_map(Admitted::note).for_each(|note| tell(&note));
    Ok(admitted.into_iter().map(Admitted::seat).collect())
}

/// The root of a path; else of the settings; else of the folder that the command is run in.
pub(super) fn root_or(path: Option<&PathBuf>, settings: &Settings) -> anyhow::Result<Root> {
    match (path, settings.root()) {
        (None, Some(root)) => Ok(root),
        _ => root(path),
    }
}

/// The engine of `--rules`, of the settings, or the shipped library; what is wrong with the rules is printed.
pub(super) fn engine(path: Option<&PathBuf>, settings: &SettingsArgument, screen: Screen) -> anyhow::Result<Engine> {
    let settings = settings.read()?;
    let root = root_or_shipped(path, settings.root())?;
    loaded_with(&root, plugins(&settings, screen)?, screen)
}

/// The engine of a root; what is wrong with its rules is printed.
pub(super) fn loaded(root: &Root, screen: Screen) -> anyhow::Result<Engine> {
    loaded_with(root, Vec::new(), screen)
}

/// The engine of a root with plugins.
pub(super) fn loaded_with(root: &Root, plugins: Plugins, screen: Screen) -> anyhow::Result<Engine> {
    Engine::load_with(root, plugins).map_err(|error| match error.root {
        Some(root) => anyhow::Error::msg(root),
        None => refused(&error.diagnostics, &error.sources, screen),
    })
}

/// Prints what is wrong with rules, and says that nothing was done.
pub(super) fn refused(diagnostics: &[Diagnostic], sources: &SourceMap, screen: Screen) -> anyhow::Error {
    screen.complain(diagnostics, sources);
    anyhow::Error::msg("the rules cannot be used; nothing was done")
}

/// Says which plugins failed, and why.
pub(super) fn tell_failures(engine: &Engine, screen: Screen) {
    for (name, tally) in engine.plugins().filter(|(_, tally)| tally.failed > 0) {
        let Tally { failed, passed_over, last_failure, .. } = tally;
        let replies = if failed == 1 { "reply" } else { "replies" };
        let mut message = format!("plugin {name} failed on {failed} {replies}");
        if passed_over > 0 {
            message += &format!(" and was set aside, so that {passed_over} more were not asked about");
        }
        screen.tell(Level::Warning, &format!("{message}: {}", last_failure.unwrap_or_default()));
    }
}
