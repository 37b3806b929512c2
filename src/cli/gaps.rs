//! `carom gaps`.

use super::Status;
use super::classify::{Asked, Reading};
use super::output::Screen;
use super::roots;
use crate::gaps::Gathered;
use crate::report::gaps::{self, Shown};
use crate::report::json_line;
use std::io::Write;
use std::path::PathBuf;

/// Put together the replies that no rule knows, and draft a rule for each kind.
///
/// No rule knows a reply that only a fallback decides, or nothing. Replies that say the same but for addresses, hosts,
/// ids, numbers and a few words are one cluster. The largest come first, each with how it is decided today, and with a
/// draft of a rule to start from: it was loaded with all other rules and takes its cluster; choose its reason, and look
/// at what it would take besides.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom gaps /var/log/mail.log
  carom gaps --rules ours --top 5 mail.log.2.gz mail.log.1 mail.log
  carom gaps --rules ours --format carom mail.log >> ours/drafts.carom")]
pub(super) struct Arguments {
    /// Files, or `-` for standard input, as `carom classify` takes them.
    #[arg(value_name = "INPUT", required = true)]
    input: Vec<PathBuf>,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    settings: roots::SettingsArgument,
    /// How many clusters to show.
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// How many replies a cluster must have to be shown.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    min: u64,
    /// How to write what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// How clusters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// The drafts alone, to be pasted into a file.
    Carom,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let engine = roots::engine(arguments.rules.as_ref(), &arguments.settings, screen)?;
    let mut all = Gathered::default();
    let (status, is_anything) = arguments.reading.feed(
        &arguments.input,
        Asked::Replies,
        screen,
        Gathered::default,
        |gathered, attempt, _| gathered.add(&engine, &attempt.reply),
        |gathered| all.merge(gathered),
    )?;
    if !is_anything {
        return Ok(status);
    }
    let found = all.clusters(&engine, arguments.min, arguments.top);
    let shown = Shown::new(&found, arguments.top, arguments.min);
    let written = match arguments.format {
        Format::Text => gaps::text(&shown, screen.color),
        Format::Json => json_line(&gaps::json(&shown)) + "\n",
        Format::Carom => gaps::carom(&shown),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(written.as_bytes())?;
    out.flush()?;
    Ok(status)
}
