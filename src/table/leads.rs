//! From literals to rules: what a literal in a text makes a candidate, with all that refuses most of them.
//!
//! A reply touches few literals that are meant for it and many that are not. Each literal has the classes of
//! codes and the profile that could want it beside its place, and each lead has those of its rule, so that what
//! is not wanted costs one line of the cache and no look at the rule.

use super::gate::Gate;
use super::glance::Glance;
use super::hits::{Hit, Hits, NEVER};
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

/// A rule that may match, and where the literal stands that led to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) rule: RuleId,
    pub(super) owed: Owed,
    pub(super) start: usize,
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
    /// The words without which it counts for nothing.
    pub(super) needs: Glance,
    /// The rule that is found by it; where there is none, somebody will ask whether it was found.
    pub(super) lead: Option<Lead>,
}

/// A lead, with all that is asked where its literal may stand, in one line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Step {
    lead: Lead,
    /// The words without which it leads nowhere.
    needs: Glance,
    /// Where the literal's bytes are.
    bytes: u32,
    length: u32,
    /// The number of the next step of the same literal, or [`NEVER`].
    next: u32,
}

/// All literals and what they lead to.
#[derive(Debug)]
pub(super) struct Leads {
    index: Index,
    bytes: String,
    /// In order of precedence, so that of two steps that may be taken the one of the lower number is; those at the end
    /// lead nowhere.
    steps: Vec<Step>,
    /// How many lead somewhere.
    count: u32,
}

impl Leads {
    /// Also gives the number that each literal is known by. `samples` calls back with texts as they will be met.
    pub(super) fn new<'t>(
        all: impl Iterator<Item = Wanted<'t>>,
        samples: impl Fn(&mut dyn FnMut(&str)),
    ) -> (Leads, Vec<u32>) {
        // Each literal's text, with the gate of all its leads, its first step and its last.
        let mut known: HashMap<(&str, Anchors), usize> = HashMap::new();
        let mut literals: Vec<Literal<'_>> = Vec::new();
        let mut places: Vec<u32> = Vec::new();
        let mut bytes = String::new();
        let mut of_wanted: Vec<usize> = Vec::new();
        let mut leads: Vec<(usize, Lead, Glance)> = Vec::new();
        let mut gates: Vec<Gate> = Vec::new();
        for Wanted { text, anchors, needs, lead } in all {
            let gate = lead.map_or(Gate::OPEN, |lead| lead.gate);
            let n = *known.entry((text, anchors)).or_insert_with(|| {
                places.push(bytes.len() as u32);
                bytes.push_str(text);
                literals.push(Literal { text, anchors, hint: gate.hint(), needs, number: NEVER });
                gates.push(gate);
                literals.len() - 1
            });
            gates[n] = gates[n].or(gate);
            literals[n].needs = literals[n].needs.and(needs);
            leads.extend(lead.map(|lead| (n, lead, needs)));
            of_wanted.push(n);
        }
        // Where several phrases lead to one rule, what costs least is asked first.
        leads.sort_by_key(|(n, lead, _)| (lead.rule, matches!(lead.owed, Owed::Pattern(_) | Owed::PatternHere(_)), *n));
        let count = leads.len() as u32;
        let mut steps: Vec<Step> = Vec::with_capacity(leads.len());
        let mut lasts: Vec<u32> = vec![NEVER; literals.len()];
        let mut add = |n: usize, lead: Lead, needs: Glance, literals: &mut [Literal<'_>]| {
            let number = steps.len() as u32;
            match lasts[n] {
                NEVER => literals[n].number = number,
                last => steps[last as usize].next = number,
            }
            lasts[n] = number;
            steps.push(Step { lead, needs, bytes: places[n], length: literals[n].text.len() as u32, next: NEVER });
        };
        leads.into_iter().for_each(|(n, lead, needs)| add(n, lead, needs, &mut literals));
        for n in 0..literals.len() {
            literals[n].hint = gates[n].hint();
            if literals[n].number == NEVER {
                let rule = RuleId(u32::MAX);
                let nowhere = Lead { gate: Gate::OPEN, edges: Edges::default(), rule, owed: Owed::Nothing };
                add(n, nowhere, Glance::NONE, &mut literals);
            }
        }
        let numbers = of_wanted.into_iter().map(|n| literals[n].number).collect();
        (Leads { index: Index::new(&literals, samples), bytes, steps, count }, numbers)
    }

    /// Puts the places there where literals may stand that may concern a reply, whose profile may have parents.
    #[inline]
    pub(super) fn gather(&self, text: Text<'_>, reply: Gate, has_parents: bool, hits: &mut Hits) {
        let Text { padded, is_ascii } = text;
        let search = Search { padded, length: text.bytes().len(), is_ascii, hint: reply.hint(), has_parents };
        hits.clear();
        self.index.each(&search, hits);
        hits.order();
    }

    /// The hit whose next step comes first, and to which rule it leads.
    #[inline]
    pub(super) fn earliest(&self, hits: &Hits) -> Option<(usize, RuleId)> {
        let (n, step) = hits.first();
        (step < self.count).then(|| (n, self.steps[step as usize].lead.rule))
    }

    /// What the next step of a hit asks for, if its literal stands there and `admits` lets the lead through; the hit goes
    /// on to the step after it.
    #[inline]
    pub(super) fn take(
        &self,
        text: Text<'_>,
        hits: &mut Hits,
        n: usize,
        admits: impl Fn(Gate) -> bool,
    ) -> Option<Candidate> {
        let hit = hits.all()[n];
        let start = hit.start as usize;
        let step = &self.steps[hit.step as usize];
        let end = self.end(text, step, hit.start);
        hits.go_on(n, if end.is_some() { step.next } else { NEVER });
        let lead = step.lead;
        let counts =
            admits(lead.gate) && hits.words.may_hold(step.needs) && lead.edges.are_at(text.padded, start, end?);
        counts.then_some(Candidate { rule: lead.rule, owed: lead.owed, start })
    }

    /// Where the literal of a step ends, if it is what stands there.
    #[inline]
    fn end(&self, text: Text<'_>, step: &Step, start: u32) -> Option<usize> {
        let (from, start) = (step.bytes as usize, start as usize);
        let end = start + step.length as usize;
        let bytes = &self.bytes.as_bytes()[from..from + step.length as usize];
        (text.padded.get(start..end) == Some(bytes)).then_some(end)
    }

    /// The places where the literal of that number stands, each with its end.
    pub(super) fn places(&self, text: Text<'_>, literal: u32, hits: &[Hit]) -> impl Iterator<Item = (usize, usize)> {
        let of_it = hits.iter().filter(move |hit| hit.literal == literal);
        of_it.filter_map(move |hit| {
            let step = &self.steps[hit.literal as usize];
            Some((hit.start as usize, self.end(text, step, hit.start)?))
        })
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
        let wanted = |text| Wanted { text, anchors: Anchors::default(), needs: Glance::NONE, lead: None };
        let (leads, numbers) = Leads::new(all.iter().map(|text| wanted(*text)), |_| ());
        assert_eq!(numbers.len(), all.len());
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
            let mut hits = Hits::new();
            leads.gather(padded, Gate::OPEN, false, &mut hits);
            let count = |n: usize| leads.places(padded, numbers[n], hits.all()).map(move |_| n);
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
        let (leads, _) =
            Leads::new([Wanted { text: "quota", anchors, needs: Glance::NONE, lead: Some(lead) }].into_iter(), |_| ());
        let count = |text: &str, reply: Gate, above: Option<u32>| {
            let is_above = above.map(|above| move |profile| profile == above);
            let padded = [text.as_bytes(), &PADDING].concat();
            let padded = Text { padded: &padded, is_ascii: text.is_ascii() };
            let mut hits = Hits::new();
            leads.gather(padded, reply, is_above.is_some(), &mut hits);
            let mut count = 0;
            while let Some((n, _)) = leads.earliest(&hits) {
                let taken = leads.take(padded, &mut hits, n, |gate| gate.admits(reply, is_above.as_ref()));
                count += usize::from(taken.is_some_and(|taken| taken.rule == RuleId(3)));
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

    /// However many hits there are, and whatever the order in which the text has them.
    #[test]
    fn comes_to_rules_in_order() {
        for many in [1, 5, Hits::FEW, Hits::FEW + 1, 100] {
            let texts: Vec<String> = (0..many).map(|n| format!("word{}", n * 7 % many)).collect();
            // Each leads to two rules, of which others lead to the second as well.
            let wanted = texts.iter().flat_map(|text| {
                let number: u32 = text[4..].parse().unwrap();
                [number, number + 50].map(|rule| {
                    let edges = Edges { start: true, end: true };
                    let lead = Lead { gate: Gate::OPEN, edges, rule: RuleId(rule), owed: Owed::Nothing };
                    Wanted { text, anchors: Anchors { start: true, end: true }, needs: Glance::NONE, lead: Some(lead) }
                })
            });
            let (leads, _) = Leads::new(wanted, |_| ());
            let padded = [texts.join(" ").as_bytes(), &PADDING].concat();
            let padded = Text { padded: &padded, is_ascii: true };
            let mut hits = Hits::new();
            leads.gather(padded, Gate::OPEN, false, &mut hits);
            let mut rules = Vec::new();
            while let Some((n, next)) = leads.earliest(&hits) {
                let taken = leads.take(padded, &mut hits, n, |_| true);
                rules.extend(taken.map(|taken| taken.rule));
                assert!(taken.is_none_or(|taken| taken.rule == next));
            }
            let mut expected: Vec<RuleId> = (0..many as u32).flat_map(|n| [RuleId(n), RuleId(n + 50)]).collect();
            expected.sort_unstable();
            assert_eq!(rules, expected, "{many}");
        }
    }
}
