//! Where in the conversation a reply was given.

use std::fmt;
use std::str::FromStr;

/// The command that a reply answers (RFC 5321 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// The greeting.
    Connect,
    /// `EHLO`, `HELO`, `STARTTLS` or `AUTH`.
    Ehlo,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA` itself.
    Data,
    /// The dot that ends the message.
    EndOfData,
}

impl Phase {
    /// All phases, in the order of a conversation.
    pub const ALL: [Phase; 6] = [Phase::Connect, Phase::Ehlo, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::EndOfData];

    /// The word for it in rules and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Connect => "connect",
            Phase::Ehlo => "ehlo",
            Phase::Mail => "mail",
            Phase::Rcpt => "rcpt",
            Phase::Data => "data",
            Phase::EndOfData => "end-of-data",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Phase {
    type Err = ();

    fn from_str(text: &str) -> Result<Phase, ()> {
        Phase::ALL.into_iter().find(|phase| phase.as_str() == text).ok_or(())
    }
}

impl serde::Serialize for Phase {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
