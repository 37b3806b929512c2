//! The export format of journald (`journalctl -o export`): entries of fields, divided by empty lines.
//!
//! A field is `NAME=value` on a line; or, where the value holds line ends or other bytes than text, `NAME` on a line,
//! the value's length in eight bytes, the value and a line end. Each entry becomes a line as syslog would write it,
//! with empty lines behind it, so that the lines' numbers stay what they were.

use super::journal::Entry;
use crate::intake::LINE_LIMIT;
use crate::intake::lines::Reshape;

/// How a line begins that is none of the journal: what is wrong with the entry follows.
pub(super) const WRONG: u8 = 0x01;

/// What is kept of a field: more than that is cut anyway.
const KEPT: usize = LINE_LIMIT + 1;

/// The most lines that stand for an entry. One with more is a program's memory, not text; numbers behind it are too low.
const MOST_LINES: usize = 1 << 20;

/// Reads entries, however they are cut up.
#[derive(Debug, Default)]
pub(in crate::intake) struct Export {
    entry: Entry,
    wrong: Option<&'static str>,
    /// Line ends since the last entry.
    lines: usize,
    state: State,
    /// The line, or the value, that is being read.
    part: Vec<u8>,
    name: Vec<u8>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Line,
    /// Of a value's length so many bytes were read.
    Length(usize, u64),
    /// So many bytes are left of the value.
    Value(u64),
    /// The line end behind the value.
    Behind,
}

impl Reshape for Export {
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let taken = match self.state {
                State::Line => {
                    let end = memchr::memchr(b'\n', rest);
                    self.keep(&rest[..end.unwrap_or(rest.len())]);
                    if end.is_some() {
                        self.end_line(out);
                    }
                    end.map_or(rest.len(), |end| end + 1)
                }
                State::Length(read, length) => {
                    let length = length | u64::from(*first) << (8 * read);
                    self.state = if read == 7 { State::Value(length) } else { State::Length(read + 1, length) };
                    self.lines += usize::from(*first == b'\n');
                    1
                }
                State::Value(0) => {
                    let value = std::mem::take(&mut self.part);
                    self.entry.put(&self.name, &value);
                    self.state = State::Behind;
                    0
                }
                State::Value(left) => {
                    let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    self.keep(&rest[..taken]);
                    self.lines += memchr::memchr_iter(b'\n', &rest[..taken]).count();
                    self.state = State::Value(left - taken as u64);
                    taken
                }
                State::Behind => {
                    self.state = State::Line;
                    if *first == b'\n' {
                        self.lines += 1;
                        1
                    } else {
                        self.wrong.get_or_insert("a field is longer than it says");
                        0
                    }
                }
            };
            rest = &rest[taken..];
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if !matches!(self.state, State::Line | State::Behind) {
            self.wrong.get_or_insert("it ends within a field");
        } else if !self.part.is_empty() {
            self.end_line(out);
        }
        self.end_entry(out);
    }
}

impl Export {
    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT - self.part.len().min(KEPT);
        self.part.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        self.lines += 1;
        let line = std::mem::take(&mut self.part);
        if line.is_empty() {
            self.end_entry(out);
            return;
        }
        let length = line.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_').count();
        match line.get(length) {
            Some(b'=') if length > 0 => self.entry.put(&line[..length], &line[length + 1..]),
            None => {
                self.name = line;
                self.state = State::Length(0, 0);
            }
            _ => drop(self.wrong.get_or_insert("a line is no field")),
        }
    }

    fn end_entry(&mut self, out: &mut Vec<u8>) {
        let entry = std::mem::take(&mut self.entry);
        match self.wrong.take() {
            Some(wrong) => {
                out.push(WRONG);
                out.extend_from_slice(wrong.as_bytes());
                self.lines = self.lines.max(1);
            }
            None => entry.write(out),
        }
        out.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut self.lines).min(MOST_LINES)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::lines::reshaped;

    fn binary(name: &str, value: &[u8]) -> Vec<u8> {
        [name.as_bytes(), b"\n", &(value.len() as u64).to_le_bytes(), value, b"\n"].concat()
    }

    #[test]
    fn entries_become_lines() {
        let head = "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1767323045678901\n_HOSTNAME=mail\nSYSLOG_IDENTIFIER=postfix/smtp\n_PID=4711\n";
        let line = "2026-01-02T03:04:05Z mail postfix/smtp[4711]: ";
        let cases: Vec<(Vec<u8>, String)> = vec![
            (format!("{head}MESSAGE=one\n\n").into_bytes(), format!("{line}one\n\n\n\n\n\n\n")),
            (
                [head.as_bytes(), &binary("MESSAGE", b"one\ntwo\xff")].concat(),
                format!("{line}one two\u{fffd}{}", "\n".repeat(8)),
            ),
            (
                [head.as_bytes(), &binary("X", &[b'\n'; 300]), b"MESSAGE=x\n\n"].concat(),
                format!("{line}x{}", "\n".repeat(309)),
            ),
            (b"MESSAGE=x\n\n\n\n".to_vec(), "1970-01-01T00:00:00Z - -: x\n\n\n\n".to_owned()),
            (b"_COMM=exim\nMESSAGE=x".to_vec(), "1970-01-01T00:00:00Z - exim: x\n\n".to_owned()),
            (
                b"no field\n\nMESSAGE=x\n\n".to_vec(),
                "\u{1}a line is no field\n\n1970-01-01T00:00:00Z - -: x\n\n".to_owned(),
            ),
            (b"MESSAGE\n\x09\0\0\0\0\0\0\0x".to_vec(), "\u{1}it ends within a field\n".to_owned()),
            (b"MESSAGE\n\x01\0\0\0\0\0\0\0xy\n\n".to_vec(), "\u{1}a field is longer than it says\n\n\n".to_owned()),
        ];
        for (input, expected) in cases {
            for step in [1, 3, 50, 5000] {
                let lines = reshaped(&mut Export::default(), &input, step);
                assert_eq!(lines, expected, "{:?} {step}", String::from_utf8_lossy(&input));
            }
        }
    }

    #[test]
    fn keeps_no_more_than_is_read() {
        let mut export = Export::default();
        let mut out = Vec::new();
        export.put(b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7f", &mut out);
        for _ in 0..100 {
            export.put(&[b'x'; 10_000], &mut out);
        }
        assert!(export.part.len() <= KEPT && out.is_empty());
        let mut export = Export::default();
        for _ in 0..100 {
            export.put(&[b'X'; 10_000], &mut out);
        }
        assert!(export.part.len() <= KEPT && out.is_empty());
    }
}
