//! From literals to rules: what a literal in a text makes a candidate, with all that refuses most of them.
//!
//! A reply touches few literals that are meant for it and many that are not. Each literal has the classes of
//! codes and the profile that could want it beside its place, and each lead has those of its rule, so that what
//! is not wanted costs one line of the cache and no look at the rule.

use super::gate::Gate;
use super::index::{Anchors, Index, Literal, Search, Text};
use super::phrase::is_edge;
use crate::ruleset::{PatternId, RuleId};
use std::collections::HashMap;

/// What is still to be asked of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    /// Nothing: it matches.
    Nothing,
    /// The conditions beside its phrase.
    Rest,
    /// This pattern, whose literal was found, and the conditions beside it.
    Pattern(PatternId),
    /// This pattern, which begins with the literal that was found, and the conditions beside it.
    PatternHere(PatternId),
}

/// Where a word must begin and end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edges {
    pub(super) start: bool,
    pub(super) end: bool,
}

impl Edges {
    /// Whether what stands from `start` to `end` has them; behind the text is its padding.
    #[inline]
    pub(super) fn are_at(self, padded: &[u8], start: usize, end: usize) -> bool {
        (!self.start || is_edge_at(padded, start)) && (!self.end || is_edge_at(padded, end))
    }
}

/// Whether what stands before a place and what stands behind it are of different words.
#[inline]
fn is_edge_at(padded: &[u8], at: usize) -> bool {
    let left = at.checked_sub(1).map_or(0, |before| padded[before]);
    let right = padded[at];
    if (left | right).is_ascii() {
        !(left.is_ascii_alphanumeric() & right.is_ascii_alphanumeric())
    } else {
        is_edge(last_character(&padded[..at]), first_character(&padded[at..]))
    }
}

/// The character that a text begins with, which has up to four bytes.
fn first_character(text: &[u8]) -> Option<char> {
    text[..text.len().min(4)].utf8_chunks().next()?.valid().chars().next()
}

/// The character that a text ends with.
fn last_character(text: &[u8]) -> Option<char> {
    let begins = |byte: &u8| byte & 0xC0 != 0x80;
    first_character(&text[text.iter().rposition(begins)?..])
}

/// A rule that a literal leads to, for whom it does, and with which edges.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    pub(super) gate: Gate,
    pub(super) edges: Edges,
    pub(super) rule: RuleId,
    pub(super) owed: Owed,
}

/// A literal that is looked for.
pub(super) struct Wanted<'t> {
    pub(super) text: &'t str,
    /// What is known of its ends wherever it counts.
    pub(super) anchors: Anchors,
    /// The rule that is found by it; where there is none, somebody will ask whether it was found.
    pub(super) lead: Option<Lead>,
}

/// A literal: where its bytes and leads stand.
#[derive(Debug, Clone, Copy)]
struct Word {
    bytes: u32,
    length: u32,
    leads: u32,
    count: u32,
    /// The first of the rules that it leads to.
    first: RuleId,
}

/// Comes after all rules.
const NEVER: RuleId = RuleId(u32::MAX);

/// A place where a literal may stand, and which of its leads is the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// The rule that this lead leads to, or none.
    pub(super) rule: RuleId,
    literal: u32,
    pub(super) start: u32,
    lead: u32,
}

/// All literals and what they lead to.
#[derive(Debug)]
pub(super) struct Leads {
    index: Index,
    words: Vec<Word>,
    bytes: String,
    /// Those of each literal side by side, in order of precedence.
    leads: Vec<Lead>,
}

impl Leads {
    /// Also gives the number of each literal. `samples` calls back with texts as they will be met.
    pub(super) fn new<'t>(
        all: impl Iterator<Item = Wanted<'t>>,
        samples: impl Fn(&mut dyn FnMut(&str)),
    ) -> (Leads, Vec<u32>) {
        let mut known: HashMap<(&str, Anchors), u32> = HashMap::new();
        let mut texts: Vec<(&str, Anchors, Gate)> = Vec::new();
        let mut numbers = Vec::new();
        let mut numbered: Vec<(u32, Lead)> = Vec::new();
        for Wanted { text, anchors, lead } in all {
            let gate = lead.map_or(Gate::OPEN, |lead| lead.gate);
            let number = *known.entry((text, anchors)).or_insert_with(|| {
                texts.push((text, anchors, gate));
                texts.len() as u32 - 1
            });
            let of_all = &mut texts[number as usize].2;
            *of_all = of_all.or(gate);
            numbered.extend(lead.map(|lead| (number, lead)));
            numbers.push(number);
        }
        numbered.sort_by_key(|(number, lead)| (*number, lead.rule));
        let mut bytes = String::new();
        let mut words: Vec<Word> = Vec::with_capacity(texts.len());
        for (text, ..) in &texts {
            let (from, length) = (bytes.len() as u32, text.len() as u32);
            words.push(Word { bytes: from, length, leads: 0, count: 0, first: NEVER });
            bytes.push_str(text);
        }
        let mut leads = Vec::with_capacity(numbered.len());
        for of_one in numbered.chunk_by(|(one, _), (other, _)| one == other) {
            let word = &mut words[of_one[0].0 as usize];
            (word.leads, word.count, word.first) = (leads.len() as u32, of_one.len() as u32, of_one[0].1.rule);
            leads.extend(of_one.iter().map(|(_, lead)| *lead));
        }
        let literals = texts.iter().map(|(text, anchors, gate)| Literal { text, anchors: *anchors, hint: gate.hint() });
        let literals: Vec<Literal<'_>> = literals.collect();
        (Leads { index: Index::new(&literals, samples), words, bytes, leads }, numbers)
    }

    /// Adds the places where literals may stand that may concern a reply, whose profile may have parents.
    #[inline]
    pub(super) fn gather(&self, text: Text<'_>, reply: Gate, has_parents: bool, hits: &mut Vec<Hit>) {
        let Text { padded, is_ascii } = text;
        let search = Search { padded, length: text.bytes().len(), is_ascii, hint: reply.hint(), has_parents };
        self.index.each(search, &mut |literal, start| {
            let rule = self.words[literal as usize].first;
            hits.push(Hit { rule, literal, start: start as u32, lead: 0 });
        });
    }

    /// Where the literal of a hit ends, if it is what stands there.
    #[inline]
    fn end(&self, text: Text<'_>, hit: Hit) -> Option<usize> {
        let word = &self.words[hit.literal as usize];
        let (from, start) = (word.bytes as usize, hit.start as usize);
        let end = start + word.length as usize;
        let bytes = &self.bytes.as_bytes()[from..from + word.length as usize];
        (text.padded.get(start..end) == Some(bytes)).then_some(end)
    }

    /// What the next lead of a hit asks for, if its literal stands there and `admits` lets the lead through; the hit
    /// goes on to the lead after it.
    #[inline]
    pub(super) fn take(&self, text: Text<'_>, hit: &mut Hit, admits: impl Fn(Gate) -> bool) -> Option<(RuleId, Owed)> {
        let Some(end) = self.end(text, *hit) else {
            hit.rule = NEVER;
            return None;
        };
        let word = &self.words[hit.literal as usize];
        let leads = &self.leads[word.leads as usize..][hit.lead as usize..word.count as usize];
        let lead = leads[0];
        hit.lead += 1;
        hit.rule = leads.get(1).map_or(NEVER, |next| next.rule);
        let counts = admits(lead.gate) && lead.edges.are_at(text.padded, hit.start as usize, end);
        counts.then_some((lead.rule, lead.owed))
    }

    /// The places where a literal stands, each with its end.
    pub(super) fn places(&self, text: Text<'_>, literal: u32, hits: &[Hit]) -> impl Iterator<Item = (usize, usize)> {
        let of_it = hits.iter().filter(move |hit| hit.literal == literal);
        of_it.filter_map(move |hit| Some((hit.start as usize, self.end(text, *hit)?)))
    }
}

/// The hit whose next lead comes first.
#[inline]
pub(super) fn earliest(hits: &[Hit]) -> Option<usize> {
    let (mut first, mut rule) = (0, NEVER);
    for (n, hit) in hits.iter().enumerate() {
        if hit.rule < rule {
            (first, rule) = (n, hit.rule);
        }
    }
    (rule != NEVER).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::index::PADDING;
    use super::*;

    /// Every literal wherever it stands, whatever the stride: `many` fills the index up.
    fn finds_all(many: usize) {
        let words =
            ["full", "mailbox", "mailbox full", "no such user", "x1", "r", "überlauf", "quota exceeded", "quot", "a-a"];
        let filler: Vec<String> = (0..many).map(|n| format!("filler number {n}")).collect();
        let all: Vec<&str> = words.iter().copied().chain(filler.iter().map(String::as_str)).collect();
        let wanted = |text| Wanted { text, anchors: Anchors::default(), lead: None };
        let (leads, numbers) = Leads::new(all.iter().map(|text| wanted(*text)), |_| ());
        assert!(numbers.iter().zip(0..).all(|(number, n)| *number == n));
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
            let padded = [text.as_bytes(), &PADDING].concat();
            let padded = Text { padded: &padded, is_ascii: text.is_ascii() };
            let mut hits = Vec::new();
            leads.gather(padded, Gate::OPEN, false, &mut hits);
            let count = |n: usize| leads.places(padded, n as u32, &hits).map(move |_| n);
            let mut found: Vec<usize> = (0..all.len()).flat_map(count).collect();
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
        let gate = Gate::OPEN.with_codes(2, 4).for_profile(7);
        let edges = Edges { start: true, end: true };
        let anchors = Anchors { start: true, end: true };
        let lead = Lead { gate, edges, rule: RuleId(3), owed: Owed::Nothing };
        let (leads, _) = Leads::new([Wanted { text: "quota", anchors, lead: Some(lead) }].into_iter(), |_| ());
        let count = |text: &str, reply: Gate, above: Option<u32>| {
            let is_above = above.map(|above| move |profile| profile == above);
            let padded = [text.as_bytes(), &PADDING].concat();
            let padded = Text { padded: &padded, is_ascii: text.is_ascii() };
            let mut hits = Vec::new();
            leads.gather(padded, reply, is_above.is_some(), &mut hits);
            let mut count = 0;
            while let Some(n) = earliest(&hits) {
                let taken = leads.take(padded, &mut hits[n], |gate| gate.admits(reply, is_above.as_ref()));
                count += usize::from(taken == Some((RuleId(3), Owed::Nothing)));
            }
            count
        };
        assert_eq!(count("over quota", gate, None), 1);
        assert_eq!(count("over quota", gate.with_codes(1, 4), None), 0);
        assert_eq!(count("over quota", gate.with_codes(2, 1), None), 0);
        assert_eq!(count("over quota", gate.for_profile(8), None), 0);
        assert_eq!(count("over quota", gate.for_profile(8), Some(7)), 1);
        assert_eq!(count("over quota", gate.for_profile(8), Some(9)), 0);
        assert_eq!(count("overquota quotas équota 1quota", gate, None), 0);
        assert_eq!(count("quota,quota_", gate, None), 2);
    }
}
