//! `carom classify`.

use super::Status;
use super::output::Screen;
use super::roots;
use crate::Time;
use crate::engine::{Engine, Record};
use crate::intake::{Attempt, Format, Reading, Tally};
use crate::report::summary::Summary;
use crate::report::{json_line, plain};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How much of an input is looked at to tell its format.
const START: usize = 64 << 10;

/// The most complaints that are written out; the others are counted.
const COMPLAINTS_SHOWN: u64 = 10;

/// Say what became of mail: read logs and replies, and give a verdict on each attempt.
///
/// Reads Postfix logs, replies a line each, and JSON Lines (`code`, `enhanced`, `status`, `host`, `domain`,
/// `phase`, `text`, `recipient`, `time` …), and tells them apart by itself. Prints a summary, or with
/// `--json` a verdict a line.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom classify /var/log/mail.log
  carom classify --json mail.log mail.log.1 > verdicts.jsonl
  journalctl -o short-iso -u postfix | carom classify -
  carom classify --rules ours replies.txt")]
pub(super) struct Arguments {
    /// Files, or `-` for standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the input is: `postfix`, `replies` or `jsonl`; without it, it is told by looking.
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,
    /// Rules of one's own: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// A verdict a line, as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let from = match &arguments.from {
        Some(name) => Some(name.parse::<Format>().map_err(|error| anyhow::Error::msg(error.to_string()))?),
        None => None,
    };
    let stdin = PathBuf::from("-");
    let files: Vec<&PathBuf> = match arguments.files.as_slice() {
        [] if std::io::stdin().is_terminal() => {
            bail!("name a file, or pipe one in: `carom classify /var/log/mail.log`")
        }
        [] => vec![&stdin],
        files => files.iter().collect(),
    };
    let engine = roots::engine(arguments.rules.as_ref(), screen)?;
    let mut work = Work {
        engine: &engine,
        out: BufWriter::new(std::io::stdout().lock()),
        json: arguments.json,
        summary: Summary::default(),
        tally: Tally::default(),
        shown: 0,
        progress: progress(&files),
    };
    for file in files {
        work.file(file, from)?;
    }
    work.finish(screen)
}

struct Work<'e> {
    engine: &'e Engine,
    out: BufWriter<std::io::StdoutLock<'static>>,
    json: bool,
    summary: Summary,
    tally: Tally,
    shown: u64,
    progress: ProgressBar,
}

impl Work<'_> {
    fn file(&mut self, path: &Path, from: Option<Format>) -> anyhow::Result<()> {
        let name = path.display().to_string();
        if path.as_os_str() == "-" {
            return self.input("-", std::io::stdin().lock(), from);
        }
        if path.is_dir() {
            bail!("{name} is a folder: name the files in it");
        }
        let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
        self.input(&name, BufReader::with_capacity(START, self.progress.wrap_read(file)), from)
    }

    fn input(&mut self, name: &str, mut input: impl BufRead, from: Option<Format>) -> anyhow::Result<()> {
        let mut start = Vec::new();
        input.by_ref().take(START as u64).read_to_end(&mut start).with_context(|| format!("{name} cannot be read"))?;
        let format = match from.or_else(|| Format::detect(&start)) {
            Some(format) => format,
            None if start.trim_ascii().is_empty() => return Ok(()),
            None => {
                let known = Format::ALL.map(Format::as_str).join(", ");
                bail!("{name} is in no format that is known: say which it is by `--from` ({known})");
            }
        };
        let whole = std::io::Cursor::new(start).chain(input);
        let mut reading = Reading::new(format, name, whole).now(Time::now());
        for next in reading.by_ref() {
            match next {
                Ok(attempt) => self.attempt(&attempt)?,
                Err(complaint) => {
                    self.shown += 1;
                    if self.shown <= COMPLAINTS_SHOWN {
                        let text = format!("warning: {}", plain(&complaint.to_string()));
                        self.progress.suspend(|| eprintln!("{text}"));
                    }
                }
            }
        }
        self.tally += reading.tally();
        Ok(())
    }

    fn attempt(&mut self, attempt: &Attempt) -> anyhow::Result<()> {
        let verdict = self.engine.classify(&attempt.reply);
        if !self.json {
            self.summary.add(&verdict);
            return Ok(());
        }
        let record = Record {
            source: Some(&attempt.source),
            message: attempt.message.as_deref(),
            recipient: attempt.recipient.as_deref(),
            logged: attempt.logged.as_ref().map(|logged| logged.as_str()),
            via: attempt.via.as_deref(),
            verdict,
        };
        writeln!(self.out, "{}", json_line(&record))?;
        Ok(())
    }

    fn finish(mut self, screen: Screen) -> anyhow::Result<Status> {
        self.progress.finish_and_clear();
        if !self.json {
            write!(self.out, "{}", self.summary.text(screen.color, screen.width))?;
        }
        self.out.flush()?;
        let Tally { lines, complaints, nameless, cut, .. } = self.tally;
        let mut notes = Vec::new();
        for (count, what) in [
            (complaints, "could not be read"),
            (cut, "were longer than 64 KiB, and their rest was not looked at"),
            (nameless, "report a message's end without a recipient"),
        ] {
            if count > 0 {
                notes.push(format!("{count} {what}"));
            }
        }
        if !notes.is_empty() {
            eprintln!("of {lines} lines {}", notes.join(", "));
        }
        Ok(Status::Clean)
    }
}

/// A bar over the bytes of all files; it is drawn on a terminal only, and only after a second.
fn progress(files: &[&PathBuf]) -> ProgressBar {
    let sizes: Option<Vec<u64>> = files
        .iter()
        .map(|file| std::fs::metadata(file).ok().filter(|meta| meta.is_file()).map(|meta| meta.len()))
        .collect();
    let Some(sizes) = sizes.filter(|_| std::io::stderr().is_terminal()) else { return ProgressBar::hidden() };
    let total: u64 = sizes.iter().sum();
    // Below this a run is over before anybody looks.
    if total < 32 << 20 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
