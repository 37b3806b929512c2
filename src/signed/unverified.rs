//! Why a request is not accepted.

use super::Service;
use std::fmt;

/// Why a request is not known to come from a service, or is not taken again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unverified {
    /// The settings do not name the service.
    NotExpected(Service),
    /// What tells who sent it is missing or is none; which part.
    Unsigned(&'static str),
    /// It is signed by another key, or is not what was signed.
    BadSignature,
    /// What it shows in place of a signature is another than the settings have; what that is.
    WrongSecret(&'static str),
    /// Its key is nobody's that may post, and why.
    UnknownKey(String),
    /// The topic is none of the settings'.
    UnknownTopic,
    /// It was signed too long ago.
    TooOld,
    /// It was signed in the future.
    TooEarly,
    /// It was accepted before.
    Replayed,
    /// The key cannot be had now, and why; it may be sent again.
    Unfetched(String),
}

impl Unverified {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Unverified::NotExpected(_) => "not-expected",
            Unverified::Unsigned(_) => "unsigned",
            Unverified::BadSignature => "bad-signature",
            Unverified::WrongSecret(_) => "wrong-secret",
            Unverified::UnknownKey(_) => "unknown-key",
            Unverified::UnknownTopic => "unknown-topic",
            Unverified::TooOld => "too-old",
            Unverified::TooEarly => "too-early",
            Unverified::Replayed => "replayed",
            Unverified::Unfetched(_) => "unfetched",
        }
    }

    /// Whether it may be accepted when it is sent again.
    pub fn is_passing(&self) -> bool {
        matches!(self, Unverified::Unfetched(_))
    }
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unverified::NotExpected(service) => {
                write!(f, "nothing of {service} is expected: the settings have no `service.webhooks.{service}`")
            }
            Unverified::Unsigned(lack) => write!(f, "nothing tells who sent it: {lack}"),
            Unverified::BadSignature => f.write_str("the signature is not of this request by a key of the settings"),
            Unverified::WrongSecret(what) => write!(f, "{what} of the settings"),
            Unverified::UnknownKey(why) => write!(f, "it is signed with a key that is not known: {why}"),
            Unverified::UnknownTopic => f.write_str("the topic is none of those that the settings name"),
            Unverified::TooOld => f.write_str("it was signed too long ago"),
            Unverified::TooEarly => f.write_str("it was signed in the future: one of two clocks is wrong"),
            Unverified::Replayed => f.write_str("it was accepted before"),
            Unverified::Unfetched(why) => write!(f, "the key that it is signed with cannot be had now: {why}"),
        }
    }
}

impl std::error::Error for Unverified {}
