//! What is used again from reply to reply, so that a verdict allocates nothing.

use super::hits::Hits;
use super::index::{PADDING, Text};
use super::phrase::Failed;
use crate::reply::{fold_any, fold_ascii};
use crate::ruleset::PatternId;
use std::borrow::Cow;
use std::ops::Range;

/// Buffers, and what is known of one reply.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The folded text, and behind it the padding that the index reads over.
    text: Vec<u8>,
    /// A text that had to be folded the long way.
    folded: String,
    /// Where literals may stand.
    pub(super) hits: Hits,
    /// What is known of each pattern in the text of a generation.
    known: Vec<Known>,
    generation: u32,
    pub(super) gaps: Vec<Range<usize>>,
    pub(super) failed: Failed,
    /// The reply's tags, once they are asked for.
    pub(super) tags: Vec<Range<usize>>,
    pub(super) tags_known: bool,
}

/// What is known of a pattern; of another generation's text it says nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    generation: u32,
    stands: bool,
}

/// A folded text out of a scratch.
pub(crate) struct Taken {
    padded: Vec<u8>,
    length: usize,
    is_ascii: bool,
}

impl Taken {
    /// As the table reads it.
    pub(crate) fn text(&self) -> Text<'_> {
        Text { padded: &self.padded[..self.length + PADDING.len()], is_ascii: self.is_ascii }
    }

    /// As a string, which folding makes of any text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.padded[..self.length]).unwrap_or_default()
    }
}

impl Scratch {
    /// Nothing yet.
    pub(crate) const fn new() -> Scratch {
        Scratch {
            text: Vec::new(),
            folded: String::new(),
            hits: Hits::new(),
            known: Vec::new(),
            generation: 0,
            gaps: Vec::new(),
            failed: Failed::new(),
            tags: Vec::new(),
            tags_known: false,
        }
    }

    /// Takes the text out, folded, so that a view can borrow it beside the rest; `decode` is asked where the bytes
    /// of a reply are not ASCII.
    pub(crate) fn fold<'r>(&mut self, raw: &'r [u8], decode: impl FnOnce() -> Cow<'r, str>) -> Taken {
        let mut padded = std::mem::take(&mut self.text);
        let ascii = fold_ascii(raw, &mut padded);
        let length = ascii.unwrap_or_else(|| {
            fold_any(&decode(), &mut self.folded);
            let folded = self.folded.as_bytes();
            if padded.len() < folded.len() + PADDING.len() {
                padded.resize(folded.len() + PADDING.len(), 0);
            }
            padded[..folded.len()].copy_from_slice(folded);
            folded.len()
        });
        padded[length..length + PADDING.len()].copy_from_slice(&PADDING);
        Taken { padded, length, is_ascii: ascii.is_some() }
    }

    /// Gives the text back, to be used again.
    pub(crate) fn keep(&mut self, text: Taken) {
        self.text = text.padded;
    }

    /// Forgets the reply before.
    pub(super) fn begin(&mut self, patterns: usize) {
        if self.known.len() != patterns || self.generation == u32::MAX {
            // Another table's, or at the end of all generations.
            self.known.clear();
            self.known.resize(patterns, Known::default());
            self.generation = 0;
        }
        self.generation += 1;
        self.tags.clear();
        self.tags_known = false;
    }

    /// Whether a pattern stands in the text, if that is known.
    pub(super) fn stands(&self, id: PatternId) -> Option<bool> {
        let known = self.known[id.0 as usize];
        (known.generation == self.generation).then_some(known.stands)
    }

    pub(super) fn learn(&mut self, id: PatternId, stands: bool) {
        self.known[id.0 as usize] = Known { generation: self.generation, stands };
    }
}
