//! Connections over which nothing is said: ten thousand at once, wave after wave, and now and then more than are taken.

use super::ground::{Ground, HEAD};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many, and at how many the service stops taking them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) count: usize,
    pub(crate) limit: usize,
}

/// So many more than are taken are tried in a flood; each fourth wave is one.
const BEYOND: usize = 300;
const FLOOD: usize = 4;
/// So many threads open them.
const OPENING: usize = 4;
/// So much later may it happen where there is much to do.
const LATE: Duration = Duration::from_secs(10);

/// What became of them.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    waves: usize,
    opened: usize,
    /// At once, at most.
    most: usize,
    /// Closed when their time was over.
    closed: usize,
    /// Beyond what is taken: closed at once, some of them with an answer.
    turned: usize,
    answered: usize,
    pub(crate) wrong: Vec<String>,
}

/// What came of one.
enum End {
    Open,
    /// Closed after that time, and what was said before.
    Closed(Duration, Vec<u8>),
}

struct One {
    stream: TcpStream,
    since: Instant,
    said: Vec<u8>,
}

impl One {
    fn look(&mut self) -> End {
        let mut piece = [0; 512];
        match self.stream.read(&mut piece) {
            Ok(count) if count > 0 => {
                self.said.extend_from_slice(&piece[..count]);
                End::Open
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => End::Open,
            _ => End::Closed(self.since.elapsed(), std::mem::take(&mut self.said)),
        }
    }
}

pub(crate) fn waves(ground: &Ground, plan: Plan, is_over: &AtomicBool) -> Idle {
    let mut idle = Idle::default();
    while !is_over.load(Ordering::Relaxed) {
        idle.waves += 1;
        if idle.waves.is_multiple_of(FLOOD) {
            // Cases of others would be turned away, too.
            let _room = ground.room.write().expect("no case breaks");
            idle.wave(ground, plan.limit + BEYOND, plan.limit);
        } else {
            let _room = ground.room.read().expect("no case breaks");
            idle.wave(ground, plan.count, usize::MAX);
        }
    }
    idle
}

/// Opens so many, at a pace at which no queue of the kernel's overflows.
fn opened(ground: &Ground, count: usize) -> (Vec<One>, Vec<String>) {
    let some = |part: usize| {
        let (mut open, mut failed) = (Vec::new(), Vec::new());
        for n in (part..count).step_by(OPENING) {
            match TcpStream::connect(ground.address).and_then(|stream| stream.set_nonblocking(true).map(|()| stream)) {
                Ok(stream) => open.push(One { stream, since: Instant::now(), said: Vec::new() }),
                Err(error) => failed.push(format!("an idle connection is not made: {error}")),
            }
            if n % (10 * OPENING) == part {
                thread::sleep(Duration::from_millis(10));
            }
        }
        (open, failed)
    };
    let all = thread::scope(|scope| {
        let parts: Vec<_> = (0..OPENING).map(|part| scope.spawn(move || some(part))).collect();
        parts.into_iter().map(|part| part.join().expect("connections are made")).collect::<Vec<_>>()
    });
    let (open, failed): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    (open.into_iter().flatten().collect(), failed.into_iter().flatten().collect())
}

impl Idle {
    fn wave(&mut self, ground: &Ground, count: usize, limit: usize) {
        let (mut open, failed) = opened(ground, count);
        self.wrong.extend(failed);
        self.opened += open.len();
        let (opened, last) = (open.len(), Instant::now());
        let (mut turned, mut is_first) = (0, true);
        while !open.is_empty() && last.elapsed() < HEAD + LATE {
            open.retain_mut(|one| match one.look() {
                End::Open => true,
                End::Closed(after, said) => {
                    if after + Duration::from_millis(200) >= HEAD {
                        self.closed += 1;
                        if !said.is_empty() {
                            self.wrong.push(format!("answered, and not asked: {}", String::from_utf8_lossy(&said)));
                        }
                    } else {
                        turned += 1;
                        self.turned(&said, limit);
                    }
                    false
                }
            });
            if std::mem::take(&mut is_first) {
                self.most = self.most.max(open.len());
            }
            thread::sleep(Duration::from_millis(100));
        }
        if !open.is_empty() {
            self.wrong.push(format!("{} idle connections are not closed", open.len()));
        }
        // Those that ask all the while have some as well.
        let right = opened.saturating_sub(limit);
        if !(right..=right + 100).contains(&turned) && limit != usize::MAX {
            self.wrong.push(format!("{turned} connections of {opened} were turned away, where {limit} are taken"));
        }
    }

    fn turned(&mut self, said: &[u8], limit: usize) {
        self.turned += 1;
        let said = String::from_utf8_lossy(said);
        let is_refusal = said.starts_with("HTTP/1.1 503 ") && said.ends_with("\"too many connections\"}}\n");
        if is_refusal {
            self.answered += 1;
        }
        if limit == usize::MAX || !(said.is_empty() || is_refusal) {
            self.wrong.push(format!("an idle connection was closed early: {said}"));
        }
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{} in {} waves, at most {} at once; {} closed after {} s; {} beyond the limit turned away ({} with a 503)",
            self.opened,
            self.waves,
            self.most,
            self.closed,
            HEAD.as_secs(),
            self.turned,
            self.answered
        )
    }
}
