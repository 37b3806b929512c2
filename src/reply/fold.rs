//! The one form in which texts and phrases are compared.
//!
//! Folding: NFKC, lower case, typographic quotes and dashes made plain, format characters out,
//! runs of blanks and control characters to one blank, at most [`TEXT_LIMIT`] bytes. Accents stay.
//! `local@domain` becomes the one character [`ADDRESS`], so that an address never looks like a phrase.

use super::address::{address_around, each_address};
use super::ascii::{fold_ascii, is_odd};
use super::character::{Alone, alone, normalised};
use std::ops::Range;

/// What stands for an address in a folded text; it is no letter, digit or blank, and no text holds it otherwise.
pub const ADDRESS: char = '\u{1}';

/// The longest folded text, in bytes; what is beyond is not looked at.
pub const TEXT_LIMIT: usize = 4096;

/// How far folding reads before addresses are taken out and the text is cut.
const READ_LIMIT: usize = 2 * TEXT_LIMIT;

/// How many characters that are not ASCII are normalised together; one may become eighteen.
const RUN_LIMIT: usize = 1024;

/// A folded text that knows where its characters came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For every byte of `text`, the bytes of the original that its character came from.
    origin: Vec<Range<u32>>,
}

impl Folded {
    /// Folds `raw` and keeps where everything came from.
    ///
    /// ```
    /// use carom::reply::Folded;
    /// let folded = Folded::new("Mailbox  “FULL” <Ann@Example.com>");
    /// assert_eq!(folded.text(), "mailbox \"full\" <\u{1}>");
    /// assert_eq!(&"Mailbox  “FULL” <Ann@Example.com>"[folded.original(16..17)], "Ann@Example.com");
    /// ```
    pub fn new(raw: &str) -> Folded {
        let most = raw.len().min(READ_LIMIT);
        let mut folded = Folded { text: String::with_capacity(most), origin: Vec::with_capacity(most) };
        let cut = fold_characters(raw, &mut folded);
        let addresses = addresses(&folded.text, cut);
        if !addresses.is_empty() {
            let mut text = String::with_capacity(folded.text.len());
            let mut origin = Vec::with_capacity(folded.text.len());
            let mut at = 0;
            for range in addresses {
                text.push_str(&folded.text[at..range.start]);
                origin.extend_from_slice(&folded.origin[at..range.start]);
                text.push(ADDRESS);
                origin.push(folded.origin[range.start].start..folded.origin[range.end - 1].end);
                at = range.end;
            }
            text.push_str(&folded.text[at..]);
            origin.extend_from_slice(&folded.origin[at..]);
            folded = Folded { text, origin };
        }
        cut_to_limit(&mut folded.text);
        folded.origin.truncate(folded.text.len());
        folded
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that a non-empty range of the folded text came from.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        match (self.origin.get(range.start), range.end.checked_sub(1).and_then(|last| self.origin.get(last))) {
            (Some(first), Some(last)) if range.start < range.end => {
                let (start, end) = (first.start.min(last.start), first.end.max(last.end));
                start as usize..end as usize
            }
            _ => 0..0,
        }
    }
}

/// Folds `raw` into `out`, which is emptied first.
///
/// ```
/// let mut out = String::new();
/// carom::reply::fold("Boîte  du DESTINATAIRE – pleine", &mut out);
/// assert_eq!(out, "boîte du destinataire - pleine");
/// ```
pub fn fold(raw: &str, out: &mut String) {
    let mut bytes = std::mem::take(out).into_bytes();
    let length = fold_ascii(raw.as_bytes(), &mut bytes);
    bytes.truncate(length.unwrap_or(0));
    // What is not ASCII is not in there.
    *out = String::from_utf8(bytes).unwrap_or_default();
    if length.is_none() {
        fold_any(raw, out);
    }
}

/// Folds a text whatever it holds; [`fold`] asks first whether it is all ASCII.
pub(crate) fn fold_any(raw: &str, out: &mut String) {
    out.clear();
    let cut = fold_characters(raw, out);
    let mut mark = [0; 4];
    let mark: &str = ADDRESS.encode_utf8(&mut mark);
    let (mut done, mut next) = (0, 0);
    while let Some(found) = memchr::memchr(b'@', &out.as_bytes()[next..]) {
        next += found;
        match address_around(out, next, done) {
            Some(range) => {
                done = range.start + mark.len();
                next = done;
                out.replace_range(range, mark);
            }
            None => next += 1,
        }
    }
    if let Some(tail) = tail_of_cut(out, done, cut) {
        out.replace_range(tail, mark);
    }
    cut_to_limit(out);
}

fn cut_to_limit(text: &mut String) {
    if text.len() > TEXT_LIMIT {
        let end = (0..=TEXT_LIMIT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        let kept = text.trim_end_matches(' ').len();
        text.truncate(kept);
    }
}

/// Where folded characters go, with the bytes of the original that each came from.
trait Sink {
    /// Whether it asks where characters came from; finding that out costs more than folding.
    const KEEPS_PLACES: bool;
    fn push(&mut self, folded: char, from: Range<usize>);
    /// Folds what is ASCII and stands at `at`.
    fn push_ascii(&mut self, stretch: &str, at: usize) {
        self.push_bytes(stretch, at);
    }
    /// Folds it byte by byte.
    fn push_bytes(&mut self, stretch: &str, at: usize) {
        for (byte, at) in stretch.bytes().zip(at..) {
            let folded = if byte.is_ascii_graphic() { byte.to_ascii_lowercase() } else { b' ' };
            self.push_any(folded as char, at..at + 1);
        }
    }
    /// A character, or a blank where none stands yet.
    #[inline]
    fn push_any(&mut self, folded: char, from: Range<usize>) {
        if folded != ' ' || !(self.text().is_empty() || self.text().ends_with(' ')) {
            self.push(folded, from);
        }
    }
    fn text(&self) -> &str;
    fn drop_last_blank(&mut self);
}

impl Sink for String {
    const KEEPS_PLACES: bool = false;

    fn push(&mut self, folded: char, _: Range<usize>) {
        String::push(self, folded);
    }

    /// All at once, where a blank at its beginning is all that may be too much.
    fn push_ascii(&mut self, stretch: &str, at: usize) {
        if !is_tidy(stretch.as_bytes()) {
            return self.push_bytes(stretch, at);
        }
        let doubled = stretch.starts_with(' ') && (self.is_empty() || self.ends_with(' '));
        let from = self.len();
        self.push_str(&stretch[usize::from(doubled)..]);
        self[from..].make_ascii_lowercase();
    }

    fn text(&self) -> &str {
        self
    }

    fn drop_last_blank(&mut self) {
        if self.ends_with(' ') {
            self.pop();
        }
    }
}

impl Sink for Folded {
    const KEEPS_PLACES: bool = true;

    fn push(&mut self, folded: char, from: Range<usize>) {
        self.text.push(folded);
        self.origin.resize(self.text.len(), from.start as u32..from.end as u32);
    }

    fn push_ascii(&mut self, stretch: &str, at: usize) {
        if !is_tidy(stretch.as_bytes()) {
            return self.push_bytes(stretch, at);
        }
        let doubled = usize::from(stretch.starts_with(' ') && (self.text.is_empty() || self.text.ends_with(' ')));
        self.text.push_ascii(&stretch[doubled..], at);
        self.origin.extend((at + doubled..at + stretch.len()).map(|at| at as u32..at as u32 + 1));
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn drop_last_blank(&mut self) {
        if self.text.ends_with(' ') {
            self.text.pop();
            self.origin.pop();
        }
    }
}

/// Whether visible characters and single blanks are all it holds.
fn is_tidy(ascii: &[u8]) -> bool {
    // Without a branch a byte, so that many are looked at together.
    let nexts = ascii.get(1..).unwrap_or_default();
    let odd = ascii.iter().zip(nexts).fold(0, |odd, (byte, next)| odd | is_odd(*byte, *next));
    odd | ascii.last().map_or(0, |last| is_odd(*last, b'.')) == 0
}

/// All of folding but the addresses; tells whether the text was cut before its end.
fn fold_characters(raw: &str, sink: &mut impl Sink) -> bool {
    let bytes = raw.as_bytes();
    let mut at = 0;
    let mut cut = false;
    while at < bytes.len() {
        let room = READ_LIMIT.saturating_sub(sink.text().len());
        if room == 0 {
            cut = true;
            break;
        }
        let ascii = ascii_length(&bytes[at..bytes.len().min(at + room)]);
        // What is not ASCII may join the character before it.
        let joined = bytes.get(at + ascii).is_some_and(|byte| !byte.is_ascii());
        let end = at + if joined { ascii.saturating_sub(1) } else { ascii };
        if end > at {
            sink.push_ascii(&raw[at..end], at);
            at = end;
        } else {
            at = fold_run(raw, at, sink);
        }
    }
    sink.drop_last_blank();
    cut
}

/// How many bytes at the beginning are ASCII; eight are looked at together.
fn ascii_length(bytes: &[u8]) -> usize {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let high = u64::from_le_bytes(*word) & HIGH;
        if high != 0 {
            return n * 8 + high.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

/// Folds the character at `start` and those behind it that are not ASCII; tells where the run ends.
///
/// Marks join what they follow, so what is [`Alone::Unclear`] is normalised together with the character before it; all
/// others are known each by itself.
fn fold_run<S: Sink>(raw: &str, start: usize, sink: &mut S) -> usize {
    let mut characters = raw[start..].char_indices().map(|(at, c)| (start + at, c));
    let Some((mut piece, first)) = characters.next() else { return start };
    let mut known = alone(first);
    let mut end = start + first.len_utf8();
    // A run is bounded so that a text of one script costs no more than its folded length allows.
    for (at, c) in characters.take(RUN_LIMIT).take_while(|(_, c)| !c.is_ascii()) {
        end = at + c.len_utf8();
        match alone(c) {
            Alone::Nothing => {}
            Alone::Unclear => known = Alone::Unclear,
            next => {
                fold_piece(raw, piece..at, known, sink);
                (piece, known) = (at, next);
            }
        }
    }
    fold_piece(raw, piece..end, known, sink);
    end
}

/// Folds characters that stand together, of which the first is known to be the only one that counts, or none is.
#[inline]
fn fold_piece<S: Sink>(raw: &str, piece: Range<usize>, known: Alone, sink: &mut S) {
    let first = || match raw[piece.start..].chars().next() {
        Some(c) if S::KEEPS_PLACES => piece.start..piece.start + c.len_utf8(),
        _ => 0..0,
    };
    match known {
        Alone::One(c) => sink.push_any(c, first()),
        Alone::Several(several) => several.chars().for_each(|c| sink.push_any(c, first())),
        Alone::Nothing => {}
        Alone::Unclear if S::KEEPS_PLACES => fold_placed(&raw[piece.clone()], piece.start, sink),
        Alone::Unclear => normalised(&raw[piece]).for_each(|c| sink.push_any(c, 0..0)),
    }
}

/// Folds the general way and finds out where everything came from.
fn fold_placed(piece: &str, offset: usize, sink: &mut impl Sink) {
    let whole: String = normalised(piece).collect();
    // Where every character folds alone as it does among its neighbours, each keeps its own place.
    let mut places = Vec::with_capacity(whole.len());
    let mut apart = String::with_capacity(whole.len());
    let mut buffer = [0; 4];
    for (at, c) in piece.char_indices() {
        for folded in normalised(c.encode_utf8(&mut buffer)) {
            apart.push(folded);
            places.push(offset + at..offset + at + c.len_utf8());
        }
    }
    let is_apart = apart == whole;
    for (n, c) in whole.chars().enumerate() {
        let from = if is_apart { places[n].clone() } else { offset..offset + piece.len() };
        sink.push_any(c, from);
    }
}

/// Where addresses stand in a folded text. If it was cut, what may be the start of one at its end counts as one.
fn addresses(text: &str, cut: bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = each_address(text).collect();
    let done = found.last().map_or(0, |last| last.end);
    found.extend(tail_of_cut(text, done, cut));
    found
}

/// What may be the start of an address at the end of a text that was cut; addresses end at `done`.
fn tail_of_cut(text: &str, done: usize, cut: bool) -> Option<Range<usize>> {
    let tail = text[done..].rfind(' ').map_or(done, |blank| done + blank + 1);
    (cut && tail < text.len()).then_some(tail..text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(raw: &str) -> String {
        let mut out = String::new();
        fold(raw, &mut out);
        assert_eq!(out, Folded::new(raw).text(), "both ways of folding agree on {raw:?}");
        let mut any = String::new();
        fold_any(raw, &mut any);
        assert_eq!(out, any, "the short way of folding agrees on {raw:?}");
        out
    }

    #[test]
    fn folds_as_the_reference_says() {
        let cases = [
            ("  Mailbox\t\r\n FULL ", "mailbox full"),
            ("ＦＵＬＬ ﬁle", "full file"),
            ("l’adresse — “x” «y»", "l'adresse - \"x\" \"y\""),
            ("zero\u{200B}width \u{202E}bidi", "zerowidth bidi"),
            ("nul\0nul\u{1}x\u{7F}", "nul nul x"),
            ("E\u{301}tat É", "état é"),
            ("J\u{30C}", "ǰ"),
            ("İ", "i\u{307}"),
            ("ΟΔΟΣ οδός", "οδοσ οδόσ"),
            ("recipient´s", "recipient's"),
            ("to <Over.Quota@Full.example>: no", "to <\u{1}>: no"),
            ("a@b@c.example x", "\u{1} x"),
            ("\"mailbox full\"@x.example", "\u{1}"),
            ("user@[192.0.2.1]. Gone", "\u{1}. gone"),
            ("me @ home and @nobody user@ x", "me @ home and @nobody user@ x"),
            ("'x@y.example'", "'\u{1}'"),
            ("x@y.example...User unknown", "\u{1}...user unknown"),
            (
                "a@b.example,c@d.example: .e@f.example.; g@[IPv6:::1] \"h i\"@j @k l@",
                "\u{1},\u{1}: .\u{1}.; \u{1} \u{1} @k l@",
            ),
            (" Two  blanks\tand an A@B.example  ", "two blanks and an \u{1}"),
            ("Thirty-two bytes are one block.. ", "thirty-two bytes are one block.."),
            ("Thirty-two bytes are one block  .", "thirty-two bytes are one block ."),
            ("ｕｓｅｒ＠ｘ．example", "\u{1}"),
        ];
        for (raw, expected) in cases {
            assert_eq!(folded(raw), expected, "{raw:?}");
        }
    }

    /// Texts of many scripts, with what joins, what vanishes, and addresses.
    fn texts() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            3 => "[ -~]{1,12}",
            1 => "[ \\t\\r\\n\\u{0}-\\u{20}\\u{7F}-\\u{A0}\\u{3000}]{1,3}",
            3 => "[\\u{80}-\\u{FF}]{1,8}",
            2 => "[\\u{100}-\\u{600}]{1,6}",
            1 => "[\\u{300}-\\u{36F}\\u{3099}-\\u{309C}\\u{1160}-\\u{11FF}\\u{E30}-\\u{E4F}]{1,3}",
            1 => "[\\u{AD}\\u{200B}-\\u{200F}\\u{202A}-\\u{202E}\\u{FEFF}\\u{FE00}-\\u{FE0F}]{1,2}",
            1 => "[\\u{1E00}-\\u{2100}\\u{3000}-\\u{3400}]{1,6}",
            1 => "[\\u{AC00}-\\u{D7A3}\\u{4E00}-\\u{4FFF}\\u{F900}-\\u{FFFF}]{1,6}",
            1 => "\\PC{1,4}",
            2 => "[\"'<a-zéǆ´.]{0,3}@[a-z.éа\\[-]{1,8}[>;\" ]",
        ];
        proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_way_of_folding_agrees(raw in texts()) {
            let mut quick = String::new();
            fold_characters(&raw, &mut quick);
            let mut general = String::new();
            normalised(&raw).for_each(|c| general.push_any(c, 0..0));
            general.drop_last_blank();
            prop_assert_eq!(quick, general, "known characters fold as the general way says");
            folded(&raw);
        }

        #[test]
        fn ascii_folds_by_blocks_as_byte_by_byte(
            raw in "([ -~]{0,40}( {1,2}|[\\t\\x00-\\x7F])[A-Z.'<]{0,8}@[a-z.-]{1,20}[> .]{1,2}){0,8}"
        ) {
            folded(&raw);
        }

        #[test]
        fn places_are_of_the_original(raw in texts()) {
            let whole = Folded::new(&raw);
            let mut before = 0;
            for (at, c) in whole.text().char_indices() {
                let place = whole.original(at..at + c.len_utf8());
                prop_assert!(raw.get(place.clone()).is_some_and(|part| !part.is_empty()), "{:?}", place);
                prop_assert!(place.start >= before, "places stand in order");
                before = place.start;
            }
        }
    }

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        for before in (0..140).chain(TEXT_LIMIT - 80..TEXT_LIMIT) {
            let raw = format!("{} a@b.example", "x".repeat(before));
            let is_kept = before > 0 && before + 2 <= TEXT_LIMIT;
            assert_eq!(folded(&raw).ends_with("x \u{1}"), is_kept, "{before}");
        }
    }

    #[test]
    fn is_bounded_and_leaves_no_half_address() {
        let long = "x".repeat(100_000);
        assert!(folded(&long).len() <= TEXT_LIMIT);
        let many = "over.quota@mailbox.full ".repeat(5_000);
        assert!(!folded(&many).contains("quota"), "a cut address is still an address");
        assert!(folded(&"é".repeat(100_000)).len() <= TEXT_LIMIT);
    }
}
