//! Asking both engines, within bounds.

use super::super::cells::Cells;
use super::super::compare::Comparison;
use super::super::plan::{FAR, joined};
use crate::reply::Reply;
use crate::ruleset::RuleId;

/// Who asks, and what came of it.
pub(super) struct Scout<'c, 'e> {
    comparison: &'c Comparison<'e>,
    pub(super) cells: Cells,
    pub(super) tried: u64,
    left: usize,
}

/// What two engines said of a reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) old: RuleId,
    pub(super) new: RuleId,
    pub(super) differs: bool,
}

impl<'c, 'e> Scout<'c, 'e> {
    pub(super) fn new(comparison: &'c Comparison<'e>, left: usize) -> Scout<'c, 'e> {
        Scout { comparison, cells: Cells::default(), tried: 0, left }
    }

    pub(super) fn merge(&mut self, other: Scout<'_, '_>) {
        self.tried += other.tried;
        self.cells.merge(other.cells);
    }

    /// Asks of a reply; `plain` where it is made of what one rule asks for. Nothing once enough was asked.
    pub(super) fn ask(&mut self, reply: &Reply, plain: bool) -> Option<Answer> {
        self.spend()?;
        self.tried += 1;
        let (old, new, changed) = self.comparison.held(reply);
        if let Some(changed) = changed {
            self.cells.add((&old, &new), changed, reply, plain);
        }
        Some(Answer { old: old.rule_id(), new: new.rule_id(), differs: changed.is_some() })
    }

    /// Something that takes about as long as asking.
    pub(super) fn spend(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        Some(())
    }

    /// Asks of what is known around a reply with another text.
    pub(super) fn say(&mut self, around: &Reply, text: &str, plain: bool) -> Option<Answer> {
        let reply = Reply { text: text.as_bytes().to_vec(), ..around.clone() };
        self.ask(&reply, plain)
    }
}

/// Two texts in one, in both orders: beside each other, and so far apart that no phrase reaches over.
pub(super) fn together(first: &str, second: &str) -> Vec<String> {
    if first.is_empty() || second.is_empty() {
        return vec![joined(first, second, "")];
    }
    let pairs = [(first, second), (second, first)];
    pairs.iter().flat_map(|(a, b)| ["; ", FAR].map(|between| joined(a, b, between))).collect()
}
