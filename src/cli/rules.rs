//! `carom check` and `carom test`.

use super::Status;
use super::output::{Format, Screen};
use super::roots::root;
use crate::check;
use crate::engine::{Engine, Tested};
use crate::report::diagnostics::summary;
use crate::resolve::has_errors;
use std::path::PathBuf;

/// Say what is wrong with rule files.
///
/// Reads a rule set from its root (a file, or a folder with a `root.carom`), and says what is wrong
/// with it: errors, which keep it from being used, and warnings. Replies are not looked at: `carom test`
/// runs the examples.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom check ours\n  carom check --format sarif ours > carom.sarif\n  carom explain E0020"
)]
pub(super) struct CheckArguments {
    /// Folders with a `root.carom`, root files, or `builtin`; without any, the folder that this is run in.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
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
    /// How to write what fails.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The paths, or the one that stands for none.
fn each(paths: &[PathBuf]) -> Vec<Option<&PathBuf>> {
    if paths.is_empty() { vec![None] } else { paths.iter().map(Some).collect() }
}

pub(super) fn check(arguments: &CheckArguments, screen: Screen) -> anyhow::Result<Status> {
    let mut status = Status::Clean;
    for path in each(&arguments.paths) {
        let (rules, diagnostics) = check::check(&root(path)?).map_err(anyhow::Error::msg)?;
        screen.write(&diagnostics, &rules.sources, arguments.format)?;
        if !diagnostics.is_empty() {
            status = Status::Found;
        }
        if arguments.format == Format::Text {
            let files = rules.sources.files().len() - 1;
            let found = if diagnostics.is_empty() { "nothing to say".to_owned() } else { summary(&diagnostics) };
            println!("{} in {}: {found}", counted(rules.rules.len() - 2, "rule"), counted(files, "file"));
        }
    }
    Ok(status)
}

pub(super) fn test(arguments: &TestArguments, screen: Screen) -> anyhow::Result<Status> {
    let mut status = Status::Clean;
    for path in each(&arguments.paths) {
        let (rules, diagnostics) = check::check(&root(path)?).map_err(anyhow::Error::msg)?;
        if has_errors(&diagnostics) {
            screen.write(&diagnostics, &rules.sources, arguments.format)?;
            status = Status::Found;
            continue;
        }
        let engine = Engine::new(rules, diagnostics);
        let Tested { examples, tests, failures } = engine.test();
        screen.write(&failures, &engine.rules().sources, arguments.format)?;
        if !failures.is_empty() {
            status = Status::Found;
        }
        if arguments.format == Format::Text {
            let failed = if failures.is_empty() { "all hold".to_owned() } else { format!("{} failed", failures.len()) };
            println!("{}, {}: {failed}", counted(examples, "example"), counted(tests, "test"));
        }
    }
    Ok(status)
}

fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
