//! Where addresses stand in a text.

use super::character::is_letter;
use std::ops::Range;

/// The longest local part or quoted local part that is looked for before an `@`.
const LOCAL_LIMIT: usize = 512;

/// The places of addresses that are whole, from the left.
pub(super) fn each_address(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut done = 0;
    memchr::memchr_iter(b'@', text.as_bytes()).filter_map(move |at| {
        let range = if at < done { None } else { address_around(text, at, done) }?;
        done = range.end;
        Some(range)
    })
}

/// The address around an `@`; none begins before `done`.
pub(super) fn address_around(text: &str, at: usize, done: usize) -> Option<Range<usize>> {
    match plain_address(text.as_bytes(), at, done) {
        Plain::Address(range) => return Some(range),
        Plain::Nothing => return None,
        Plain::Unclear => {}
    }
    let start = local_start(text, at, done)?;
    let mut end = domain_end(text, at + 1)?;
    while text[end..].starts_with('@') {
        match domain_end(text, end + 1) {
            Some(further) => end = further,
            None => break,
        }
    }
    Some(start..end)
}

/// What a look at single bytes tells of an `@`.
pub(super) enum Plain {
    Address(Range<usize>),
    Nothing,
    /// It is quoted, not ASCII, an address literal, or odd in some other way.
    Unclear,
}

/// The address around an `@` as most are: ASCII, neither quoted nor at an address literal.
pub(super) fn plain_address(bytes: &[u8], at: usize, done: usize) -> Plain {
    let least = at.saturating_sub(LOCAL_LIMIT).max(done);
    let local = bytes[least..at].iter().rev().take_while(|byte| LOCAL[usize::from(**byte)]).count();
    let mut start = at - local;
    let mut end = at + 1;
    let mut last = 0;
    for byte in &bytes[at + 1..] {
        let class = DOMAIN[usize::from(*byte)];
        if class == 0 {
            break;
        }
        if class & last == POINT {
            return Plain::Unclear;
        }
        last = class;
        end += 1;
    }
    let (before, behind) = (bytes[least..start].last().unwrap_or(&b' '), bytes.get(end).unwrap_or(&b' '));
    let is_cut = start == least && least > done;
    if is_cut || *before == b'"' || matches!(behind, b'@' | b'[') || !before.is_ascii() || !behind.is_ascii() {
        return Plain::Unclear;
    }
    while matches!(bytes[start], b'\'' | b'`' | b'.') {
        start += 1;
    }
    while matches!(bytes[end - 1], b'.' | b'-' | b'_') {
        end -= 1;
    }
    if start < at && end > at + 1 { Plain::Address(start..end) } else { Plain::Nothing }
}

/// The ASCII characters of a local part that is not quoted (RFC 5322 §3.2.3), and points.
static LOCAL: [bool; 256] = {
    let mut local = [false; 256];
    let mut n = 0;
    while n < 128 {
        local[n] = (n as u8).is_ascii_alphanumeric()
            || matches!(n as u8, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-'..=b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~');
        n += 1;
    }
    local
};

fn local_start(text: &str, at: usize, done: usize) -> Option<usize> {
    let from = (at.saturating_sub(LOCAL_LIMIT)..=at).find(|i| text.is_char_boundary(*i))?.max(done);
    let before = &text[from..at];
    if let Some(quoted) = before.strip_suffix('"') {
        return quoted.rfind('"').map(|open| from + open);
    }
    let local = if before.is_ascii() {
        let first = before.bytes().rposition(|b| !LOCAL[b as usize]).map_or(0, |last| last + 1);
        &before[first..]
    } else {
        // Letters of every script as well (RFC 6531).
        let is_local = |c: char| if c.is_ascii() { LOCAL[c as usize] } else { is_letter(c) };
        before.rfind(|c| !is_local(c)).map_or(before, |last| {
            let width = before[last..].chars().next().map_or(1, char::len_utf8);
            &before[last + width..]
        })
    };
    let local = local.trim_start_matches(['\'', '`', '.']);
    (!local.is_empty()).then(|| at - local.len())
}

/// What [`DOMAIN`] says of a point, and of no other character.
const POINT: u8 = 2;

/// The ASCII characters of a domain, by byte: one, or [`POINT`].
static DOMAIN: [u8; 256] = {
    let mut domain = [0; 256];
    let mut n = 0;
    while n < 128 {
        domain[n] = match n as u8 {
            b'.' => POINT,
            byte => (byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) as u8,
        };
        n += 1;
    }
    domain
};

fn domain_end(text: &str, from: usize) -> Option<usize> {
    let rest = &text[from..];
    if let Some(literal) = rest.strip_prefix('[') {
        let close = literal.find(']').filter(|close| *close <= 64)?;
        return literal[..close]
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b':')
            .then_some(from + close + 2);
    }
    let mut end = rest.bytes().position(|b| DOMAIN[b as usize] == 0).unwrap_or(rest.len());
    if rest.as_bytes().get(end).is_some_and(|b| !b.is_ascii()) {
        // Letters of every script as well (RFC 6531).
        end = rest.find(|c| !(matches!(c, '.' | '-' | '_') || is_letter(c))).unwrap_or(rest.len());
    }
    // Sendmail writes `user@example.com...User unknown`: an empty label ends the name.
    let name = rest.as_bytes()[..end].windows(2).position(|pair| pair == b"..").map_or(&rest[..end], |at| &rest[..at]);
    let name = name.trim_end_matches(['.', '-', '_']);
    (!name.is_empty()).then_some(from + name.len())
}
