//! A draft's examples: replies that came, without what belongs to somebody.

use super::forms::Form;
use super::mask::{Gap, mask};
use super::template::{Template, Token, tokens};
use crate::engine::Engine;
use crate::reply::{Folded, Reply, is_format};
use crate::ruleset::GapType;
use std::ops::Range;

/// A shorter text is tried first, so that examples can be read.
const SHORT: usize = 160;

/// What stands for an id, as far as it is as long.
const ID: &str = "1a2b3c4d5e6f";

/// What a reply may be shown as, the shortest first: as an example has it, without quotes or escapes. `asked` are the
/// template's tokens as a draft asks for them.
pub(super) fn shown(engine: &Engine, form: &Form, reply: &Reply, template: &Template, asked: &[Token]) -> Vec<String> {
    let original = engine.decode(reply, form.key.profile);
    let folded = Folded::new(&original);
    let (masked, gaps) = mask(folded.text());
    let Some(belongs) = template.align(&tokens(&masked).collect::<Vec<_>>()) else { return Vec::new() };
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut left = gaps.iter().peekable();
    // The words of the folded text are those of the masked one: no gap but a duration has a blank in it.
    for (n, word) in words(folded.text(), &gaps).into_iter().enumerate() {
        let token = belongs.get(n).map(|n| &asked[*n]);
        let of_word: Vec<&Gap> = std::iter::from_fn(|| left.next_if(|gap| gap.place.start < word.end)).collect();
        match token {
            // It stands so in every reply.
            Some(Token::Text(text)) if !super::mask::has_gap(text) => {}
            _ if !of_word.is_empty() => {
                changes.extend(of_word.into_iter().filter_map(|gap| stand_in(gap, folded.text())))
            }
            _ => changes.extend(anybody(&folded.text()[word.clone()], word)),
        }
    }
    let mut text = String::with_capacity(original.len());
    let mut at = 0;
    for (place, by) in changes {
        let place = folded.original(place);
        if place.start >= at {
            text.push_str(&original[at..place.start]);
            text.push_str(&by);
            at = place.end;
        }
    }
    // What is beyond what a rule looks at need not be shown.
    let end = if folded.text().is_empty() { at } else { folded.original(0..folded.text().len()).end.max(at) };
    text.push_str(&original[at..end]);
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = reply.code.map_or(String::new(), |code| format!("{code} "));
    // Where it stands in the text it is found there.
    let enhanced = reply.enhanced.map(|code| code.to_string()).filter(|code| !text.contains(code.as_str()));
    let head = format!("{code}{}", enhanced.map_or(String::new(), |code| format!("{code} ")));
    let short = text.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).take_while(|at| *at <= SHORT).last();
    let short = short.filter(|_| text.len() > SHORT).map(|end| &text[..end]);
    short.into_iter().chain([text.as_str()]).map(|text| format!("{head}{text}").trim_end().to_owned()).collect()
}

fn is_unseen(c: char) -> bool {
    is_format(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The words of a folded text, a gap never cut.
fn words(text: &str, gaps: &[Gap]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    let blanks = memchr::memchr_iter(b' ', text.as_bytes());
    let cuts = blanks.filter(|at| !gaps.iter().any(|gap| gap.place.contains(at)));
    for end in cuts.chain([text.len()]) {
        if end > start {
            words.push(start..end);
        }
        start = end + 1;
    }
    words
}

/// What stands in an example where something was masked; nothing where it may stay.
fn stand_in(gap: &Gap, text: &str) -> Option<(Range<usize>, String)> {
    let stood = &text[gap.place.clone()];
    let by = match gap.kind {
        GapType::Address => "user@example.com".to_owned(),
        GapType::Ip if stood.contains(':') => "2001:db8::1".to_owned(),
        GapType::Ip => "192.0.2.1".to_owned(),
        GapType::Host => "mx.example.com".to_owned(),
        GapType::Word | GapType::Tag => ID[..stood.len().clamp(4, ID.len())].to_owned(),
        GapType::Number | GapType::Digits if stood.len() > 5 && stood.bytes().all(|b| b.is_ascii_digit()) => {
            "123456".to_owned()
        }
        GapType::Number | GapType::Digits | GapType::Duration => return None,
    };
    Some((gap.place.clone(), by))
}

/// What stands for a word that differs from reply to reply and may be a name; marks around it stay.
fn anybody(word: &str, place: Range<usize>) -> Option<(Range<usize>, String)> {
    let is_core = |c: char| c.is_alphanumeric() || c == crate::reply::ADDRESS;
    let first = word.find(is_core)?;
    let (last, width) = word.char_indices().rfind(|(_, c)| is_core(*c)).map(|(at, c)| (at, c.len_utf8()))?;
    let core = &word[first..last + width];
    let by = match core {
        core if core.contains("://") => "https://example.com/".to_owned(),
        core if core.contains(crate::reply::ADDRESS) => "user@example.com".to_owned(),
        core if core.bytes().all(|b| !b.is_ascii_alphabetic()) => "0".to_owned(),
        _ => "name".to_owned(),
    };
    Some((place.start + first..place.start + last + width, by))
}
