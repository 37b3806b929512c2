//! Which literals may occur in a text, by its words: one look a word, whatever the number of literals.
//!
//! A word is here a run of ASCII letters and digits. A literal that holds a whole one, bounded within the literal
//! or by the edges that its phrase asks for, is known by its rarest; one that holds but a word's beginning is known
//! by that. Every word of a text stands for itself, so nothing waits for the word before.

use super::buckets::{Bits, Buckets, Counts, Entry, Filter};
use super::index::{Anchors, Literal, Search};
use crate::mix::spread;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// The least that is known of a word's beginning.
const BEGINNING: usize = 3;

/// What literals are known by.
#[derive(Debug)]
pub(super) struct Words {
    is_empty: bool,
    /// Of both.
    bits: Bits,
    whole: Buckets,
    beginnings: Buckets,
}

/// Counts the words of a text, which is padded.
pub(super) fn count(padded: &[u8], weight: u32, counts: &mut Counts) {
    each_word(padded, |word| {
        let key = key(padded, word);
        counts.add(of_whole(key, word.length), weight);
        counts.add(of_beginning(key), weight);
    });
}

/// What a literal is known by.
pub(super) enum Known {
    Whole(u64, Entry),
    Beginning(u64, Entry),
}

/// The rarest whole word of a literal, or else the rarest beginning of one.
pub(super) fn known_by(literal: &Literal<'_>, counts: &Counts) -> Option<Known> {
    let bytes = literal.text.as_bytes();
    let Anchors { start, end } = literal.anchors;
    let padded = [bytes, &[0; BLOCK]].concat();
    let mut whole: Option<(u32, Known)> = None;
    let mut beginning: Option<(u32, Known)> = None;
    each_word(&padded, |word| {
        let Ok(offset) = u8::try_from(word.start) else { return };
        if word.start == 0 && !start {
            return;
        }
        let offer = |place: &mut Option<(u32, Known)>, hash: u64, known: Known| {
            if place.as_ref().is_none_or(|(count, _)| counts.of(hash) < *count) {
                *place = Some((counts.of(hash), known));
            }
        };
        let key = key(&padded, word);
        let entry = Entry { key, literal: literal.number, offset, hint: literal.hint };
        let (hash, prefix) = (of_whole(key, word.length), of_beginning(key));
        if word.start + word.length < bytes.len() || end {
            offer(&mut whole, hash, Known::Whole(hash, entry));
        } else if word.length >= BEGINNING {
            offer(&mut beginning, prefix, Known::Beginning(prefix, entry));
        }
    });
    whole.or(beginning).map(|(_, known)| known)
}

impl Words {
    pub(super) fn new(known: impl Iterator<Item = Known>) -> Words {
        let (mut whole, mut beginnings) = (Vec::new(), Vec::new());
        for known in known {
            match known {
                Known::Whole(hash, entry) => whole.push((hash, entry)),
                Known::Beginning(hash, entry) => beginnings.push((hash, entry)),
            }
        }
        let all = || whole.iter().chain(&beginnings).map(|(hash, _)| *hash);
        let bits = Bits::new(all().count(), all());
        let is_empty = whole.is_empty() && beginnings.is_empty();
        Words { is_empty, bits, whole: Buckets::new(whole), beginnings: Buckets::new(beginnings) }
    }

    /// Offers each literal whose word stands in the text.
    pub(super) fn each(&self, search: &Search<'_>, offer: &mut impl FnMut(bool, u32, usize)) {
        match &self.bits {
            _ if self.is_empty => {}
            Bits::Few(bits) => self.scan(search, bits, offer),
            Bits::More(bits) => self.scan(search, bits, offer),
            Bits::Many(bits) => self.scan(search, bits, offer),
            Bits::Most(bits) => self.scan(search, bits, offer),
        }
    }

    #[inline]
    fn scan<const N: usize>(&self, search: &Search<'_>, bits: &Filter<N>, offer: &mut impl FnMut(bool, u32, usize)) {
        each_word(search.padded, |word| {
            let key = key(search.padded, word);
            let (whole, beginning) = (of_whole(key, word.length), of_beginning(key));
            let (is_whole, is_beginning) = (bits.may_hold(whole), bits.may_hold(beginning));
            // Most words are neither.
            if is_whole | is_beginning {
                if is_whole {
                    look(self.whole.of(whole), key, u64::MAX, word.start, search, offer);
                }
                if is_beginning {
                    look(self.beginnings.of(beginning), key, 0, word.start, search, offer);
                }
            }
        });
    }
}

/// Tells of the entries of a bucket that are the word's; those of beginnings where `exact` is nought.
#[inline(never)]
fn look(
    entries: &[Entry],
    key: u64,
    exact: u64,
    at: usize,
    search: &Search<'_>,
    offer: &mut impl FnMut(bool, u32, usize),
) {
    for entry in entries {
        // A beginning is compared as far as it goes: no word holds a byte that is nought.
        let mask = (u64::MAX >> (entry.key.leading_zeros() & !7)) | exact;
        let is_it = ((key ^ entry.key) & mask == 0) & entry.hint.admits(search.hint, search.has_parents);
        let offset = usize::from(entry.offset);
        offer(is_it & (at >= offset), entry.literal, at.wrapping_sub(offset));
    }
}

/// The first eight bytes of a word, and noughts where it has less.
#[inline]
fn key(padded: &[u8], word: Word) -> u64 {
    const KEPT: [u64; 9] = [
        0,
        u64::MAX >> 56,
        u64::MAX >> 48,
        u64::MAX >> 40,
        u64::MAX >> 32,
        u64::MAX >> 24,
        u64::MAX >> 16,
        u64::MAX >> 8,
        u64::MAX,
    ];
    let eight = padded.get(word.start..).and_then(|rest| rest.first_chunk::<8>());
    eight.map_or(0, |eight| u64::from_le_bytes(*eight)) & KEPT[word.length.min(8)]
}

#[inline]
fn of_whole(key: u64, length: usize) -> u64 {
    spread(key ^ (length as u64) << 56)
}

#[inline]
fn of_beginning(key: u64) -> u64 {
    spread(!key & (u64::MAX >> (64 - 8 * BEGINNING)))
}

/// A run of ASCII letters and digits.
#[derive(Debug, Clone, Copy)]
struct Word {
    start: usize,
    length: usize,
}

/// Calls `each` with every run of ASCII letters and digits; behind the text stands at least a block of noughts.
#[inline]
fn each_word(padded: &[u8], mut each: impl FnMut(Word)) {
    let (blocks, _) = padded.as_chunks::<BLOCK>();
    // Whether a word began in the blocks before, and where.
    let (mut is_open, mut start) = (0, 0);
    for (n, block) in blocks.iter().enumerate() {
        let base = n * BLOCK;
        let within = alphanumeric(block);
        let before = within << 1 | is_open;
        let (mut starts, mut ends) = (within & !before, !within & before);
        let next = |starts: &mut u64| {
            let start = base + starts.trailing_zeros() as usize;
            *starts &= starts.wrapping_sub(1);
            start
        };
        if is_open == 0 {
            start = next(&mut starts);
        }
        while ends != 0 {
            each(Word { start, length: next(&mut ends).wrapping_sub(start) });
            // Behind the last end that is the word which goes on in the next block, or none.
            start = next(&mut starts);
        }
        is_open = within >> (BLOCK - 1);
    }
}

/// A bit for each byte that is an ASCII letter or digit.
#[inline]
fn alphanumeric(block: &[u8; BLOCK]) -> u64 {
    let mut flags = [0_u8; BLOCK];
    for (flag, byte) in flags.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter | digit);
    }
    let (eights, _) = flags.as_chunks::<8>();
    // The multiplication brings the lowest bits of eight bytes together in the uppermost byte.
    let bits = |eight: &[u8; 8]| (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8;
    u64::from_le_bytes(std::array::from_fn(|n| bits(&eights[n])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let long = format!("{} x{} y", "ab ".repeat(20), "z".repeat(70));
        for text in ["", "a", "a b", " (5.1.1) no_such-user\u{1}x", "é1è", long.as_str(), &"q".repeat(64)] {
            let padded = [text.as_bytes(), &[0; BLOCK]].concat();
            let mut found = Vec::new();
            each_word(&padded, |word| found.push(text[word.start..][..word.length].to_owned()));
            let runs = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty());
            assert_eq!(found, runs.collect::<Vec<_>>(), "{text:?}");
        }
    }
}
