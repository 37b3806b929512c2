//! The forms in which attempts come.

use super::{LINE_LIMIT, detect};
use crate::spelling::nearest;
use std::fmt;
use std::str::FromStr;

/// How an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A log of Postfix, alone or among other programs' lines.
    Postfix,
    /// The main log of Exim.
    Exim,
    /// A log of Sendmail.
    Sendmail,
    /// A log of OpenSMTPD.
    OpenSmtpd,
    /// The export format of journald, with the lines of any of these.
    Journal,
    /// Entries of journald as JSON objects.
    JournalJson,
    /// An accounting file of PowerMTA.
    PowerMta,
    /// A log of KumoMTA.
    KumoMta,
    /// A log of Haraka's plugin `outbound-logger`.
    Haraka,
    /// A delivery log of Halon.
    Halon,
    /// Amazon SES.
    Ses,
    /// SendGrid.
    SendGrid,
    /// Mailgun.
    Mailgun,
    /// Postmark.
    Postmark,
    /// SparkPost.
    SparkPost,
    /// A reply on each line.
    Replies,
    /// A JSON object on each line.
    JsonLines,
}

/// The longest object of a service that is read, in bytes.
const OBJECT_LIMIT: usize = 1 << 20;

impl Format {
    /// All formats.
    pub const ALL: [Format; 17] = [
        Format::Postfix,
        Format::Exim,
        Format::Sendmail,
        Format::OpenSmtpd,
        Format::Journal,
        Format::JournalJson,
        Format::PowerMta,
        Format::KumoMta,
        Format::Haraka,
        Format::Halon,
        Format::Ses,
        Format::SendGrid,
        Format::Mailgun,
        Format::Postmark,
        Format::SparkPost,
        Format::Replies,
        Format::JsonLines,
    ];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Postfix => "postfix",
            Format::Exim => "exim",
            Format::Sendmail => "sendmail",
            Format::OpenSmtpd => "opensmtpd",
            Format::Journal => "journal",
            Format::JournalJson => "journal-json",
            Format::PowerMta => "powermta",
            Format::KumoMta => "kumomta",
            Format::Haraka => "haraka",
            Format::Halon => "halon",
            Format::Ses => "ses",
            Format::SendGrid => "sendgrid",
            Format::Mailgun => "mailgun",
            Format::Postmark => "postmark",
            Format::SparkPost => "sparkpost",
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
    /// assert_eq!(Format::detect(b"[{\"email\":\"a@example.com\",\"sg_event_id\":\"x\"}]"), Some(Format::SendGrid));
    /// ```
    pub fn detect(start: &[u8]) -> Option<Format> {
        detect::known(start).or_else(|| detect::guess(start))
    }

    /// The same, where nothing that follows could tell otherwise.
    pub fn detect_early(start: &[u8]) -> Option<Format> {
        detect::known(start)
    }

    /// Whether its parts are JSON objects, which may stand in lists and go over several lines.
    pub(super) fn is_objects(self) -> bool {
        self.is_json() && !matches!(self, Format::JsonLines | Format::KumoMta)
    }

    /// Whether its lines are JSON.
    pub(super) fn is_json(self) -> bool {
        match self {
            Format::JournalJson
            | Format::KumoMta
            | Format::Haraka
            | Format::Halon
            | Format::Ses
            | Format::SendGrid
            | Format::Mailgun
            | Format::Postmark
            | Format::SparkPost
            | Format::JsonLines => true,
            Format::Postfix
            | Format::Exim
            | Format::Sendmail
            | Format::OpenSmtpd
            | Format::Journal
            | Format::PowerMta
            | Format::Replies => false,
        }
    }

    /// The longest line that is read of it: services send bodies of some hundred KiB.
    pub(super) fn line_limit(self) -> usize {
        if self.is_objects() { OBJECT_LIMIT } else { LINE_LIMIT }
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
    fn names_formats() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "postfx".parse::<Format>().unwrap_err().to_string();
        let start = "unknown format `postfx`, did you mean `postfix`? (known: postfix, exim, sendmail, ";
        assert!(error.starts_with(start) && error.ends_with(", replies, jsonl)"), "{error}");
    }
}
