//! The forms in which attempts come.

use super::{postfix, replies, stamp};
use crate::spelling::nearest;
use std::fmt;
use std::str::FromStr;

/// How an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A log of Postfix, alone or among other programs' lines.
    Postfix,
    /// A reply on each line.
    Replies,
    /// A JSON object on each line.
    JsonLines,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 3] = [Format::Postfix, Format::Replies, Format::JsonLines];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Postfix => "postfix",
            Format::Replies => "replies",
            Format::JsonLines => "jsonl",
        }
    }

    /// The format of an input that begins with these bytes; `None` where nothing in them tells. The
    /// last line may be incomplete.
    ///
    /// ```
    /// use carom::intake::Format;
    /// assert_eq!(Format::detect(b"550 5.1.1 No such user\n"), Some(Format::Replies));
    /// assert_eq!(Format::detect(b"{\"text\":\"550 No\"}\n"), Some(Format::JsonLines));
    /// ```
    pub fn detect(start: &[u8]) -> Option<Format> {
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        let lines = || start.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).take(200);
        if lines().next()?.starts_with(b"{") {
            return Some(Format::JsonLines);
        }
        if lines().any(|line| stamp::is_stamped(line) || postfix::is_delivery(line)) {
            return Some(Format::Postfix);
        }
        lines().any(replies::is_reply).then_some(Format::Replies)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A format that is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat {
    name: String,
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Format::ALL.map(Format::as_str);
        write!(f, "unknown format `{}`", self.name)?;
        if let Some(meant) = nearest(&self.name, known) {
            write!(f, ", did you mean `{meant}`?")?;
        }
        write!(f, " (known: {})", known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        let found = Format::ALL.into_iter().find(|format| format.as_str() == name);
        found.ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_formats() {
        let cases: &[(&[u8], Option<Format>)] = &[
            (b"", None),
            (b"\n\n", None),
            (b"Dear reader,\nnothing here.\n", None),
            (b"\xEF\xBB\xBF{\"text\":1}", Some(Format::JsonLines)),
            (b"550 no\n450 later\n", Some(Format::Replies)),
            (b"\nhost mx.example.com[192.0.2.1] said: 550 no\n", Some(Format::Replies)),
            (b"connect to mx.example.com[192.0.2.1]:25: Connection refused\n", Some(Format::Replies)),
            (
                b"Jul  5 06:52:01 host spamd[1]: 550 clean\nJul  5 06:52:11 host postfix/qmgr[2]: x",
                Some(Format::Postfix),
            ),
            (b"2026-01-02T03:04:05Z host postfix/smtp[1]: warning: x", Some(Format::Postfix)),
            (b"<22>1 2026-01-02T03:04:05Z host app 1 - - x", Some(Format::Postfix)),
            (b"7EE668039: to=<a@example.com>, relay=none, dsn=4.0.0, status=deferred (x)", Some(Format::Postfix)),
        ];
        for (start, format) in cases {
            assert_eq!(Format::detect(start), *format, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn names_formats() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "postfx".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, "unknown format `postfx`, did you mean `postfix`? (known: postfix, replies, jsonl)");
    }
}
