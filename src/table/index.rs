//! Which literals may occur in a text, whatever their number.

use super::buckets::Counts;
use super::gate::Hint;
use super::glance::Glance;
use super::grams::{self, Grams};
use super::hits::Hits;
use super::words::{self, Words};
use crate::reply::BEHIND;

/// A literal to be found.
pub(super) struct Literal<'t> {
    pub(super) text: &'t str,
    pub(super) anchors: Anchors,
    /// Whom it may concern.
    pub(super) hint: Hint,
    /// The words without which it counts for nothing.
    pub(super) needs: Glance,
    /// The number that it is told by.
    pub(super) number: u32,
}

/// Where a word begins and ends with the literal in every text that matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Anchors {
    pub(super) start: bool,
    pub(super) end: bool,
}

/// A folded text as the table reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'t> {
    /// The text, and behind it [`PADDING`].
    pub(super) padded: &'t [u8],
    /// Whether it is known to be all ASCII.
    pub(super) is_ascii: bool,
}

impl<'t> Text<'t> {
    /// A text with [`PADDING`] behind it.
    pub(crate) fn new(padded: &'t [u8]) -> Text<'t> {
        Text { padded, is_ascii: false }
    }

    pub(super) fn bytes(self) -> &'t [u8] {
        &self.padded[..self.padded.len() - PADDING.len()]
    }
}

/// A text in which literals are looked for, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Search<'t> {
    /// The text, and behind it [`PADDING`].
    pub(super) padded: &'t [u8],
    /// How long the text is.
    pub(super) length: usize,
    /// Whether it is known to be all ASCII.
    pub(super) is_ascii: bool,
    pub(super) hint: Hint,
    /// Whether literals of other profiles may concern the reply as well.
    pub(super) has_parents: bool,
}

/// What stands behind a text for [`Index::each`], so that it can be read by blocks: no text holds it.
pub(crate) const PADDING: [u8; BEHIND] = [0; BEHIND];

/// How much more a sample counts than a literal: what stands in real replies is what will be met.
const SAMPLE: u32 = 4;

/// All literals of a table.
#[derive(Debug)]
pub(super) struct Index {
    words: Words,
    grams: Grams,
    /// Those that only a text can hold that is not all ASCII.
    beyond: Grams,
}

impl Index {
    /// `samples` calls back with texts as they will be met.
    pub(super) fn new(literals: &[Literal<'_>], samples: impl Fn(&mut dyn FnMut(&str))) -> Index {
        let mut counts = (Counts::new(), Counts::new());
        let mut padded = Vec::new();
        let mut count = |text: &str, weight: u32| {
            padded.clear();
            padded.extend_from_slice(text.as_bytes());
            padded.extend_from_slice(&PADDING);
            words::count(&padded, weight, &mut counts.0);
            grams::count(text.as_bytes(), weight, &mut counts.1);
        };
        literals.iter().for_each(|literal| count(literal.text, 1));
        samples(&mut |text| count(text, SAMPLE));
        let (mut known, mut other, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
        for literal in literals {
            // A long literal's rarest gram is rarer than its rarest word, and costs less to look for.
            let is_short = literal.text.len() < grams::LONG;
            match is_short.then(|| words::known_by(literal, &counts.0)).flatten() {
                Some(by) => known.push(by),
                None if literal.text.is_ascii() => other.push(literal),
                None => beyond.push(literal),
            }
        }
        Index {
            words: Words::new(known.into_iter()),
            grams: Grams::new(&other, &counts.1),
            beyond: Grams::new(&beyond, &counts.1),
        }
    }

    /// Adds the literals that may stand in the text and may concern the reply, and where each would begin. A literal
    /// may be another one that is known by the same; every place where one stands is told.
    #[inline]
    pub(super) fn each(&self, search: &Search<'_>, hits: &mut Hits) {
        self.words.each(search, hits);
        self.grams.each(search, hits);
        if !search.is_ascii {
            self.beyond.each(search, hits);
        }
    }
}
