//! Typed gaps: where one that begins at a place may end.

use crate::reply::{ADDRESS, is_letter};
use crate::ruleset::GapType;
use std::net::Ipv6Addr;

/// The longest run of digits, in bytes.
const DIGITS: usize = 64;
/// The longest word or tag, in bytes.
const WORD: usize = 128;
/// The longest host name, in bytes (RFC 1035 §2.3.4).
const HOST: usize = 253;
/// The longest textual IPv6 address, in bytes.
const IPV6: usize = 45;

/// Calls `next` with every end that a gap beginning at `start` may have, the longest first, until
/// one is taken.
pub(crate) fn try_ends(kind: GapType, text: &str, start: usize, mut next: impl FnMut(usize) -> bool) -> bool {
    let rest = &text[start..];
    match kind {
        GapType::Address => rest.starts_with(ADDRESS) && next(start + ADDRESS.len_utf8()),
        GapType::Digits => {
            let run = run(rest, DIGITS, |b| b.is_ascii_digit());
            (1..=run).rev().any(|length| next(start + length))
        }
        GapType::Number => {
            let run = run(rest, DIGITS, |b| b.is_ascii_digit() || b == b'.' || b == b',');
            (1..=run).rev().filter(|length| is_number(&rest.as_bytes()[..*length])).any(|length| next(start + length))
        }
        GapType::Word | GapType::Tag => word(rest, start, kind == GapType::Tag, next),
        GapType::Host => host(rest, start, next),
        GapType::Ip => ip(rest, start, next),
        GapType::Duration => duration(rest, start, next),
    }
}

/// Whether a gap may begin with a byte of a text.
pub(super) fn may_begin(kind: GapType, byte: u8) -> bool {
    match kind {
        GapType::Address => byte == ADDRESS as u8,
        GapType::Digits | GapType::Number | GapType::Duration => byte.is_ascii_digit(),
        GapType::Ip => byte.is_ascii_hexdigit() || byte == b':',
        GapType::Host => byte.is_ascii_alphanumeric(),
        GapType::Word | GapType::Tag => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || !byte.is_ascii(),
    }
}

fn run(text: &str, limit: usize, of: impl Fn(u8) -> bool) -> usize {
    text.bytes().take(limit).take_while(|b| of(*b)).count()
}

/// Digits with single points or commas between them.
fn is_number(text: &[u8]) -> bool {
    text.split(|b| matches!(b, b'.' | b',')).all(|part| !part.is_empty())
}

/// Labels with points between them, at least two, none of them empty, with letters or digits at both ends.
fn host(rest: &str, start: usize, mut next: impl FnMut(usize) -> bool) -> bool {
    let bytes = rest.as_bytes();
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let run = run(rest, HOST, |b| part(&b));
    // Nothing that ends behind an empty label is one.
    let run = bytes[..run].windows(2).position(|pair| pair == b"..").unwrap_or(run);
    let Some(point) = memchr::memchr(b'.', &bytes[..run]) else { return false };
    let begins = bytes[0].is_ascii_alphanumeric();
    begins
        && (point + 2..=run).rev().filter(|length| bytes[length - 1].is_ascii_alphanumeric()).any(|l| next(start + l))
}

/// Letters, digits, `_` and `-`; tags are ASCII.
fn word(rest: &str, start: usize, ascii: bool, mut next: impl FnMut(usize) -> bool) -> bool {
    let is_part = |c: char| matches!(c, '_' | '-') || if ascii { c.is_ascii_alphanumeric() } else { is_letter(c) };
    let mut end = 0;
    for c in rest.chars() {
        if !is_part(c) || end + c.len_utf8() > WORD {
            break;
        }
        end += c.len_utf8();
    }
    while end > 0 {
        if next(start + end) {
            return true;
        }
        end -= rest[..end].chars().next_back().map_or(end, char::len_utf8);
    }
    false
}

fn ip(rest: &str, start: usize, mut next: impl FnMut(usize) -> bool) -> bool {
    let run = run(rest, IPV6, |b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    let candidate = &rest[..run];
    // No text begins with one of each, and none of the longer has less than two colons.
    if memchr::memchr_iter(b':', candidate.as_bytes()).nth(1).is_some()
        && (2..=run).rev().filter(|length| candidate[..*length].parse::<Ipv6Addr>().is_ok()).any(|l| next(start + l))
    {
        return true;
    }
    ipv4_ends(candidate.as_bytes()).into_iter().flatten().any(|end| next(start + end))
}

/// Where an IPv4 address may end, the longest first: four numbers to 255, each of one to three digits.
fn ipv4_ends(bytes: &[u8]) -> Option<impl Iterator<Item = usize>> {
    let octet = |at: usize, most: usize| {
        let digits = bytes[at..].iter().take(most).take_while(|b| b.is_ascii_digit());
        digits.fold((0_u16, 0), |(number, width), digit| (number * 10 + u16::from(digit - b'0'), width + 1))
    };
    let mut at = 0;
    for _ in 0..3 {
        let (number, width) = octet(at, 3);
        if width == 0 || number > 255 || bytes.get(at + width) != Some(&b'.') {
            return None;
        }
        at += width + 1;
    }
    Some(
        (1..=3)
            .rev()
            .filter(move |most| matches!(octet(at, *most), (0..=255, width) if width == *most))
            .map(move |w| at + w),
    )
}

const UNITS: [&str; 16] = [
    "seconds", "second", "minutes", "minute", "hours", "hour", "days", "day", "secs", "mins", "sec", "min", "hrs",
    "hr", "s", "m",
];

/// `300 seconds`, `5m`, `00:04:30`.
fn duration(rest: &str, start: usize, mut next: impl FnMut(usize) -> bool) -> bool {
    let digits = run(rest, 10, |b| b.is_ascii_digit());
    if digits == 0 {
        return false;
    }
    let clock = run(rest, 16, |b| b.is_ascii_digit() || b == b':');
    for length in (1..=clock).rev() {
        let parts = rest[..length].split(':');
        let count = parts.clone().count();
        let whole = (2..=3).contains(&count) && parts.clone().all(|part| (1..=4).contains(&part.len()));
        if whole && next(start + length) {
            return true;
        }
    }
    let unit_at = digits + usize::from(rest[digits..].starts_with(' '));
    // The longest unit first; `h` and `d` stand last as they begin the others.
    UNITS
        .iter()
        .chain(&["h", "d"])
        .filter(|unit| rest[unit_at..].starts_with(*unit))
        .any(|unit| next(start + unit_at + unit.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(kind: GapType, text: &str) -> Option<&str> {
        let mut found = None;
        try_ends(kind, text, 0, |end| {
            found = Some(&text[..end]);
            true
        });
        found
    }

    #[test]
    fn catches_what_it_says() {
        use GapType::*;
        let cases = [
            (Ip, "192.0.2.7] blocked", Some("192.0.2.7")),
            (Ip, "192.0.2.700", Some("192.0.2.70")),
            (Ip, "192.0.2", None),
            (Ip, "192.0.2.7:25: refused", Some("192.0.2.7")),
            (Ip, "2001:db8::1: no", Some("2001:db8::1")),
            (Ip, "::ffff:192.0.2.7", Some("::ffff:192.0.2.7")),
            (Ip, "192.0.2.256", Some("192.0.2.25")),
            (Ip, "192.0.2567.1", None),
            (Ip, "192.256.2.1", None),
            (Ip, "192.0.2.", None),
            (Ip, "192.0.2.00", Some("192.0.2.00")),
            (Host, "a..b.c", None),
            (Host, "a.b..c", Some("a.b")),
            (Host, "a.b-_", Some("a.b")),
            (Host, "-a.b", None),
            (Host, "a.", None),
            (Host, "mx1.example.com. gone", Some("mx1.example.com")),
            (Host, "localhost", None),
            (Number, "1,024.5, and", Some("1,024.5")),
            (Digits, "300.5", Some("300")),
            (Duration, "300 seconds", Some("300 seconds")),
            (Duration, "5m", Some("5m")),
            (Duration, "2 hours", Some("2 hours")),
            (Duration, "00:04:30 left", Some("00:04:30")),
            (Duration, "5 apples", None),
            (Word, "ib607_x-1. end", Some("ib607_x-1")),
            (Address, "\u{1}>", Some("\u{1}")),
            (Address, "x", None),
        ];
        for (kind, text, expected) in cases {
            assert_eq!(longest(kind, text), expected, "{kind:?} in {text:?}");
        }
    }
}
