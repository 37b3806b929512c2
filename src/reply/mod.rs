//! What a mail server said, as typed values: codes, host, phase, time, and the text that is matched.
//!
//! Invariant: reading a reply never fails and never panics, whatever the bytes; what it lacks is
//! `None`, never a made-up value.

mod address;
mod ascii;
mod character;
mod code;
mod duration;
mod fold;
mod host;
mod kind;
mod parse;
mod phase;
mod time;

pub(crate) use ascii::{BEHIND, fold_ascii};
pub(crate) use character::is_format;
pub use character::{is_joined, is_letter};
pub use code::{EnhancedCode, NotACode, ReplyCode};
pub use duration::Duration;
pub(crate) use fold::fold_any;
pub use fold::{ADDRESS, Folded, TEXT_LIMIT, fold};
pub use host::{HostName, NotAHost};
pub use kind::Kind;
pub(crate) use parse::enhanced_alone;
pub use parse::split_codes;
pub use phase::Phase;
pub use time::{Time, Window};

/// A reply, with what is known around it.
///
/// ```
/// use carom::{Phase, Reply};
/// let reply = Reply::parse("550-5.1.1 No such user\r\n550 5.1.1 here").from_host("mx1.example.com").at(Phase::Rcpt);
/// assert_eq!(reply.code.unwrap().get(), 550);
/// assert_eq!(reply.enhanced.unwrap().to_string(), "5.1.1");
/// assert_eq!(reply.text, b"No such user here");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The reply code (RFC 5321 §4.2).
    pub code: Option<ReplyCode>,
    /// The enhanced code that the server wrote (RFC 3463).
    pub enhanced: Option<EnhancedCode>,
    /// The status that a notice or the sender's own mail server gave (`Status:`, `dsn=`).
    pub status: Option<EnhancedCode>,
    /// The text, in the server's bytes, without leading codes and continuation prefixes.
    pub text: Vec<u8>,
    /// The host that said it.
    pub host: Option<HostName>,
    /// The recipient's domain.
    pub domain: Option<HostName>,
    /// What the sender was doing when it was said.
    pub phase: Option<Phase>,
    /// When it was said.
    pub time: Option<Time>,
    /// What the notice is that told of it, where that says more than any reply.
    pub kind: Option<Kind>,
    /// Whose mail it was.
    pub sender: Sender,
}

/// The sender's side of a delivery: carried through to the verdict, except for the tenant never matched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// The address the mail was sent from.
    pub ip: Option<String>,
    /// The pool of addresses.
    pub pool: Option<String>,
    /// The campaign.
    pub campaign: Option<String>,
    /// The customer on whose behalf it was sent.
    pub tenant: Option<String>,
}

impl Reply {
    /// The same reply, said by `host`; what is no host name is left out.
    #[must_use]
    pub fn from_host(mut self, host: &str) -> Reply {
        self.host = HostName::parse(host).ok();
        self
    }

    /// The same reply, about a recipient in `domain`; what is no host name is left out.
    #[must_use]
    pub fn to_domain(mut self, domain: &str) -> Reply {
        self.domain = HostName::parse(domain).ok();
        self
    }

    /// The same reply, said in that phase.
    #[must_use]
    pub fn at(mut self, phase: Phase) -> Reply {
        self.phase = Some(phase);
        self
    }

    /// The same reply, said at that time.
    #[must_use]
    pub fn on(mut self, time: Time) -> Reply {
        self.time = Some(time);
        self
    }

    /// The first digit that counts: the reply code's, else the enhanced code's, else the status's.
    pub fn class(&self) -> Option<u8> {
        self.code.map(ReplyCode::class).or(self.enhanced.or(self.status).map(EnhancedCode::class))
    }
}
