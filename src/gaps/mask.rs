//! What differs from reply to reply though they say the same: addresses, hosts, ids, numbers, taken out of a folded
//! text by the language's own types of gap.

use crate::reply::{ADDRESS, is_letter};
use crate::ruleset::GapType;
use crate::table::try_ends;
use std::ops::Range;

/// The types that are masked, in the order in which they are tried, and the character that stands for each: no
/// folded text holds it, but for an address, which has its own.
const MARKS: [(GapType, char); 6] = [
    (GapType::Address, ADDRESS),
    (GapType::Ip, '\u{2}'),
    (GapType::Duration, '\u{3}'),
    (GapType::Host, '\u{4}'),
    (GapType::Word, '\u{5}'),
    (GapType::Number, '\u{6}'),
];

/// The last labels of names that are taken for hosts besides those of two letters.
const TOP: [&str; 29] = [
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "name",
    "mobi",
    "arpa",
    "local",
    "lan",
    "internal",
    "corp",
    "home",
    "example",
    "test",
    "invalid",
    "localhost",
    "localdomain",
    "cloud",
    "online",
    "email",
    "mail",
    "app",
    "dev",
    "site",
];

/// Words with digits that say something, by how they begin.
const SPEAKING: [&str; 6] = ["rfc", "sha", "iso", "ipv", "base", "utf"];

/// What was taken out of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    /// Where it stood in the folded text.
    pub(super) place: Range<usize>,
    pub(super) kind: GapType,
}

/// The type that a character of a masked text stands for.
pub(super) fn gap_of(c: char) -> Option<GapType> {
    MARKS.iter().find(|(_, mark)| *mark == c).map(|(kind, _)| *kind)
}

/// Whether a token of a masked text holds a gap of a type that nothing else looks like: such a token is never given up
/// for another, as an odd one among many would take their type from them.
pub(super) fn is_typed(token: &str) -> bool {
    token.chars().filter_map(gap_of).any(|kind| !matches!(kind, GapType::Word | GapType::Number))
}

/// Whether a token of a masked text holds a gap.
pub(super) fn has_gap(token: &str) -> bool {
    token.chars().any(|c| gap_of(c).is_some())
}

/// A folded text with marks in place of what differs, and what stood there.
pub(super) fn mask(text: &str) -> (String, Vec<Gap>) {
    let mut masked = String::with_capacity(text.len());
    let mut gaps = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let found = if before.is_some_and(is_letter) { None } else { gap_at(text, at) };
        match found {
            Some((kind, mark, end)) => {
                masked.push(mark);
                gaps.push(Gap { place: at..end, kind });
                before = text[..end].chars().next_back();
                at = end;
            }
            None => {
                masked.push(c);
                before = Some(c);
                at += c.len_utf8();
            }
        }
    }
    (masked, gaps)
}

fn gap_at(text: &str, at: usize) -> Option<(GapType, char, usize)> {
    // Within `a-b_c` nothing begins but what is never part of a word.
    let within = text[..at].ends_with(['-', '_']);
    MARKS.iter().find_map(|(kind, mark)| {
        if within && !matches!(kind, GapType::Address | GapType::Ip) {
            return None;
        }
        let mut found = None;
        try_ends(*kind, text, at, |end| {
            if is_meant(*kind, text, at..end) {
                found = Some(end);
            }
            found.is_some()
        });
        found.map(|end| (*kind, *mark, end))
    })
}

/// Whether what fits a type of gap is such a thing, and whole.
fn is_meant(kind: GapType, text: &str, place: Range<usize>) -> bool {
    let (before, inside, behind) = (&text[..place.start], &text[place.clone()], &text[place.end..]);
    if kind != GapType::Address && behind.starts_with(is_letter) {
        return false;
    }
    match kind {
        GapType::Address => true,
        GapType::Ip => inside.len() > 3,
        GapType::Duration => {
            // The end of a time of day is none.
            let is_end = before.ends_with(':') && inside.contains(':');
            !is_end && !before.ends_with(['.', ',']) && !behind.starts_with(['-', '_'])
        }
        // The host of a link says whose page it is.
        GapType::Host => {
            let is_page = before.ends_with('/') && behind.starts_with('?');
            let is_part = before.ends_with("//") || before.ends_with('.') || behind.starts_with(['-', '_']);
            !is_page && !is_part && is_host(inside)
        }
        GapType::Word => !behind.starts_with(['-', '_']) && is_id(inside),
        _ => !behind.starts_with(['-', '_']),
    }
}

/// Whether a name is a host's, and not two sentences with no blank between them.
fn is_host(name: &str) -> bool {
    let Some((front, top)) = name.rsplit_once('.') else { return false };
    let is_country = top.len() == 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    !front.is_empty() && (is_country || TOP.contains(&top))
}

/// Whether a word is made by a machine: it has digits among letters, or groups of digits, and enough of them.
fn is_id(word: &str) -> bool {
    if !word.is_ascii() || SPEAKING.iter().any(|start| word.starts_with(start)) {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return digits >= 5 && word.contains(['-', '_']);
    }
    let kinds: Vec<bool> = word.bytes().map(|b| b.is_ascii_digit()).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    digits >= 3 || (digits >= 2 && word.len() >= 8) || (digits >= 2 && changes >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::fold;

    fn shown(text: &str) -> String {
        let mut folded = String::new();
        fold(text, &mut folded);
        let (masked, _) = mask(&folded);
        masked.chars().map(|c| gap_of(c).map_or(c.to_string(), |kind| format!("{{{}}}", kind.as_str()))).collect()
    }

    #[test]
    fn takes_out_what_differs() {
        for (text, masked) in [
            (
                "connect to mx.hook.cz[82.113.55.91]:25: Connection refused",
                "connect to {host}[{ip}]:{number}: connection refused",
            ),
            ("<ann@example.com>: Recipient address rejected", "<{address}>: recipient address rejected"),
            ("Greylisted, try again in 300 seconds", "greylisted, try again in {duration}"),
            ("wait 00:04:30 or 5 messages", "wait {duration} or {number} messages"),
            ("2f1c655f95f5cae-a1f55 User not found", "{word} user not found"),
            ("No such user c18si2365148hub", "no such user {word}"),
            ("id=00000-22-225", "id={word}"),
            ("[S3150] and (S77714)", "[{word}] and ({word})"),
            ("2001:db8::1 is listed:: no", "{ip} is listed:: no"),
            ("limit is 10485760, 1,024.5 of 5.7.1", "limit is {number}, {number} of {number}"),
            ("see http://a.example.org/answer.py?id=1", "see http://a.example.org/answer.py?id={number}"),
            ("blocked using zen.spamhaus.org", "blocked using {host}"),
            ("see https://www.spamhaus.org/query/ip/192.0.2.7", "see https://www.spamhaus.org/query/ip/{ip}"),
            ("on 2023-11-23t18:53:22.058z", "on {word}:{number}:{number}.{word}"),
        ] {
            assert_eq!(shown(text), masked);
        }
    }

    #[test]
    fn leaves_what_speaks() {
        for text in [
            "rejected.please see below",
            "rfc5321 and base64, 8-bit, ipv6",
            "e.g. that",
            "x-priority",
            "part-2",
            "mx1 is full",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
