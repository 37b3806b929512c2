//! What the lines of a block are.

use super::attempt::Attempt;
use super::blocks::{Block, cut_lines};
use super::json::{self, Body};
use super::log::powermta::Columns;
use super::log::stamp::Now;
use super::log::{exim, halon, haraka, journal, kumomta, opensmtpd, postfix, powermta, sendmail};
use super::service::{mailgun, postmark, sendgrid, ses, sparkpost};
use super::{Format, Tally, jsonl, replies};
use crate::Time;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is given, and never kept")]
pub(super) enum Found<'l> {
    /// An attempt; its source is filled in by who knows the input's name.
    Attempt(Attempt<'l>),
    /// Several attempts, of one message to several recipients.
    Attempts(Vec<Attempt<'l>>),
    /// Nothing that intake asks for.
    Nothing,
    /// The end of a message, without a word on whom it was for.
    Nameless,
    /// It should have been an attempt.
    Wrong(String),
}

impl Found<'_> {
    /// The same, whatever becomes of the line.
    pub(super) fn into_owned(self) -> Found<'static> {
        match self {
            Found::Attempt(attempt) => Found::Attempt(attempt.into_owned()),
            Found::Attempts(attempts) => Found::Attempts(attempts.into_iter().map(Attempt::into_owned).collect()),
            Found::Nothing => Found::Nothing,
            Found::Nameless => Found::Nameless,
            Found::Wrong(message) => Found::Wrong(message),
        }
    }

    fn of(attempts: Result<Vec<Attempt<'_>>, String>) -> Found<'_> {
        match attempts {
            Err(message) => Found::Wrong(message),
            Ok(mut attempts) => match attempts.len() {
                0 => Found::Nothing,
                1 => Found::Attempt(attempts.remove(0)),
                _ => Found::Attempts(attempts),
            },
        }
    }
}

/// How far a block has been read.
#[derive(Debug, Clone, Copy, Default)]
struct Cursor {
    /// Where the next line begins.
    at: usize,
    /// Where the last line began that gave something.
    given: usize,
    /// Up to where lines were counted, and how many.
    counted: (usize, u64),
    tally: Tally,
}

/// The attempts in a block, and what is wrong with lines that should have been one.
pub struct Attempts<'b> {
    block: &'b Block,
    format: Format,
    now: Option<Now>,
    /// Whether the words around replies are asked for.
    words: bool,
    /// The header that counts for the next line, in an input that has headers.
    columns: Option<Columns>,
    /// The others of the last line.
    pending: std::vec::IntoIter<Attempt<'b>>,
    cursor: Cursor,
}

impl Block {
    /// Reads its lines. Stamps without a year are counted back from `now`; without it such lines have no time.
    pub fn attempts(&self, format: Format, now: Option<Time>) -> Attempts<'_> {
        let tally = Tally { lines: self.lines(), cut: cut_lines(self.bytes(), self.limit()), ..Tally::default() };
        Attempts {
            block: self,
            format,
            now: now.and_then(Now::new),
            words: true,
            columns: self.header().and_then(Columns::of),
            pending: Vec::new().into_iter(),
            cursor: Cursor { tally, ..Cursor::default() },
        }
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
        let mark = match self.format {
            Format::Postfix => Some(&*postfix::MARK),
            Format::Sendmail => Some(&*sendmail::MARK),
            Format::OpenSmtpd => Some(&*opensmtpd::MARK),
            _ => None,
        };
        let (start, seen) = match mark {
            // Most lines of a log tell of no delivery, and are stepped over many at a time.
            Some(mark) => {
                let mark = at + mark.find(&bytes[at..])?;
                (memchr::memrchr(b'\n', &bytes[at..mark]).map_or(at, |end| at + end + 1), mark)
            }
            None => (at, at),
        };
        if seen == bytes.len() {
            return None;
        }
        let end = memchr::memchr(b'\n', &bytes[seen..]).map_or(bytes.len(), |end| seen + end);
        self.cursor.at = bytes.len().min(end + 1);
        self.cursor.given = start;
        let line = &bytes[start..end];
        let cut = line.len() > self.block.limit();
        let line = &line[..line.len().min(self.block.limit())];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let first = start == 0 && self.block.first_line() == 1;
        Some((if first { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line }, cut))
    }
}

/// Reads a line of which the rest may have been cut.
fn found<'l>(
    format: Format,
    line: &'l [u8],
    cut: bool,
    now: Option<Now>,
    words: bool,
    columns: &mut Option<Columns>,
) -> Found<'l> {
    // What is left of an object or of a row is none.
    if cut && (format.is_json() || format == Format::PowerMta) {
        return Found::Wrong(format!("the line is longer than {} bytes", format.line_limit()));
    }
    match format {
        Format::Postfix => postfix::read(line, now, words),
        Format::Exim => exim::read(line, now),
        Format::Sendmail => sendmail::read(line, now),
        Format::OpenSmtpd => opensmtpd::read(line, now),
        Format::Journal => journal::read(line, now),
        Format::PowerMta => powermta::read(line, columns),
        Format::Replies => replies::read(line),
        Format::JsonLines => jsonl::read(line),
        _ => object(format, line, now),
    }
}

/// Reads an object of a log or of a service.
fn object(format: Format, line: &[u8], now: Option<Now>) -> Found<'static> {
    if line.trim_ascii().is_empty() {
        return Found::Nothing;
    }
    let value = match json::object(line) {
        Ok(value) => value,
        Err(message) => return Found::Wrong(message),
    };
    let Some(body) = Body::of(&value) else { return Found::Nothing };
    match format {
        Format::JournalJson => journal::read_object(&body, now),
        Format::KumoMta => Found::of(kumomta::read(&body)).into_owned(),
        Format::Haraka => Found::of(haraka::read(&body)).into_owned(),
        Format::Halon => Found::of(halon::read(&body)).into_owned(),
        Format::Ses => Found::of(ses::read(&body)),
        Format::SendGrid => Found::of(sendgrid::read(&body)),
        Format::Mailgun => Found::of(mailgun::read(&body)),
        Format::Postmark => Found::of(postmark::read(&body)),
        Format::SparkPost => Found::of(sparkpost::read(&body)),
        _ => Found::Nothing,
    }
}

impl<'b> Iterator for Attempts<'b> {
    type Item = Result<Attempt<'b>, String>;

    fn next(&mut self) -> Option<Result<Attempt<'b>, String>> {
        if let Some(attempt) = self.pending.next() {
            return Some(Ok(attempt));
        }
        loop {
            let (line, cut) = self.line_to_read()?;
            let found = match self.format {
                // Nearly all logs are of this kind, and long.
                Format::Postfix => postfix::read(line, self.now, self.words),
                format => found(format, line, cut, self.now, self.words, &mut self.columns),
            };
            let tally = &mut self.cursor.tally;
            match found {
                Found::Attempt(attempt) => {
                    tally.attempts += 1;
                    return Some(Ok(attempt));
                }
                Found::Attempts(attempts) => {
                    tally.attempts += attempts.len() as u64;
                    self.pending = attempts.into_iter();
                    if let Some(attempt) = self.pending.next() {
                        return Some(Ok(attempt));
                    }
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
    use crate::intake::{Blocks, Lines};
    use proptest::prelude::*;
    use std::io::Read;

    /// What a line gave, with its number; and what was counted.
    type Given = (Vec<(u64, Result<Attempt<'static>, String>)>, Tally);

    fn now() -> Option<Time> {
        "2026-07-06".parse().ok()
    }

    /// Line by line, as anybody would read it.
    fn plainly(input: &[u8], format: Format) -> Given {
        let (mut given, mut tally, mut columns) = (Vec::new(), Tally::default(), None);
        let mut lines = Vec::new();
        Lines::new(format, input).read_to_end(&mut lines).unwrap();
        for (n, whole) in lines.split_inclusive(|b| *b == b'\n').enumerate() {
            tally.lines += 1;
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            let cut = line.len() > format.line_limit();
            tally.cut += u64::from(cut);
            let line = &line[..line.len().min(format.line_limit())];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = if n == 0 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
            let number = n as u64 + 1;
            let found = found(format, line, cut, now().and_then(Now::new), true, &mut columns);
            match found {
                Found::Nothing => continue,
                Found::Nameless => tally.nameless += 1,
                Found::Attempt(attempt) => {
                    tally.attempts += 1;
                    given.push((number, Ok(attempt.into_owned())));
                }
                Found::Attempts(attempts) => {
                    tally.attempts += attempts.len() as u64;
                    given.extend(attempts.into_iter().map(|attempt| (number, Ok(attempt.into_owned()))));
                }
                Found::Wrong(message) => {
                    tally.complaints += 1;
                    given.push((number, Err(message)));
                }
            }
        }
        (given, tally)
    }

    fn in_blocks(input: &[u8], format: Format, size: usize, full: bool) -> Given {
        let mut blocks = Blocks::of(format, input).of_size(size);
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
        let known: [&[u8]; 31] = [
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
            b"2026-01-02 03:04:05 1vbXyZ-0004dX-IQ ",
            b"** a@example.com R=x T=y H=mx.example.com [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<a@example.com>: 550 no",
            b"Jan  2 03:04:05 host sendmail[1]: 602345kL012345: ",
            b"to=<a@example.com>,<b@example.com>, relay=mx.example.com. [192.0.2.1], dsn=5.1.1, reply=550 no, stat=User unknown",
            b"Jan  2 03:04:05 host smtpd[1]: 0123456789abcdef mta delivery evpid=0123456789abcdef to=<a@example.com> result=\"Ok\" stat=\"250 Ok\"",
            b"__REALTIME_TIMESTAMP=1767323045678901\nSYSLOG_IDENTIFIER=postfix/smtp\n",
            b"MESSAGE\n\x05\0\0\0\0\0\0\0a\nbcd\n",
            b"MESSAGE=",
            b"\n\n",
            b"type,rcpt,dsnDiag\n",
            b"b,a@example.com,\"550 no\nmore\"\n",
            b"type,timeLogged,rcpt\n",
            b"\"",
            b"{\"type\":\"Bounce\",\"recipient\":[\"a@example.com\",\"b@example.com\"],\"response\":{\"code\":550,\"content\":\"no\"}}",
            b"[{\"email\":\"a@example.com\",\"event\":\"bounce\",\"sg_event_id\":\"x\",\"reason\":\"550 no\"},",
            b"{\"event-data\":{\"event\":\"failed\"},\n \"x\":1}",
            b"{\"msys\":{\"message_event\":{\"type\":\"bounce\"}}}]",
            b"{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[\"a@example.com\",\"b@example.com\"]}}",
        ];
        prop_oneof![
            6 => proptest::sample::select(known.to_vec()).prop_map(<[u8]>::to_vec),
            1 => proptest::collection::vec(any::<u8>(), 0..20),
        ]
    }
}
