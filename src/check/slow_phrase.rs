//! # W0019: a phrase that every reply pays for
//!
//! Rules are found by what their phrases require: a word, or nine characters and more. A short piece that may stand
//! within a word takes a pass of its own over the text of every reply, whatever rule it is for. An expression or a
//! phrase that requires nothing certain is tried on every reply that comes to its rule. Whole words cost next to
//! nothing, however many there are, and one `match phrase` line of them is enough for a rule to be found by.
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

use super::subject::Place;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Alternative, Column, PatternKind};
use crate::source::Span;
use crate::table::{Found, costs};
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let costs = costs(subject.rules());
    let mut told: HashSet<Span> = HashSet::new();
    for written in subject.own_rules() {
        // The lines that ask for phrases, with what each phrase costs.
        let mut lines: Vec<Vec<(&Found, Span)>> = Vec::new();
        for (tree, condition) in written.conditions().filter(|(_, condition)| !condition.unless) {
            if let Column::Phrase(alternatives) | Column::Text(alternatives, false) = &condition.column {
                let cost = alternatives.iter().map(|alternative| cost(subject, &costs, alternative));
                lines.push(cost.zip(subject.places(tree).into_iter().map(Place::itself)).collect());
            }
        }
        // One line is enough to be found by; what stands beside it is asked for where that was found.
        if lines.iter().any(|line| line.iter().all(|(found, _)| **found == Found::Quickly)) {
            continue;
        }
        let mut is_tried = false;
        for (found, place) in lines.into_iter().flatten() {
            let diagnostic = match found {
                Found::Quickly => continue,
                Found::ByPass(literal) => {
                    let message = format!("`{literal}` is looked for at every place of every reply");
                    Diagnostic::new(Code::W0019, place, message)
                        .help("write whole words, one phrase for each form, or a longer piece: nine characters will do")
                }
                // Once for each rule: it is tried or it is not.
                Found::ByTrying if std::mem::replace(&mut is_tried, true) => continue,
                Found::ByTrying => {
                    Diagnostic::new(Code::W0019, place, "no word is certain here: it is tried on every reply").help(
                        "add a `match phrase` with a word that every such reply has, or write the words as phrases",
                    )
                }
            };
            if subject.is_own(place) && told.insert(place) {
                findings.push(diagnostic);
            }
        }
    }
}

/// By what an alternative is found; the piece of an expression may be as short as it likes, but for the shortest.
fn cost<'c>(subject: &Subject<'_>, costs: &'c [Found], alternative: &Alternative) -> &'c Found {
    let is_expression = matches!(subject.rules().pattern(alternative.pattern).kind, PatternKind::Regex(_));
    match &costs[alternative.pattern.0 as usize] {
        Found::ByPass(literal) if is_expression && literal.len() >= 4 => &Found::Quickly,
        found => found,
    }
}
