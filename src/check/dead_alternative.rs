//! # W0032: a phrase or tag by which its rule never decides
//!
//! The rule decides some replies, but none by this alternative: the rules before it take every reply that has it.
//! It reads as if it did something, and the next author will build on it.
//!
//! Bad:
//!
//! ```carom
//! rule greylisted {
//!     match    phrase "greylist*"
//!     then     deferred too-much
//!     example  "450 Greylisted, come back later"
//! }
//!
//! rule slow-down {
//!     match    phrase "slow down", "greylisting in effect"
//!     then     too-much
//!     example  "421 Please slow down"
//! }
//!
//! reason too-much {
//!     category block, deferred
//!     fault    sender
//!     scope    ip
//!     advice   "Send more slowly."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule greylisted {
//!     match    phrase "greylist*"
//!     then     deferred too-much
//!     example  "450 Greylisted, come back later"
//! }
//!
//! rule slow-down {
//!     match    phrase "slow down"
//!     then     too-much
//!     example  "421 Please slow down"
//! }
//!
//! reason too-much {
//!     category block, deferred
//!     fault    sender
//!     scope    ip
//!     advice   "Send more slowly."
//! }
//! ```
//!
//! Of phrases that stand in a `phrases` block nothing is said: other rules may need them.

use super::Findings;
use super::dead_rule::{takers, with_takers};
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Proof;
use crate::ruleset::{Column, Condition};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for (found, undecided) in spread(&subject.alive(), |written| of_rule(subject, written)) {
        findings.undecided += undecided;
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

/// What is found in one rule, and how much is not decided.
fn of_rule(subject: &Subject<'_>, written: &Written<'_>) -> (Vec<Diagnostic>, usize) {
    let (mut found, mut undecided) = (Vec::new(), 0);
    let is_about_text = |column: &str| matches!(column, "phrase" | "text" | "tag");
    let lines = written.conditions().enumerate().filter(|(_, (tree, line))| {
        // The only alternative of a line is the rule itself.
        !line.unless && is_about_text(&tree.column.text) && tree.cells.len() > 1
    });
    for (n, (tree, line)) in lines {
        for (alternative, place) in subject.places(tree).into_iter().enumerate() {
            if place.entry.is_some() {
                continue;
            }
            let (message, before) = match subject.prover().alternative(written.id, n, alternative) {
                // Of what no text has W0037 speaks, and W0016 of tags.
                Proof::Never(_) | Proof::Vetoed(_) if is_impossible(subject, line, alternative) => continue,
                Proof::Never(before) if before.is_empty() && tree.column.text == "tag" => continue,
                Proof::Never(before) if before.is_empty() => (": no reply of its conditions has it".to_owned(), before),
                Proof::Never(before) => {
                    (format!(": {} every reply that has it", takers(subject.rules(), &before)), before)
                }
                Proof::Vetoed(_) => (": an `unless` of it vetoes every reply that has it".to_owned(), Vec::new()),
                Proof::Undecided => {
                    undecided += 1;
                    continue;
                }
                Proof::Decides(_) => continue,
            };
            let message = format!("`{}` never decides by this{message}", written.rule.name);
            let diagnostic = Diagnostic::new(Code::W0032, place.cell, message)
                .help("take it out, or move the rule above what takes its replies");
            found.push(with_takers(diagnostic, subject.rules(), &before));
        }
    }
    (found, undecided)
}

/// Whether no text at all has that alternative of a line.
fn is_impossible(subject: &Subject<'_>, line: &Condition, alternative: usize) -> bool {
    match &line.column {
        Column::Phrase(alternatives) | Column::Text(alternatives, _) => {
            alternatives.get(alternative).is_some_and(|a| subject.prover().is_impossible(a.pattern))
        }
        _ => false,
    }
}
