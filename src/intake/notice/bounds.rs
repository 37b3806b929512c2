//! What is refused before it is taken apart: a mail that would cost more than any notice is worth.

use std::fmt;

/// The largest mail that is read, in bytes.
pub const MAIL_LIMIT: usize = 64 << 20;

/// The longest header of a mail, in bytes.
const HEADER_LIMIT: usize = 512 << 10;

/// How deep parts may stand in parts.
pub(super) const NESTING_LIMIT: usize = 20;

/// How many parts a mail may have.
pub(super) const PART_LIMIT: usize = 2_000;

/// The most recipients that one notice may be about.
pub(super) const RECIPIENT_LIMIT: usize = 10_000;

/// Why a mail is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is larger than [`MAIL_LIMIT`].
    Size,
    /// Its header is longer than any mail's.
    Header,
    /// Its parts are nested too deep.
    Nesting,
    /// It names too many recipients.
    Recipients,
    /// It has too many parts.
    Parts,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Size => write!(f, "the mail is larger than {} MiB", MAIL_LIMIT >> 20),
            Refusal::Header => write!(f, "the mail's header is longer than {} KiB", HEADER_LIMIT >> 10),
            Refusal::Nesting => write!(f, "the mail's parts are nested deeper than {NESTING_LIMIT}"),
            Refusal::Recipients => write!(f, "the notice names more than {RECIPIENT_LIMIT} recipients"),
            Refusal::Parts => write!(f, "the mail has more than {PART_LIMIT} parts"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Looks at a mail's size and header, without taking it apart.
pub(super) fn check(mail: &[u8]) -> Result<(), Refusal> {
    if mail.len() > MAIL_LIMIT {
        return Err(Refusal::Size);
    }
    if mail.len() > HEADER_LIMIT {
        let start = &mail[..HEADER_LIMIT];
        if memchr::memmem::find(start, b"\n\n").is_none() && memchr::memmem::find(start, b"\n\r\n").is_none() {
            return Err(Refusal::Header);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_notice_is() {
        let long = [b"X: ".as_slice(), &b"x".repeat(10 << 20), b"\n\nno\n"].concat();
        assert_eq!(check(&long), Err(Refusal::Header));
        assert_eq!(check(&vec![b'\n'; MAIL_LIMIT + 1]), Err(Refusal::Size));
        assert_eq!(check(b"Subject: x\n\nno\n"), Ok(()));
    }
}
