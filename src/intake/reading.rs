//! Reading an input attempt by attempt.

use super::Format;
use super::attempt::{Attempt, Complaint};
use super::blocks::{Block, Blocks};
use super::lines::Lines;
use crate::Time;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::Read;

/// What was seen so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines of any kind.
    pub lines: u64,
    /// Mails of any kind.
    pub mails: u64,
    /// Notices about mails that were not sent from here.
    pub foreign: u64,
    /// Attempts; a line or a mail may give several.
    pub attempts: u64,
    /// Lines that should have given one and did not.
    pub complaints: u64,
    /// Log lines with a `status=` that name no recipient.
    pub nameless: u64,
    /// Lines longer than [`LINE_LIMIT`](super::LINE_LIMIT), whose rest was dropped.
    pub cut: u64,
}

/// The counts of several inputs together.
impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.lines += other.lines;
        self.mails += other.mails;
        self.foreign += other.foreign;
        self.attempts += other.attempts;
        self.complaints += other.complaints;
        self.nameless += other.nameless;
        self.cut += other.cut;
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;

    fn add(mut self, other: Tally) -> Tally {
        self += other;
        self
    }
}

/// The attempts in an input, in constant memory.
///
/// ```
/// use carom::intake::{Format, Reading};
/// let log = b"7EE668039: to=<ann@example.com>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect timed out)\n";
/// let mut reading = Reading::new(Format::Postfix, "mail.log", &log[..]);
/// let attempt = reading.next().unwrap().unwrap();
/// assert_eq!(attempt.source, "mail.log:1");
/// assert_eq!(attempt.reply.domain.unwrap().as_str(), "example.com");
/// assert_eq!((reading.next(), reading.tally().attempts), (None, 1));
/// ```
pub struct Reading<R> {
    format: Format,
    name: String,
    blocks: Blocks<Lines<R>>,
    block: Block,
    /// What the last block gave.
    given: VecDeque<Result<Attempt<'static>, Complaint>>,
    now: Option<Time>,
    tally: Tally,
}

impl<R: Read> Reading<R> {
    /// Reads `input`, which attempts and complaints call `name`.
    pub fn new(format: Format, name: impl Into<String>, input: R) -> Reading<R> {
        Reading {
            format,
            name: name.into(),
            blocks: Blocks::of(format, input),
            block: Block::default(),
            given: VecDeque::new(),
            now: None,
            tally: Tally::default(),
        }
    }

    /// The time from which stamps without a year are counted back. Without it such lines have no time.
    #[must_use]
    pub fn now(mut self, now: Time) -> Reading<R> {
        self.now = Some(now);
        self
    }

    /// What was seen so far. Lines are seen some at a time, before what is in them is given.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Reads the block.
    fn read_block(&mut self) {
        let mut attempts = self.block.attempts(self.format, self.now);
        while let Some(next) = attempts.next() {
            let place = format!("{}:{}", self.name, attempts.line());
            self.given.push_back(match next {
                Ok(attempt) if attempt.source.is_empty() => {
                    Ok(Attempt { source: Cow::Owned(place), ..attempt.into_owned() })
                }
                Ok(attempt) => Ok(attempt.into_owned()),
                Err(message) => Err(Complaint { source: place, message }),
            });
        }
        self.tally += attempts.tally();
    }
}

impl<R: Read> Iterator for Reading<R> {
    type Item = Result<Attempt<'static>, Complaint>;

    fn next(&mut self) -> Option<Result<Attempt<'static>, Complaint>> {
        loop {
            if let Some(next) = self.given.pop_front() {
                return Some(next);
            }
            match self.blocks.fill(&mut self.block) {
                Ok(true) => self.read_block(),
                Ok(false) => return None,
                Err(error) => {
                    self.tally.complaints += 1;
                    let source = format!("{}:{}", self.name, self.blocks.lines() + 1);
                    return Some(Err(Complaint { source, message: format!("cannot be read: {error}") }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::LINE_LIMIT;
    use std::io::Error;

    /// Gives a line, then breaks.
    struct Broken(bool);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(Error::other("the disk is gone"));
            }
            buffer[..8].copy_from_slice(b"550 no\nx");
            Ok(8)
        }
    }

    #[test]
    fn ends_where_the_input_breaks() {
        let mut reading = Reading::new(Format::Replies, "list", Broken(false));
        assert!(reading.next().unwrap().is_ok());
        let complaint = reading.next().unwrap().unwrap_err();
        assert_eq!(complaint.to_string(), "list:2: cannot be read: the disk is gone");
        assert_eq!(reading.next(), None);
    }

    #[test]
    fn counts_what_it_sees() {
        let mut input = b"{\"text\":\"550 no\"}\n\n{\"code\":true}\n{\"text\":\"".to_vec();
        input.extend(std::iter::repeat_n(b'x', LINE_LIMIT));
        let mut reading = Reading::new(Format::JsonLines, "list", &input[..]);
        assert_eq!(reading.by_ref().filter(Result::is_ok).count(), 1);
        assert_eq!(
            reading.tally(),
            Tally { lines: 4, mails: 0, foreign: 0, attempts: 1, complaints: 2, nameless: 0, cut: 1 }
        );
    }

    #[test]
    fn takes_any_bytes() {
        let seeds: [&[u8]; 3] = [
            b"Jul  5 06:52:11 host postfix/smtp[22030]: 3mPVKl0Mhjz7sXv: to=<\"a b\"@example.com>, orig_to=<c@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.1] said: 550-5.1.1 no (in reply to RCPT TO command))\n2026-01-02T03:04:05.6+01:00 host postfix/lmtp[1]: 7EE668039: to=a@example.com, relay=none, dsn=2.0.0, status=sent (250 \xff ok)\n",
            b"{\"code\":550,\"enhanced\":\"5.1.1\",\"text\":\"host mx.example.com[192.0.2.1] said: 550 \\u00e9\",\"time\":\"2026-01-02T03:04:05Z\",\"sender\":{\"ip\":\"192.0.2.1\"}}\n",
            b"550-5.1.1 no\xff\r\n\n192.0.2.1 does not like recipient. Remote host said: 550 no Giving up on 192.0.2.1.\n",
        ];
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize
        };
        let now = "2026-07-06".parse().unwrap();
        for round in 0..1500 {
            let mut input = seeds[round % 3].to_vec();
            for _ in 0..next() % 8 {
                let at = next() % (input.len() + 1);
                input.insert(at, b' ');
                match next() % 4 {
                    0 => input[at] = next() as u8,
                    1 => drop(input.remove(at)),
                    2 => input.insert(at, b"<>[]\"\\' ,:=()#5\n{}"[next() % 18]),
                    _ => input.truncate(at.max(1)),
                }
            }
            let lines = input.split(|b| *b == b'\n').count() as u64;
            for format in Format::ALL {
                let mut reading = Reading::new(format, "x", &input[..]).now(now);
                let given = reading.by_ref().count() as u64;
                let tally = reading.tally();
                assert_eq!(given, tally.attempts + tally.complaints);
                // Some formats have many attempts on a line, and some many lines of their own on one.
                if matches!(format, Format::Postfix | Format::Replies | Format::JsonLines) {
                    assert!(tally.lines <= lines && given + tally.nameless <= tally.lines);
                }
            }
            Format::detect(&input);
        }
    }
}
