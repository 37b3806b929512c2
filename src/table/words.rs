//! Which literals may occur in a text, by its words: one look a word, whatever the number of literals.
//!
//! A word is here a run of ASCII letters and digits. A literal that holds two whole ones side by side, bounded within the
//! literal or by the edges that its phrase asks for, is known by the rarest such pair; one that holds a single whole one
//! by that, and one that holds but a word's beginning by that. All words together are a glance at the text ([`Glance`]),
//! by which most literals are refused before anybody compares them.

use super::buckets::{Bits, Buckets, Counts, Entry, Filter};
use super::glance::Glance;
use super::hits::Hits;
use super::index::{Anchors, Literal, PADDING, Search};
use super::spots::Spot;
use crate::mix::spread;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// The least that is known of a word's beginning.
const BEGINNING: usize = 4;

/// As much of the second word of a pair counts.
const SECOND: usize = 6;

/// What literals are known by.
#[derive(Debug)]
pub(super) struct Words {
    is_empty: bool,
    known: Buckets,
}

/// Counts the words of a text, which is padded.
pub(super) fn count(padded: &[u8], weight: u32, counts: &mut Counts) {
    let mut before = 0;
    each_word(padded, |word| {
        counts.add(of_pair(before, word.key), weight);
        counts.add(of_whole(word.tag()), weight);
        counts.add(of_beginning(word.key), weight);
        before = word.tag();
    });
}

/// What a literal is known by: a hash, and what is told by it.
pub(super) type Known = (u64, Entry);

/// The rarest pair of words of a literal, or else the rarest whole word, or else the rarest beginning of one.
pub(super) fn known_by(literal: &Literal<'_>, counts: &Counts) -> Option<Known> {
    let bytes = literal.text.as_bytes();
    let Anchors { start, end } = literal.anchors;
    let padded = [bytes, &PADDING].concat();
    let (mut pair, mut whole, mut beginning) = (None::<(u32, Known)>, None, None);
    // The word before, if it is a whole one.
    let mut before = None;
    each_word(&padded, |word| {
        let Ok(offset) = u8::try_from(word.start) else { return };
        let begins = word.start > 0 || start;
        let ends = word.start + word.length < bytes.len() || end;
        let Literal { needs, number, hint, .. } = *literal;
        let key = word.key;
        // A beginning is compared as far as it goes: no word holds a byte that is nought.
        let unasked = if ends { 0 } else { (key.leading_zeros() & !7) as u8 };
        let entry = Entry { key, needs, literal: number, offset, unasked, hint };
        let offer = |place: &mut Option<(u32, Known)>, hash: u64| {
            if place.as_ref().is_none_or(|(count, _)| counts.of(hash) < *count) {
                *place = Some((counts.of(hash), (hash, entry)));
            }
        };
        let is_whole = begins && ends;
        if let Some(before) = before.filter(|_| ends || word.length >= SECOND) {
            offer(&mut pair, of_pair(before, key));
        }
        if is_whole {
            offer(&mut whole, of_whole(word.tag()));
        } else if begins && word.length >= BEGINNING {
            offer(&mut beginning, of_beginning(key));
        }
        before = is_whole.then(|| word.tag());
    });
    pair.or(whole).or(beginning).map(|(_, known)| known)
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
    pub(super) fn new(known: Vec<Known>) -> Words {
        Words { is_empty: known.is_empty(), known: Buckets::new(known) }
    }

    /// Adds each literal whose words stand in the text, and takes a glance at all of its words.
    pub(super) fn each(&self, search: &Search<'_>, hits: &mut Hits) {
        match self.known.bits() {
            _ if self.is_empty => {}
            Bits::Few(bits) => self.scan(search, bits, hits),
            Bits::More(bits) => self.scan(search, bits, hits),
            Bits::Many(bits) => self.scan(search, bits, hits),
            Bits::Most(bits) => self.scan(search, bits, hits),
        }
    }

    /// Notes the words by which literals may be known, without a branch a word, takes a glance at all, and then looks
    /// at those that were noted.
    #[inline]
    fn scan<const N: usize>(&self, search: &Search<'_>, bits: &Filter<N>, hits: &mut Hits) {
        let (mut words, mut before) = (Glance::NONE, 0);
        let mut spots = hits.spots.begin(search.length);
        each_word(search.padded, |word| {
            let Word { start, key, .. } = word;
            let tag = word.tag();
            let (pair, whole, beginning) = (of_pair(before, key), of_whole(tag), of_beginning(key));
            words = words.or(Glance::of(beginning));
            let note = u32::from(bits.may_hold(pair)) * IS_PAIR
                + u32::from(bits.may_hold(whole)) * IS_WHOLE
                + u32::from(bits.may_hold(beginning)) * IS_BEGINNING;
            spots.offer(note != 0, Spot { pair, tag, key, at: start as u32, note });
            before = tag;
        });
        hits.words = words;
        let count = spots.count();
        hits.spots.end(count);
        let mut n = 0;
        while let Some(Spot { pair, tag, key, at, note }) = hits.spots.get(n) {
            n += 1;
            if note & IS_PAIR != 0 {
                self.look(pair, key, at, search, hits);
            }
            if note & IS_WHOLE != 0 {
                self.look(of_whole(tag), key, at, search, hits);
            }
            if note & IS_BEGINNING != 0 {
                self.look(of_beginning(key), key, at, search, hits);
            }
        }
    }

    #[inline]
    fn look(&self, hash: u64, key: u64, at: u32, search: &Search<'_>, hits: &mut Hits) {
        let differs = |entry: &Entry| (key ^ entry.key) << entry.unasked;
        hits.offer(self.known.of(hash), differs, at, search);
    }
}

/// What is noted of a word: whether a literal may be known by it and the word before, by the whole of it, or by its
/// beginning.
const IS_PAIR: u32 = 1;
const IS_WHOLE: u32 = 2;
const IS_BEGINNING: u32 = 4;

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
fn of_whole(tag: u64) -> u64 {
    spread(tag)
}

/// Two words, the first by its tag.
#[inline]
fn of_pair(before: u64, key: u64) -> u64 {
    spread(before ^ key << (64 - 8 * SECOND))
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

impl Word {
    /// The word and its length in one number, which few words share.
    #[inline]
    fn tag(self) -> u64 {
        self.key ^ (self.length as u64) << 56
    }
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
        // The end of a word that goes on before it, or a beginning of less than four letters, says nothing.
        assert_eq!(needed("box is ful", false, false), glance("is"));
        assert_eq!(needed("box is full", false, false), glance("is fuller"));
        assert!(glance("the mailbox is full").may_hold(needed("mailbox", true, true)));
        assert!(!glance("the address is unknown").may_hold(needed("mailbox", true, true)));
    }
}
