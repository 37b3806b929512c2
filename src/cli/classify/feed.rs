//! Attempts for other commands: read by as many threads as `carom classify` has, taken in the order of the input.

use super::input::{Input, Lines, Piece};
use super::mails::From;
use super::order::{COMPLAINTS_SHOWN, Order, Part};
use super::{MOST_JOBS, formats, progress, told};
use crate::cli::Status;
use crate::cli::output::Screen;
use crate::intake::notice::{Layouts, Reader};
use crate::intake::{Attempt, Block, Complaint, Tally};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How input is read.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Reading {
    /// What the input is; without it, it is told by looking.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    from: Option<From>,
    /// How many threads work; without it, as many as there are processors, up to 16.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How many times its size a packed file may unpack to, beyond the first 64 MiB.
    #[arg(long, value_name = "TIMES", default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..))]
    max_expansion: u64,
}

/// What of an attempt is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Asked {
    /// The reply alone, which is read sooner.
    Replies,
    /// All that is known of it.
    Whole,
}

impl Reading {
    /// Reads the files. Threads fill what `start` makes by calling `each` with the attempts of a block, and the file
    /// and line; `take` is given the filled ones in the order of the input, whatever thread was done first. Tells how
    /// it went, and whether there is anything to say: where nothing could be read, the errors have said it.
    ///
    /// # Errors
    /// What keeps anything from being said on standard output.
    pub(in crate::cli) fn feed<S: Send>(
        &self,
        files: &[PathBuf],
        asked: Asked,
        screen: Screen,
        start: impl Fn() -> S + Sync,
        each: impl Fn(&mut S, &Attempt<'_>, At<'_>) + Sync,
        take: impl FnMut(S) + Send,
    ) -> anyhow::Result<(Status, bool)> {
        let jobs = match self.jobs {
            Some(jobs) => jobs.into(),
            None => thread::available_parallelism().map_or(1, usize::from).min(MOST_JOBS),
        };
        let progress = progress::bar(files);
        let input = Input::new(files, self.from, self.max_expansion, progress.clone());
        let order = Order::new(jobs, screen, progress.clone());
        let reader = Reader { layouts: Some(Layouts::builtin()), ..Reader::default() };
        let taking = Mutex::new(Taking { next: 0, waiting: BTreeMap::new(), take });
        let worker = || {
            let mut block = Block::default();
            let _attendance = order.attend();
            while let Some((turn, piece)) = input.next(&mut block) {
                let mut part = order.blank();
                let mut filled = start();
                match piece {
                    Piece::Lines(lines) => {
                        read(&block, &lines, asked, &mut part, |attempt, at| each(&mut filled, attempt, at));
                    }
                    Piece::Mail { place, mail } => {
                        read_mail(&reader, &mail, &place, &mut part, |attempt, at| each(&mut filled, attempt, at));
                    }
                    Piece::Trouble(trouble) => part.trouble = Some(trouble),
                }
                taking.lock().unwrap_or_else(PoisonError::into_inner).give(turn, filled);
                if !order.give(turn, part) {
                    break;
                }
            }
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..jobs).map(|_| scope.spawn(worker)).collect();
            worker();
            for other in others {
                if let Err(panic) = other.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
        progress.finish_and_clear();
        let said = order.finish()?;
        told(&said, screen);
        Ok((said.status, said.is_anything()))
    }
}

/// Calls `each` with the attempts of a block, and keeps what is said besides.
fn read(block: &Block, lines: &Lines, asked: Asked, part: &mut Part, mut each: impl FnMut(&Attempt<'_>, At<'_>)) {
    let mut attempts = block.attempts(lines.format, Some(lines.now));
    if asked == Asked::Replies {
        attempts = attempts.replies_alone();
    }
    while let Some(next) = attempts.next() {
        match next {
            Ok(attempt) => each(&attempt, At { file: &lines.name, line: attempts.line() }),
            Err(message) if (part.complaints.len() as u64) < COMPLAINTS_SHOWN => {
                part.complaints.push(Complaint { source: format!("{}:{}", lines.name, attempts.line()), message });
            }
            Err(_) => {}
        }
    }
    part.tally = attempts.tally();
}

/// The same of a mail.
fn read_mail(
    reader: &Reader<'_>,
    mail: &[u8],
    place: &str,
    part: &mut Part,
    mut each: impl FnMut(&Attempt<'_>, At<'_>),
) {
    part.tally = Tally { mails: 1, ..Tally::default() };
    match reader.read(mail) {
        Ok(attempts) => {
            part.tally.attempts = attempts.len() as u64;
            attempts.iter().for_each(|attempt| each(attempt, At { file: place, line: 0 }));
        }
        Err(refusal) => {
            part.tally.complaints = 1;
            part.complaints.push(Complaint { source: place.to_owned(), message: refusal.to_string() });
        }
    }
}

/// Where an attempt was read.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct At<'n> {
    file: &'n str,
    /// Of a mail none, which is nought.
    line: u64,
}

impl std::fmt::Display for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// Where what was filled waits for its turn; [`Order`] keeps its threads from running far ahead of it.
struct Taking<S, F> {
    next: u64,
    waiting: BTreeMap<u64, S>,
    take: F,
}

impl<S, F: FnMut(S)> Taking<S, F> {
    fn give(&mut self, turn: u64, filled: S) {
        self.waiting.insert(turn, filled);
        while let Some(filled) = self.waiting.remove(&self.next) {
            self.next += 1;
            (self.take)(filled);
        }
    }
}
