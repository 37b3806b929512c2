//! What the lines of a block are.

use super::attempt::Attempt;
use super::blocks::{Block, LINE_LIMIT, cut_lines};
use super::stamp::Now;
use super::{Format, Tally, jsonl, postfix, replies};
use crate::Time;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is given, and never kept")]
pub(super) enum Found<'l> {
    /// An attempt; its source is filled in by who knows the input's name.
    Attempt(Attempt<'l>),
    /// Nothing that intake asks for.
    Nothing,
    /// The end of a message, without a word on whom it was for.
    Nameless,
    /// It should have been an attempt.
    Wrong(String),
}

/// How far a block has been read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    /// Where the next line begins.
    at: usize,
    /// Where the last line began that gave something.
    given: usize,
    /// Up to where lines were counted, and how many.
    counted: (usize, u64),
    pub(super) tally: Tally,
}

impl Cursor {
    /// The start of a block, whose lines are as good as seen.
    pub(super) fn new(block: &Block) -> Cursor {
        let tally = Tally { lines: block.lines(), cut: cut_lines(block.bytes()), ..Tally::default() };
        Cursor { tally, ..Cursor::default() }
    }
}

/// The attempts in a block, and what is wrong with lines that should have been one.
pub struct Attempts<'b> {
    block: &'b Block,
    format: Format,
    now: Option<Now>,
    /// Whether the words around replies are asked for.
    words: bool,
    pub(super) cursor: Cursor,
}

impl Block {
    /// Reads its lines. Stamps without a year are counted back from `now`; without it such lines have no time.
    pub fn attempts(&self, format: Format, now: Option<Time>) -> Attempts<'_> {
        self.attempts_from(Cursor::new(self), format, now)
    }

    pub(super) fn attempts_from(&self, cursor: Cursor, format: Format, now: Option<Time>) -> Attempts<'_> {
        Attempts { block: self, format, now: now.and_then(Now::new), words: true, cursor }
    }
}

impl<'b> Attempts<'b> {
    /// Attempts of which the replies alone are asked for: who was written to, and what else the lines of a log tell
    /// around a reply, may be left out.
    #[must_use]
    pub fn replies_alone(self) -> Attempts<'b> {
        Attempts { words: false, ..self }
    }

    /// What was seen so far; all lines of the block count from the start.
    pub fn tally(&self) -> Tally {
        self.cursor.tally
    }

    /// The number of the line that gave what was given last.
    pub fn line(&mut self) -> u64 {
        let Cursor { given, counted: (upto, lines), .. } = self.cursor;
        let lines = lines + memchr::memchr_iter(b'\n', &self.block.bytes()[upto..given]).count() as u64;
        self.cursor.counted = (given, lines);
        self.block.first_line() + lines
    }

    /// The next line that may give something, and whether it had to be cut.
    fn line_to_read(&mut self) -> Option<(&'b [u8], bool)> {
        let bytes = self.block.bytes();
        let at = self.cursor.at;
        let (start, seen) = match self.format {
            // Most lines of a log tell of no delivery, and are stepped over many at a time.
            Format::Postfix => {
                let mark = at + postfix::MARK.find(&bytes[at..])?;
                (memchr::memrchr(b'\n', &bytes[at..mark]).map_or(at, |end| at + end + 1), mark)
            }
            Format::Replies | Format::JsonLines => (at, at),
        };
        if seen == bytes.len() {
            return None;
        }
        let end = memchr::memchr(b'\n', &bytes[seen..]).map_or(bytes.len(), |end| seen + end);
        self.cursor.at = bytes.len().min(end + 1);
        self.cursor.given = start;
        let line = &bytes[start..end];
        let cut = line.len() > LINE_LIMIT;
        let line = &line[..line.len().min(LINE_LIMIT)];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let first = start == 0 && self.block.first_line() == 1;
        Some((if first { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line }, cut))
    }
}

impl<'b> Iterator for Attempts<'b> {
    type Item = Result<Attempt<'b>, String>;

    fn next(&mut self) -> Option<Result<Attempt<'b>, String>> {
        loop {
            let (line, cut) = self.line_to_read()?;
            let found = match self.format {
                Format::Postfix => postfix::read(line, self.now, self.words),
                Format::Replies => replies::read(line),
                Format::JsonLines if cut => Found::Wrong(format!("the line is longer than {LINE_LIMIT} bytes")),
                Format::JsonLines => jsonl::read(line),
            };
            let tally = &mut self.cursor.tally;
            match found {
                Found::Attempt(attempt) => {
                    tally.attempts += 1;
                    return Some(Ok(attempt));
                }
                Found::Nothing => {}
                Found::Nameless => tally.nameless += 1,
                Found::Wrong(message) => {
                    tally.complaints += 1;
                    return Some(Err(message));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Blocks;
    use proptest::prelude::*;

    /// What a line gave, with its number; and what was counted.
    type Given = (Vec<(u64, Result<Attempt<'static>, String>)>, Tally);

    fn now() -> Option<Time> {
        "2026-07-06".parse().ok()
    }

    /// Line by line, as anybody would read it.
    fn plainly(input: &[u8], format: Format) -> Given {
        let (mut given, mut tally) = (Vec::new(), Tally::default());
        for (n, whole) in input.split_inclusive(|b| *b == b'\n').enumerate() {
            tally.lines += 1;
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            let cut = line.len() > LINE_LIMIT;
            tally.cut += u64::from(cut);
            let line = &line[..line.len().min(LINE_LIMIT)];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = if n == 0 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
            let found = match format {
                Format::Postfix => postfix::read(line, now().and_then(Now::new), true),
                Format::Replies => replies::read(line),
                Format::JsonLines if cut => Found::Wrong(format!("the line is longer than {LINE_LIMIT} bytes")),
                Format::JsonLines => jsonl::read(line),
            };
            match found {
                Found::Nothing => continue,
                Found::Nameless => tally.nameless += 1,
                Found::Attempt(attempt) => {
                    tally.attempts += 1;
                    given.push((n as u64 + 1, Ok(attempt.into_owned())));
                }
                Found::Wrong(message) => {
                    tally.complaints += 1;
                    given.push((n as u64 + 1, Err(message)));
                }
            }
        }
        (given, tally)
    }

    fn in_blocks(input: &[u8], format: Format, size: usize, full: bool) -> Given {
        let mut blocks = Blocks::new(input).of_size(size);
        blocks = if full { blocks.full() } else { blocks };
        let (mut given, mut tally, mut block) = (Vec::new(), Tally::default(), Block::default());
        while blocks.fill(&mut block).unwrap() {
            let mut attempts = block.attempts(format, now());
            while let Some(next) = attempts.next() {
                given.push((attempts.line(), next.map(Attempt::into_owned)));
            }
            tally += attempts.tally();
        }
        (given, tally)
    }

    fn assert_same(input: &[u8], sizes: &[usize]) {
        for format in Format::ALL {
            let expected = plainly(input, format);
            for size in sizes {
                for full in [false, true] {
                    assert_eq!(in_blocks(input, format, *size, full), expected, "{format} {size} {full}");
                }
            }
        }
    }

    #[test]
    fn blocks_give_what_lines_give() {
        let log = include_bytes!("../../samples/mail.log");
        assert_same(log, &[1, 100, 4096, 1 << 20]);
        assert_eq!(in_blocks(log, Format::Postfix, 300, true).1.attempts, 52);
        let long = [b"550 5.1.1 no ".repeat(6000).as_slice(), b"\n450 later\n"].concat();
        assert_same(&long, &[1, 1 << 20]);
    }

    #[test]
    fn replies_alone_are_the_same_replies() {
        let mut blocks = Blocks::new(&include_bytes!("../../samples/mail.log")[..]).full();
        let mut block = Block::default();
        while blocks.fill(&mut block).unwrap() {
            let whole = block.attempts(Format::Postfix, now());
            let (mut alone, mut given) = (block.attempts(Format::Postfix, now()).replies_alone(), 0);
            for attempt in whole {
                let (attempt, reply) = (attempt.unwrap(), alone.next().unwrap().unwrap());
                assert_eq!((&reply.reply, &reply.recipient), (&attempt.reply, &None));
                given += 1;
            }
            assert!(alone.next().is_none() && alone.tally().attempts == given && given > 0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        #[test]
        fn blocks_give_what_lines_give_whatever_the_bytes(
            pieces in proptest::collection::vec(piece(), 0..40),
            size in 1_usize..400,
        ) {
            assert_same(&pieces.concat(), &[size]);
        }
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let known: [&[u8]; 13] = [
            b"\n",
            b"\r\n",
            b"\xEF\xBB\xBF",
            b"Dec 31 23:59:59 host postfix/smtp[1]: ",
            b"2026-01-02T03:04:05Z host postfix/lmtp[2]: ",
            b"Jul  5 06:52:11 host spamd[1]: ",
            b"7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, dsn=5.1.1, status=bounced (",
            b"7EE668039: status=deferred (bounce failed)",
            b"7EE668039: to=<a>, relay=none, dsn=2.0.0, status=sent (250 x)@b.example>, relay=none, status=sent (x)",
            b"host mx.example.com[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO command))",
            b" status=",
            b"{\"text\":\"550 no\"}",
            b"{\"code\":true}",
        ];
        prop_oneof![
            6 => proptest::sample::select(known.to_vec()).prop_map(<[u8]>::to_vec),
            1 => proptest::collection::vec(any::<u8>(), 0..20),
        ]
    }
}
