//! From literals to rules: what a literal in a text makes a candidate, with all that refuses most of them.
//!
//! A reply touches few literals that are meant for it and many that are not. Each literal has the classes of
//! codes and the profile that could want it beside its place, and each lead has those of its rule, so that what
//! is not wanted costs one line of the cache and no look at the rule.

use super::grams::{Hint, Index, PADDING, Search};
use super::phrase::is_edge;
use crate::ruleset::{PatternId, RuleId};
use std::collections::HashMap;

/// Stands for no profile: the rule is for all.
pub(super) const GENERAL: u32 = u32::MAX;

/// Whom something concerns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    /// The classes of reply codes that are allowed.
    pub(super) codes: u64,
    /// The profile, by its number, or [`GENERAL`].
    pub(super) profile: u32,
}

impl Gate {
    /// Lets everything through.
    pub(super) const OPEN: Gate = Gate { codes: u64::MAX, profile: GENERAL };

    /// Lets through what one of them does, and perhaps more.
    fn or(self, other: Gate) -> Gate {
        let profile = if self.profile == other.profile { self.profile } else { GENERAL };
        Gate { codes: self.codes | other.codes, profile }
    }

    fn hint(self) -> Hint {
        let codes = self.codes.to_le_bytes().into_iter().fold(0, |all, byte| all | byte);
        Hint { codes, profile: if self.profile == GENERAL { 0 } else { (self.profile % 255) as u8 + 1 } }
    }
}

/// What is still to be asked of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owed {
    /// Nothing: it matches.
    Nothing,
    /// The conditions beside its phrase.
    Rest,
    /// This pattern, whose literal was found, and the conditions beside it.
    Pattern(PatternId),
}

/// What is learned where a literal stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum News {
    /// The rule is a candidate.
    Candidate(RuleId, Owed),
    /// A pattern that rules ask for beside others stands in the text.
    Found(PatternId),
    /// A pattern that rules ask for beside others may stand in the text.
    Possible(PatternId),
}

/// Where a word must begin and end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edges {
    pub(super) start: bool,
    pub(super) end: bool,
}

impl Edges {
    /// Whether what stands from `start` to `end` has them.
    #[inline]
    fn are_at(self, text: &[u8], start: usize, end: usize) -> bool {
        (!self.start || is_edge_at(text, start)) && (!self.end || is_edge_at(text, end))
    }
}

/// Whether what stands before a place and what stands behind it are of different words.
#[inline]
fn is_edge_at(text: &[u8], at: usize) -> bool {
    match (at.checked_sub(1).and_then(|at| text.get(at)), text.get(at)) {
        (Some(left), Some(right)) if left.is_ascii() && right.is_ascii() => {
            !left.is_ascii_alphanumeric() || !right.is_ascii_alphanumeric()
        }
        (Some(_), Some(_)) => is_edge(last_character(&text[..at]), first_character(&text[at..])),
        _ => true,
    }
}

/// The character that a text begins with.
fn first_character(text: &[u8]) -> Option<char> {
    text.utf8_chunks().next()?.valid().chars().next()
}

/// The character that a text ends with, which has up to four bytes.
fn last_character(text: &[u8]) -> Option<char> {
    let begins = |byte: &u8| byte & 0xC0 != 0x80;
    first_character(&text[text.iter().rposition(begins)?..])
}

/// What a literal leads to, for whom it does, and with which edges.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    pub(super) gate: Gate,
    pub(super) edges: Edges,
    pub(super) news: News,
}

/// A literal: whom it concerns, and where its bytes and leads stand.
#[derive(Debug, Clone, Copy)]
struct Word {
    gate: Gate,
    bytes: u32,
    length: u32,
    leads: u32,
    count: u32,
}

/// All literals and what they lead to.
#[derive(Debug)]
pub(super) struct Leads {
    index: Index,
    words: Vec<Word>,
    bytes: String,
    leads: Vec<Lead>,
}

impl Leads {
    /// `samples` calls back with texts as they will be met.
    pub(super) fn new<'t>(all: impl Iterator<Item = (&'t str, Lead)>, samples: impl Fn(&mut dyn FnMut(&str))) -> Leads {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut literals: Vec<&str> = Vec::new();
        let mut numbered: Vec<(u32, Lead)> = Vec::new();
        for (literal, lead) in all {
            let number = *numbers.entry(literal).or_insert_with(|| {
                literals.push(literal);
                literals.len() as u32 - 1
            });
            numbered.push((number, lead));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut bytes = String::new();
        let mut words: Vec<Word> = Vec::with_capacity(literals.len());
        for (n, of_one) in numbered.chunk_by(|(one, _), (other, _)| one == other).enumerate() {
            let gates = of_one.iter().map(|(_, lead)| lead.gate);
            words.push(Word {
                gate: gates.reduce(Gate::or).unwrap_or(Gate::OPEN),
                bytes: bytes.len() as u32,
                length: literals[n].len() as u32,
                leads: words.last().map_or(0, |last| last.leads + last.count),
                count: of_one.len() as u32,
            });
            bytes.push_str(literals[n]);
        }
        let leads = numbered.into_iter().map(|(_, lead)| lead).collect();
        let hinted: Vec<(&str, Hint)> = literals.into_iter().zip(words.iter().map(|word| word.gate.hint())).collect();
        Leads { index: Index::new(&hinted, samples), words, bytes, leads }
    }

    /// Calls `found` with what is learned from the text of a reply with that bit for its code, and with that profile,
    /// whose parents `is_above` knows, if it has any.
    ///
    /// `padded` is the text and behind it [`PADDING`].
    #[inline]
    pub(super) fn each(
        &self,
        padded: &[u8],
        reply: Gate,
        is_above: Option<impl Fn(u32) -> bool>,
        mut found: impl FnMut(News),
    ) {
        let text = &padded[..padded.len() - PADDING.len()];
        let wanted = |gate: Gate| {
            let near = (gate.profile == GENERAL) | (gate.profile == reply.profile);
            (gate.codes & reply.codes != 0) & (near || is_above.as_ref().is_some_and(|is_above| is_above(gate.profile)))
        };
        let search = Search { padded, hint: reply.hint(), any_profile: is_above.is_some() };
        self.index.each(search, |literal, start| {
            let word = &self.words[literal as usize];
            if !wanted(word.gate) {
                return;
            }
            let (from, end) = (word.bytes as usize, start + word.length as usize);
            let bytes = &self.bytes.as_bytes()[from..from + word.length as usize];
            if text.get(start..end) != Some(bytes) {
                return;
            }
            for lead in &self.leads[word.leads as usize..(word.leads + word.count) as usize] {
                if wanted(lead.gate) && lead.edges.are_at(text, start, end) {
                    found(lead.news);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every literal wherever it stands, whatever the stride: `many` fills the index up.
    fn finds_all(many: usize) {
        let words =
            ["full", "mailbox", "mailbox full", "no such user", "x1", "r", "überlauf", "quota exceeded", "quot", "a-a"];
        let filler: Vec<String> = (0..many).map(|n| format!("filler number {n}")).collect();
        let all: Vec<&str> = words.iter().copied().chain(filler.iter().map(String::as_str)).collect();
        let lead = |n| Lead { gate: Gate::OPEN, edges: Edges::default(), news: News::Found(PatternId(n)) };
        let leads = Leads::new(all.iter().enumerate().map(|(n, word)| (*word, lead(n as u32))), |_| ());
        let texts = [
            "mailbox full",
            "the mailbox is full",
            " the mailbox full is",
            "  the mailbox full is",
            "   the mailbox full",
            "x",
            "x1",
            "",
            "no such user: quota exceeded",
            "überlauf",
            "fullfull",
            "filler number 1",
            "a-a-a",
        ];
        for text in texts {
            let mut found = Vec::new();
            leads.each(&[text.as_bytes(), &PADDING].concat(), Gate::OPEN, None::<fn(u32) -> bool>, |news| {
                let News::Found(PatternId(n)) = news else { unreachable!() };
                found.push(n as usize);
            });
            found.sort_unstable();
            let mut expected = Vec::new();
            for (n, word) in all.iter().enumerate() {
                let places = (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(word.as_bytes()));
                expected.extend(places.map(|_| n));
            }
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn finds_every_literal_wherever_it_stands() {
        finds_all(0);
        finds_all(20_000);
    }

    #[test]
    fn asks_for_edges_and_for_whom() {
        let gate = Gate { codes: 2, profile: 7 };
        let lead = Lead { gate, edges: Edges { start: true, end: true }, news: News::Found(PatternId(0)) };
        let leads = Leads::new([("quota", lead)].into_iter(), |_| ());
        let count = |text: &str, reply: Gate, above: Option<u32>| {
            let mut count = 0;
            let is_above = above.map(|above| move |profile| profile == above);
            leads.each(&[text.as_bytes(), &PADDING].concat(), reply, is_above, |_| count += 1);
            count
        };
        assert_eq!(count("over quota", gate, None), 1);
        assert_eq!(count("over quota", Gate { codes: 1, ..gate }, None), 0);
        assert_eq!(count("over quota", Gate { profile: 8, ..gate }, None), 0);
        assert_eq!(count("over quota", Gate { profile: 8, ..gate }, Some(7)), 1);
        assert_eq!(count("over quota", Gate { profile: 8, ..gate }, Some(9)), 0);
        assert_eq!(count("overquota quotas équota 1quota", gate, None), 0);
        assert_eq!(count("quota,quota_", gate, None), 2);
    }
}
