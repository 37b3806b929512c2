//! Rules of which only the order says who decides.

use super::cells::{Cells, Left};
use super::steer;
use super::{Part, Proof, Prover};
use crate::reply::Reply;
use crate::ruleset::{Category, Column, Element, PatternKind, ReasonId, RuleId, RuleSet};
use crate::spread::spread;
use std::collections::{HashMap, HashSet};

/// Two rules of one layer and one profile that both take a reply and say different things of it, where the text is what
/// the second asks for and nothing else: it knows more of the text than the first, which decides, and no less of the
/// rest. (That what knows more stands first is how rules are meant to be.)
#[derive(Debug, Clone)]
pub struct Rivals {
    /// The one that decides.
    pub first: RuleId,
    /// The one that would, if it stood above.
    pub second: RuleId,
    /// A reply that both take, and no rule before them.
    pub reply: Reply,
}

/// So many points of what two rules share are tried, where rules before them take the reply.
const POINTS: usize = 8;

/// Rules by a word that every text holds that they take.
struct Words<'r> {
    rules: HashMap<&'r str, Vec<RuleId>>,
}

impl<'r> Words<'r> {
    fn new(rules: &'r RuleSet) -> Words<'r> {
        let mut words = Words { rules: HashMap::new() };
        for (id, rule) in rules.numbered_rules() {
            let mut phrases = rule.conditions.iter().filter_map(|condition| match &condition.column {
                Column::Phrase(alternatives) if !condition.unless => Some(alternatives),
                _ => None,
            });
            for alternative in phrases.next().into_iter().flatten() {
                if let Some(word) = word(&rules.pattern(alternative.pattern).kind) {
                    let found = words.rules.entry(word).or_default();
                    if found.last() != Some(&id) {
                        found.push(id);
                    }
                }
            }
        }
        words
    }

    /// The rules that a text may be of.
    fn of(&self, text: &str) -> Vec<RuleId> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter_map(|word| self.rules.get(word));
        let mut found: Vec<RuleId> = words.flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The longest whole word of a phrase.
fn word(kind: &PatternKind) -> Option<&str> {
    let PatternKind::Phrase { elements, open_start, open_end } = kind else { return None };
    let last = elements.len() - 1;
    let of_literal = |(n, element)| {
        let Element::Literal(literal): &Element = element else { return None };
        let cut_start = if n == 0 { *open_start } else { !matches!(elements[n - 1], Element::Words) };
        let cut_end = if n == last { *open_end } else { !matches!(elements[n + 1], Element::Words) };
        let length = literal.len();
        let words = literal.split(|c: char| !c.is_alphanumeric()).filter(move |word| {
            let start = word.as_ptr() as usize - literal.as_ptr() as usize;
            let is_cut = cut_start && start == 0 || cut_end && start + word.len() == length;
            !word.is_empty() && !is_cut
        });
        words.max_by_key(|word| word.len())
    };
    elements.iter().enumerate().filter_map(of_literal).max_by_key(|word| word.len())
}

impl Prover<'_> {
    /// All rivals that no example and no test tells apart, each pair once, in the order of the rules that lose.
    pub fn rivals(&self) -> Vec<Rivals> {
        let pinned = self.pinned();
        let words = Words::new(self.engine.rules());
        let ids: Vec<RuleId> = self.engine.rules().numbered_rules().map(|(id, _)| id).collect();
        let found = spread(&ids, |id| self.rivals_of(*id, &words, &pinned));
        let mut seen = HashSet::new();
        let first_time = |rivals: &Rivals| seen.insert((rivals.first, rivals.second));
        let mut all: Vec<Rivals> = found.into_iter().flatten().filter(first_time).collect();
        all.sort_by_key(|rivals| (rivals.second, rivals.first));
        all
    }

    /// Pairs of rules that both take a reply that an example or a test holds up.
    fn pinned(&self) -> HashSet<(RuleId, RuleId)> {
        let rules = self.engine.rules();
        let of_rules = rules.rules.iter().flat_map(|rule| &rule.examples);
        let of_tests = rules.tests.iter().flat_map(|test| &test.replies);
        let mut pinned = HashSet::new();
        for example in of_rules.chain(of_tests) {
            let matching = self.engine.matching(&example.reply);
            if let Some((winner, losers)) = matching.split_first() {
                pinned.extend(losers.iter().map(|loser| (*winner, *loser)));
            }
        }
        pinned
    }

    /// The rules that a rule loses to in texts that are steered at it alone.
    fn rivals_of(&self, id: RuleId, words: &Words<'_>, pinned: &HashSet<(RuleId, RuleId)>) -> Vec<Rivals> {
        let lines = steer::lines(self.own(id));
        let mut found: Vec<Rivals> = Vec::new();
        for combination in steer::combinations(&lines).0 {
            let lines = combination.iter().map(|choice| vec![(*choice).clone()]).collect();
            let part = Part { rule: id, cells: self.cells_of(id).clone(), lines };
            let Proof::Decides(reply) = self.part(&part) else { continue };
            let text = String::from_utf8_lossy(&reply.text);
            let mut folded = String::new();
            crate::reply::fold(&text, &mut folded);
            for first in words.of(&folded).into_iter().filter(|first| *first < id) {
                let is_known = pinned.contains(&(first, id)) || found.iter().any(|rivals| rivals.first == first);
                if !is_known && self.are_rivals(first, id) {
                    let reply = self.reply_of_both(first, id, &text);
                    found.extend(reply.map(|reply| Rivals { first, second: id, reply }));
                }
            }
        }
        found
    }

    /// A reply of that text that the first decides and the second takes as well.
    fn reply_of_both(&self, first: RuleId, second: RuleId, text: &str) -> Option<Reply> {
        let both = self.cells_of(first).and(self.cells_of(second));
        let mut before: Vec<RuleId> = Vec::new();
        for _ in 0..POINTS {
            let others = self.space.success.iter().chain(before.iter().map(|id| self.cells_of(*id)));
            let Left::Point(point) = both.without(&others.collect::<Vec<&Cells>>()) else { return None };
            let reply = self.space.reply(&point, text);
            let matching = self.engine.matching(&reply);
            let winner = *matching.first()?;
            if winner == first {
                return matching.contains(&second).then_some(reply);
            }
            if winner > first {
                return None;
            }
            before.push(winner);
        }
        None
    }

    fn are_rivals(&self, first: RuleId, second: RuleId) -> bool {
        let (a, b) = (self.own(first), self.own(second));
        let says = |id: RuleId| -> (Category, ReasonId) {
            let outcome = self.own(id).outcome(None);
            (outcome.category, outcome.reason)
        };
        // A rule that asks more of all but the text may well ask less of the text.
        let is_narrower =
            self.cells_of(first) != self.cells_of(second) && self.cells_of(first).is_in(self.cells_of(second));
        a.layer == b.layer && a.profile == b.profile && !is_narrower && says(first) != says(second)
    }
}
