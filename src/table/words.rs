//! Which literals may occur in a text, by its words: one look a word, whatever the number of literals.
//!
//! A word is here a run of ASCII letters and digits. A literal that holds a whole one, bounded within the literal
//! or by the edges that its phrase asks for, is known by its rarest; one that holds but a word's beginning is known
//! by that. Every word of a text stands for itself, so nothing waits for the word before. All words together are a
//! glance at the text ([`Glance`]), by which most literals are refused before anybody compares them.

use super::buckets::{Bits, Buckets, Counts, Entry, Filter};
use super::glance::Glance;
use super::hits::Hits;
use super::index::{Anchors, Literal, PADDING, Search};
use super::spots::Spot;
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
        let key = word.key;
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
    let padded = [bytes, &PADDING].concat();
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
        let key = word.key;
        let Literal { needs, number, hint, .. } = *literal;
        let entry = Entry { key, needs, literal: number, offset, hint };
        let (hash, prefix) = (of_whole(key, word.length), of_beginning(key));
        if word.start + word.length < bytes.len() || end {
            offer(&mut whole, hash, Known::Whole(hash, entry));
        } else if word.length >= BEGINNING {
            offer(&mut beginning, prefix, Known::Beginning(prefix, entry));
        }
    });
    whole.or(beginning).map(|(_, known)| known)
}

/// The words that every text holds in which a literal stands with those anchors.
pub(super) fn needed(text: &str, anchors: Anchors) -> Glance {
    let padded = [text.as_bytes(), &PADDING].concat();
    let mut needed = Glance::NONE;
    each_word(&padded, |word| {
        let begins = word.start > 0 || anchors.start;
        let ends = word.start + word.length < text.len() || anchors.end;
        if begins && (ends || word.length >= BEGINNING) {
            needed = needed.or(Glance::of(of_beginning(word.key)));
        }
    });
    needed
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

    /// Adds each literal whose word stands in the text, and takes a glance at all of its words.
    pub(super) fn each(&self, search: &Search<'_>, hits: &mut Hits) {
        match &self.bits {
            _ if self.is_empty => return,
            Bits::Few(bits) => scan(search, bits, hits),
            Bits::More(bits) => scan(search, bits, hits),
            Bits::Many(bits) => scan(search, bits, hits),
            Bits::Most(bits) => scan(search, bits, hits),
        }
        let mut n = 0;
        while let Some(Spot { key, at, note }) = hits.spots.get(n) {
            n += 1;
            if note & IS_WHOLE != 0 {
                for entry in self.whole.of(of_whole(key, note as usize / NOTES)) {
                    hits.offer(entry.key == key, entry, at, search);
                }
            }
            if note & IS_BEGINNING != 0 {
                for entry in self.beginnings.of(of_beginning(key)) {
                    // It is compared as far as it goes: no word holds a byte that is nought.
                    let mask = u64::MAX >> (entry.key.leading_zeros() & !7);
                    hits.offer((key ^ entry.key) & mask == 0, entry, at, search);
                }
            }
        }
    }
}

/// What is noted of a word beside its length: whether a literal may be known by the whole of it, or by its beginning.
const IS_WHOLE: u32 = 1;
const IS_BEGINNING: u32 = 2;
const NOTES: usize = 4;

/// Notes the words by which literals may be known, without a branch a word, and takes a glance at all.
#[inline]
fn scan<const N: usize>(search: &Search<'_>, bits: &Filter<N>, hits: &mut Hits) {
    let mut words = Glance::NONE;
    let mut spots = hits.spots.begin(search.length);
    each_word(search.padded, |Word { start, length, key }| {
        let (whole, beginning) = (of_whole(key, length), of_beginning(key));
        words = words.or(Glance::of(beginning));
        let note = u32::from(bits.may_hold(whole)) * IS_WHOLE + u32::from(bits.may_hold(beginning)) * IS_BEGINNING;
        spots.offer(note != 0, Spot { key, at: start as u32, note: (length * NOTES) as u32 | note });
    });
    hits.words = words;
    let count = spots.count();
    hits.spots.end(count);
}

/// The first eight bytes of a word, and noughts where it has less; `eight` is what stands where it begins.
#[inline]
fn key(eight: u64, length: usize) -> u64 {
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
    eight & KEPT[length.min(8)]
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
    key: u64,
}

/// Calls `each` with every run of ASCII letters and digits; behind the text stands [`PADDING`].
#[inline]
fn each_word(padded: &[u8], mut each: impl FnMut(Word)) {
    // Whether a word began in the blocks before, and where, and what stands there.
    let (mut is_open, mut start, mut eight) = (0, 0, 0);
    for base in (0..(padded.len() + 1).saturating_sub(PADDING.len())).step_by(BLOCK) {
        let window = padded.get(base..).and_then(|rest| rest.first_chunk::<{ BLOCK + 8 }>());
        let Some((window, block)) = window.and_then(|window| Some((window, window.first_chunk()?))) else { return };
        let within = alphanumeric(block);
        let before = within << 1 | is_open;
        let (mut starts, mut ends) = (within & !before, !within & before);
        let next = |places: &mut u64| {
            let place = places.trailing_zeros() as usize % BLOCK;
            *places &= places.wrapping_sub(1);
            place
        };
        let begin = |starts: &mut u64| {
            let place = next(starts);
            let eight = window[place..].first_chunk::<8>().map_or(0, |eight| u64::from_le_bytes(*eight));
            (base + place, eight)
        };
        if is_open == 0 {
            (start, eight) = begin(&mut starts);
        }
        while ends != 0 {
            let length = (base + next(&mut ends)).wrapping_sub(start);
            each(Word { start, length, key: key(eight, length) });
            // Behind the last end that is the word which goes on in the next block, or none.
            (start, eight) = begin(&mut starts);
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
            let padded = [text.as_bytes(), &PADDING].concat();
            let mut found = Vec::new();
            each_word(&padded, |word| found.push(text[word.start..][..word.length].to_owned()));
            let runs = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty());
            assert_eq!(found, runs.collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn needs_what_every_text_holds() {
        let glance = |text: &str| {
            let mut words = Glance::NONE;
            each_word(&[text.as_bytes(), &PADDING].concat(), |word| {
                words = words.or(Glance::of(of_beginning(word.key)))
            });
            words
        };
        let needed = |text, start, end| needed(text, Anchors { start, end });
        assert_eq!(needed("mailbox full", true, true), glance("mailbox full"));
        // The end of a word that goes on before it, or a beginning of less than three letters, says nothing.
        assert_eq!(needed("box is fu", false, false), glance("is"));
        assert_eq!(needed("box is ful", false, false), glance("is fuller"));
        assert!(glance("the mailbox is full").may_hold(needed("mailbox", true, true)));
        assert!(!glance("the address is unknown").may_hold(needed("mailbox", true, true)));
    }
}
