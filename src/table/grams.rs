//! Which literals may occur in a text: one pass over its bytes, whatever the number of literals.
//!
//! Every literal is known by grams of it: eight bytes, or four where it is shorter. The bytes that begin at
//! a place of the text are hashed, and a bit tells whether any literal has such a gram; only then is its bucket
//! looked at. Every place stands for itself, so nothing waits for the place before, and what is never in
//! the text costs nothing. Of a literal's grams those are taken that are rarest among all literals and examples,
//! so that a bit that is set seldom misleads.
//!
//! A literal that is long enough is known by as many grams side by side as the index has a stride, so that one
//! of them stands at a place that the stride hits, wherever the literal begins. The longer the stride, the fewer
//! places are looked at, and the fuller are the bits.

/// What is known by a gram: a literal, and where in it the gram stands.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The gram; four bytes fill the lower half.
    gram: u64,
    /// The literal's number.
    literal: u32,
    /// Where in the literal the gram begins.
    offset: u16,
    hint: Hint,
}

/// Whom a literal may concern, in two bytes: what it refuses is refused beside the gram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint {
    /// Some bits for the classes of reply codes.
    pub(super) codes: u8,
    /// A number for the profile, which others may share; nought is for all.
    pub(super) profile: u8,
}

impl Hint {
    /// Whether a literal may concern a reply with that hint, whose profile may have parents.
    #[inline]
    fn admits(self, reply: Hint, any_profile: bool) -> bool {
        let profile = (self.profile == 0) | (self.profile == reply.profile) | any_profile;
        (self.codes & reply.codes != 0) & profile
    }
}

/// What is looked for in a text.
#[derive(Clone, Copy)]
pub(super) struct Search<'t> {
    /// The text, and behind it [`PADDING`], so that each place has eight bytes.
    pub(super) padded: &'t [u8],
    pub(super) hint: Hint,
    /// Whether literals of all profiles may concern the reply.
    pub(super) any_profile: bool,
}

/// Bits that say whether a hash occurs: few enough to stay in the first cache for most rule sets, more for
/// the larger. Their number is part of the type, so that no place of a text pays for a check of it.
#[derive(Debug)]
enum Bits {
    Few(Box<[u64; Bits::FEW]>),
    More(Box<[u64; Bits::MORE]>),
    Many(Box<[u64; Bits::MANY]>),
}

impl Bits {
    /// 8 KiB.
    const FEW: usize = 1 << 10;
    /// 64 KiB.
    const MORE: usize = 1 << 13;
    /// 512 KiB.
    const MANY: usize = 1 << 16;

    fn new(entries: &[Entry]) -> Bits {
        // Beyond a bit in sixteen too many places of a text would mislead.
        match entries.len() * 16 / 64 {
            words if words <= Bits::FEW => Bits::Few(filled(entries)),
            words if words <= Bits::MORE => Bits::More(filled(entries)),
            _ => Bits::Many(filled(entries)),
        }
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

/// The grams of one width and stride, by hash.
#[derive(Debug)]
struct Grams {
    width: usize,
    stride: usize,
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

/// Called with a literal whose gram stands in the text, and where it would begin.
type Hit<'h> = dyn FnMut(u32, usize) + 'h;

impl Grams {
    fn new(width: usize, stride: usize, mut entries: Vec<Entry>) -> Grams {
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
        Grams { width, stride, bits: Bits::new(&entries), starts, starts_shift, entries }
    }

    fn each(&self, search: Search<'_>, hit: &mut Hit<'_>) {
        match &self.bits {
            _ if self.entries.is_empty() => {}
            Bits::Few(bits) => self.stride(search, bits, hit),
            Bits::More(bits) => self.stride(search, bits, hit),
            Bits::Many(bits) => self.stride(search, bits, hit),
        }
    }

    fn stride<const N: usize>(&self, search: Search<'_>, bits: &[u64; N], hit: &mut Hit<'_>) {
        match self.stride {
            2 => self.scan::<N, 2>(search, bits, hit),
            _ => self.scan::<N, 1>(search, bits, hit),
        }
    }

    #[inline]
    fn scan<const N: usize, const S: usize>(&self, search: Search<'_>, bits: &[u64; N], hit: &mut Hit<'_>) {
        let mask = u64::MAX >> (64 - 8 * self.width);
        let mut at = 0;
        while let Some(window) = search.padded.get(at..at + 8) {
            let gram = <[u8; 8]>::try_from(window).map_or(0, u64::from_le_bytes) & mask;
            let hash = spread(gram);
            let (word, bit) = place::<N>(hash);
            if bits[word] & bit != 0 {
                self.look(gram, hash, at, search, hit);
            }
            at += S;
        }
    }

    /// Looks into the bucket of a hash that may occur.
    #[inline(never)]
    fn look(&self, gram: u64, hash: u64, at: usize, search: Search<'_>, hit: &mut Hit<'_>) {
        let bucket = (hash >> self.starts_shift) as usize;
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        for entry in entries {
            if (entry.gram == gram) & entry.hint.admits(search.hint, search.any_profile)
                && let Some(start) = at.checked_sub(entry.offset as usize)
            {
                hit(entry.literal, start);
            }
        }
    }
}

/// The widths and strides of the grams; a literal is known by the first for which it is long enough. A longer stride
/// would find fewer grams that are rare, and what misleads costs more than what is looked at.
const KINDS: [(usize, usize); 3] = [(8, 2), (4, 2), (4, 1)];

/// The grams of all literals of a table.
#[derive(Debug)]
pub(super) struct Index {
    grams: Vec<Grams>,
    /// Those of less than four bytes.
    short: Vec<(u32, Box<[u8]>)>,
}

/// How often each gram occurs among literals and examples, by a short hash.
struct Frequencies(Vec<u32>);

impl Frequencies {
    const SHIFT: u32 = 64 - 16;

    fn count(&mut self, text: &[u8], width: usize, weight: u32) {
        for window in text.windows(width) {
            self.0[(spread(packed(window)) >> Self::SHIFT) as usize] += weight;
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

impl Index {
    /// `literals` are numbered as they come, and each has its hint; `samples` calls back with texts as they will be met.
    pub(super) fn new(literals: &[(&str, Hint)], samples: impl Fn(&mut dyn FnMut(&str))) -> Index {
        let mut frequencies = Frequencies(vec![0; 1 << 16]);
        for (literal, _) in literals {
            for width in [4, 8] {
                frequencies.count(literal.as_bytes(), width, 1);
            }
        }
        // What stands in real replies weighs more than what stands in other literals.
        samples(&mut |text| [4, 8].iter().for_each(|width| frequencies.count(text.as_bytes(), *width, 4)));
        let mut entries: Vec<Vec<Entry>> = vec![Vec::new(); KINDS.len()];
        let mut short = Vec::new();
        for (number, (literal, hint)) in literals.iter().enumerate() {
            let (number, literal) = (number as u32, literal.as_bytes());
            match KINDS.iter().position(|(width, stride)| literal.len() >= width + stride - 1) {
                Some(kind) => {
                    let (width, stride) = KINDS[kind];
                    // A phrase has at most some hundreds of bytes.
                    let grams: Vec<u64> = literal.windows(width).take(usize::from(u16::MAX)).map(packed).collect();
                    let cost = |start: &usize| -> u64 {
                        grams[*start..start + stride].iter().map(|gram| u64::from(frequencies.of(*gram))).sum()
                    };
                    let start = (0..=grams.len() - stride).min_by_key(cost).unwrap_or(0);
                    let side_by_side = (start..start + stride).map(|offset| Entry {
                        gram: grams[offset],
                        literal: number,
                        offset: offset as u16,
                        hint: *hint,
                    });
                    entries[kind].extend(side_by_side);
                }
                None => short.push((number, literal.into())),
            }
        }
        let grams = KINDS.iter().zip(entries).map(|((width, stride), entries)| Grams::new(*width, *stride, entries));
        Index { grams: grams.filter(|grams| !grams.entries.is_empty()).collect(), short }
    }

    /// Calls `hit` with each literal that may stand in the text and may concern the reply, and where: it may be another
    /// one that has the same gram. Every place where one stands is told.
    #[inline]
    pub(super) fn each(&self, search: Search<'_>, mut hit: impl FnMut(u32, usize)) {
        for grams in &self.grams {
            grams.each(search, &mut hit);
        }
        for (literal, bytes) in &self.short {
            let places = memchr::memchr_iter(bytes[0], search.padded);
            for place in places.filter(|place| search.padded[*place..].starts_with(bytes)) {
                hit(*literal, place);
            }
        }
    }
}

/// What stands behind a text for [`Index::each`]: no text holds it.
pub(crate) const PADDING: [u8; 7] = [0; 7];
