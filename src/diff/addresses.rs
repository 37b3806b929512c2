//! Which addresses each of two rule sets would suppress.

use crate::engine::Verdict;
use crate::ruleset::Action;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// So many addresses are told apart, in some 70 MiB; those beyond are not counted.
const MOST: usize = 4_000_000;

/// The addresses that one of two rule sets suppresses, counted by all threads together. An address is kept as a
/// number that nobody outside can foresee; in small letters, since hardly a server tells `Ann` from `ann`.
#[derive(Debug, Default)]
pub struct Addresses {
    known: Mutex<Known>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Known {
    /// By which rule set each is suppressed.
    by: HashMap<u64, u8>,
    /// Some were left out.
    full: bool,
}

const BY_OLD: u8 = 1;
const BY_NEW: u8 = 2;

/// How many addresses would be suppressed that are not, and the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Suppressed {
    /// By the new rule set alone, whatever reply of the input asks for it.
    pub newly: u64,
    /// By the old rule set alone.
    pub no_longer: u64,
    /// There are more addresses than are counted: both numbers are the least.
    pub at_least: bool,
}

impl Addresses {
    /// Notes which of the two verdicts on a reply suppress the recipient.
    pub(super) fn note(&self, recipient: &str, old: bool, new: bool) {
        self.note_within(MOST, recipient, old, new);
    }

    fn note_within(&self, most: usize, recipient: &str, old: bool, new: bool) {
        let by = if old { BY_OLD } else { 0 } | if new { BY_NEW } else { 0 };
        if by == 0 {
            return;
        }
        let hash = self.hasher.hash_one(recipient.trim().to_ascii_lowercase());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let room = known.by.len() < most;
        match known.by.get_mut(&hash) {
            Some(own) => *own |= by,
            None if room => drop(known.by.insert(hash, by)),
            None => known.full = true,
        }
    }

    /// The counts.
    pub fn count(&self) -> Suppressed {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let by = |which: u8| known.by.values().filter(|by| **by == which).count() as u64;
        Suppressed { newly: by(BY_NEW), no_longer: by(BY_OLD), at_least: known.full }
    }
}

/// Whether a verdict suppresses the recipient, for ever or for a time.
pub(super) fn suppresses(verdict: &Verdict<'_>) -> bool {
    let outcome = verdict.rule().outcome(verdict.reply().time);
    let actions = if verdict.lowered() { &outcome.lowered } else { &outcome.actions };
    actions.iter().any(|action| matches!(action, Action::Suppress(_)))
}

#[cfg(test)]
mod tests {
    use super::{Addresses, Suppressed};

    #[test]
    fn an_address_counts_once_and_by_all_its_replies() {
        let addresses = Addresses::default();
        for (recipient, old, new) in [
            ("a@x.example", false, true),
            ("A@x.example ", false, true),
            ("b@x.example", false, true),
            ("b@x.example", true, true),
            ("c@x.example", true, false),
            ("d@x.example", false, false),
        ] {
            addresses.note(recipient, old, new);
        }
        assert_eq!(addresses.count(), Suppressed { newly: 1, no_longer: 1, at_least: false });
    }

    #[test]
    fn beyond_the_bound_the_counts_are_the_least() {
        let addresses = Addresses::default();
        for (recipient, old, new) in [
            ("a@x.example", false, true),
            ("b@x.example", false, true),
            ("c@x.example", false, true),
            ("a@x.example", true, false),
        ] {
            addresses.note_within(2, recipient, old, new);
        }
        assert_eq!(addresses.count(), Suppressed { newly: 1, no_longer: 0, at_least: true });
    }
}
