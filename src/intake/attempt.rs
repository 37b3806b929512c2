//! What intake gives: attempts, and complaints about lines that are none.

use crate::{HostName, Reply};
use std::borrow::Cow;
use std::fmt;

/// One attempt to deliver to one recipient, as a log or a caller reports it. Its words are borrowed from
/// the text that it was read from, as far as they stand there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempt<'t> {
    /// Where it was read: `mail.log:1841`, or what a JSON line says itself.
    pub source: Cow<'t, str>,
    /// The message, by its queue id.
    pub message: Option<Cow<'t, str>>,
    /// The recipient's address.
    pub recipient: Option<Cow<'t, str>>,
    /// The address before aliases and forwarding.
    pub original_recipient: Option<Cow<'t, str>>,
    /// What was said.
    pub reply: Reply,
    /// The outer text as wrapped, where something was unwrapped.
    pub via: Option<Cow<'t, str>>,
    /// The log's own word for how it ended.
    pub logged: Option<Logged>,
    /// The class that a log or a service gave it itself.
    pub reported: Option<Box<Reported<'t>>>,
    /// How the notice that tells of it is tied to a mail that was sent; `None` where no notice does.
    pub tied: Option<super::Tied>,
}

/// The class that a log or a service gives an attempt by rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported<'t> {
    /// Its word for it: `bad-mailbox`, `Transient/MailboxFull`.
    pub class: Cow<'t, str>,
    /// The word of the category that it stands for, where it stands for one.
    pub category: Option<&'static str>,
}

impl Attempt<'_> {
    /// The same attempt, whatever becomes of the text that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Attempt<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Attempt {
            source: owned(self.source),
            message: self.message.map(owned),
            recipient: self.recipient.map(owned),
            original_recipient: self.original_recipient.map(owned),
            reply: self.reply,
            via: self.via.map(owned),
            logged: self.logged,
            reported: self
                .reported
                .map(|told| Box::new(Reported { class: owned(told.class), category: told.category })),
            tied: self.tied,
        }
    }
}

/// How a mail server's log says that an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Logged {
    /// Handed over.
    Sent,
    /// Stays in the queue.
    Deferred,
    /// Returned to the sender.
    Bounced,
    /// Returned to the sender since it waited too long.
    Expired,
    /// An address probe that failed.
    Undeliverable,
    /// An address probe that passed.
    Deliverable,
    /// Any other word, as it stands there.
    Other(String),
}

impl Logged {
    /// Reads the word, in any case.
    pub fn read(word: &str) -> Logged {
        let known = |word: &str| match word {
            "sent" => Some(Logged::Sent),
            "deferred" => Some(Logged::Deferred),
            "bounced" => Some(Logged::Bounced),
            "expired" => Some(Logged::Expired),
            "undeliverable" | "undeliverable-but-not-cached" => Some(Logged::Undeliverable),
            "deliverable" => Some(Logged::Deliverable),
            _ => None,
        };
        // Nearly all are written in lower case.
        let found = known(word).or_else(|| known(&word.to_ascii_lowercase()));
        found.unwrap_or_else(|| Logged::Other(word.to_owned()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        match self {
            Logged::Sent => "sent",
            Logged::Deferred => "deferred",
            Logged::Bounced => "bounced",
            Logged::Expired => "expired",
            Logged::Undeliverable => "undeliverable",
            Logged::Deliverable => "deliverable",
            Logged::Other(word) => word,
        }
    }

    /// Whether the receiving side took it; `None` where the word does not tell.
    pub fn is_success(&self) -> Option<bool> {
        match self {
            Logged::Sent | Logged::Deliverable => Some(true),
            Logged::Other(_) => None,
            _ => Some(false),
        }
    }
}

impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A line that should have been an attempt and is none, or an input that broke off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Where: `replies.jsonl:12`.
    pub source: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.message)
    }
}

impl std::error::Error for Complaint {}

/// The domain of an address, if it is a name that profiles could be known by.
pub(super) fn domain_of(address: &[u8]) -> Option<HostName> {
    let at = memchr::memrchr(b'@', address)?;
    HostName::parse(lossy(&address[at + 1..]).trim_end_matches('>')).ok()
}

/// The host in what mailers write for one: `mx.example.com[192.0.2.1]:25`.
pub(super) fn host_of(written: &[u8]) -> Option<HostName> {
    // A bare name is read at a better pace.
    let end = memchr::memchr(b'[', written).unwrap_or(written.len());
    HostName::parse(&lossy(&written[..end])).ok()
}

/// Bytes as text; what is no UTF-8 becomes replacement characters.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // Nearly all is text, and is found to be so at a better pace.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_words_of_logs() {
        let cases = [
            ("sent", Logged::Sent, Some(true)),
            ("SENT", Logged::Sent, Some(true)),
            ("undeliverable-but-not-cached", Logged::Undeliverable, Some(false)),
            ("SOFTBOUNCE", Logged::Other("SOFTBOUNCE".to_owned()), None),
        ];
        for (word, logged, success) in cases {
            assert_eq!(Logged::read(word), logged);
            assert_eq!(logged.is_success(), success);
        }
    }

    #[test]
    fn finds_the_domain_of_an_address() {
        let cases = [
            ("a@Example.com", Some("example.com")),
            ("\"a@b.example\"@example.org", Some("example.org")),
            ("a@localhost", None),
            ("a@[192.0.2.1]", None),
            ("postmaster", None),
            ("@", None),
        ];
        for (address, domain) in cases {
            assert_eq!(domain_of(address.as_bytes()).as_ref().map(HostName::as_str), domain, "{address}");
        }
    }
}
