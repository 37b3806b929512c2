//! Reply codes by class: codes that no rule tells apart are one bit of a candidate's mask.

use crate::reply::ReplyCode;
use crate::ruleset::{CodeSet, Column, Condition, Rule};

/// The codes that there are, and at the end the lack of one.
const CODES: usize = 400;

/// The bit of each code. Where rules tell more than 64 classes apart, some share a bit, and the rule
/// itself decides between them.
#[derive(Debug)]
pub(super) struct CodeClasses {
    bits: Vec<u64>,
}

impl CodeClasses {
    pub(super) fn new(rules: &[Rule]) -> CodeClasses {
        let mut classes = vec![0_u32; CODES + 1];
        let mut count = 1;
        for set in rules.iter().flat_map(|rule| sets(&rule.conditions)) {
            if count > 4096 {
                break;
            }
            // Splits every class whose codes are partly in the set.
            let mut split: std::collections::HashMap<u32, u32> = std::collections::HashMap::new();
            let inside: Vec<bool> = (0..=CODES).map(|n| set.contains(code(n))).collect();
            for n in 0..=CODES {
                let partly = (0..=CODES).any(|other| classes[other] == classes[n] && inside[other] != inside[n]);
                if inside[n] && partly {
                    split.entry(classes[n]).or_insert(0);
                }
            }
            for new in split.values_mut() {
                *new = count;
                count += 1;
            }
            for n in 0..=CODES {
                if let (true, Some(new)) = (inside[n], split.get(&classes[n])) {
                    classes[n] = *new;
                }
            }
        }
        CodeClasses { bits: classes.into_iter().map(|class| 1 << (class % 64)).collect() }
    }

    /// The bit of a reply's code.
    pub(super) fn of(&self, code: Option<ReplyCode>) -> u64 {
        self.bits[code.map_or(CODES, |code| usize::from(code.get()) - 200)]
    }

    /// The bits that the conditions of a rule allow.
    pub(super) fn of_rule(&self, conditions: &[Condition]) -> u64 {
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
