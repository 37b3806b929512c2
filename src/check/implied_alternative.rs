//! # W0035: an alternative that another one holds already
//!
//! Every text that has this phrase has another phrase of the same line as well, so that it adds nothing: the line holds
//! with it or without it.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox full", "quota", "over quota"
//!     then     mailbox-full
//!     example  "552 Mailbox full"
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
//!     match    phrase "mailbox full", "over quota"
//!     then     mailbox-full
//!     example  "552 Mailbox full"
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
//! Either the longer phrase goes, or the shorter one was not meant to take so much. Phrases that catch a field or set
//! one are left alone, and so are those of `phrases` blocks.

use super::Findings;
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Alternative, Column, RuleSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<Written<'_>> = subject.own_rules().collect();
    for found in spread(&rules, |written| of_rule(subject, written)) {
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

fn of_rule(subject: &Subject<'_>, written: &Written<'_>) -> Vec<Diagnostic> {
    let (rules, mut found) = (subject.rules(), Vec::new());
    for (tree, line) in written.conditions() {
        let Column::Phrase(alternatives) = &line.column else { continue };
        let implies = |one: &Alternative, other: &Alternative| subject.prover().implies(one.pattern, other.pattern);
        for (n, (alternative, place)) in alternatives.iter().zip(subject.places(tree)).enumerate() {
            // Of what no text has W0037 speaks.
            let is_impossible = || subject.prover().is_impossible(alternative.pattern);
            if place.entry.is_some() || !is_plain(rules, alternative) || is_impossible() {
                continue;
            }
            let holds = |(other, by): &(usize, &Alternative)| {
                // Of two that take the same texts the second is one too many; of two that are the same W0017 speaks.
                let is_same = alternative.pattern == by.pattern || (*other > n && implies(by, alternative));
                *other != n && !is_same && implies(alternative, by)
            };
            let Some((_, by)) = alternatives.iter().enumerate().find(holds) else { continue };
            let by = &rules.pattern(by.pattern).written;
            let message = format!("this adds nothing: every text that has it has \"{by}\" too");
            found.push(
                Diagnostic::new(Code::W0035, place.cell, message)
                    .help(format!("take it out, or narrow \"{by}\" if that was not meant to take so much")),
            );
        }
    }
    found
}

/// Whether an alternative brings nothing along.
pub(super) fn is_plain(rules: &RuleSet, alternative: &Alternative) -> bool {
    let has_gaps = rules.pattern(alternative.pattern).gaps().next().is_some();
    alternative.sets.is_empty() && alternative.see.is_empty() && !has_gaps
}
