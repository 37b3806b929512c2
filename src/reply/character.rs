//! What characters are, and how those fold that are not ASCII: the general way, and the short one for those that
//! most texts are of.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a character folds to where nothing behind it joins it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// One character.
    One(char),
    /// Several.
    Several(&'static str),
    /// Nothing: what stands before it and what stands behind it are neighbours.
    Nothing,
    /// Only the general way can tell, and it may join what stands before it.
    Unclear,
}

/// What is known of a character; all but [`Alone::Unclear`] is what the general way says, and such a character, if it
/// is not [`Alone::Nothing`], never joins what stands before it. The tests prove both for each.
#[inline]
pub(super) fn alone(c: char) -> Alone {
    let n = c as u32;
    match n {
        0..0x600 => match SHORT[n as usize] {
            UNCLEAR => Alone::Unclear,
            NOTHING => Alone::Nothing,
            several if several < ' ' as u16 => Alone::Several(SEVERAL[usize::from(several - FIRST)]),
            one => char::from_u32(u32::from(one)).map_or(Alone::Unclear, Alone::One),
        },
        // Thai letters, kana, Han, Hangul.
        0xE01..=0xE30 | 0x3001..=0x3029 | 0x3041..=0x3096 | 0x30A1..=0x30FE => Alone::One(c),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => Alone::One(c),
        // Latin letters of Vietnam and others, in pairs.
        0x1E00..=0x1E95 | 0x1EA0..=0x1EFF => char::from_u32(n | 1).map_or(Alone::Unclear, Alone::One),
        0x2010..=0x2015 => Alone::One('-'),
        0x2018..=0x201B => Alone::One('\''),
        0x201C..=0x201F => Alone::One('"'),
        0x2022 | 0x20AC => Alone::One(c),
        0x2026 => Alone::Several("..."),
        0x3000 => Alone::One(' '),
        0xFF01..=0xFF5E => Alone::One(((n - 0xFEE0) as u8).to_ascii_lowercase() as char),
        0x200B..=0x200F | 0xFEFF => Alone::Nothing,
        _ => Alone::Unclear,
    }
}

const UNCLEAR: u16 = 0;
const NOTHING: u16 = 1;
/// The first number that stands for one of [`SEVERAL`].
const FIRST: u16 = 2;
const SEVERAL: [&str; 6] = [" \u{308}", " \u{304}", " \u{327}", "1\u{2044}4", "1\u{2044}2", "3\u{2044}4"];

/// For each character up to U+05FF the one that it folds to, or a number below the blank's.
static SHORT: [u16; 0x600] = {
    let mut short = [UNCLEAR; 0x600];
    let mut n = 0;
    while n < short.len() {
        short[n] = short_of(n as u16);
        n += 1;
    }
    short
};

const fn short_of(n: u16) -> u16 {
    match n {
        0..0x80 if (n as u8).is_ascii_graphic() => (n as u8).to_ascii_lowercase() as u16,
        0..=0xA0 => ' ' as u16,
        0xA8 => FIRST,
        0xAA => 'a' as u16,
        0xAB | 0xBB => '"' as u16,
        0xAD => NOTHING,
        0xAF => FIRST + 1,
        0xB2..=0xB3 => n - 0xB2 + '2' as u16,
        0xB4 => '\'' as u16,
        0xB5 => 0x3BC,
        0xB8 => FIRST + 2,
        0xB9 => '1' as u16,
        0xBA => 'o' as u16,
        0xBC..=0xBE => n - 0xBC + FIRST + 3,
        0xC0..=0xD6 | 0xD8..=0xDE => n + 0x20,
        0xA1..=0xFF => n,
        // Latin letters in pairs, the capital at the even number, or at the odd one.
        0x100..=0x12F | 0x134..=0x137 | 0x14A..=0x177 => n | 1,
        0x139..=0x13E | 0x141..=0x148 | 0x179..=0x17E => n + n % 2,
        0x131 | 0x138 => n,
        0x178 => 0xFF,
        0x391..=0x3A1 | 0x3A3..=0x3AB => n + 0x20,
        0x3C2 => 0x3C3,
        0x386 => 0x3AC,
        0x388..=0x38A => n + 0x25,
        0x38C => 0x3CC,
        0x38E..=0x38F => n + 0x3F,
        0x390 | 0x3AC..=0x3CE => n,
        0x400..=0x40F => n + 0x50,
        0x410..=0x42F => n + 0x20,
        0x430..=0x45F => n,
        0x460..=0x481 | 0x48A..=0x4BF | 0x4D0..=0x52F => n | 1,
        // Hebrew letters.
        0x5D0..=0x5EA => n,
        _ => UNCLEAR,
    }
}

/// The general way: what characters that stand together fold to, whatever they are.
pub(super) fn normalised(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter(|c| !is_format(*c))
        // An acute accent that stands alone is an apostrophe; NFKC would take it apart.
        .map(|c| if c == '\u{B4}' { '\'' } else { c })
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfc()
        .map(plain)
}

/// Typographic quotes and dashes as ASCII has them; blanks and control characters as a blank.
fn plain(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2035}' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{2036}' | '\u{AB}' | '\u{BB}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' => '-',
        // The sigma at a word's end is the same letter.
        'ς' => 'σ',
        _ if c.is_whitespace() || c.is_control() => ' ',
        _ => c,
    }
}

/// Characters without a form of their own: general category Cf, and variation selectors.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}'
        | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0001}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether a character is part of a word: a letter, a digit, or a mark upon one. `_` is none.
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && (c.is_alphanumeric() || is_combining_mark(c)))
}

/// Whether a character belongs to a script that writes words without blanks: Han, kana, Hangul, Thai.
pub fn is_joined(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{E7F}' | '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}' | '\u{3007}'
        | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}' | '\u{3041}'..='\u{30FF}' | '\u{3130}'..='\u{318F}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    /// Whether a text that begins with this one, each character taken apart, can join nothing that stands before it.
    fn stands_apart(text: impl Iterator<Item = char>) -> bool {
        text.nfd()
            .next()
            .is_some_and(|c| canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
    }

    #[test]
    fn the_short_way_is_the_general_way() {
        let mut known = 0;
        for c in '\0'..=char::MAX {
            let general: String = normalised(c.encode_utf8(&mut [0; 4])).collect();
            let short = match alone(c) {
                Alone::One(one) => String::from(one),
                Alone::Several(several) => several.to_owned(),
                Alone::Nothing => {
                    assert!(is_format(c), "U+{:04X}", c as u32);
                    continue;
                }
                Alone::Unclear => continue,
            };
            known += 1;
            assert_eq!(short, general, "U+{:04X}", c as u32);
            // Neither as it is nor in lower case does it join what stands before it.
            let acute = if c == '\u{B4}' { '\'' } else { c };
            let whole: String = std::iter::once(acute).nfkc().collect();
            assert!(stands_apart(std::iter::once(acute).nfkd()), "U+{:04X}", c as u32);
            assert!(stands_apart(whole.chars().flat_map(char::to_lowercase)), "U+{:04X}", c as u32);
        }
        assert!(known > 40_000, "Han and Hangul are known");
    }
}
