//! `carom classify`.

use super::Status;
use super::output::{Level, Screen, counted, unreadable};
use super::roots;
use crate::Time;
use crate::engine::{Engine, Record};
use crate::intake::{Attempt, Format, Reading, Tally};
use crate::report::json_line;
use crate::report::summary::Summary;
use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, IsTerminal, Read, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// How much of an input is looked at to tell its format.
const START: usize = 64 << 10;

/// The most complaints that are written out; the others are counted.
const COMPLAINTS_SHOWN: u64 = 10;

/// How files begin that have to be unpacked first, and what unpacks them.
const PACKED: [(&[u8], &str); 4] =
    [(b"\x1f\x8b", "zcat"), (b"BZh", "bzcat"), (b"\xfd7zXZ\0", "xzcat"), (b"\x28\xb5\x2f\xfd", "zstdcat")];

/// Say what became of mail: read logs and replies, and give a verdict on each attempt.
///
/// Reads Postfix logs, replies one to a line, and JSON Lines (`code`, `enhanced`, `status`, `host`,
/// `domain`, `phase`, `text`, `recipient`, `time` …), and tells them apart by itself. Prints a summary,
/// or with `--json` the verdicts.
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
    /// What the input is; without it, it is told by looking.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    from: Option<Format>,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// Print each verdict as a line of JSON, in place of the summary.
    #[arg(long)]
    json: bool,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str)).try_map(|name| name.parse::<Format>())
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let stdin = PathBuf::from("-");
    let files: Vec<&PathBuf> = match arguments.files.as_slice() {
        [] if io::stdin().is_terminal() => bail!("name a file, or pipe one in: `carom classify /var/log/mail.log`"),
        [] => vec![&stdin],
        files => files.iter().collect(),
    };
    let engine = roots::engine(arguments.rules.as_ref(), screen)?;
    let mut work = Work {
        engine: &engine,
        screen,
        out: Rc::new(RefCell::new(BufWriter::new(io::stdout().lock()))),
        json: arguments.json,
        summary: Summary::default(),
        tally: Tally::default(),
        status: Status::Clean,
        progress: progress(&files),
    };
    for file in files {
        work.file(file, arguments.from)?;
    }
    work.finish()
}

/// Standard output, which is written to from two places: see [`Prompt`].
type Out = Rc<RefCell<BufWriter<StdoutLock<'static>>>>;

struct Work<'e> {
    engine: &'e Engine,
    screen: Screen,
    out: Out,
    json: bool,
    summary: Summary,
    tally: Tally,
    status: Status,
    progress: ProgressBar,
}

impl Work<'_> {
    /// Reads a file. One that cannot be read is told, and does not keep the others from being read.
    fn file(&mut self, path: &Path, from: Option<Format>) -> io::Result<()> {
        let name = path.display().to_string();
        let opened: Result<Box<dyn Read>, _> = if path.as_os_str() == "-" {
            Ok(Box::new(io::stdin().lock()))
        } else if path.is_dir() {
            Err(anyhow::anyhow!("{name} is a folder: name the files in it"))
        } else {
            let wrapped = |file| Box::new(self.progress.wrap_read(file)) as Box<dyn Read>;
            File::open(path).map(wrapped).map_err(|error| unreadable(&name, &error))
        };
        let begun = opened.and_then(|input| {
            let mut input = BufReader::with_capacity(START, Prompt { input, out: Rc::clone(&self.out) });
            let (start, format) = match from {
                Some(format) => (Vec::new(), Some(format)),
                None => start(&mut input).map_err(|error| unreadable(&name, &error))?,
            };
            if format.is_none() && !start.trim_ascii().is_empty() {
                return Err(unknown(&name, &start));
            }
            Ok(format.map(|format| Reading::new(format, name.as_str(), io::Cursor::new(start).chain(input))))
        });
        match begun {
            Ok(Some(reading)) => self.read(reading.now(Time::now())),
            // Blanks alone.
            Ok(None) => Ok(()),
            Err(error) => {
                self.tell(Level::Error, &format!("{error:#}"));
                self.status = Status::Partial;
                Ok(())
            }
        }
    }

    fn read(&mut self, mut reading: Reading<impl BufRead>) -> io::Result<()> {
        let before = self.tally.complaints;
        while let Some(next) = reading.next() {
            match next {
                Ok(attempt) => self.attempt(&attempt)?,
                Err(complaint) if before + reading.tally().complaints <= COMPLAINTS_SHOWN => {
                    self.tell(Level::Warning, &complaint.to_string());
                }
                Err(_) => {}
            }
        }
        self.tally += reading.tally();
        Ok(())
    }

    fn attempt(&mut self, attempt: &Attempt) -> io::Result<()> {
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
        writeln!(self.out.borrow_mut(), "{}", json_line(&record))
    }

    fn finish(self) -> anyhow::Result<Status> {
        self.progress.finish_and_clear();
        let mut out = self.out.borrow_mut();
        // Where nothing could be read, the error has said all there is to say.
        if !self.json && (self.tally.lines > 0 || self.status == Status::Clean) {
            write!(out, "{}", self.summary.text(self.screen.color, self.screen.width))?;
        }
        out.flush()?;
        let Tally { lines, attempts, complaints, cut, nameless } = self.tally;
        let of = format!("of {}", counted(lines, "line"));
        let note = |text: String| self.screen.tell(Level::Note, &text);
        let shown = if complaints > COMPLAINTS_SHOWN {
            format!("; the first {COMPLAINTS_SHOWN} are named above")
        } else {
            String::new()
        };
        for (count, what) in [
            (complaints, format!("could not be read{shown}")),
            (cut, "cut: 64 KiB of a line are looked at".to_owned()),
            (nameless, "left out: a message's end without a recipient".to_owned()),
        ] {
            if count > 0 {
                note(format!("{count} {of} {what}"));
            }
        }
        if attempts + complaints + nameless == 0 && self.status == Status::Clean {
            note(match lines {
                0 => "there was nothing to read".to_owned(),
                _ => format!("{} read, and none tells of a delivery", counted(lines, "line")),
            });
        }
        Ok(self.status)
    }

    fn tell(&self, level: Level, text: &str) {
        self.progress.suspend(|| self.screen.tell(level, text));
    }
}

/// An input that may have to be waited for: what is known by then is shown before.
struct Prompt {
    input: Box<dyn Read>,
    out: Out,
}

impl Read for Prompt {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // What goes wrong here goes wrong again where the next verdict is written, and is told there.
        let _ = self.out.borrow_mut().flush();
        self.input.read(buffer)
    }
}

/// The beginning of an input, and what it is. A log that somebody is still writing is not waited for,
/// once its first lines tell.
fn start(input: &mut impl BufRead) -> io::Result<(Vec<u8>, Option<Format>)> {
    let mut start = Vec::new();
    while start.len() < START {
        let buffer = match input.fill_buf() {
            Ok([]) => break,
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let length = buffer.len().min(START - start.len());
        start.extend_from_slice(&buffer[..length]);
        input.consume(length);
        let whole = memchr::memrchr(b'\n', &start).map_or(0, |end| end + 1);
        // Any text could be a reply; that nothing else follows is known at the end alone.
        if let Some(format) = Format::detect(&start[..whole]).filter(|format| *format != Format::Replies) {
            return Ok((start, Some(format)));
        }
    }
    let format = Format::detect(&start);
    Ok((start, format))
}

fn unknown(name: &str, start: &[u8]) -> anyhow::Error {
    match PACKED.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, by)) => anyhow::anyhow!("{name} is packed: `{by} {name} | carom classify -`"),
        None => {
            let known = Format::ALL.map(Format::as_str).join(", ");
            anyhow::anyhow!("{name} is in no format that is known: say which it is by `--from` ({known})")
        }
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
