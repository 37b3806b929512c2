//! What a plugin is asked about.

use std::fmt;

/// What a receiving mail server said. Its texts lie where the host has put them, and are gone after the call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The text in its original spelling, lines joined by a blank, without codes.
    pub text: &'a str,
    /// The text as rules see it: lower case, blanks folded, addresses one character (U+0001).
    pub folded: &'a str,
    /// The reply code, as 550.
    pub code: Option<u16>,
    /// The enhanced code, as 5.1.1.
    pub enhanced: Option<Enhanced>,
    /// The status of a notice, as 5.1.1.
    pub status: Option<Enhanced>,
    /// What the sender was doing.
    pub phase: Option<Phase>,
    /// The host that said it.
    pub host: Option<&'a str>,
    /// The recipient's domain.
    pub domain: Option<&'a str>,
    /// When it was said, in seconds since 1970: the only time that a plugin has.
    pub time: Option<i64>,
}

/// An enhanced code.
///
/// ```
/// use carom_plugin::Enhanced;
/// let code = Enhanced::new(5, 1, 10);
/// assert_eq!((code.class, code.to_string()), (5, "5.1.10".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Enhanced {
    /// 2 success, 4 not now, 5 no.
    pub class: u16,
    /// What it is about: 1 addresses, 2 mailboxes, 3 the system, 4 the network, 5 the protocol, 6 content, 7 policy.
    pub subject: u16,
    /// The detail within the subject.
    pub detail: u16,
}

impl Enhanced {
    /// A code of these three numbers.
    pub const fn new(class: u16, subject: u16, detail: u16) -> Enhanced {
        Enhanced { class, subject, detail }
    }

    /// 5001010 is 5.1.10, and 0 none.
    pub(crate) const fn of(number: u32) -> Option<Enhanced> {
        match number {
            0 => None,
            // Each is below a thousand, but for the class of a number that no host passes.
            _ => Some(Enhanced::new(
                (number / 1_000_000) as u16,
                (number / 1_000 % 1_000) as u16,
                (number % 1_000) as u16,
            )),
        }
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// What the sender was doing when it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It had connected, and waited for the greeting.
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
    /// By its number in the world; 0 is none.
    pub(crate) const fn of(number: u32) -> Option<Phase> {
        Some(match number {
            1 => Phase::Connect,
            2 => Phase::Ehlo,
            3 => Phase::Mail,
            4 => Phase::Rcpt,
            5 => Phase::Data,
            6 => Phase::EndOfData,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Enhanced, Phase};

    #[test]
    fn numbers_are_codes() {
        assert_eq!(Enhanced::of(0), None);
        assert_eq!(Enhanced::of(5_001_010), Some(Enhanced::new(5, 1, 10)));
        assert_eq!(Enhanced::of(4_999_999), Some(Enhanced::new(4, 999, 999)));
        assert_eq!(Enhanced::of(2_000_000).map(|code| code.to_string()).as_deref(), Some("2.0.0"));
    }

    #[test]
    fn numbers_are_phases_in_the_order_of_a_conversation() {
        assert_eq!((Phase::of(0), Phase::of(7)), (None, None));
        let all: Vec<Phase> = (1..7).filter_map(Phase::of).collect();
        assert_eq!((all.len(), all[0], all[5]), (6, Phase::Connect, Phase::EndOfData));
        assert!(all.is_sorted());
    }
}
