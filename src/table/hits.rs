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

    /// Adds the literals of entries that are known by what stands at `at`, as far as they may count: each is written in any
    /// case, so that nothing branches on that. `differs` tells the bits in which an entry's key is not what stands there.
    #[inline]
    pub(super) fn offer(&mut self, entries: &[Entry], differs: impl Fn(&Entry) -> u64, at: u32, search: &Search<'_>) {
        self.make_room(entries.len());
        let mut count = self.count;
        let (places, words, hint) = (self.all.as_mut_slice(), self.words, search.hint);
        for entry in entries {
            let against = differs(entry) | entry.hint.against(hint) | words.lacks(entry.needs);
            let Some(place) = places.get_mut(count) else { break };
            // Where it would begin before the text, the place is behind every text.
            *place = Hit { step: entry.literal, literal: entry.literal, start: at.wrapping_sub(entry.offset.into()) };
            count += usize::from(against == 0);
        }
        self.count = count;
    }

    /// Adds a literal that stands there.
    pub(super) fn add(&mut self, literal: u32, start: u32) {
        self.make_room(1);
        self.all[self.count] = Hit { step: literal, literal, start };
        self.count += 1;
    }

    /// Sees to it that so many can be written.
    #[inline]
    fn make_room(&mut self, many: usize) {
        if self.all.len() < self.count + many {
            self.all.resize(2 * (self.count + many), Hit { step: NEVER, literal: NEVER, start: 0 });
        }
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
