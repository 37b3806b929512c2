//! Showing that a part of a rule never decides: for each way in which its lines can hold, rules before it that hold
//! as well whatever the text is, and that leave nothing of its cells.

use super::cells::{Cells, Left};
use super::steer::{self, Choice};
use super::{Answer, Asked, Part, Proof, Prover};
use crate::ruleset::{Column, PatternId, RuleId, TagSet, TagTest};

impl Prover<'_> {
    /// `before` are the rules that may be in its way; which of them it was is worked out here.
    pub(super) fn certificate(&self, part: &Part, before: &[RuleId]) -> Proof {
        if let Some(condition) = self.vetoed(part) {
            return Proof::Vetoed(condition);
        }
        let (combinations, is_all) = steer::combinations(&part.lines);
        if !is_all {
            return Proof::Undecided;
        }
        let mut used: Vec<RuleId> = Vec::new();
        for combination in &combinations {
            let implied: Vec<RuleId> =
                before.iter().copied().filter(|id| self.is_implied(*id, part.rule, combination)).collect();
            let Some(needed) = self.cover(&part.cells, &implied) else { return Proof::Undecided };
            used.extend(needed.into_iter().filter(|id| !used.contains(id)).collect::<Vec<_>>());
        }
        used.sort_unstable();
        Proof::Never(used)
    }

    /// As few of the rules as are found to leave nothing of the cells; none where all of them leave something.
    fn cover(&self, cells: &Cells, rules: &[RuleId]) -> Option<Vec<RuleId>> {
        let is_covered = |rules: &[RuleId]| {
            let others = self.space.success.iter().chain(rules.iter().map(|id| self.cells_of(*id)));
            matches!(cells.without(&others.collect::<Vec<&Cells>>()), Left::Nothing)
        };
        if let Some(alone) = rules.iter().find(|id| is_covered(&[**id])) {
            return Some(vec![*alone]);
        }
        if !is_covered(rules) {
            return None;
        }
        let mut needed = rules.to_vec();
        for id in rules {
            let rest: Vec<RuleId> = needed.iter().copied().filter(|needed| needed != id).collect();
            if is_covered(&rest) {
                needed = rest;
            }
        }
        Some(needed)
    }

    /// Whether what a rule asks of the text holds wherever this combination of another's choices does.
    fn is_implied(&self, id: RuleId, by: RuleId, combination: &[&Choice]) -> bool {
        self.own(id).conditions.iter().all(|condition| match (&condition.column, condition.unless) {
            (Column::Phrase(alternatives), false) => alternatives.iter().any(|a| self.stands(a.pattern, combination)),
            (Column::Text(alternatives, none), false) => {
                let is_whole = |q: PatternId| {
                    combination.iter().any(|choice| {
                        matches!(choice, Choice::Whole(p) if self.inclusion.implies(Asked::whole(*p), Asked::whole(q)) == Answer::Yes)
                    })
                };
                (*none && combination.contains(&&Choice::Empty)) || alternatives.iter().any(|a| is_whole(a.pattern))
            }
            (Column::Tag(set), false) => combination.iter().any(|choice| match choice {
                Choice::Tag(test) => takes(set, test),
                Choice::NoTag => set.none,
                _ => false,
            }),
            // What vetoes that rule must be ruled out by the part's own vetoes.
            (Column::Phrase(alternatives), true) => alternatives.iter().all(|a| self.is_ruled_out(a.pattern, by)),
            (column @ (Column::Text(..) | Column::Tag(_)), true) => {
                self.own(by).conditions.iter().any(|own| own.unless && is_same(&own.column, column))
            }
            // That is in the cells.
            _ => true,
        })
    }

    /// Whether a phrase stands wherever these choices hold.
    fn stands(&self, q: PatternId, combination: &[&Choice]) -> bool {
        combination.iter().any(|choice| match choice {
            Choice::Phrase(p) => self.inclusion.implies(*p, q) == Answer::Yes,
            Choice::Whole(p) => self.inclusion.implies(Asked::whole(*p), q) == Answer::Yes,
            _ => false,
        })
    }

    /// Whether a phrase stands in no text that a rule takes, since a veto of its own would.
    fn is_ruled_out(&self, q: PatternId, by: RuleId) -> bool {
        self.own(by).conditions.iter().filter(|own| own.unless).any(|own| match &own.column {
            Column::Phrase(vetoes) => vetoes.iter().any(|veto| self.inclusion.implies(q, veto.pattern) == Answer::Yes),
            _ => false,
        })
    }

    /// The `unless` line that vetoes whatever the `match` lines let through.
    fn vetoed(&self, part: &Part) -> Option<usize> {
        let (combinations, is_all) = steer::combinations(&part.lines);
        let conditions = self.own(part.rule).conditions.iter().enumerate().filter(|(_, condition)| condition.unless);
        let vetoes = |column: &Column, combination: &[&Choice]| match column {
            Column::Phrase(alternatives) => alternatives.iter().any(|a| self.stands(a.pattern, combination)),
            Column::Tag(set) => {
                combination.iter().any(|choice| matches!(choice, Choice::Tag(test) if takes(set, test)))
            }
            _ => false,
        };
        let mut of_text = conditions.filter(|(_, condition)| steer::choices(condition).is_some());
        let found = of_text.find(|(_, condition)| combinations.iter().all(|each| vetoes(&condition.column, each)));
        found.filter(|_| is_all && !combinations.is_empty()).map(|(n, _)| n)
    }
}

/// Whether every tag that passes the test is in the set.
pub(super) fn takes(set: &TagSet, test: &TagTest) -> bool {
    set.tests.iter().any(|of_set| match (of_set, test) {
        (_, TagTest::Exact(tag)) => of_set.contains(tag),
        (TagTest::Prefix(short), TagTest::Prefix(long) | TagTest::Range { prefix: long, .. }) => {
            long.starts_with(short)
        }
        (TagTest::Range { prefix: a, low, high }, TagTest::Range { prefix: b, low: from, high: to }) => {
            a == b && low <= from && to <= high
        }
        _ => false,
    })
}

/// Whether two columns about the text ask the same.
fn is_same(a: &Column, b: &Column) -> bool {
    match (a, b) {
        (Column::Tag(a), Column::Tag(b)) => a == b,
        (Column::Text(a, empty), Column::Text(b, also_empty)) => {
            let patterns = |of: &[crate::ruleset::Alternative]| of.iter().map(|a| a.pattern).collect::<Vec<_>>();
            empty == also_empty && patterns(a) == patterns(b)
        }
        _ => false,
    }
}
