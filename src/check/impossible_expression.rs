//! # W0037: an expression that no text has
//!
//! Expressions are matched with the text in its plain form, as `docs/language.md` describes it: small letters, plain
//! quotes and dashes, one blank between words, and nothing that cannot be seen. No such text has what this expression
//! asks for.
//!
//! Bad:
//!
//! ```carom
//! # allow W0001: it takes no example
//! rule full {
//!     match    phrase regex 'over\bquota'
//!     then     mailbox-full
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
//!     match    phrase regex '\bover ?quota\b'
//!     then     mailbox-full
//!     example  "552 Overquota"
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
//! The leading codes of a reply are no part of its text: `match code` and `match enhanced` ask for them.

use super::Findings;
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Column, PatternKind};
use crate::source::Span;
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<Written<'_>> = subject.own_rules().collect();
    for span in spread(&rules, |written| of_rule(subject, written)).into_iter().flatten() {
        // Of characters that no text has W0023 speaks, which knows how to mend it.
        let is_known = |known: &Diagnostic| {
            known.code() == Code::W0023
                && known.span().file == span.file
                && (span.start..span.end).contains(&known.span().start)
        };
        if !findings.diagnostics.iter().any(is_known) {
            findings.push(
                Diagnostic::new(Code::W0037, span, "no text has what this expression asks for")
                    .help("texts are in small letters, with plain quotes and one blank between words: ask for that"),
            );
        }
    }
}

fn of_rule(subject: &Subject<'_>, written: &Written<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for (tree, line) in written.conditions() {
        let (Column::Phrase(alternatives) | Column::Text(alternatives, _)) = &line.column else { continue };
        for (alternative, place) in alternatives.iter().zip(subject.places(tree)) {
            let is_regex = matches!(subject.rules().pattern(alternative.pattern).kind, PatternKind::Regex(_));
            if is_regex && subject.prover().is_impossible(alternative.pattern) {
                found.push(place.itself());
            }
        }
    }
    found
}
