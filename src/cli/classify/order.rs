//! What threads found, said in the order of the input.

use super::latest::{Item, Latest, What};
use crate::cli::Status;
use crate::cli::output::{Level, Screen};
use crate::intake::{Complaint, Tally};
use crate::report::summary::Summary;
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The most complaints that are written out; the others are counted.
pub(super) const COMPLAINTS_SHOWN: u64 = 10;

/// Larger ones are not kept for the next part.
const SPARE_LIMIT: usize = 4 << 20;

/// What came of a piece of the input.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// For standard output.
    pub(super) out: Vec<u8>,
    /// What is said of the last attempts alone, where only these are asked for.
    pub(super) items: Vec<Item>,
    pub(super) tally: Tally,
    /// The first of them.
    pub(super) complaints: Vec<Complaint>,
    /// What keeps a file, or the rest of one, from being read.
    pub(super) trouble: Option<String>,
}

/// Where parts wait for their turn. Whoever brings the next one says it and those that follow it.
pub(super) struct Order {
    queue: Mutex<Queue>,
    moved: Condvar,
    /// How far ahead of its turn a part may come.
    ahead: u64,
    screen: Screen,
    progress: ProgressBar,
}

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: BTreeMap<u64, Part>,
    /// Buffers that were written out.
    spare: Vec<Vec<u8>>,
    said: Said,
    latest: Latest,
    /// Nobody can be told any more: by an error, or since a thread was lost.
    failed: Option<io::Error>,
    lost: bool,
}

/// What was said in all.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) tally: Tally,
    pub(super) status: Status,
    /// Of the last attempts alone, where only these were asked for.
    pub(super) summary: Summary,
    /// How many attempts had another after them, and how many were said although another might have come.
    pub(super) followed: u64,
    pub(super) early: u64,
}

impl Said {
    /// Whether anything was read, or there was nothing to read: else the error has said all there is to say.
    pub(super) fn is_anything(&self) -> bool {
        self.tally.lines > 0 || self.status == Status::Clean
    }
}

impl Default for Said {
    fn default() -> Said {
        let (tally, summary) = (Tally::default(), Summary::default());
        Said { tally, status: Status::Clean, summary, followed: 0, early: 0 }
    }
}

impl Order {
    pub(super) fn new(jobs: usize, screen: Screen, progress: ProgressBar) -> Order {
        let ahead = 2 * jobs as u64;
        Order { queue: Mutex::default(), moved: Condvar::new(), ahead, screen, progress }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part to be filled.
    pub(super) fn blank(&self) -> Part {
        Part { out: self.queue().spare.pop().unwrap_or_default(), ..Part::default() }
    }

    /// Takes the part of a turn, and waits if it comes too early; tells whether more is wanted.
    pub(super) fn give(&self, turn: u64, part: Part) -> bool {
        let mut queue = self.queue();
        while turn >= queue.next + self.ahead && !queue.is_over() {
            queue = self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.waiting.insert(turn, part);
        let from = queue.next;
        while let Some(part) = queue.next_part().filter(|_| !queue.is_over()) {
            if let Err(error) = self.say(part, &mut queue) {
                queue.failed = Some(error);
            }
        }
        if queue.next > from {
            self.moved.notify_all();
        }
        !queue.is_over()
    }

    fn say(&self, mut part: Part, queue: &mut Queue) -> io::Result<()> {
        let before = queue.said.tally.complaints;
        for complaint in part.complaints.iter().take(COMPLAINTS_SHOWN.saturating_sub(before) as usize) {
            self.tell(Level::Warning, &complaint.to_string());
        }
        queue.said.tally += part.tally;
        let Queue { latest, said, .. } = &mut *queue;
        for item in part.items.drain(..) {
            latest.take(item, |what| said.take(what, &mut part.out));
        }
        if !part.out.is_empty() {
            let mut out = io::stdout().lock();
            out.write_all(&part.out)?;
            out.flush()?;
        }
        if part.out.capacity() <= SPARE_LIMIT {
            part.out.clear();
            queue.spare.push(part.out);
        }
        if let Some(trouble) = part.trouble {
            self.tell(Level::Error, &trouble);
            queue.said.status = Status::Partial;
        }
        Ok(())
    }

    fn tell(&self, level: Level, text: &str) {
        self.progress.suspend(|| self.screen.tell(level, text));
    }

    /// Held by a thread while it works: if it is lost, the others do not wait for its part.
    pub(super) fn attend(&self) -> impl Drop {
        Attendance(self)
    }

    /// What was said, or why it could not be.
    pub(super) fn finish(self) -> io::Result<Said> {
        let Queue { mut said, mut latest, failed, .. } =
            self.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failed {
            return Err(error);
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut line = Vec::new();
        let mut written = Ok(());
        latest.finish(|what| {
            said.take(what, &mut line);
            if written.is_ok() {
                written = out.write_all(&line);
            }
            line.clear();
        });
        written.and_then(|()| out.flush())?;
        (said.followed, said.early) = (latest.followed, latest.early);
        Ok(said)
    }
}

impl Said {
    fn take(&mut self, what: What, out: &mut Vec<u8>) {
        match what {
            What::Line(line) => out.extend_from_slice(&line),
            What::Counted(held) => self.summary.count(held),
        }
    }
}

impl Queue {
    fn is_over(&self) -> bool {
        self.failed.is_some() || self.lost
    }

    fn next_part(&mut self) -> Option<Part> {
        let part = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(part)
    }
}

struct Attendance<'o>(&'o Order);

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue().lost = true;
            self.0.moved.notify_all();
        }
    }
}
