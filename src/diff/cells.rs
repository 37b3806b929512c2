//! Replies that get another verdict, by what decides on them and what differs.

use super::compare::{Changed, Comparison, Deciding, Said};
use crate::engine::Verdict;
use crate::mix::Mix;
use crate::reply::{Reply, split_codes};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Replies that one pair of rules decides on, and that differ in the same parts of their verdict.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The parts that differ, of the weightiest rank.
    pub changed: Changed,
    /// A reply of the cell: the shortest that was tried.
    pub witness: Reply,
    /// What was said of it.
    pub old: Said,
    /// What is said of it.
    pub new: Said,
    /// How many of the replies that were tried fall into it.
    pub replies: u64,
    /// How many of these are made of what one rule asks for; the others say what two rules ask for, or get round one.
    pub plain: u64,
}

/// Cells in the making.
#[derive(Debug, Default)]
pub(super) struct Cells {
    cells: HashMap<(Deciding, Changed), Gathered, BuildHasherDefault<Mix>>,
}

#[derive(Debug)]
struct Gathered {
    witness: Reply,
    weight: Weight,
    replies: u64,
    plain: u64,
}

/// Codes that refusals mostly have, the plainest first.
const USUAL: [u16; 9] = [550, 450, 552, 554, 452, 421, 551, 553, 451];

/// What makes a worse witness: that it cannot be written down and read again; then, length; then, its code.
type Weight = (bool, usize, usize, Vec<u8>);

impl Cells {
    /// Adds a reply on which the verdicts differ.
    pub(super) fn add(&mut self, verdicts: (&Verdict<'_>, &Verdict<'_>), changed: Changed, reply: &Reply, plain: bool) {
        let key = ((verdicts.0.rule_id(), verdicts.1.rule_id()), changed.leading());
        let weight = weight(reply);
        let cell = self.cells.entry(key).or_insert_with(|| Gathered {
            witness: reply.clone(),
            weight: weight.clone(),
            replies: 0,
            plain: 0,
        });
        cell.replies += 1;
        cell.plain += u64::from(plain);
        if weight < cell.weight {
            cell.weight = weight;
            cell.witness = reply.clone();
        }
    }

    pub(super) fn merge(&mut self, other: Cells) {
        for (key, cell) in other.cells {
            match self.cells.get_mut(&key) {
                Some(own) => {
                    own.replies += cell.replies;
                    own.plain += cell.plain;
                    if cell.weight < own.weight {
                        own.weight = cell.weight;
                        own.witness = cell.witness;
                    }
                }
                None => drop(self.cells.insert(key, cell)),
            }
        }
    }

    /// The cells, the weightiest rank first and the largest first within it. Each witness is asked of both engines
    /// again, and what is said of it is what they say then.
    pub(super) fn finish(self, comparison: &Comparison<'_>) -> Vec<Cell> {
        let mut all: Vec<((Deciding, Changed), Cell)> = Vec::with_capacity(self.cells.len());
        for (key, Gathered { witness, replies, plain, .. }) in self.cells {
            let (old, new, changed) = comparison.held(&witness);
            let again = changed.map(|changed| ((old.rule_id(), new.rule_id()), changed.leading()));
            debug_assert_eq!(again, Some(key), "a verdict depends on the reply alone");
            if again == Some(key) {
                let (old, new) = (Said::new(&old), Said::new(&new));
                all.push((key, Cell { changed: key.1, witness, old, new, replies, plain }));
            }
        }
        let order = |(key, cell): &((Deciding, Changed), Cell)| {
            (cell.changed.rank(), std::cmp::Reverse((cell.plain, cell.replies)), *key)
        };
        all.sort_by_key(order);
        all.into_iter().map(|(_, cell)| cell).collect()
    }
}

fn weight(reply: &Reply) -> Weight {
    let Reply { code, enhanced, status, text, host, domain, phase, time, sender, kind } = reply;
    let mut written = Vec::with_capacity(text.len() + 12);
    code.iter().for_each(|code| written.extend(format!("{code} ").bytes()));
    enhanced.iter().for_each(|code| written.extend(format!("{code} ").bytes()));
    written.extend_from_slice(text);
    let is_read = split_codes(&written) == (*code, *enhanced, text.clone());
    let usual = USUAL.iter().position(|usual| code.is_some_and(|code| code.get() == *usual)).unwrap_or(USUAL.len());
    let known = [
        status.is_some(),
        host.is_some(),
        domain.is_some(),
        phase.is_some(),
        time.is_some(),
        sender.tenant.is_some(),
        kind.is_some(),
        // What servers hardly say.
        usual == USUAL.len(),
    ];
    // Each counts like a word.
    let length = written.len() + 8 * known.into_iter().filter(|known| *known).count();
    (!is_read, length, usual, written)
}
