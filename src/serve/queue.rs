//! Lines on their way out: who says something hands it over and goes on, and a thread of its own waits for the reader.
//!
//! A reader that stands still costs lines, which are counted, and never an answer.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many lines wait at most, and how many bytes they may have.
const LINES: usize = 10_000;
const BYTES: usize = 4 << 20;

/// So much is written at a time.
const PIECE: usize = 64 << 10;

/// So long is waited before a reader that takes nothing is tried again, where writing does not wait by itself.
const PAUSE: Duration = Duration::from_millis(20);

/// So long is waited for the last lines when nobody has anything to say any more.
const LAST: Duration = Duration::from_millis(500);

/// Says that so many lines were dropped.
type Note = Box<dyn Fn(u64) -> String + Send + Sync>;

/// The lines that wait. It is let go of after they were written, or a moment later.
pub(super) struct Queue(Arc<Shared>);

struct Shared {
    waiting: Mutex<Waiting>,
    /// There is something to write, or nothing more to come.
    more: Condvar,
    /// All is written.
    written: Condvar,
    /// How many were dropped since the start.
    dropped: AtomicU64,
    note: Note,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<String>,
    bytes: usize,
    /// Dropped lines of which nothing was said yet.
    untold: u64,
    /// The writer waits for lines.
    is_idle: bool,
    is_over: bool,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

impl Queue {
    /// Onto `out`; `note` makes the line that stands for lines that were dropped.
    pub(super) fn new(out: Box<dyn Write + Send>, note: Note) -> io::Result<Queue> {
        let shared = Shared {
            waiting: Mutex::default(),
            more: Condvar::new(),
            written: Condvar::new(),
            dropped: AtomicU64::new(0),
            note,
        };
        let shared = Arc::new(shared);
        let of_writer = Arc::clone(&shared);
        thread::Builder::new().name("carom-log".to_owned()).spawn(move || of_writer.write(out))?;
        Ok(Queue(shared))
    }

    /// Hands a line over, if there is room for it.
    pub(super) fn push(&self, line: String) {
        let mut waiting = self.0.lock();
        if waiting.lines.len() >= LINES || waiting.bytes + line.len() >= BYTES {
            waiting.untold += 1;
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if waiting.untold > 0 {
            // It stands where they would have stood.
            let note = (self.0.note)(std::mem::take(&mut waiting.untold));
            waiting.push(note);
        }
        waiting.push(line);
        if waiting.is_idle {
            self.0.more.notify_one();
        }
    }

    /// How many lines were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    /// Waits until all is written, but no longer than that.
    pub(super) fn flush(&self, most: Duration) {
        let end = Instant::now() + most;
        let mut waiting = self.0.lock();
        while !(waiting.lines.is_empty() && waiting.is_idle) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            waiting = self.0.written.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.flush(LAST);
        self.0.lock().is_over = true;
        self.0.more.notify_one();
    }
}

impl Waiting {
    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    /// The next lines as they are written, and how many these are.
    fn take(&mut self, piece: &mut Vec<u8>, note: &Note) -> u64 {
        let mut count = 0;
        while let Some(line) = self.lines.pop_front_if(|line| piece.is_empty() || piece.len() + line.len() < PIECE) {
            self.bytes -= line.len();
            piece.extend_from_slice(line.as_bytes());
            piece.push(b'\n');
            count += 1;
        }
        if self.lines.is_empty() && self.untold > 0 {
            piece.extend_from_slice(note(std::mem::take(&mut self.untold)).as_bytes());
            piece.push(b'\n');
        }
        count
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What is behind the lock is whole between any two statements that change it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, mut out: Box<dyn Write + Send>) {
        let mut piece = Vec::new();
        loop {
            let count = {
                let mut waiting = self.lock();
                while waiting.lines.is_empty() {
                    waiting.is_idle = true;
                    self.written.notify_all();
                    if waiting.is_over {
                        return;
                    }
                    waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
                waiting.is_idle = false;
                piece.clear();
                waiting.take(&mut piece, &self.note)
            };
            if whole(&mut out, &piece).is_err() {
                // Where nothing can be said, nothing can be said about that; there may be a reader again.
                self.dropped.fetch_add(count, Ordering::Relaxed);
                self.lock().untold += count;
            }
        }
    }
}

/// Writes all of it, also onto what does not wait by itself for its reader.
fn whole(out: &mut dyn Write, mut piece: &[u8]) -> io::Result<()> {
    while !piece.is_empty() {
        match out.write(piece) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => piece = &piece[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// A reader that takes a piece when it is asked to.
    struct Slow {
        begun: SyncSender<()>,
        go_on: Receiver<()>,
        text: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Slow {
        fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
            let _ = self.begun.send(());
            self.go_on.recv().map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            self.text.lock().expect("nobody broke").extend_from_slice(piece);
            Ok(piece.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_finds_no_room_is_counted_and_told() {
        let ((begun, begins), (go, go_on)) = (sync_channel(1_000), sync_channel(100));
        let text = Arc::new(Mutex::new(Vec::new()));
        let slow = Slow { begun, go_on, text: Arc::clone(&text) };
        let queue = Queue::new(Box::new(slow), Box::new(|count| format!("{count} dropped"))).expect("a thread");
        queue.push("first".to_owned());
        begins.recv().expect("it is being written");
        for n in 0..LINES + 7 {
            queue.push(n.to_string());
        }
        let large = "x".repeat(BYTES);
        queue.push(large);
        assert_eq!(queue.dropped(), 8);
        queue.flush(Duration::from_millis(10));
        for _ in 0..100 {
            let _ = go.try_send(());
        }
        queue.flush(Duration::from_secs(20));
        queue.push("last".to_owned());
        queue.flush(Duration::from_secs(20));
        let text = String::from_utf8(text.lock().expect("nobody broke").clone()).expect("it is text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines[1], lines.len()), ("first", "0", LINES + 3));
        assert_eq!(lines[lines.len() - 3..], [&(LINES - 1).to_string(), "8 dropped", "last"]);
        // Who went away is written to no more.
        drop(go);
        for _ in 0..=100 {
            queue.push("to nobody".to_owned());
            queue.flush(Duration::from_secs(20));
        }
        assert!(queue.dropped() > 8);
    }
}
