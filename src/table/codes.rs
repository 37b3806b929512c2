//! Reply codes by class: codes that no rule tells apart are one bit of a candidate's mask.

use crate::reply::ReplyCode;
use crate::ruleset::{CodeSet, Column, Condition, Rule};
use std::collections::HashSet;

/// The codes that there are, and at the end the lack of one.
const CODES: usize = 400;

/// The bit of each code. Where rules tell more than 64 classes apart, some share a bit, and the rule
/// itself decides between them.
#[derive(Debug)]
pub(super) struct CodeClasses {
    bits: Vec<u64>,
    exact: bool,
}

impl CodeClasses {
    pub(super) fn new(rules: &[Rule]) -> CodeClasses {
        // Each code's class, and how many codes each class has.
        let mut classes = vec![0_usize; CODES + 1];
        let mut sizes = vec![CODES + 1];
        let mut seen: HashSet<&CodeSet> = HashSet::new();
        for set in rules.iter().flat_map(|rule| sets(&rule.conditions)) {
            // A class whose codes are partly in the set is split.
            if !seen.insert(set) {
                continue;
            }
            let inside: Vec<usize> = (0..=CODES).filter(|n| set.contains(code(*n))).collect();
            let mut taken = vec![0; sizes.len()];
            inside.iter().for_each(|n| taken[classes[*n]] += 1);
            let mut split = vec![None; sizes.len()];
            for n in inside {
                let class = classes[n];
                if taken[class] < sizes[class] || split[class].is_some() {
                    let new = *split[class].get_or_insert_with(|| {
                        sizes.push(0);
                        sizes.len() - 1
                    });
                    classes[n] = new;
                    sizes[new] += 1;
                    sizes[class] -= 1;
                    taken[class] -= 1;
                }
            }
        }
        let bits = classes.into_iter().map(|class| 1 << (class % 64)).collect();
        CodeClasses { bits, exact: sizes.len() <= 64 }
    }

    /// Whether a rule's bits say all that its `match code` lines ask.
    pub(super) fn are_exact(&self) -> bool {
        self.exact
    }

    /// The bit of a reply's code.
    pub(super) fn of(&self, code: Option<ReplyCode>) -> u64 {
        self.bits[code.map_or(CODES, |code| usize::from(code.get()) - 200)]
    }

    /// The bits that the conditions of a rule allow.
    pub(super) fn of_rule(&self, conditions: &[Condition]) -> u64 {
        if sets(conditions).next().is_none() {
            return u64::MAX;
        }
        let allowed = |n: usize| sets(conditions).all(|set| set.contains(code(n)));
        (0..=CODES).filter(|n| allowed(*n)).fold(0, |mask, n| mask | self.bits[n])
    }
}

fn code(n: usize) -> Option<ReplyCode> {
    ReplyCode::new(n as u16 + 200)
}

/// What the `match code` lines ask for.
fn sets(conditions: &[Condition]) -> impl Iterator<Item = &CodeSet> {
    conditions.iter().filter(|condition| !condition.unless).filter_map(|condition| match &condition.column {
        Column::Code(set) => Some(set),
        _ => None,
    })
}
