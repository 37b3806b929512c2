//! Which literals occur in a text: one pass over its bytes, whatever the number of literals.
//!
//! Every literal is known by one of its grams: eight bytes of it, or four where it is shorter. At each
//! place of the text the eight bytes that begin there are hashed, and a bit tells whether any literal
//! has such a gram; only then is its bucket looked at. Every place stands for itself, so nothing waits for
//! the place before, and what is never in the text costs nothing. Of a literal's grams the one that is
//! rarest among all literals and examples is taken, so that a bit that is set seldom misleads.
//! Literals of less than four bytes are looked for one by one: they are few, and a lint names them.

/// What is known by a gram: a literal, and where in it the gram stands.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The gram; four bytes fill the lower half.
    gram: u64,
    /// The literal's number.
    literal: u32,
    /// Where in the literal the gram begins.
    offset: u32,
}

/// Bits that say whether a hash occurs: few enough to stay in the first cache for most rule sets, or many
/// for the largest. Their number is part of the type, so that no place of a text pays for a check of it.
#[derive(Debug)]
enum Bits {
    Few(Box<[u64; Bits::FEW]>),
    Many(Box<[u64; Bits::MANY]>),
}

impl Bits {
    /// 8 KiB.
    const FEW: usize = 1 << 10;
    /// 256 KiB.
    const MANY: usize = 1 << 15;

    fn new(entries: &[Entry]) -> Bits {
        // Beyond a bit in sixteen too many places of a text would mislead.
        if entries.len() * 16 <= Bits::FEW * 64 { Bits::Few(filled(entries)) } else { Bits::Many(filled(entries)) }
    }
}

fn filled<const N: usize>(entries: &[Entry]) -> Box<[u64; N]> {
    let mut bits = Box::new([0; N]);
    for entry in entries {
        let (word, bit) = place::<N>(spread(entry.gram));
        bits[word] |= bit;
    }
    bits
}

/// The word and the bit of a hash among `N` words, of which there are a power of two.
#[inline]
fn place<const N: usize>(hash: u64) -> (usize, u64) {
    let bit = hash >> (64 - 6 - N.trailing_zeros());
    ((bit >> 6) as usize % N, 1 << (bit & 63))
}

/// The grams of one width, by hash.
#[derive(Debug)]
struct Grams {
    bits: Bits,
    /// Where each bucket begins in `entries`; one more than there are buckets.
    starts: Vec<u32>,
    starts_shift: u32,
    entries: Vec<Entry>,
}

/// Spreads a gram over the upper bits (Knuth's multiplicative hashing, with the golden ratio).
#[inline]
fn spread(gram: u64) -> u64 {
    gram.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Grams {
    fn new(mut entries: Vec<Entry>) -> Grams {
        let buckets = (entries.len() * 2).next_power_of_two().max(16);
        let starts_shift = 64 - buckets.trailing_zeros();
        let mut starts = vec![0_u32; buckets + 1];
        for entry in &entries {
            starts[(spread(entry.gram) >> starts_shift) as usize + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        entries.sort_by_key(|entry| spread(entry.gram) >> starts_shift);
        Grams { bits: Bits::new(&entries), starts, starts_shift, entries }
    }

    /// Calls `hit` with every entry whose gram stands in the text, and its place; `mask` leaves of eight
    /// bytes those that are a gram.
    fn each(&self, padded: &[u8], mask: u64, hit: &mut impl FnMut(&Entry, usize)) {
        match &self.bits {
            _ if self.entries.is_empty() => {}
            Bits::Few(bits) => self.scan(padded, mask, bits, hit),
            Bits::Many(bits) => self.scan(padded, mask, bits, hit),
        }
    }

    #[inline]
    fn scan<const N: usize>(&self, padded: &[u8], mask: u64, bits: &[u64; N], hit: &mut impl FnMut(&Entry, usize)) {
        for (at, window) in padded.windows(8).enumerate() {
            let gram = <[u8; 8]>::try_from(window).map_or(0, u64::from_le_bytes) & mask;
            let hash = spread(gram);
            let (word, bit) = place::<N>(hash);
            if bits[word] & bit != 0 {
                self.look(gram, hash, at, hit);
            }
        }
    }

    /// Looks into the bucket of a hash that may occur.
    #[inline(never)]
    fn look(&self, gram: u64, hash: u64, at: usize, hit: &mut impl FnMut(&Entry, usize)) {
        let bucket = (hash >> self.starts_shift) as usize;
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        entries.iter().filter(|entry| entry.gram == gram).for_each(|entry| hit(entry, at));
    }
}

/// All literals of a table.
#[derive(Debug)]
pub(super) struct Literals {
    words: Vec<Box<[u8]>>,
    eights: Grams,
    fours: Grams,
    /// Those of less than four bytes.
    short: Vec<u32>,
}

/// How often each gram occurs among literals and examples, by a short hash.
struct Frequencies(Vec<u32>);

impl Frequencies {
    const SHIFT: u32 = 64 - 16;

    fn count(&mut self, text: &[u8], width: usize) {
        for window in text.windows(width) {
            self.0[(spread(packed(window)) >> Self::SHIFT) as usize] += 1;
        }
    }

    fn of(&self, gram: u64) -> u32 {
        self.0[(spread(gram) >> Self::SHIFT) as usize]
    }
}

/// Up to eight bytes as a number.
fn packed(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |gram, byte| gram << 8 | u64::from(*byte))
}

impl Literals {
    /// `words` are numbered as they come; `samples` are texts as they will be met.
    pub(super) fn new(words: Vec<Box<[u8]>>, samples: &[String]) -> Literals {
        let mut frequencies = Frequencies(vec![0; 1 << 16]);
        for width in [4, 8] {
            let of_width = words.iter().filter(|word| (word.len() >= 8) == (width == 8));
            of_width.for_each(|word| frequencies.count(word, width));
            // What stands in real replies weighs more than what stands in other literals.
            samples.iter().for_each(|text| (0..4).for_each(|_| frequencies.count(text.as_bytes(), width)));
        }
        let (mut eights, mut fours, mut short) = (Vec::new(), Vec::new(), Vec::new());
        for (number, word) in words.iter().enumerate() {
            let literal = number as u32;
            let width = match word.len() {
                0..4 => {
                    short.push(literal);
                    continue;
                }
                4..8 => 4,
                _ => 8,
            };
            let grams = word.windows(width).map(packed).enumerate();
            let Some((offset, gram)) = grams.min_by_key(|(_, gram)| frequencies.of(*gram)) else { continue };
            let entry = Entry { gram, literal, offset: offset as u32 };
            if width == 8 { eights.push(entry) } else { fours.push(entry) }
        }
        Literals { words, eights: Grams::new(eights), fours: Grams::new(fours), short }
    }

    /// Calls `found` with each literal that the text holds and its place, for every place where it is.
    ///
    /// `text` ends in seven bytes that belong to no text, so that each place has eight bytes.
    pub(super) fn each(&self, padded: &[u8], mut found: impl FnMut(u32, usize)) {
        let text = &padded[..padded.len().saturating_sub(PADDING.len())];
        let mut hit = |entry: &Entry, at: usize| {
            let word = &*self.words[entry.literal as usize];
            let Some(start) = at.checked_sub(entry.offset as usize) else { return };
            if text.get(start..start + word.len()) == Some(word) {
                found(entry.literal, start);
            }
        };
        self.eights.each(padded, u64::MAX, &mut hit);
        self.fours.each(padded, 0xFFFF_FFFF, &mut hit);
        for literal in &self.short {
            let word = &self.words[*literal as usize];
            for place in memchr::memmem::find_iter(text, word) {
                found(*literal, place);
            }
        }
    }
}

/// What stands behind a text for [`Literals::each`]: no text holds it.
pub(crate) const PADDING: &str = "\0\0\0\0\0\0\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_literal_wherever_it_stands() {
        let words =
            ["full", "mailbox", "mailbox full", "no such user", "x1", "r", "überlauf", "quota exceeded", "quot"];
        let literals = Literals::new(words.iter().map(|w| w.as_bytes().into()).collect(), &[]);
        let texts = [
            "mailbox full",
            "the mailbox is full",
            "x",
            "x1",
            "",
            "no such user: quota exceeded",
            "überlauf",
            "fullfull",
        ];
        for text in texts {
            let mut padded = text.as_bytes().to_vec();
            padded.extend_from_slice(PADDING.as_bytes());
            let mut found = Vec::new();
            literals.each(&padded, |literal, at| found.push((literal, at)));
            found.sort_unstable();
            let mut expected = Vec::new();
            for (number, word) in words.iter().enumerate() {
                expected.extend(text.match_indices(word).map(|(at, _)| (number as u32, at)));
            }
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
