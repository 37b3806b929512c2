//! Texts that a phrase is made to stand in, and whether a reply can have such a text.

use crate::reply::{ADDRESS, TEXT_LIMIT, fold};
use crate::ruleset::{Element, GapType};

/// How many ways there are to make one.
pub(super) const WAYS: usize = 3;

/// A text in which the phrase stands, most likely: the plainest, one with something for every star, and one where its
/// gaps catch something else between other neighbours.
pub(super) fn plain(elements: &[Element], open_start: bool, open_end: bool, whole: bool, way: usize) -> String {
    let mut text = String::new();
    let (rest, words) =
        [("", " ".to_owned()), ("zx", format!(" {}", "zx ".repeat(Element::MOST_WORDS))), ("é", " - ".to_owned())][way]
            .clone();
    let context = |open: bool| {
        if open {
            rest
        } else if whole {
            ""
        } else {
            ["", "zx ", "_"][way]
        }
    };
    text.push_str(context(open_start));
    for element in elements {
        match element {
            Element::Literal(literal) => text.push_str(literal),
            Element::RestOfWord => text.push_str(rest),
            Element::Words => text.push_str(&words),
            Element::Gap(_, kind) => text.push_str(value(*kind, way)),
        }
    }
    let behind: String = context(open_end).chars().rev().collect();
    text.push_str(&behind);
    text
}

/// What a gap of that type catches.
fn value(kind: GapType, way: usize) -> &'static str {
    let values: [&str; WAYS] = match kind {
        GapType::Ip => ["192.0.2.7", "2001:db8::1", "::"],
        GapType::Host => ["mx.example.com", "a.b", "4-a_0.z9"],
        GapType::Number => ["7", "1,024", "1.5"],
        GapType::Digits => ["7", "300", "0"],
        GapType::Duration => ["5 minutes", "2h", "00:05:00"],
        GapType::Address => ["\u{1}"; WAYS],
        GapType::Word => ["zx", "a-b_7", "é"],
        GapType::Tag => ["zx", "s3150", "-_"],
    };
    values[way]
}

/// A text of a reply that folds to this one, if there is any.
pub(super) fn spelled(folded: &str) -> Option<String> {
    if folded.len() > TEXT_LIMIT {
        return None;
    }
    // The latter may stand beside whatever there is.
    let addresses = ["ann@example.com", r#""ann"@[192.0.2.1]"#];
    let spellings = addresses.iter().map(|address| folded.replace(ADDRESS, address));
    let mut again = String::new();
    spellings.into_iter().find(|spelling| {
        fold(spelling, &mut again);
        again == folded
    })
}
