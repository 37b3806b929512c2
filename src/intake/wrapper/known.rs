//! All described shapes, and one pass that tells which of them a text may have.

use super::shape::{LOOK_LIMIT, Layer, Shape, Text};
use super::{exchange, exim, generic, google, postfix, qmail, sendmail};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
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

/// What texts hold that are read by other means than a shape, and may begin with a code.
const READ: [&str; 1] = ["{led="];

struct Known {
    shapes: Vec<&'static Shape>,
    /// Finds each shape's anchor; the few texts that hold one are looked at closely.
    anchors: Option<AhoCorasick>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let shapes: Vec<&Shape> = FAMILIES.iter().copied().flatten().collect();
    let words = shapes.iter().map(|shape| shape.anchor()).chain(READ);
    // A table of 200 KB or so: each text goes through it, some several times.
    let kind = Some(AhoCorasickKind::DFA);
    let anchors = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words);
    Known { shapes, anchors: anchors.ok() }
});

/// A set of shapes by their numbers.
type Set = u128;

/// The shapes whose anchors a text holds; none if it can be in no wrapper that is known by its words.
pub(super) fn candidates(text: &[u8]) -> Set {
    let Some(anchors) = &KNOWN.anchors else { return Set::MAX };
    let looked = &text[..text.len().min(LOOK_LIMIT)];
    anchors.find_overlapping_iter(looked).fold(0, |set, found| set | 1 << found.pattern().as_u32())
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
    fn all_shapes_fit_and_have_anchors() {
        assert!(KNOWN.shapes.len() + READ.len() <= Set::BITS as usize);
        assert!(KNOWN.anchors.is_some());
        for shape in &KNOWN.shapes {
            assert!(shape.anchor().len() >= 2, "{}", shape.anchor());
        }
    }
}
