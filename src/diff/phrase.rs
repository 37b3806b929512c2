//! Texts that a phrase matches.

use super::expression;
use crate::ruleset::{Element, GapType, Pattern, PatternKind};

/// The most texts of one pattern.
pub(super) const MOST_TEXTS: usize = 24;

/// Texts that a pattern matches: the plainest first, then one for each thing in it that may vary. `tag` is what
/// stands where a profile's own code does.
pub(super) fn texts(pattern: &Pattern, tag: &str) -> Vec<String> {
    let (elements, open_start, open_end) = match &pattern.kind {
        PatternKind::Phrase { elements, open_start, open_end } => (elements, *open_start, *open_end),
        PatternKind::Regex(expression) => return expression::texts(expression),
    };
    let ends = |open: bool, rest: &str| if open { vec![String::new(), rest.to_owned()] } else { Vec::new() };
    let mut parts = vec![ends(open_start, "un")];
    parts.extend(elements.iter().map(|element| match element {
        Element::Literal(literal) => vec![literal.to_string()],
        Element::RestOfWord => vec![String::new(), "ed".to_owned()],
        Element::Words => vec![" ".to_owned(), " so ".to_owned()],
        Element::Gap(_, GapType::Tag) => vec![tag.to_owned()],
        Element::Gap(_, kind) => typical(*kind).iter().map(|text| (*text).to_owned()).collect(),
    }));
    parts.push(ends(open_end, "ing"));
    parts.retain(|part| !part.is_empty());
    varied(&parts)
}

/// What a gap catches, the usual first; the others are not what else a phrase or a gap may ask for.
fn typical(kind: GapType) -> &'static [&'static str] {
    match kind {
        GapType::Ip => &["192.0.2.7", "2001:db8::1"],
        GapType::Host => &["mx1.example.com", "a.b"],
        GapType::Number => &["1,024", "7"],
        GapType::Digits => &["300", "7"],
        GapType::Duration => &["300 seconds", "1day", "5:00"],
        // The second, in quotes, is an address of its own whatever stands before it.
        GapType::Address => &["ann@example.com", "\"ann\"@example.com"],
        GapType::Word => &["ib607", "id", "_"],
        GapType::Tag => &["x1"],
    }
}

/// The parts side by side, each at its first; then each at its others, with the rest at their first.
pub(super) fn varied(parts: &[Vec<String>]) -> Vec<String> {
    let first = |n: usize| parts[n].first().map_or("", String::as_str);
    let with = |at: usize, text: &str| (0..parts.len()).map(|n| if n == at { text } else { first(n) }).collect();
    let mut all: Vec<String> = vec![(0..parts.len()).map(first).collect()];
    for (n, part) in parts.iter().enumerate() {
        all.extend(part.iter().skip(1).map(|text| with(n, text)));
    }
    all.truncate(MOST_TEXTS);
    all
}
