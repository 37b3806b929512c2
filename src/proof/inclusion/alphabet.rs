//! The characters that a search reads: of those that no pattern tells apart, one.

use super::automaton::{Automaton, Label, Side};
use crate::reply::{ADDRESS, fold};

/// ASCII as folded texts have it, what is plainest first: it is what stands for others.
const ASCII: &str = " xzqkvjwybcdfghlmnprstaeiou0123456789-,.:;/()[]<>=\"'_+!?#$%&*\\^`{|}~@";

/// Characters that are not ASCII, one line for each kind: how patterns that do not name a character tell it from
/// others is by its kind alone. There is more than one of each, as patterns may name some.
const KINDS: &[&str] = &[
    // Letters and digits of scripts that write blanks, of two, three and four bytes.
    "éßñæøжα",
    "ếạệაბᐊ",
    "𐀀𐀁𒀀𖠀𐰍",
    "٠٢٤۰۲߀",
    "०६௦೫၅",
    "𐒠𑄸𖩤𞥒",
    // Of scripts that write none: of three bytes and of four.
    "量容中한のก",
    "๐๑๒๓",
    "⺏⻌⻠",
    "𛀀𡖽𢊦𥩸",
    "\u{2B73A}\u{32505}\u{32AA1}",
    "\u{1B127}\u{34912}\u{3C918}",
    // All others; those of the second line are of words to expressions.
    "¡¿§¬",
    "‿⁀⁔",
    "€•→─█",
    "😀😁🚀\u{1000C}",
    // Letters and digits again, that expressions do not count among words.
    "፰༬➁⓭",
    "\u{5C8}\u{5C9}",
    "𐄇𐌡𝋏",
];

/// Whether a folded text may hold a character at all.
pub(super) fn is_possible(c: char) -> bool {
    if c.is_ascii() {
        return c == ADDRESS || c == ' ' || (c.is_ascii_graphic() && !c.is_ascii_uppercase());
    }
    let (mut own, mut folded) = ([0; 4], String::new());
    let own = c.encode_utf8(&mut own);
    fold(own, &mut folded);
    folded == *own
}

/// A character that stands for all that no pattern at hand tells from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    pub(super) character: char,
    pub(super) side: Side,
}

/// The characters of a search, and which labels hold for them.
pub(super) struct Alphabet {
    symbols: Vec<Symbol>,
    /// For each automaton, label by label, each with a place for every symbol.
    holds: Vec<Vec<bool>>,
}

impl Alphabet {
    /// The alphabet of some automata; none where all that is known of a kind is named.
    pub(super) fn new(automata: &[&Automaton]) -> Option<Alphabet> {
        let labels = || automata.iter().flat_map(|automaton| automaton.labels());
        let mut named: Vec<char> =
            labels().filter_map(|label| if let Label::One(c) = label { Some(*c) } else { None }).collect();
        named.sort_unstable();
        named.dedup();
        let is_named = |c: &char| named.binary_search(c).is_ok();
        let mut odd: Vec<char> = automata.iter().flat_map(|automaton| automaton.odd()).copied().collect();
        odd.sort_unstable();
        odd.dedup();
        let common = KINDS.iter().map(|kind| kind.chars().find(|c| !is_named(c) && odd.binary_search(c).is_err()));
        let common = common.collect::<Option<Vec<char>>>()?;
        let ascii = || ASCII.chars().chain([ADDRESS]);
        let beyond = named.iter().chain(&odd).copied().filter(|c| !c.is_ascii() && is_possible(*c)).chain(common);

        let with_words = automata.iter().any(|automaton| automaton.asks_words());
        let counts_letters = automata.iter().any(|automaton| automaton.counts_letters());
        let mut classes: Vec<&Label> = Vec::new();
        for label in labels().filter(|label| !matches!(label, Label::One(_))) {
            if !classes.contains(&label) {
                classes.push(label);
            }
        }
        // Named characters stand for themselves, all others for those that are alike.
        let mut symbols: Vec<Symbol> = Vec::new();
        let mut likes: Vec<(Vec<bool>, Side, usize)> = Vec::new();
        for character in ascii().chain(beyond) {
            let side = Side::of(character, with_words);
            if !is_named(&character) {
                let bytes = if counts_letters { character.len_utf8() } else { 0 };
                let like = (classes.iter().map(|label| label.holds(character)).collect(), side, bytes);
                if likes.contains(&like) {
                    continue;
                }
                likes.push(like);
            } else if symbols.iter().any(|symbol| symbol.character == character) {
                continue;
            }
            symbols.push(Symbol { character, side });
        }
        let holds = |label: &Label| symbols.iter().map(|symbol| label.holds(symbol.character)).collect::<Vec<_>>();
        let holds = automata.iter().map(|automaton| automaton.labels().iter().flat_map(holds).collect()).collect();
        Some(Alphabet { symbols, holds })
    }

    pub(super) fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// Whether a label of an automaton holds for a symbol, all by their numbers.
    pub(super) fn holds(&self, automaton: usize, label: u16, symbol: usize) -> bool {
        self.holds[automaton][usize::from(label) * self.symbols.len() + symbol]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::is_letter;
    use std::collections::HashSet;
    use unicode_normalization::UnicodeNormalization;

    /// All that patterns tell a character by unless they name it.
    fn kind(c: char, digit: &regex::Regex) -> (Side, bool, bool, usize) {
        (Side::of(c, true), is_letter(c), digit.is_match(c.encode_utf8(&mut [0; 4])), c.len_utf8())
    }

    #[test]
    fn every_kind_of_character_has_some() {
        let digit = regex::Regex::new(r"^\d$").expect("an expression");
        let mut known = HashSet::new();
        for line in KINDS {
            let kinds: HashSet<_> = line.chars().map(|c| kind(c, &digit)).collect();
            assert_eq!(kinds.len(), 1, "{line} is of one kind");
            assert!(known.is_disjoint(&kinds), "{line} is of a kind of its own");
            assert!(line.chars().all(is_possible), "texts may hold {line}");
            known.extend(kinds);
        }
        for c in ('\u{80}'..=char::MAX).filter(|c| is_possible(*c)) {
            assert!(known.contains(&kind(c, &digit)), "U+{:04X} is of no kind that is known", c as u32);
        }
        let ascii: HashSet<char> = ('\0'..='\x7F').filter(|c| is_possible(*c)).collect();
        assert_eq!(ASCII.chars().chain([ADDRESS]).collect::<HashSet<_>>(), ascii);
    }

    #[test]
    fn what_is_not_possible_never_comes_of_folding() {
        let mut folded = String::new();
        for c in '\0'..=char::MAX {
            let (whole, apart, capital) = (c.to_string(), c.nfd().collect::<String>(), c.to_uppercase().collect());
            let others = [apart, capital].into_iter().filter(|other| *other != whole);
            for raw in others.chain([whole.clone()]) {
                fold(&raw, &mut folded);
                let odd = folded.chars().find(|c| !is_possible(*c));
                assert_eq!(odd, None, "U+{:04X} becomes {folded:?}", c as u32);
            }
        }
    }
}
