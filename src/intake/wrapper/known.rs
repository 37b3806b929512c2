//! All described shapes, and one pass that tells which of them a text may have.

use super::shape::{LOOK_LIMIT, Layer, Shape, Text};
use super::{exchange, exim, generic, google, postfix, qmail, sendmail};
use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// In the order in which they are preferred where several begin at one place.
const FAMILIES: &[&[Shape]] = &[
    postfix::SHAPES,
    exim::SHAPES,
    qmail::SHAPES,
    google::SHAPES,
    exchange::SHAPES,
    sendmail::SHAPES,
    generic::SHAPES,
];

/// The longest text that is asked about on its own; most replies are shorter.
const BARE_LIMIT: usize = 512;

/// What texts hold that are read by other means than a shape, and may begin with a code.
const READ: [&str; 1] = ["{led="];

struct Known {
    shapes: Vec<&'static Shape>,
    /// Finds each shape's anchor; the few texts that hold one are looked at closely.
    anchors: Option<AhoCorasick>,
    /// Finds in lower case the words of those that a text with a code of its own may have. It takes a tenth of the
    /// time, and cannot be had on every machine.
    beside_code: Option<Searcher>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let shapes: Vec<&Shape> = FAMILIES.iter().copied().flatten().collect();
    let words = shapes.iter().map(|shape| shape.anchor()).chain(READ);
    // A table of 200 KB or so: each text goes through it, some several times.
    let kind = Some(AhoCorasickKind::DFA);
    let anchors = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words);
    let beside_code: BTreeSet<&str> =
        shapes.iter().filter(|shape| shape.stands_beside_code()).map(|shape| shape.anchor()).chain(READ).collect();
    Known { shapes, anchors: anchors.ok(), beside_code: Searcher::new(beside_code) }
});

/// A set of shapes by their numbers.
type Set = u128;

/// The shapes whose anchors a text holds; none if it can be in no wrapper that is known by its words.
pub(super) fn candidates(text: &[u8]) -> Set {
    let Some(anchors) = &KNOWN.anchors else { return Set::MAX };
    let looked = &text[..text.len().min(LOOK_LIMIT)];
    anchors.find_overlapping_iter(looked).fold(0, |set, found| set | 1 << found.pattern().as_u32())
}

/// Whether a text that begins with a code is surely in no wrapper that is known by its words.
pub(super) fn is_bare(text: &[u8]) -> bool {
    let Some(words) = &KNOWN.beside_code else { return false };
    let mut lower = [0; BARE_LIMIT];
    let Some(lower) = lower.get_mut(..text.len()) else { return false };
    lower.copy_from_slice(text);
    lower.make_ascii_lowercase();
    words.find(lower).is_none()
}

/// The layer of the shape that is preferred to all others, if a text begins with it. In the logs of Postfix nearly
/// every refusal does.
pub(super) fn usual<'t>(text: &Text<'t>) -> Option<Layer<'t>> {
    KNOWN.shapes.first()?.at_start(text)
}

/// The layers that these shapes find, in the order of preference.
pub(super) fn layers<'t>(set: Set, text: &Text<'t>) -> impl Iterator<Item = Layer<'t>> {
    let chosen = KNOWN.shapes.iter().enumerate().filter(move |(number, _)| set >> number & 1 == 1);
    chosen.filter_map(|(_, shape)| shape.find(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bare_only_if_it_can_have_no_shape() {
        let texts = [
            "550 host mx.example.com SAID: 550 no",
            "550 no",
            "421 [{LED=421 no};{MSG=}]",
            "450 Remote Server said: x",
        ];
        for text in texts {
            let set = candidates(text.as_bytes());
            let text = Text::new(text.as_bytes());
            assert!(!is_bare(text.raw) || layers(set, &text).next().is_none() && set >> KNOWN.shapes.len() == 0);
        }
        assert!(!is_bare(b"550 host mx.example.com SAID: 550 no"));
        assert!(!is_bare(b"550 host mx.example.com[192.0.2.1]".repeat(20).as_slice()));
        assert_eq!(is_bare(b"550 5.1.1 <a@example.com>: Recipient address rejected"), KNOWN.beside_code.is_some());
    }

    #[test]
    fn all_shapes_fit_and_have_anchors() {
        assert!(KNOWN.shapes.len() + READ.len() <= Set::BITS as usize);
        assert!(KNOWN.anchors.is_some());
        for shape in &KNOWN.shapes {
            assert!(shape.anchor().len() >= 2, "{}", shape.anchor());
        }
    }
}
