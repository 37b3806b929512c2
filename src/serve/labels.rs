//! Counters by name, of which there are never more than a bound: what comes beyond counts as `other`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many names have a counter of their own.
const MOST: usize = 500;

/// The name of all others.
const OTHER: &str = "other";

/// Counters by name. They go on over snapshots.
#[derive(Debug)]
pub(super) struct Labels {
    counts: Vec<AtomicU64>,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    slots: HashMap<String, u32>,
    in_order: Vec<String>,
}

/// Which counter each number of one snapshot has; 0 is one that has not been looked up.
#[derive(Debug)]
pub(super) struct Slots(Vec<AtomicU32>);

impl Slots {
    pub(super) fn new(count: usize) -> Slots {
        Slots((0..count).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Labels {
    pub(super) fn new() -> Labels {
        Labels { counts: (0..=MOST).map(|_| AtomicU64::new(0)).collect(), names: Mutex::default() }
    }

    /// Counts one. The name is asked for the first time alone.
    pub(super) fn count(&self, slots: &Slots, number: usize, name: impl FnOnce() -> String) {
        let Some(known) = slots.0.get(number) else { return };
        let mut slot = known.load(Ordering::Relaxed);
        if slot == 0 {
            slot = self.slot(name()) + 1;
            known.store(slot, Ordering::Relaxed);
        }
        self.counts[slot as usize - 1].fetch_add(1, Ordering::Relaxed);
    }

    fn slot(&self, name: String) -> u32 {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = names.slots.get(&name) {
            return *slot;
        }
        let slot = names.in_order.len();
        if slot >= MOST {
            return MOST as u32;
        }
        names.in_order.push(name.clone());
        names.slots.insert(name, slot as u32);
        slot as u32
    }

    /// All that was counted, by name.
    pub(super) fn read(&self) -> Vec<(String, u64)> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(String, u64)> = names
            .in_order
            .iter()
            .zip(&self.counts)
            .map(|(name, count)| (name.clone(), count.load(Ordering::Relaxed)))
            .collect();
        let others = self.counts[MOST].load(Ordering::Relaxed);
        if others > 0 {
            all.push((OTHER.to_owned(), others));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_go_on_over_snapshots() {
        let labels = Labels::new();
        let first = Slots::new(600);
        for number in 0..600 {
            for _ in 0..2 {
                labels.count(&first, number, || format!("rule-{number}"));
            }
        }
        let second = Slots::new(1);
        labels.count(&second, 0, || "rule-7".to_owned());
        // A number that the snapshot does not have counts nowhere.
        labels.count(&second, 1, || "rule-8".to_owned());
        let read = labels.read();
        assert_eq!(read.len(), MOST + 1);
        assert_eq!((read[7].clone(), read[8].clone()), (("rule-7".to_owned(), 3), ("rule-8".to_owned(), 2)));
        assert_eq!(read[MOST], ("other".to_owned(), 200));
    }
}
