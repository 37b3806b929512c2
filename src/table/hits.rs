//! The places where literals may stand in a text, and which of them is to be looked at next.

use super::buckets::Entry;
use super::glance::Glance;
use super::index::Search;
use super::spots::Spots;

/// The number of no step.
pub(super) const NEVER: u32 = u32::MAX;

/// A place where a literal may stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// The number of the step that is to be taken next, or [`NEVER`].
    pub(super) step: u32,
    /// The number of the literal's first step.
    pub(super) literal: u32,
    pub(super) start: u32,
}

/// The places where literals may stand in a text.
#[derive(Debug)]
pub(super) struct Hits {
    all: Vec<Hit>,
    /// How many of them count.
    count: usize,
    /// The text's words.
    pub(super) words: Glance,
    /// Words of the text by which literals may be known.
    pub(super) spots: Spots,
}

impl Hits {
    /// So many are looked at one after the other, which costs less than any order.
    pub(super) const FEW: usize = 32;

    pub(super) const fn new() -> Hits {
        Hits { all: Vec::new(), count: 0, words: Glance::ALL, spots: Spots::new() }
    }

    pub(super) fn all(&self) -> &[Hit] {
        &self.all[..self.count]
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.words = Glance::ALL;
    }

    /// Adds the literal of an entry that is known by what stands at `at`, if it may count: it is written in any case, so
    /// that nothing branches on that. `is_known` tells whether the entry's key is what stands there.
    #[inline]
    pub(super) fn offer(&mut self, is_known: bool, entry: &Entry, at: u32, search: &Search<'_>) {
        let may_count = entry.hint.admits(search.hint, search.has_parents) & self.words.may_hold(entry.needs);
        let offset = u32::from(entry.offset);
        self.add(is_known & may_count & (at >= offset), entry.literal, at.wrapping_sub(offset));
    }

    /// Adds a literal, if `is_it`.
    #[inline]
    pub(super) fn add(&mut self, is_it: bool, literal: u32, start: u32) {
        let hit = Hit { step: literal, literal, start };
        match self.all.get_mut(self.count) {
            Some(place) => *place = hit,
            None => self.all.push(hit),
        }
        self.count += usize::from(is_it);
    }

    /// Whether there are so many that looking at all of them for the first would cost most.
    fn are_many(&self) -> bool {
        self.count > Hits::FEW
    }

    /// Called when all are there. Many are put in the order of a heap: each stands before the two at twice its place.
    pub(super) fn order(&mut self) {
        if self.are_many() {
            (0..self.count / 2).rev().for_each(|n| self.sink(n));
        }
    }

    /// The place of the hit whose step comes first, and that step.
    #[inline]
    pub(super) fn first(&self) -> (usize, u32) {
        let looked_at = if self.are_many() { &self.all[..1] } else { self.all() };
        // The number of the step above that of the hit: the lowest of such numbers is found without a branch.
        let number = |(n, hit): (usize, &Hit)| u64::from(hit.step) << 32 | n as u64;
        let lowest = looked_at.iter().enumerate().map(number).fold(u64::MAX, u64::min);
        (lowest as u32 as usize, (lowest >> 32) as u32)
    }

    /// Has the hit at that place, which is the first, go on to another step.
    #[inline]
    pub(super) fn go_on(&mut self, n: usize, step: u32) {
        self.all[n].step = step;
        if self.are_many() {
            self.sink(n);
        }
    }

    /// Moves a hit of the heap down to where it belongs.
    fn sink(&mut self, mut n: usize) {
        let all = &mut self.all[..self.count];
        loop {
            let below = (2 * n + 1..2 * n + 3).filter(|below| *below < all.len()).min_by_key(|below| all[*below].step);
            match below {
                Some(below) if all[below].step < all[n].step => all.swap(n, below),
                _ => return,
            }
            n = below.unwrap_or(n);
        }
    }
}
