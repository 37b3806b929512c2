//! `carom check` and `carom test`.

use super::Status;
use super::explain::time;
use super::output::{Format, Screen, counted};
use super::roots::{SettingsArgument, plugins, root_or};
use crate::Time;
use crate::check::{self, Checked};
use crate::engine::{Engine, LoadError, Tested};
use crate::reply::Kind;
use crate::report::diagnostics::summary;
use crate::report::plain;
use crate::resolve::speechless;
use anyhow::bail;
use std::io::Write;
use std::path::PathBuf;

/// Say what is wrong with rule files.
///
/// Reads a rule set from its root (a file, or a folder with a `root.carom`), and says what is wrong
/// with it: errors, which keep it from being used; where there are none, examples and tests that do not hold, and
/// warnings about what is doubtful. A comment `# allow W0001: reason` above an item or a line silences a warning.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom check ours\n  carom check --format sarif ours > carom.sarif\n  carom explain E0020"
)]
pub(super) struct CheckArguments {
    /// Folders with a `root.carom`, root files, or `builtin`; without any, the folder that this is run in.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgument,
    /// How to write what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The time that overrides and changes are looked at, such as 2026-02-27T04:00Z; without it, now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
}

/// Run the examples of rules, and the tests.
///
/// Every rule's examples must be taken by the rule itself, and every `test` must hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom test ours\n  carom test builtin")]
pub(super) struct TestArguments {
    /// Folders with a `root.carom`, root files, or `builtin`; without any, the folder that this is run in.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgument,
    /// How to write what fails.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The paths, or the one that stands for none.
fn each(paths: &[PathBuf]) -> Vec<Option<&PathBuf>> {
    if paths.is_empty() { vec![None] } else { paths.iter().map(Some).collect() }
}

/// What stands before the closing line, where several rule sets are looked at.
fn of(path: Option<&PathBuf>, paths: &[PathBuf]) -> String {
    path.filter(|_| paths.len() > 1).map_or(String::new(), |path| format!("{}: ", plain(&path.display().to_string())))
}

/// Two SARIF logs one after the other are none.
fn is_writable(format: Format, paths: &[PathBuf]) -> anyhow::Result<()> {
    if format == Format::Sarif && paths.len() > 1 {
        bail!("a SARIF log is about one rule set: name one path");
    }
    Ok(())
}

pub(super) fn check(arguments: &CheckArguments, screen: Screen) -> anyhow::Result<Status> {
    let CheckArguments { paths, format, at, settings } = arguments;
    is_writable(*format, paths)?;
    let settings = settings.read()?;
    let plugins = plugins(&settings, screen)?;
    let mut status = Status::Clean;
    for path in each(paths) {
        let now = at.unwrap_or_else(Time::now);
        let Checked { rules, findings, undecided } =
            check::check_with(&root_or(path, &settings)?, plugins.clone(), now).map_err(anyhow::Error::msg)?;
        screen.write(&findings, &rules.sources, *format)?;
        if !findings.is_empty() {
            status = Status::Found;
        }
        if *format == Format::Text {
            // The prelude and its rules, `unknown` and one for each kind of notice, are nobody's own.
            let count = counted((rules.rules.len() - 1 - Kind::ALL.len()) as u64, "rule");
            let files = counted(rules.sources.files().len() as u64 - 1, "file");
            let found = if findings.is_empty() { "no errors, no warnings".to_owned() } else { summary(&findings) };
            let left = if undecided == 0 { String::new() } else { format!(", {undecided} not decided") };
            writeln!(std::io::stdout(), "{}{count} in {files}: {found}{left}", of(path, paths))?;
        }
    }
    Ok(status)
}

pub(super) fn test(arguments: &TestArguments, screen: Screen) -> anyhow::Result<Status> {
    let TestArguments { paths, format, settings } = arguments;
    is_writable(*format, paths)?;
    let settings = settings.read()?;
    let plugins = plugins(&settings, screen)?;
    let mut status = Status::Clean;
    for path in each(paths) {
        let result = match Engine::load_with(&root_or(path, &settings)?, plugins.clone()) {
            Err(LoadError { root: Some(why), .. }) => bail!(why),
            Err(LoadError { diagnostics, sources, .. }) => {
                screen.write(&diagnostics, &sources, *format)?;
                status = Status::Found;
                format!("{}: no example was run", summary(&diagnostics))
            }
            Ok(engine) => {
                let Tested { examples, tests, mut failures } = engine.test();
                failures.extend(speechless(engine.rules()));
                screen.write(&failures, &engine.rules().sources, *format)?;
                if !failures.is_empty() {
                    status = Status::Found;
                }
                let run = format!("{}, {}", counted(examples as u64, "example"), counted(tests as u64, "test"));
                match failures.len() {
                    0 if examples + tests == 0 => "no examples and no tests: give each rule an `example`".to_owned(),
                    0 => format!("{run}: all hold"),
                    _ if examples + tests == 0 => format!("{}: no example was run", summary(&failures)),
                    failed => format!("{run}: {failed} failed"),
                }
            }
        };
        if *format == Format::Text {
            writeln!(std::io::stdout(), "{}{result}", of(path, paths))?;
        }
    }
    Ok(status)
}
