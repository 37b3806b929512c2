//! A quick hash for keys that nobody outside chooses: the rules' own names, numbers and grams, and places in a text.
//!
//! Invariant: what is put into a map by it is never made of a mail's bytes, so that nobody can crowd one.

use std::hash::Hasher;

/// Knuth's multiplicative hashing, with the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads a key over the upper bits.
#[inline]
pub(crate) fn spread(key: u64) -> u64 {
    key.wrapping_mul(GOLDEN)
}

/// The hasher of maps and sets of such keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let eight = chunk.first_chunk::<8>().map_or_else(|| packed(chunk), |eight| u64::from_le_bytes(*eight));
            self.write_u64(eight);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * u128::from(GOLDEN);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Up to eight bytes as a number, the first in its lowest bits.
pub(crate) fn packed(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}
