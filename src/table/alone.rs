//! One pattern asked of one text, without a table.

use super::expression::Expression;
use super::phrase::{Failed, Phrase};
use crate::ruleset::{PatternId, PatternKind, RuleSet};

/// A pattern that is matched to the letter as the table matches it.
#[derive(Debug)]
pub(crate) struct Alone<'r>(Kind<'r>);

#[derive(Debug)]
enum Kind<'r> {
    Phrase(Phrase<'r>),
    /// As it is written, and compiled.
    Expression(&'r str, Expression),
}

impl<'r> Alone<'r> {
    /// The pattern of that number.
    pub(crate) fn new(rules: &'r RuleSet, id: PatternId) -> Alone<'r> {
        Alone(match &rules.pattern(id).kind {
            PatternKind::Phrase { elements, open_start, open_end } => {
                Kind::Phrase(Phrase::new(elements, *open_start, *open_end))
            }
            PatternKind::Regex(written) => Kind::Expression(written, Expression::new(written)),
        })
    }

    /// Whether it stands in a folded text.
    pub(crate) fn stands(&self, text: &str) -> bool {
        match &self.0 {
            Kind::Phrase(phrase) => phrase.find(text, &mut Vec::new(), &mut Failed::new()).is_some(),
            Kind::Expression(written, expression) => expression.stands(written, text),
        }
    }

    /// Whether it is the whole of a folded text.
    pub(crate) fn is_whole(&self, text: &str) -> bool {
        match &self.0 {
            Kind::Phrase(phrase) => phrase.is_whole(text, &mut Vec::new(), &mut Failed::new()),
            Kind::Expression(written, expression) => expression.is_whole(written, text),
        }
    }
}
