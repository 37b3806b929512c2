//! `carom cover`.

use super::Status;
use super::classify::{Asked, Reading};
use super::output::{Level, Screen};
use super::roots::{SettingsArgument, loaded_with, plugins, root_or};
use crate::cover::{Counts, Cover};
use crate::report::cover::{self, Of};
use crate::report::json_line;
use std::io::Write;
use std::path::PathBuf;

/// Say which rules, alternatives and examples replies touch.
///
/// Without `--input` the replies are the rule set's own: its examples and tests. With it, they are read as `carom
/// classify` reads them. Counted are the rules of your own files; a rule is touched if it wins a reply, an
/// alternative if a reply comes through it that its rule wins, an `unless` line if it vetoes one, an example if its
/// own rule wins it, or if real input has a reply like it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom cover ours
  carom cover ours --input /var/log/mail.log* --format html > cover.html
  carom cover builtin --min 90
  carom cover ours --library --settings carom.yaml    the rules of plugins as well")]
pub(super) struct Arguments {
    /// A folder with a `root.carom`, a root file, or `builtin`; without it, the folder that this is run in.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Count real replies, in place of examples and tests: files, or `-` for standard input.
    #[arg(long, value_name = "LOG", num_args = 1..)]
    input: Vec<PathBuf>,
    /// Show every rule with its counts, not only what is cold.
    #[arg(long)]
    all: bool,
    /// Count the rules of the shipped library and of plugins too, where there are rules of your own.
    #[arg(long)]
    library: bool,
    /// How to write what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 where less than so much of the rules is touched.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min: Option<f64>,
    /// Exit with 1 where less than so much of the alternatives is touched.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_alternatives: Option<f64>,
    #[command(flatten)]
    settings: SettingsArgument,
    #[command(flatten)]
    reading: Reading,
}

/// How coverage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// A page that needs nothing else: the files, with every line coloured.
    Html,
}

fn percent(text: &str) -> Result<f64, &'static str> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or("not a number from 0 to 100")
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let settings = arguments.settings.read()?;
    let root = root_or(arguments.path.as_ref(), &settings)?;
    let engine = loaded_with(&root, plugins(&settings, screen)?, screen)?;
    let watch = Cover::new(&engine, arguments.library);
    let (counts, of, mut status) = match arguments.input.as_slice() {
        [] => (watch.tests(), Of::Tests, Status::Clean),
        files => {
            let mut counts = watch.start();
            let (status, is_anything) = arguments.reading.feed(
                files,
                Asked::Replies,
                screen,
                || watch.start(),
                |counts: &mut Counts, attempt, _| watch.count_real(counts, &attempt.reply),
                |part| counts.merge(&part),
            )?;
            if !is_anything {
                return Ok(status);
            }
            (counts, Of::Input, status)
        }
    };
    let covered = watch.covered(&counts);
    let rules = engine.rules();
    let written = match arguments.format {
        Format::Text => cover::text(&covered, rules, of, arguments.all, screen.color),
        Format::Json => json_line(&cover::json(&covered, rules, of)) + "\n",
        Format::Html => cover::html(&covered, rules, of),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(written.as_bytes())?;
    out.flush()?;
    for (share, least, what) in
        [(covered.rules, arguments.min, "rules"), (covered.alternatives, arguments.min_alternatives, "alternatives")]
    {
        if least.is_some_and(|least| share.percent() < least) {
            let least = least.unwrap_or_default();
            screen.tell(
                Level::Note,
                &format!("{} of {} {what} are touched: less than {least} %", share.touched, share.all),
            );
            if status == Status::Clean {
                status = Status::Found;
            }
        }
    }
    Ok(status)
}
