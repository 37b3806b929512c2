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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owed {
    /// Nothing: it matches.
    Nothing,
    /// The conditions beside its phrase.
    Rest,
    /// This pattern, whose literal was found, and the conditions beside it.
    Pattern(PatternId),
    /// This pattern, whose literal was found there and is what it begins with, and the conditions beside it.
    PatternAt(PatternId, u32),
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

impl News {
    /// The rule that it is about; the first of all where it may be about any.
    fn rule(self) -> RuleId {
        match self {
            News::Candidate(rule, _) => rule,
            News::Found(_) | News::Possible(_) => RuleId(0),
        }
    }
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
    /// What is known of the literal's ends wherever the lead counts.
    pub(super) anchors: Anchors,
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
    /// The first of the rules that it leads to; nought where it leads to more than rules.
    first: RuleId,
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
        let mut numbers: HashMap<(&str, Anchors), u32> = HashMap::new();
        let mut texts: Vec<(&str, Anchors)> = Vec::new();
        let mut numbered: Vec<(u32, Lead)> = Vec::new();
        for (literal, lead) in all {
            let number = *numbers.entry((literal, lead.anchors)).or_insert_with(|| {
                texts.push((literal, lead.anchors));
                texts.len() as u32 - 1
            });
            numbered.push((number, lead));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut bytes = String::new();
        let mut words: Vec<Word> = Vec::with_capacity(texts.len());
        let mut literals: Vec<Literal<'_>> = Vec::with_capacity(texts.len());
        for ((text, anchors), of_one) in texts.iter().zip(numbered.chunk_by(|(one, _), (other, _)| one == other)) {
            let gate = of_one.iter().map(|(_, lead)| lead.gate).reduce(Gate::or).unwrap_or(Gate::OPEN);
            literals.push(Literal { text, anchors: *anchors, hint: gate.hint() });
            words.push(Word {
                gate,
                bytes: bytes.len() as u32,
                length: text.len() as u32,
                leads: words.last().map_or(0, |last| last.leads + last.count),
                count: of_one.len() as u32,
                first: of_one.iter().map(|(_, lead)| lead.news.rule()).min().unwrap_or(RuleId(0)),
            });
            bytes.push_str(text);
        }
        let leads = numbered.into_iter().map(|(_, lead)| lead).collect();
        Leads { index: Index::new(&literals, samples), words, bytes, leads }
    }

    /// Calls `found` with what is learned from the text of a reply, and where the literal stands; `is_above` knows the
    /// parents of the reply's profile, if it has any. `found` answers up to which rule it cares.
    #[inline]
    pub(super) fn each(
        &self,
        text: Text<'_>,
        reply: Gate,
        is_above: Option<impl Fn(u32) -> bool>,
        mut found: impl FnMut(News, u32) -> RuleId,
    ) {
        let mut last = RuleId(u32::MAX);
        let Text { padded, is_ascii } = text;
        let text = text.bytes();
        let wanted = |gate: Gate| gate.admits(reply, is_above.as_ref());
        let search =
            Search { padded, length: text.len(), is_ascii, hint: reply.hint(), has_parents: is_above.is_some() };
        self.index.each(search, |literal, start| {
            let word = &self.words[literal as usize];
            if !wanted(word.gate) || word.first > last {
                return;
            }
            let (from, end) = (word.bytes as usize, start + word.length as usize);
            let bytes = &self.bytes.as_bytes()[from..from + word.length as usize];
            if text.get(start..end) != Some(bytes) {
                return;
            }
            for lead in &self.leads[word.leads as usize..(word.leads + word.count) as usize] {
                if (word.count == 1 || wanted(lead.gate)) && lead.edges.are_at(text, start, end) {
                    last = found(lead.news, start as u32);
                }
            }
        });
    }
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
        let lead = |n| Lead {
            gate: Gate::OPEN,
            anchors: Anchors::default(),
            edges: Edges::default(),
            news: News::Found(PatternId(n)),
        };
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
            let padded = [text.as_bytes(), &PADDING].concat();
            leads.each(
                Text { padded: &padded, is_ascii: text.is_ascii() },
                Gate::OPEN,
                None::<fn(u32) -> bool>,
                |news, _| {
                    let News::Found(PatternId(n)) = news else { unreachable!() };
                    found.push(n as usize);
                    RuleId(u32::MAX)
                },
            );
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
        let lead = Lead { gate, anchors, edges, news: News::Found(PatternId(0)) };
        let leads = Leads::new([("quota", lead)].into_iter(), |_| ());
        let count = |text: &str, reply: Gate, above: Option<u32>| {
            let mut count = 0;
            let is_above = above.map(|above| move |profile| profile == above);
            let padded = [text.as_bytes(), &PADDING].concat();
            leads.each(Text { padded: &padded, is_ascii: text.is_ascii() }, reply, is_above, |_, _| {
                count += 1;
                RuleId(u32::MAX)
            });
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
