//! Host names, in the one form that suffixes are compared in.

use std::fmt;

/// A host or domain name: lower case, at least two labels, without port, brackets or trailing dot.
///
/// ```
/// use carom::HostName;
/// assert_eq!(HostName::parse("MX1.Example.COM.:25").unwrap().as_str(), "mx1.example.com");
/// assert!(HostName::parse("[192.0.2.7]").is_err());
/// assert!(HostName::parse("localhost").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(Box<str>);

/// The text is no host name: empty, an address, a bare label, or with characters that no name has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAHost;

impl HostName {
    /// Reads a name as mail servers write it: `mx.example.com[192.0.2.7]:25`, `MX.example.com.`.
    ///
    /// # Errors
    /// [`NotAHost`] where nothing is left that profiles could be known by.
    pub fn parse(text: &str) -> Result<HostName, NotAHost> {
        if is_plain(text.as_bytes()) {
            let mut name: Box<str> = text.into();
            name.make_ascii_lowercase();
            return Ok(HostName(name));
        }
        let text = text.trim();
        let end = text.bytes().position(|b| matches!(b, b'[' | b'(' | b' ' | b'\t')).unwrap_or(text.len());
        let text = match text[..end].rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &text[..end],
        };
        let text = text.trim_end_matches('.');
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || !b.is_ascii();
        let is_label = |label: &[u8]| (1..=63).contains(&label.len()) && label.iter().all(is_part);
        let mut labels = text.as_bytes().rsplit(|b| *b == b'.');
        // An address's last part is a number, a name's is not.
        let top = labels.next().is_some_and(|label| is_label(label) && !label.iter().all(u8::is_ascii_digit));
        let below = labels.clone().next().is_some() && labels.all(is_label);
        let letters = text.is_ascii() || text.chars().all(|c| c.is_ascii() || c.is_alphanumeric());
        if text.len() > 253 || !top || !below || !letters {
            return Err(NotAHost);
        }
        if text.is_ascii() {
            let mut name: Box<str> = text.into();
            name.make_ascii_lowercase();
            return Ok(HostName(name));
        }
        Ok(HostName(text.to_lowercase().into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name itself, then what is left as labels are taken off its front.
    pub fn suffixes(&self) -> impl Iterator<Item = &str> {
        let name = self.as_str();
        std::iter::once(name).chain(memchr::memchr_iter(b'.', name.as_bytes()).map(|at| &name[at + 1..]))
    }
}

/// Whether a text is a name as most are: at most one label's length, ASCII, with nothing around it, and with a last
/// label that ends in a letter. What is not so plain may be a name all the same.
fn is_plain(text: &[u8]) -> bool {
    const LONGEST: usize = 63;
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return false };
    if text.len() > LONGEST || *first == b'.' || !last.is_ascii_alphabetic() {
        return false;
    }
    // Without a branch a byte, and of a length that is known, so that many are looked at together.
    let mut padded = [b'a'; LONGEST + 1];
    padded[..text.len()].copy_from_slice(text);
    let (mut odd, mut points) = (0_u8, 0_u8);
    for byte in &padded {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let point = *byte == b'.';
        odd |= u8::from(!(letter | digit | point | (*byte == b'-') | (*byte == b'_')));
        points |= u8::from(point);
    }
    for n in 0..LONGEST {
        odd |= u8::from(padded[n] == b'.') & u8::from(padded[n + 1] == b'.');
    }
    odd == 0 && points != 0
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for HostName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
