//! Reply codes (RFC 5321 §4.2) and enhanced codes (RFC 3463), which cannot be out of range.

use std::fmt;
use std::str::FromStr;

/// A three-digit reply code, 200 to 599.
///
/// ```
/// use carom::ReplyCode;
/// assert_eq!(ReplyCode::new(550).unwrap().class(), 5);
/// assert_eq!(ReplyCode::new(999), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplyCode(u16);

impl ReplyCode {
    /// The code, if it is one.
    pub const fn new(code: u16) -> Option<ReplyCode> {
        if code >= 200 && code <= 599 { Some(ReplyCode(code)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Its first digit: 2 success, 3 go on, 4 not now, 5 no.
    pub const fn class(self) -> u8 {
        (self.0 / 100) as u8
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for ReplyCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<ReplyCode, NotACode> {
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().ok().and_then(ReplyCode::new).ok_or(NotACode)
        } else {
            Err(NotACode)
        }
    }
}

/// An enhanced status code (RFC 3463): class 2, 4 or 5, subject and detail 0 to 999.
///
/// ```
/// use carom::EnhancedCode;
/// let code: EnhancedCode = "5.1.1".parse().unwrap();
/// assert_eq!((code.class(), code.subject(), code.detail()), (5, 1, 1));
/// assert!("3.1.1".parse::<EnhancedCode>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedCode {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedCode {
    /// The code, if it is one.
    pub const fn new(class: u8, subject: u16, detail: u16) -> Option<EnhancedCode> {
        if matches!(class, 2 | 4 | 5) && subject <= 999 && detail <= 999 {
            Some(EnhancedCode { class, subject, detail })
        } else {
            None
        }
    }

    /// 2 success, 4 not now, 5 no.
    pub const fn class(self) -> u8 {
        self.class
    }

    /// What it is about: 1 addresses, 2 mailboxes, 3 the system, 4 the network, 5 the protocol, 6 content, 7 policy.
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// The detail within the subject.
    pub const fn detail(self) -> u16 {
        self.detail
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl FromStr for EnhancedCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<EnhancedCode, NotACode> {
        let mut parts = text.split('.');
        let mut part = || {
            let digits = parts.next().filter(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
            digits.and_then(|p| p.parse::<u16>().ok()).ok_or(NotACode)
        };
        let (class, subject, detail) = (part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err(NotACode);
        }
        u8::try_from(class).ok().and_then(|class| EnhancedCode::new(class, subject, detail)).ok_or(NotACode)
    }
}

/// The text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode;

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a reply code or enhanced code")
    }
}

impl std::error::Error for NotACode {}

impl serde::Serialize for ReplyCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl serde::Serialize for EnhancedCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
