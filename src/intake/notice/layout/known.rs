//! By what layouts are known, and one pass that tells which of them a mail may have.

use super::super::sender::name_of_sender;
use super::page::{Condition, Layout, Part, Place};
use super::pattern::folded;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeSet;

/// How much of a text is looked at for what it is known by.
const LOOK_LIMIT: usize = 8 << 10;

/// What a mail shows from outside, for layouts to be known by.
pub(in crate::intake::notice) struct Seen<'s, 'm> {
    pub(in crate::intake::notice) subject: &'s str,
    pub(in crate::intake::notice) from: &'s str,
    pub(in crate::intake::notice) body: &'m str,
    /// It has no header.
    pub(in crate::intake::notice) is_bare: bool,
    /// A mail system sent it, as far as it shows.
    pub(in crate::intake::notice) by_system: bool,
    /// The first value of the mail's fields of that name.
    pub(in crate::intake::notice) header: &'s dyn Fn(&str) -> Option<String>,
}

/// The phrases of all layouts that stand in bodies, found in one pass.
#[derive(Debug, Clone)]
pub(super) struct Index {
    phrases: Vec<String>,
    found_by: Option<AhoCorasick>,
}

/// A mail as conditions look at it.
pub(super) struct Looked<'s> {
    header: &'s dyn Fn(&str) -> Option<String>,
    subject: String,
    from: String,
    sender: String,
    /// The text of what has no header.
    bare: String,
    /// By the number of the phrase.
    in_body: Vec<bool>,
}

impl Index {
    /// Numbers the phrases of all layouts.
    pub(super) fn new(layouts: &mut [Layout]) -> Index {
        let mut phrases = BTreeSet::new();
        for part in layouts.iter_mut().flat_map(Layout::parts).filter(|part| part.place == Place::Body) {
            phrases.extend(part.phrases.iter().cloned());
        }
        let phrases: Vec<String> = phrases.into_iter().collect();
        for part in layouts.iter_mut().flat_map(Layout::parts).filter(|part| part.place == Place::Body) {
            part.numbers = part.phrases.iter().filter_map(|phrase| phrases.binary_search(phrase).ok()).collect();
        }
        let found_by = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&phrases).ok();
        Index { phrases, found_by }
    }

    pub(super) fn look<'s>(&self, seen: &Seen<'s, '_>) -> Looked<'s> {
        let mut end = seen.body.len().min(LOOK_LIMIT);
        while !seen.body.is_char_boundary(end) {
            end -= 1;
        }
        let body = folded(&seen.body[..end]);
        let mut in_body = vec![false; self.phrases.len()];
        match &self.found_by {
            Some(found_by) => {
                found_by.find_overlapping_iter(&body).for_each(|found| in_body[found.pattern().as_usize()] = true);
            }
            None => self.phrases.iter().zip(&mut in_body).for_each(|(phrase, at)| *at = body.contains(phrase.as_str())),
        }
        Looked {
            header: seen.header,
            subject: folded(seen.subject),
            from: folded(seen.from),
            sender: name_of_sender(seen.from),
            bare: if seen.is_bare { body } else { String::new() },
            in_body,
        }
    }

    pub(super) fn holds(&self, condition: &Condition, looked: &Looked<'_>) -> bool {
        condition.iter().any(|part| self.part_holds(part, looked))
    }

    fn part_holds(&self, part: &Part, looked: &Looked<'_>) -> bool {
        let any = |text: &str| part.phrases.iter().any(|phrase| text.contains(phrase.as_str()));
        match &part.place {
            Place::Body => part.numbers.iter().any(|number| looked.in_body[*number]),
            Place::Subject => any(&looked.subject),
            Place::From => any(&looked.from),
            Place::Sender => any(&looked.sender),
            Place::Opening => {
                let subject = looked.subject.trim_start_matches(|c: char| !c.is_alphanumeric());
                part.phrases.iter().any(|phrase| begins(subject, phrase))
            }
            Place::Bare => any(&looked.bare),
            Place::Header(name) => match (looked.header)(name) {
                Some(_) if part.phrases.is_empty() => true,
                Some(value) => any(&folded(&value)),
                None => false,
            },
        }
    }
}

/// Whether a subject begins with a phrase that no letter goes on; where words have no blanks between them, any may.
fn begins(subject: &str, phrase: &str) -> bool {
    let Some(behind) = subject.strip_prefix(phrase) else { return false };
    !phrase.is_ascii() || !behind.starts_with(|c: char| c.is_alphanumeric())
}
