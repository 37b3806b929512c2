//! A filter of bits and buckets behind it: what is known by a number of eight bytes.
//!
//! Most numbers that a text gives are known to none; a bit says so for nearly all of them.

use super::gate::Hint;
use super::glance::Glance;

/// What is known by a key: a literal, and where in it stands what the key was made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Bytes of the literal, the first in the lowest eight bits.
    pub(super) key: u64,
    /// The words without which the literal counts for nothing.
    pub(super) needs: Glance,
    /// The literal's number.
    pub(super) literal: u32,
    /// Where in the literal they begin.
    pub(super) offset: u8,
    /// Whom the literal may concern.
    pub(super) hint: Hint,
}

/// Entries by hash.
#[derive(Debug)]
pub(super) struct Buckets {
    bits: Bits,
    /// Where each bucket begins in `entries`; one more than there are buckets.
    starts: Vec<u32>,
    shift: u32,
    entries: Vec<Entry>,
}

/// Bits that say whether a hash occurs: few enough to stay in the first cache for most rule sets, more for
/// the larger. Their number is part of the type, so that a look at them needs no check of it.
#[derive(Debug)]
pub(super) enum Bits {
    /// 8 KiB.
    Few(Box<Filter<{ 1 << 10 }>>),
    /// 32 KiB.
    More(Box<Filter<{ 1 << 12 }>>),
    /// 128 KiB.
    Many(Box<Filter<{ 1 << 14 }>>),
    /// 512 KiB.
    Most(Box<Filter<{ 1 << 16 }>>),
}

impl Bits {
    pub(super) fn new(count: usize, hashes: impl Iterator<Item = u64>) -> Bits {
        // Beyond a bit in 32 too much of a text would mislead.
        match count * 32 / 64 {
            0..=0x400 => Bits::Few(Filter::new(hashes)),
            0x401..=0x1000 => Bits::More(Filter::new(hashes)),
            0x1001..=0x4000 => Bits::Many(Filter::new(hashes)),
            _ => Bits::Most(Filter::new(hashes)),
        }
    }
}

/// `N` words of bits, of which there are a power of two.
#[derive(Debug)]
pub(super) struct Filter<const N: usize>([u64; N]);

impl<const N: usize> Filter<N> {
    fn new(hashes: impl Iterator<Item = u64>) -> Box<Filter<N>> {
        let mut filter = Box::new(Filter([0; N]));
        for hash in hashes {
            let (word, bit) = Filter::<N>::place(hash);
            filter.0[word] |= bit;
        }
        filter
    }

    #[inline]
    fn place(hash: u64) -> (usize, u64) {
        let bit = hash >> (64 - 6 - N.trailing_zeros());
        ((bit >> 6) as usize % N, 1 << (bit & 63))
    }

    /// Whether anything may be known by that hash.
    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        let (word, bit) = Filter::<N>::place(hash);
        self.0[word] & bit != 0
    }
}

/// How often keys occur, by a short piece of their hashes.
pub(super) struct Counts(Vec<u32>);

impl Counts {
    const SHIFT: u32 = 64 - 16;

    pub(super) fn new() -> Counts {
        Counts(vec![0; 1 << 16])
    }

    pub(super) fn add(&mut self, hash: u64, weight: u32) {
        self.0[(hash >> Counts::SHIFT) as usize] += weight;
    }

    pub(super) fn of(&self, hash: u64) -> u32 {
        self.0[(hash >> Counts::SHIFT) as usize]
    }
}

impl Buckets {
    /// `hash` is that by which an entry will be looked for.
    pub(super) fn new(mut entries: Vec<(u64, Entry)>) -> Buckets {
        let buckets = (entries.len() * 2).next_power_of_two().max(16);
        let shift = 64 - buckets.trailing_zeros();
        let mut starts = vec![0_u32; buckets + 1];
        for (hash, _) in &entries {
            starts[(hash >> shift) as usize + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        entries.sort_by_key(|(hash, _)| hash >> shift);
        let bits = Bits::new(entries.len(), entries.iter().map(|(hash, _)| *hash));
        Buckets { bits, starts, shift, entries: entries.into_iter().map(|(_, entry)| entry).collect() }
    }

    pub(super) fn bits(&self) -> &Bits {
        &self.bits
    }

    /// All that may be known by that hash.
    #[inline]
    pub(super) fn of(&self, hash: u64) -> &[Entry] {
        let bucket = (hash >> self.shift) as usize;
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}
