//! The rules of a profile to which no phrase leads: found by their codes.

use super::gate::Gate;
use super::leads::Owed;
use crate::ruleset::RuleId;

/// How many bits a mask of codes has.
const BITS: usize = u64::BITS as usize;

/// The rules in order, and for each bit of a code, and of an enhanced code, a set of those that it may be for.
#[derive(Debug)]
pub(super) struct Always {
    rules: Vec<(RuleId, Owed)>,
    /// How many words such a set has.
    width: usize,
    codes: Vec<u64>,
    enhanced: Vec<u64>,
}

impl Always {
    pub(super) fn new(entries: Vec<(RuleId, Gate, Owed)>) -> Always {
        let width = entries.len().div_ceil(BITS);
        let sets = |mask: fn(&Gate) -> u64| {
            let mut sets = vec![0; BITS * width];
            for (n, (_, gate, _)) in entries.iter().enumerate() {
                for bit in (0..BITS).filter(|bit| mask(gate) >> bit & 1 != 0) {
                    sets[bit * width + n / BITS] |= 1 << (n % BITS);
                }
            }
            sets
        };
        let (codes, enhanced) = (sets(|gate| gate.codes), sets(|gate| gate.enhanced));
        Always { rules: entries.into_iter().map(|(rule, _, owed)| (rule, owed)).collect(), width, codes, enhanced }
    }

    /// The rules that may be for a reply, in order.
    #[inline]
    pub(super) fn of(&self, reply: Gate) -> Few<'_> {
        let from = |bits: u64| bits.trailing_zeros() as usize % BITS * self.width;
        let (codes, enhanced) = (&self.codes[from(reply.codes)..], &self.enhanced[from(reply.enhanced)..]);
        let mut few = Few { rules: &self.rules, codes, enhanced, width: self.width, at: 0, word: 0 };
        few.word = few.word_at(0);
        few
    }
}

/// The rules of a profile that may be for a reply.
pub(super) struct Few<'t> {
    rules: &'t [(RuleId, Owed)],
    codes: &'t [u64],
    enhanced: &'t [u64],
    width: usize,
    /// The word that is read, and what of it is left.
    at: usize,
    word: u64,
}

impl Few<'_> {
    fn word_at(&self, at: usize) -> u64 {
        if at < self.width { self.codes[at] & self.enhanced[at] } else { 0 }
    }

    /// The next rule, if it comes before that one.
    #[inline]
    pub(super) fn next_before(&mut self, limit: RuleId) -> Option<(RuleId, Owed)> {
        while self.word == 0 {
            self.at += 1;
            if self.at >= self.width {
                return None;
            }
            self.word = self.word_at(self.at);
        }
        let next = self.rules[self.at * BITS + self.word.trailing_zeros() as usize];
        if next.0 >= limit {
            return None;
        }
        self.word &= self.word - 1;
        Some(next)
    }
}
