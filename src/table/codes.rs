//! Codes as bits: reply codes by class, where codes that no rule tells apart are one bit of a mask, and enhanced
//! codes by cell.

use crate::reply::{EnhancedCode, ReplyCode};
use crate::ruleset::{CodeSet, Column, Condition, EnhancedRange, EnhancedSet, Rule};
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

/// Enhanced codes by subject and detail: eight by eight cells, of which the last of each row and column hold all that
/// is beyond.
pub(super) struct EnhancedCells;

impl EnhancedCells {
    /// The cell that the lack of a code shares with a few rare ones.
    const NONE: u64 = 1 << (7 * 8);

    /// The bit of a cell: the subjects of one detail lie side by side.
    fn cell(subject: u16, detail: u16) -> u64 {
        // No subject beyond 7 is known (RFC 3463 §3.2 and the registry); what claims one shares a row with 0.
        let subject = if subject > 7 { 0 } else { subject };
        1 << (detail.min(7) * 8 + subject)
    }

    /// The bit of a reply's enhanced code.
    pub(super) fn of(code: Option<EnhancedCode>) -> u64 {
        code.map_or(EnhancedCells::NONE, |code| EnhancedCells::cell(code.subject(), code.detail()))
    }

    fn of_range(range: &EnhancedRange) -> u64 {
        let subjects = range.subject.0.min(8)..=range.subject.1.min(8);
        let details = || range.detail.0.min(7)..=range.detail.1.min(7);
        subjects.flat_map(|s| details().map(move |d| EnhancedCells::cell(s, d))).fold(0, |mask, bit| mask | bit)
    }

    fn of_set(set: &EnhancedSet) -> u64 {
        let none = if set.none { EnhancedCells::NONE } else { 0 };
        set.ranges.iter().fold(none, |mask, range| mask | EnhancedCells::of_range(range))
    }

    /// The bits that the conditions of a rule allow, and perhaps more.
    pub(super) fn of_rule(conditions: &[Condition]) -> u64 {
        let asked = conditions.iter().filter(|condition| !condition.unless);
        asked.fold(u64::MAX, |mask, condition| match &condition.column {
            Column::Enhanced(set) => mask & EnhancedCells::of_set(set),
            _ => mask,
        })
    }
}
