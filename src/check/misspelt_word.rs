//! # W0024: a word that looks misspelt
//!
//! The word stands in this phrase alone and in no example, and it is one letter away from a word that phrases and
//! examples use often. A phrase with a slip in it is never found in a reply, and nothing else tells.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox is full", "recipient malibox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Sorry, the mailbox is full"
//!     example  "552 5.2.2 Your recipient mailbox is full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox is full", "recipient mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Sorry, the mailbox is full"
//!     example  "552 5.2.2 Your recipient mailbox is full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::fold;
use crate::ruleset::{Column, Element, Pattern, PatternId, PatternKind, RuleSet};
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// The shortest word that is looked at: short ones are too near to each other.
const SHORTEST: usize = 5;

/// So often a word must be used to be thought right.
const OFTEN: u32 = 3;

/// So often it must be used where it is nowhere beside the same words.
const VERY_OFTEN: u32 = 12;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let words = Words::of(subject.rules());
    let mut doubted: HashMap<PatternId, Vec<(String, &str)>> = HashMap::new();
    let mut told: HashSet<Span> = HashSet::new();
    for written in subject.own_rules() {
        for (tree, condition) in written.conditions() {
            let (Column::Phrase(alternatives) | Column::Text(alternatives, _)) = &condition.column else { continue };
            for (alternative, place) in alternatives.iter().zip(subject.places(tree)) {
                let id = alternative.pattern;
                let found = doubted.entry(id).or_insert_with(|| words.doubt(subject.rules().pattern(id)));
                if found.is_empty() || !subject.is_own(place.itself()) || !told.insert(place.itself()) {
                    continue;
                }
                for (word, right) in found {
                    findings.push(diagnostic(subject, place.itself(), word, right));
                }
            }
        }
    }
}

fn diagnostic(subject: &Subject<'_>, phrase: Span, word: &str, right: &str) -> Diagnostic {
    let written = subject.sources().text(phrase).to_ascii_lowercase();
    let mut places = written.match_indices(word).map(|(at, _)| phrase.start as usize + at);
    let place = match (places.next(), places.next()) {
        (Some(at), None) => Some(Span::new(phrase.file, at, at + word.len())),
        _ => None,
    };
    let message = format!("no example has `{word}`, and it looks like `{right}`");
    let diagnostic = Diagnostic::new(Code::W0024, place.unwrap_or(phrase), message)
        .help(format!("did you mean `{right}`? if it is really written so, add an example that has it"));
    match place {
        Some(place) => diagnostic.fix(place, right),
        None => diagnostic,
    }
}

/// The words of all phrases and examples.
#[derive(Default)]
struct Words {
    /// How often each is used.
    counts: HashMap<String, u32>,
    /// Which stand side by side.
    pairs: HashSet<(String, String)>,
    /// Those that examples have.
    seen: HashSet<String>,
}

impl Words {
    fn of(rules: &RuleSet) -> Words {
        let mut words = Words::default();
        let of_rules = rules.rules.iter().flat_map(|rule| &rule.examples);
        let mut text = String::new();
        for example in of_rules.chain(rules.tests.iter().flat_map(|test| &test.replies)) {
            fold(&String::from_utf8_lossy(&example.reply.text), &mut text);
            let row: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
            words.seen.extend(row.iter().map(|word| (*word).to_owned()));
            words.add(&row);
        }
        for pattern in &rules.patterns {
            rows(pattern).iter().for_each(|row| words.add(row));
        }
        words
    }

    fn add(&mut self, row: &[&str]) {
        for word in row.iter().filter(|word| word.len() >= SHORTEST) {
            *self.counts.entry((*word).to_owned()).or_default() += 1;
        }
        self.pairs.extend(row.array_windows().map(|[a, b]| ((*a).to_owned(), (*b).to_owned())));
    }

    /// Whether a word is two others that examples have, such as `blocklist`.
    fn is_compound(&self, word: &str) -> bool {
        let parts = word.char_indices().skip(3).map(|(at, _)| word.split_at(at));
        parts.filter(|(_, end)| end.len() >= 3).any(|(start, end)| self.seen.contains(start) && self.seen.contains(end))
    }

    /// The words of a phrase that look misspelt, each with what was probably meant.
    fn doubt(&self, pattern: &Pattern) -> Vec<(String, &str)> {
        let mut found = Vec::new();
        for row in rows(pattern) {
            for (n, word) in row.iter().enumerate() {
                // A slip is made once; what is written twice is meant.
                let is_odd =
                    self.counts.get(*word) == Some(&1) && !self.seen.contains(*word) && !self.is_compound(word);
                if word.len() < SHORTEST || !is_odd {
                    continue;
                }
                let before = n.checked_sub(1).map(|n| row[n]);
                let after = row.get(n + 1).copied();
                let is_near = |(right, count): &(&String, &u32)| {
                    let beside = |a: Option<&str>, b: Option<&str>| match (a, b) {
                        (Some(a), Some(b)) => self.pairs.contains(&(a.to_owned(), b.to_owned())),
                        _ => false,
                    };
                    let is_beside = || beside(before, Some(right)) || beside(Some(right), after);
                    let is_known = || row.iter().all(|other| other == word || self.seen.contains(*other));
                    **count >= OFTEN && is_slip(word, right) && (is_beside() || **count >= VERY_OFTEN && is_known())
                };
                let right = self.counts.iter().filter(is_near).max_by_key(|(right, count)| (**count, *right));
                found.extend(right.map(|(right, _)| ((*word).to_owned(), right.as_str())));
            }
        }
        found
    }
}

/// The words of a phrase that are whole, in rows as they stand side by side.
fn rows(pattern: &Pattern) -> Vec<Vec<&str>> {
    let PatternKind::Phrase { elements, open_start, open_end } = &pattern.kind else { return Vec::new() };
    let last = elements.len() - 1;
    let mut found = Vec::new();
    for (n, element) in elements.iter().enumerate() {
        let Element::Literal(text) = element else { continue };
        let mut text: &str = text;
        // What a star or a gap touches may be a part of a word.
        if n > 0 || *open_start {
            text = text.trim_start_matches(char::is_alphabetic);
        }
        if n < last || *open_end {
            text = text.trim_end_matches(char::is_alphabetic);
        }
        let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        found.push(words);
    }
    found
}

/// Whether a word is another one with a slip in its middle: a letter more, less or other, or two swapped. Beginnings
/// and ends differ by grammar, and some spellings by country.
fn is_slip(word: &str, right: &str) -> bool {
    let (a, b) = (word.as_bytes(), right.as_bytes());
    if !word.is_ascii() || !right.is_ascii() || a.len().abs_diff(b.len()) > 1 || word == right {
        return false;
    }
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let least = a.len().min(b.len()) - front;
    let back = a.iter().rev().zip(b.iter().rev()).take(least).take_while(|(a, b)| a == b).count();
    if front == 0 || back == 0 {
        return false;
    }
    let (of_a, of_b) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    match (of_a, of_b) {
        ([b's'], [b'z']) | ([b'z'], [b's']) => false,
        // `colour`, `cancelled`.
        ([b'u'], []) | ([], [b'u']) if a[..front].ends_with(b"o") => false,
        ([b'l'], []) | ([], [b'l']) if a[..front].ends_with(b"l") => false,
        ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn grammar_is_no_slip() {
        for (word, right) in
            [("denined", "denied"), ("malibox", "mailbox"), ("recipent", "recipient"), ("quotta", "quota")]
        {
            assert!(is_slip(word, right), "{word}");
        }
        for (word, right) in [
            ("blocks", "blocked"),
            ("exceeds", "exceed"),
            ("denies", "denied"),
            ("authorised", "authorized"),
            ("cancelled", "canceled"),
            ("enable", "unable"),
            ("usuário", "usuario"),
        ] {
            assert!(!is_slip(word, right), "{word}");
        }
    }
}
