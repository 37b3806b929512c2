//! Mails as input: a file of one, a folder of many, a Maildir, a mailbox.

use crate::intake::notice::MAIL_LIMIT;
use crate::intake::{Format, UnknownFormat};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// Lines, each an attempt or nothing.
    Lines(Format),
    /// One mail.
    Mail,
    /// Mails, each behind a line that begins with `From `.
    Mailbox,
}

impl From {
    /// The words for all of them on the command line.
    pub(super) fn words() -> Vec<&'static str> {
        Format::ALL.map(Format::as_str).into_iter().chain(["mail", "mbox"]).collect()
    }

    /// What an input that begins with these bytes is, where it is sure to be mail.
    pub(super) fn detect(start: &[u8]) -> Option<From> {
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        // Blank lines before a mail are left by who cut it out of something.
        let blank = start.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let start = if start[..blank].ends_with(b"\n") { &start[blank..] } else { start };
        if start.starts_with(b"From ") {
            let end = memchr::memchr(b'\n', start)?;
            return (is_envelope(&start[..end]) && is_header(&start[end + 1..])).then_some(From::Mailbox);
        }
        is_header(start).then_some(From::Mail)
    }
}

impl FromStr for From {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<From, UnknownFormat> {
        match word {
            "mail" => Ok(From::Mail),
            "mbox" => Ok(From::Mailbox),
            _ => word.parse().map(From::Lines),
        }
    }
}

/// Whether a line is one that mailboxes put before a mail: it tells when that came.
fn is_envelope(line: &[u8]) -> bool {
    let is_clock = |b: &[u8]| b[0].is_ascii_digit() && b[1] == b':' && b[2].is_ascii_digit();
    line.starts_with(b"From ") && line.windows(3).any(is_clock)
}

/// Whether a text begins with fields of which one is a mail's.
fn is_header(start: &[u8]) -> bool {
    const FIELDS: [&[u8]; 10] = [
        b"received:",
        b"return-path:",
        b"from:",
        b"to:",
        b"subject:",
        b"date:",
        b"message-id:",
        b"delivered-to:",
        b"mime-version:",
        b"content-type:",
    ];
    for line in start.split(|b| *b == b'\n').take(100) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        if FIELDS.iter().any(|name| line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))) {
            return true;
        }
        let colon = memchr::memchr(b':', line).unwrap_or(0);
        if colon == 0 || !line[..colon].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return false;
        }
    }
    false
}

/// What stands in a folder, by name; of a Maildir the mails that have come.
pub(super) fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let is_maildir = folder.join("cur").is_dir() && folder.join("new").is_dir();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let is_kept = match name.to_str() {
            // A Maildir keeps its folders in it as hidden ones.
            Some(name) if is_maildir => matches!(name, "cur" | "new") || name.starts_with('.') && kind.is_dir(),
            Some(name) => !name.starts_with('.'),
            None => true,
        };
        // What a link leads to may lie above it.
        if is_kept && (kind.is_file() || kind.is_dir() || kind.is_symlink() && entry.path().is_file()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A mail, as far as one is read; it is refused whole where it goes on beyond that.
pub(super) fn whole(input: impl Read) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    input.take(MAIL_LIMIT as u64 + 1).read_to_end(&mut mail)?;
    Ok(mail)
}

/// The mails of a mailbox, one by one.
pub(super) struct Mailbox<R> {
    input: BufReader<R>,
    /// How many lines were read.
    lines: u64,
    /// The line that begins the next mail has been read.
    begun: bool,
    /// What every line before a mail begins with.
    before: Vec<u8>,
}

impl<R: Read> Mailbox<R> {
    pub(super) fn new(input: R) -> Mailbox<R> {
        Mailbox { input: BufReader::with_capacity(64 << 10, input), lines: 0, begun: false, before: b"From ".to_vec() }
    }

    /// A file that is kept as one mail, and holds another only where that came from the same sender: notices are from
    /// nobody, and the mail that one returns, which may have its own such line, is from somebody.
    pub(super) fn of_one_sender(input: R, start: &[u8]) -> Mailbox<R> {
        let sender = start.splitn(3, |b| *b == b' ').nth(1).unwrap_or_default();
        Mailbox { before: [b"From ", sender, b" "].concat(), ..Mailbox::new(input) }
    }

    /// The number of the line that was read last.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// The next mail, without the line before it, and the number of that line.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        let mut mail = Vec::new();
        let mut first = if std::mem::take(&mut self.begun) { self.lines } else { 0 };
        let mut blank = true;
        loop {
            let start = mail.len();
            if self.line(&mut mail)? == 0 {
                break;
            }
            let line = &mail[start..];
            let begins = blank && line.starts_with(&self.before) && is_envelope(line);
            blank = line.trim_ascii().is_empty();
            // What looks like such a line is quoted in mailboxes.
            let quotes = line.iter().take_while(|b| **b == b'>').count();
            if quotes > 0 && line[quotes..].starts_with(b"From ") {
                mail.remove(start);
            }
            if !begins {
                first = if first == 0 { self.lines } else { first };
                // It is too large already; that there is more is all that has to be known.
                mail.truncate(MAIL_LIMIT + 1);
                continue;
            }
            if first == 0 {
                first = self.lines;
                mail.clear();
                continue;
            }
            mail.truncate(start);
            self.begun = true;
            break;
        }
        Ok((first > 0).then_some((first, mail)))
    }

    /// Reads a line behind what is there; beyond the limit of a mail only that there is more is kept.
    fn line(&mut self, mail: &mut Vec<u8>) -> io::Result<usize> {
        let mut read = 0;
        loop {
            let room = self.input.fill_buf()?;
            if room.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', room).map(|end| end + 1);
            let piece = &room[..end.unwrap_or(room.len())];
            let kept =
                if read < 5 { piece.len() } else { piece.len().min((MAIL_LIMIT + 1).saturating_sub(mail.len())) };
            mail.extend_from_slice(&piece[..kept]);
            read += piece.len();
            let length = piece.len();
            self.input.consume(length);
            if end.is_some() {
                break;
            }
        }
        if read > 0 {
            self.lines += 1;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_mail_from_lines() {
        let cases: &[(&[u8], Option<From>)] = &[
            (b"Return-Path: <>\nReceived: x\n", Some(From::Mail)),
            (b"X-Odd: 1\n folded\nSubject: x\n\nbody", Some(From::Mail)),
            (b"From ann@example.com Thu Jul  2 06:52:11 2026\nSubject: x\n", Some(From::Mailbox)),
            (b"\n \r\nReturn-Path: <>\nReceived: x\n", Some(From::Mail)),
            (b"\n 550 5.1.1 no\nSubject: x\n", None),
            (b"From here on nothing\nSubject: x\n", None),
            (b"550 5.1.1 no: such user\n", None),
            (b"connect to mx.example.com[192.0.2.1]:25: Connection refused\n", None),
            (b"", None),
        ];
        for (start, expected) in cases {
            assert_eq!(From::detect(start), *expected, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn takes_a_mailbox_apart() {
        let text = "From a 1:00\nSubject: one\n\nFrom here\n>From there\n>>From\n\nFrom b 2:00\nSubject: two\n\nx";
        let mut mailbox = Mailbox::new(text.as_bytes());
        let mut mails = Vec::new();
        while let Some((line, mail)) = mailbox.next().unwrap() {
            mails.push((line, String::from_utf8(mail).unwrap()));
        }
        let expected = [(1, "Subject: one\n\nFrom here\nFrom there\n>>From\n\n"), (8, "Subject: two\n\nx")];
        assert_eq!(mails, expected.map(|(line, mail)| (line, mail.to_owned())));
        assert_eq!(mailbox.lines(), 11);
    }

    #[test]
    fn takes_glued_notices_apart() {
        let text = "From MAILER-DAEMON 1:00\nA: 1\n\n\nFrom ann 2:00\nB: 2\n\nFrom MAILER-DAEMON 3:00\nC: 3\n";
        let mut mailbox = Mailbox::of_one_sender(text.as_bytes(), text.as_bytes());
        let mut mails = Vec::new();
        while let Some((_, mail)) = mailbox.next().unwrap() {
            mails.push(String::from_utf8(mail).unwrap());
        }
        assert_eq!(mails, ["A: 1\n\n\nFrom ann 2:00\nB: 2\n\n", "C: 3\n"]);
    }
}
