//! A provider's own codes in a text.

use super::phrase::Phrase;
use std::ops::Range;

/// Calls `test` with the place of every tag that the patterns find, in the order of the patterns, until one is taken.
pub(super) fn any_tag<'p>(
    patterns: impl IntoIterator<Item = &'p Phrase>,
    text: &str,
    mut test: impl FnMut(Range<usize>) -> bool,
) -> bool {
    patterns.into_iter().any(|pattern| pattern.find_all(text, |gaps| gaps.first().is_some_and(|gap| test(gap.clone()))))
}
