//! The one form in which texts and phrases are compared.
//!
//! Folding: NFKC, lower case, typographic quotes and dashes made plain, format characters out,
//! runs of blanks and control characters to one blank, at most [`TEXT_LIMIT`] bytes. Accents stay.
//! `local@domain` becomes the one character [`ADDRESS`], so that an address never looks like a phrase.

use super::address::{address_around, each_address};
use super::ascii::fold_ascii;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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
        let mut folded = Folded::default();
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

/// Folds a text whatever it holds.
fn fold_any(raw: &str, out: &mut String) {
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
    fn text(&self) -> &str;
    fn drop_last_blank(&mut self);
}

impl Sink for String {
    const KEEPS_PLACES: bool = false;

    fn push(&mut self, folded: char, _: Range<usize>) {
        String::push(self, folded);
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

/// All of folding but the addresses; tells whether the text was cut before its end.
fn fold_characters(raw: &str, sink: &mut impl Sink) -> bool {
    let bytes = raw.as_bytes();
    let mut at = 0;
    let mut cut = false;
    while at < bytes.len() {
        if sink.text().len() >= READ_LIMIT {
            cut = true;
            break;
        }
        let alone = bytes.get(at + 1).is_none_or(u8::is_ascii);
        if bytes[at].is_ascii() && alone {
            let byte = bytes[at];
            if byte.is_ascii_graphic() {
                sink.push(byte.to_ascii_lowercase() as char, at..at + 1);
            } else {
                blank(sink, at..at + 1);
            }
            at += 1;
        } else {
            // A character and what is not ASCII after it are normalised together: marks join what they follow.
            let end = segment_end(raw, at);
            fold_segment(&raw[at..end], at, sink);
            at = end;
        }
    }
    sink.drop_last_blank();
    cut
}

fn blank(sink: &mut impl Sink, from: Range<usize>) {
    if !sink.text().is_empty() && !sink.text().ends_with(' ') {
        sink.push(' ', from);
    }
}

/// The end of the run of non-ASCII characters that begins at or right after `start`.
fn segment_end(raw: &str, start: usize) -> usize {
    let first = raw[start..].chars().next().map_or(1, char::len_utf8);
    let rest = &raw[start + first..];
    // A run is bounded so that a text of one script costs no more than its folded length allows.
    let end = rest.char_indices().enumerate().find(|(n, (_, c))| c.is_ascii() || *n == RUN_LIMIT);
    start + first + end.map_or(rest.len(), |(_, (at, _))| at)
}

fn fold_segment<S: Sink>(segment: &str, offset: usize, sink: &mut S) {
    if !S::KEEPS_PLACES {
        for c in normalised(segment) {
            if c == ' ' { blank(sink, 0..0) } else { sink.push(c, 0..0) }
        }
        return;
    }
    let whole: String = normalised(segment).collect();
    // Where every character folds alone as it does among its neighbours, each keeps its own place.
    let mut places = Vec::with_capacity(whole.len());
    let mut alone = String::with_capacity(whole.len());
    let mut buffer = [0; 4];
    for (at, c) in segment.char_indices() {
        for folded in normalised(c.encode_utf8(&mut buffer)) {
            alone.push(folded);
            places.push(offset + at..offset + at + c.len_utf8());
        }
    }
    let apart = alone == whole;
    for (n, c) in whole.chars().enumerate() {
        let from = if apart { places[n].clone() } else { offset..offset + segment.len() };
        if c == ' ' { blank(sink, from) } else { sink.push(c, from) }
    }
}

fn normalised(text: &str) -> impl Iterator<Item = char> + '_ {
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

    #[test]
    fn is_bounded_and_leaves_no_half_address() {
        let long = "x".repeat(100_000);
        assert!(folded(&long).len() <= TEXT_LIMIT);
        let many = "over.quota@mailbox.full ".repeat(5_000);
        assert!(!folded(&many).contains("quota"), "a cut address is still an address");
        assert!(folded(&"é".repeat(100_000)).len() <= TEXT_LIMIT);
    }
}
