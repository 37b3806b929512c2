//! # W0019: a phrase that every reply pays for
//!
//! Rules are found by what their phrases require: a word, or nine characters and more. A short piece that may stand
//! within a word takes a pass of its own over the text of every reply, whatever rule it is for. An expression or a
//! phrase that requires nothing certain is tried on every reply that comes to its rule, unless another `match phrase`
//! line of the rule asks for a word. Whole words cost next to nothing, however many there are.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "*full"
//!     then     mailbox-full
//!     example  "452 4.2.2 overfull"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule full {
//!     match    phrase "full", "overfull"
//!     then     mailbox-full
//!     example  "452 4.2.2 overfull"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Alternative, Column, PatternKind};
use crate::source::Span;
use crate::table::{Found, costs};
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let costs = costs(subject.rules());
    let cost = |alternative: &Alternative| &costs[alternative.pattern.0 as usize];
    let is_expression =
        |alternative: &Alternative| matches!(subject.rules().pattern(alternative.pattern).kind, PatternKind::Regex(_));
    let mut told: HashSet<Span> = HashSet::new();
    for written in subject.own_rules() {
        let mut tried: Option<Span> = None;
        let mut is_found = false;
        for (tree, condition) in written.conditions() {
            let (alternatives, may_be_empty) = match &condition.column {
                Column::Phrase(alternatives) => (alternatives, false),
                Column::Text(alternatives, none) => (alternatives, *none),
                _ => continue,
            };
            let places = subject.places(tree);
            let mut of_line = None;
            for (alternative, place) in alternatives.iter().zip(&places) {
                match cost(alternative) {
                    Found::Quickly => {}
                    Found::ByTrying => of_line = of_line.or(Some(place.itself())),
                    // An expression's piece may be as short as it likes, but for the shortest.
                    Found::ByPass(literal) if is_expression(alternative) && literal.len() >= 4 => {}
                    Found::ByPass(literal) if subject.is_own(place.itself()) && told.insert(place.itself()) => {
                        let message = format!("`{literal}` is looked for at every place of every reply");
                        let diagnostic = Diagnostic::new(Code::W0019, place.itself(), message).help(
                            "write whole words, one phrase for each form, or a longer piece: nine characters will do",
                        );
                        findings.push(diagnostic);
                    }
                    Found::ByPass(_) => {}
                }
            }
            if !condition.unless {
                is_found |= of_line.is_none() && !may_be_empty && !alternatives.is_empty();
                tried = tried.or(of_line);
            }
        }
        if let Some(span) = tried.filter(|span| !is_found && subject.is_own(*span) && told.insert(*span)) {
            let diagnostic = Diagnostic::new(Code::W0019, span, "no word is certain here: it is tried on every reply")
                .help("add a `match phrase` with a word that every such reply has, or write the words as phrases");
            findings.push(diagnostic);
        }
    }
}
