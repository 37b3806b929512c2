//! `carom classify`: files are cut into blocks, which threads read side by side.
//!
//! Invariant: what is said is the same however many threads there are, and in the order of the input;
//! what is known is said before more is waited for; memory does not grow with the input, with `--final`
//! beyond a bound (`latest.rs`).

mod feed;
mod input;
mod latest;
mod mails;
mod order;
mod progress;
mod ties;
mod unpack;
mod work;

use super::Status;
use super::output::{Level, Screen, counted};
use super::roots;
use crate::intake::Tally;
use crate::intake::notice::{Layouts, Reader, failing_examples};
use crate::report::summary::Summary;
use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};
pub(super) use feed::{Asked, Reading};
use input::Input;
use mails::From;
use order::{Order, Said};
use std::hash::RandomState;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::thread;
#[cfg(all(feature = "serve", unix))]
pub(super) use ties::Arguments as Ties;
pub(super) use ties::of_settings as ties_of_settings;
use work::{Notices, Worker};

/// More threads than this wait for the one that reads.
const MOST_JOBS: usize = 16;

/// Say what became of mail: read logs and replies, and give a verdict on each attempt.
///
/// Reads the logs of Postfix, Exim, Sendmail, OpenSMTPD, PowerMTA, KumoMTA, Haraka, Halon and of journald; what
/// Amazon SES, SendGrid, Mailgun, Postmark and SparkPost post to webhooks; replies one to a line; and JSON Lines
/// (`code`, `enhanced`, `status`, `host`, `domain`, `phase`, `text`, `recipient`, `time` …). It tells them apart by
/// itself, also packed by gzip or zstd. Reads mails, too: a file of one, a mailbox, a Maildir or another folder, of which
/// every file is taken for a mail; bounces, reports and automatic answers are told from ordinary mail. Prints a summary, or with `--json` the verdicts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom classify /var/log/mail.log
  carom classify --json mail.log.2.gz mail.log.1 mail.log > verdicts.jsonl
  carom classify --final --json acct-*.csv > last.jsonl
  journalctl -o export -u postfix | carom classify -
  carom classify --rules ours replies.txt
  carom classify --json ~/Maildir > verdicts.jsonl
  carom classify --sent ids.txt --from mail - < bounce.eml")]
pub(super) struct Arguments {
    /// Files, folders of mails, or `-` for standard input; packed ones (gzip, zstd) are unpacked.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the input is; without it, it is told by looking.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    from: Option<From>,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    settings: roots::SettingsArgument,
    /// A folder with your own descriptions of bounces (`*.layout`), which are asked before the shipped ones.
    #[arg(long, value_name = "FOLDER")]
    layouts: Option<PathBuf>,
    #[command(flatten)]
    ties: ties::Arguments,
    /// Fail (exit status 2) where anything could not be read.
    #[arg(long)]
    strict: bool,
    /// Print each verdict as a line of JSON, in place of the summary.
    #[arg(long)]
    json: bool,
    /// Count only the last attempt for each message and recipient. Name the files in their order, the oldest first.
    ///
    /// What the log itself calls the end is said at once. What it leaves open is kept until another attempt follows or
    /// the input ends: up to 1,048,576 attempts, and with `--json` 256 MiB of verdicts; beyond that the oldest are said
    /// as they are, and a note says how many.
    #[arg(long = "final")]
    last: bool,
    /// How many threads work; without it, as many as there are processors, up to 16.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How many times its size a packed file may unpack to, beyond the first 64 MiB.
    #[arg(long, value_name = "TIMES", default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..))]
    max_expansion: u64,
}

fn formats() -> impl TypedValueParser<Value = From> {
    PossibleValuesParser::new(From::words()).try_map(|name| name.parse::<From>())
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let stdin = [PathBuf::from("-")];
    let files = match arguments.files.as_slice() {
        [] if io::stdin().is_terminal() => bail!("name a file, or pipe one in: `carom classify /var/log/mail.log`"),
        [] => &stdin,
        files => files,
    };
    let engine = roots::engine(arguments.rules.as_ref(), &arguments.settings, screen)?;
    let own;
    let layouts = match &arguments.layouts {
        Some(folder) => {
            own = Layouts::with_folder(folder)?;
            if let Some(failing) = failing_examples(&own).first() {
                bail!("{failing}");
            }
            &own
        }
        None => Layouts::builtin(),
    };
    let (ties, settings) = (&arguments.ties, arguments.settings.read()?);
    let reader = Reader { layouts: Some(layouts), ties: ties.read(&settings)?, carried: ties.carried(&settings) };
    let notices = Notices { reader, trusts_untied: ties.trusts_untied(&settings) };
    let jobs = match arguments.jobs {
        Some(jobs) => jobs.into(),
        None => thread::available_parallelism().map_or(1, usize::from).min(MOST_JOBS),
    };
    let progress = progress::bar(files);
    let input = Input::new(files, arguments.from, arguments.max_expansion, progress.clone());
    let order = Order::new(jobs, screen, progress.clone());
    let keys = [RandomState::new(), RandomState::new()];
    let last = arguments.last.then_some(&keys);
    let worker = || Worker::new(&engine, &notices, arguments.json, last).run(&input, &order);
    let summary = thread::scope(|scope| {
        let others: Vec<_> = (1..jobs).map(|_| scope.spawn(worker)).collect();
        let mut summary = worker();
        for other in others {
            match other.join() {
                Ok(part) => summary.merge(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        summary
    });
    progress.finish_and_clear();
    let mut said = order.finish()?;
    let mut summary = summary;
    summary.merge(std::mem::take(&mut said.summary));
    finish(&said, (!arguments.json).then_some(&summary), screen)?;
    roots::tell_failures(&engine, screen);
    let is_lossy = said.tally.complaints + said.tally.cut > 0;
    Ok(if arguments.strict && is_lossy { Status::Partial } else { said.status })
}

fn finish(said: &Said, summary: Option<&Summary>, screen: Screen) -> io::Result<()> {
    if let Some(summary) = summary.filter(|_| said.is_anything()) {
        let mut out = io::stdout().lock();
        out.write_all(summary.text(screen.color, screen.width).as_bytes())?;
        out.flush()?;
    }
    told(said, screen);
    Ok(())
}

/// Says what could not be read, and what was left out.
fn told(said: &Said, screen: Screen) {
    let Tally { lines, mails, attempts, complaints, cut, nameless, foreign } = said.tally;
    let read = match (lines, mails) {
        (_, 0) => counted(lines, "line"),
        (0, _) => counted(mails, "mail"),
        _ => format!("{} and {}", counted(lines, "line"), counted(mails, "mail")),
    };
    let (of, of_lines) = (format!("of {read}"), format!("of {}", counted(lines, "line")));
    let note = |text: String| screen.tell(Level::Note, &text);
    let shown = match complaints > order::COMPLAINTS_SHOWN {
        true => format!("; the first {} are named above", order::COMPLAINTS_SHOWN),
        false => String::new(),
    };
    for (count, of, what) in [
        (complaints, &of, format!("could not be read{shown}")),
        (cut, &of_lines, "cut: 64 KiB of a line are looked at".to_owned()),
        (foreign, &of, "about mail that was not sent from here (backscatter)".to_owned()),
        (nameless, &of_lines, "left out: a message's end without a recipient".to_owned()),
    ] {
        if count > 0 {
            note(format!("{count} {of} {what}"));
        }
    }
    if said.followed > 0 {
        note(format!("{} of {} left out: another followed", said.followed, counted(attempts, "attempt")));
    }
    if said.early > 0 {
        note(format!("{} counted as last although another may have followed: too many were open", said.early));
    }
    if attempts + complaints + nameless == 0 && said.status == Status::Clean {
        note(match lines + mails {
            0 => "there was nothing to read".to_owned(),
            _ => format!("{read} read, and none tells of a delivery"),
        });
    }
}
