//! Which literals may occur in a text, wherever they begin: one pass over its bytes.
//!
//! This is for long literals, whose grams are rarer than their words, and for the few that no word tells of: those that
//! may begin and end within words, and other scripts'. Every literal is known by grams of it, three, four or eight
//! bytes. The bytes that begin at a place of the text are hashed, and a bit tells whether any literal has such a gram;
//! only then is its bucket looked at. Every place stands for itself, so nothing waits for the place before. A literal is
//! known by as many grams side by side as the pass has a stride, so that one of them stands at a place that the stride
//! hits, wherever the literal begins: those that are rarest among all literals and examples.

use super::buckets::{Bits, Buckets, Counts, Entry, Filter};
use super::hits::Hits;
use super::index::{Literal, Search};
use crate::mix::{packed, spread};

/// The widths and strides; a literal is known by the first for which it is long enough.
const KINDS: [(usize, usize); 4] = [(8, 2), (4, 4), (4, 2), (3, 1)];

/// Literals of that length have grams that seldom mislead.
pub(super) const LONG: usize = KINDS[0].0 + KINDS[0].1 - 1;

/// The grams of one width and stride.
#[derive(Debug)]
struct Pass {
    width: usize,
    stride: usize,
    grams: Buckets,
}

/// Counts the grams of a text.
pub(super) fn count(text: &[u8], weight: u32, counts: &mut Counts) {
    for width in [3, 4, 8] {
        text.windows(width).for_each(|window| counts.add(spread(packed(window)), weight));
    }
}

/// Literals that are looked for wherever they begin.
#[derive(Debug, Default)]
pub(super) struct Grams {
    passes: Vec<Pass>,
    /// Those of less than three bytes.
    short: Vec<(u32, Box<[u8]>)>,
}

impl Grams {
    pub(super) fn new(literals: &[&Literal<'_>], counts: &Counts) -> Grams {
        let mut entries: Vec<Vec<(u64, Entry)>> = vec![Vec::new(); KINDS.len()];
        let mut short = Vec::new();
        for literal in literals {
            let bytes = literal.text.as_bytes();
            let Some(kind) = KINDS.iter().position(|(width, stride)| bytes.len() >= width + stride - 1) else {
                short.push((literal.number, bytes.into()));
                continue;
            };
            let (width, stride) = KINDS[kind];
            let grams: Vec<u64> = bytes.windows(width).take(1 << u8::BITS).map(packed).collect();
            let cost = |start: &usize| -> u64 {
                grams[*start..start + stride].iter().map(|gram| u64::from(counts.of(spread(*gram)))).sum()
            };
            let start = (0..=grams.len() - stride).min_by_key(cost).unwrap_or(0);
            entries[kind].extend((start..start + stride).map(|offset| {
                let (key, offset) = (grams[offset], offset as u8);
                let Literal { needs, number, hint, .. } = **literal;
                (spread(key), Entry { key, needs, literal: number, offset, hint })
            }));
        }
        let passes = KINDS.iter().zip(entries).filter(|(_, entries)| !entries.is_empty());
        let passes = passes.map(|((width, stride), entries)| Pass {
            width: *width,
            stride: *stride,
            grams: Buckets::new(entries),
        });
        Grams { passes: passes.collect(), short }
    }

    /// Adds each literal whose gram stands in the text.
    pub(super) fn each(&self, search: &Search<'_>, hits: &mut Hits) {
        for pass in &self.passes {
            match pass.grams.bits() {
                Bits::Few(bits) => pass.stride(search, bits, hits),
                Bits::More(bits) => pass.stride(search, bits, hits),
                Bits::Many(bits) => pass.stride(search, bits, hits),
                Bits::Most(bits) => pass.stride(search, bits, hits),
            }
        }
        for (literal, bytes) in &self.short {
            let places = memchr::memchr_iter(bytes[0], search.padded);
            for place in places.filter(|place| search.padded[*place..].starts_with(bytes)) {
                hits.add(true, *literal, place as u32);
            }
        }
    }
}

impl Pass {
    fn stride<const N: usize>(&self, search: &Search<'_>, bits: &Filter<N>, hits: &mut Hits) {
        match self.stride {
            4 => self.scan::<N, 4>(search, bits, hits),
            2 => self.scan::<N, 2>(search, bits, hits),
            _ => self.scan::<N, 1>(search, bits, hits),
        }
    }

    #[inline]
    fn scan<const N: usize, const S: usize>(&self, search: &Search<'_>, bits: &Filter<N>, hits: &mut Hits) {
        let mask = u64::MAX >> (64 - 8 * self.width);
        for start in (0..search.length).step_by(16) {
            let Some(window) = search.padded.get(start..).and_then(|rest| rest.first_chunk::<32>()) else { return };
            // Read anew at each place, which costs less than to shift them together.
            let eight = |k: usize| window[k..].first_chunk::<8>().map_or(0, |eight| u64::from_le_bytes(*eight));
            let gram = |k: usize| eight(k) & mask;
            // All places of sixteen bytes first, and then one branch.
            let held = (0..16).step_by(S).fold(0, |held, k| held | u32::from(bits.may_hold(spread(gram(k)))) << k);
            let mut left = held;
            while left != 0 {
                let k = left.trailing_zeros() as usize % 16;
                self.look(gram(k), (start + k) as u32, search, hits);
                left &= left - 1;
            }
        }
    }
    #[inline(never)]
    fn look(&self, gram: u64, at: u32, search: &Search<'_>, hits: &mut Hits) {
        for entry in self.grams.of(spread(gram)) {
            hits.offer(entry.key == gram, entry, at, search);
        }
    }
}
