//! What a pattern costs before it is known whether it stands in a text.

use super::buckets::Counts;
use super::gate::Gate;
use super::glance::Glance;
use super::grams::LONG;
use super::index::{Anchors, Literal};
use super::phrase::Phrase;
use super::required::required;
use super::words;
use crate::ruleset::{PatternId, PatternKind, RuleSet};

/// By what a pattern is found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// A word or a long literal: a look costs next to nothing however many there are.
    Quickly,
    /// A short literal that no word tells of: it takes a pass over every text of its own.
    ByPass(String),
    /// Nothing: it is tried on every text.
    ByTrying,
}

/// By what each pattern of a set is found.
pub(crate) fn costs(rules: &RuleSet) -> Vec<Found> {
    let counts = Counts::new();
    (0..rules.patterns.len()).map(|n| cost(rules, PatternId(n as u32), &counts)).collect()
}

fn cost(rules: &RuleSet, id: PatternId, counts: &Counts) -> Found {
    let (text, anchors) = match &rules.pattern(id).kind {
        PatternKind::Regex(written) => (required(written), Anchors::default()),
        PatternKind::Phrase { .. } => match Phrase::of(rules, id).and_then(Phrase::literal) {
            Some(literal) => (Some(literal.text.to_owned()), literal.anchors),
            None => (None, Anchors::default()),
        },
    };
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Found::ByTrying };
    let literal = Literal { text: &text, anchors, hint: Gate::OPEN.hint(), needs: Glance::NONE, number: 0 };
    // What only other scripts' texts can hold is looked for in those alone.
    let is_quick = text.len() >= LONG || !text.is_ascii() || words::known_by(&literal, counts).is_some();
    if is_quick { Found::Quickly } else { Found::ByPass(text) }
}
