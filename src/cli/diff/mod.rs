//! `carom diff`.

mod git;
mod side;

use super::Status;
use super::classify::{Asked, Reading};
use super::output::Screen;
use super::roots::{SettingsArgument, plugins};
use crate::diff::{Addresses, Comparison, Found, Seen, Traffic};
use crate::report::diff::{self, Report};
use std::io::Write;
use std::path::PathBuf;

/// Say which replies get another verdict from another rule set.
///
/// Holds two rule sets against each other: which rules and settings of profiles differ, and which replies show it,
/// each with a witness; with `--input` also how many replies of real mail change, and how many addresses would be
/// suppressed that are not.
#[derive(Debug, clap::Args)]
#[command(after_help = "OLD and NEW are each one of
  builtin      the shipped library
  PATH         a folder with a `root.carom`, or a root file
  REV:PATH     the same as it is in a git revision, such as HEAD~1:rules

With three arguments OLD and NEW are revisions, and PATH is looked at in both; with two, of which the first
is no path and the second is one, the revision is held against what lies there now.

Examples:
  carom diff HEAD~1 HEAD rules/                 what the last commit changes
  carom diff HEAD rules/                        what is not committed yet
  carom diff builtin ours --input mail.log      what one's own rules change in real mail
  carom diff main HEAD rules --format markdown  a comment for a pull request

Exit status:
  0  nothing changes
  1  something does
  2  it could not be found out, or not wholly")]
pub(super) struct Arguments {
    /// The rule set as it was.
    old: String,
    /// The rule set as it is to be.
    new: String,
    /// Where the rule set lies, if OLD and NEW are git revisions.
    path: Option<PathBuf>,
    /// Logs and other files with replies, as `carom classify` takes them; `-` for standard input.
    #[arg(long, value_name = "LOG", num_args = 1..)]
    input: Vec<PathBuf>,
    /// How to write what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show all changes, not the largest alone.
    #[arg(long)]
    all: bool,
    /// Show addresses of the input as they are, not `*@example.com`.
    #[arg(long)]
    show_addresses: bool,
    #[command(flatten)]
    settings: SettingsArgument,
    #[command(flatten)]
    reading: Reading,
}

/// How the difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// For a pull request.
    Markdown,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let (before, after) = side::sides(&arguments.old, &arguments.new, arguments.path.as_deref())?;
    // Both sides have the same plugins: what is held against each other is rules.
    let plugins = plugins(&arguments.settings.read()?, screen)?;
    let (old, new) = (before.load(plugins.clone(), screen)?, after.load(plugins, screen)?);
    let comparison = Comparison::new(&old, &new);
    let (edits, settings) = (comparison.edits(), comparison.settings());
    let tried = comparison.search();
    let (found, status) = match arguments.input.as_slice() {
        [] => (None, Status::Clean),
        _ => {
            let (found, status) = count(arguments, &comparison, screen)?;
            (Some(found), status)
        }
    };
    let report = Report {
        names: [before.name(), after.name()],
        snapshots: [old.version(), new.version()],
        edits: &edits,
        settings: &settings,
        tried: &tried,
        found: found.as_ref(),
        show_addresses: arguments.show_addresses,
        all: arguments.all,
    };
    let written = match arguments.format {
        Format::Text => diff::text(&report, screen.color),
        Format::Json => diff::json(&report),
        Format::Markdown => diff::markdown(&report),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(written.as_bytes())?;
    out.flush()?;
    Ok(if status == Status::Clean && report.is_change() { Status::Found } else { status })
}

/// Counts what changes in the input.
fn count(arguments: &Arguments, comparison: &Comparison<'_>, screen: Screen) -> anyhow::Result<(Found, Status)> {
    let addresses = Addresses::default();
    let mut all = Traffic::new(comparison, &addresses);
    let (status, _) = arguments.reading.feed(
        &arguments.input,
        Asked::Whole,
        screen,
        || Traffic::new(comparison, &addresses),
        |traffic, attempt, at| {
            let source: &dyn std::fmt::Display = if attempt.source.is_empty() { &at } else { &attempt.source };
            traffic.add(Seen { source, recipient: attempt.recipient.as_deref(), reply: &attempt.reply });
        },
        |traffic| all.merge(traffic),
    )?;
    Ok((all.finish(), status))
}
