//! The automaton of a phrase.

use super::automaton::{Automaton, Builder, Count, Guard, Label, START};
use super::gap;
use crate::ruleset::Element;

/// The automaton of a phrase, anywhere in a text or as the whole of it; none where it has too many states.
pub(super) fn automaton(elements: &[Element], open_start: bool, open_end: bool, whole: bool) -> Option<Automaton> {
    // What else would begin or end a phrase is a `*` that stands for nothing, which is no phrase.
    let (Some(first @ (Element::Literal(_) | Element::Gap(..))), Some(last)) = (elements.first(), elements.last())
    else {
        return None;
    };
    let mut builder = Builder::new();
    let mut at = builder.state();
    match (whole, open_start) {
        (false, _) => builder.step(START, Label::Any, START, Count::Same),
        // A `*` at an end is the rest of that word, here as within.
        (true, true) => builder.step(START, Label::Within, START, Count::Same),
        (true, false) => {}
    }
    builder.empty(START, if whole || open_start { Guard::Always } else { opens(first) }, at);
    for (n, element) in elements.iter().enumerate() {
        at = match element {
            Element::Literal(literal) => builder.text(at, literal),
            Element::RestOfWord => {
                let rest = builder.state();
                builder.empty(at, Guard::Always, rest);
                builder.step(rest, Label::Within, rest, Count::Same);
                rest
            }
            Element::Words => {
                let (before, after) = (elements.get(n.checked_sub(1)?)?, elements.get(n + 1)?);
                let [unbroken, words, next] = [(); 3].map(|()| builder.state());
                builder.empty(at, closes(before), unbroken);
                builder.step(unbroken, Label::NoBlank, unbroken, Count::Same);
                // There is a blank more than there are words.
                let blanks = Count::Bytes(Element::MOST_WORDS as u16 + 1);
                builder.step(unbroken, Label::One(' '), words, blanks);
                builder.step(words, Label::One(' '), words, blanks);
                builder.step(words, Label::NoBlank, words, Count::Same);
                builder.empty(words, opens(after), next);
                next
            }
            Element::Gap(_, kind) => gap::gap(&mut builder, at, *kind),
        };
    }
    let accept = builder.state();
    match (whole, open_end) {
        (false, _) => {
            builder.empty(at, if open_end { Guard::Always } else { closes(last) }, accept);
            builder.step(accept, Label::Any, accept, Count::Same);
        }
        (true, false) => builder.empty(at, Guard::TextEnds, accept),
        (true, true) => {
            let rest = builder.state();
            builder.empty(at, Guard::Always, rest);
            builder.step(rest, Label::Within, rest, Count::Same);
            builder.empty(rest, Guard::TextEnds, accept);
        }
    }
    builder.finish(accept)
}

/// What must be so where an element begins at which a word must begin.
fn opens(element: &Element) -> Guard {
    if matches!(element, Element::Gap(..)) { Guard::GapBegins } else { Guard::Edge }
}

/// What must be so where an element ends at which a word must end.
fn closes(element: &Element) -> Guard {
    if matches!(element, Element::Gap(..)) { Guard::GapEnds } else { Guard::Edge }
}
