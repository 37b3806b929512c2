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

use super::{Findings, Subject, places};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Prover;
use crate::ruleset::{Alternative, Column, Rule, RuleSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<&Rule> = subject.own_rules().collect();
    for found in spread(&rules, |rule| of_rule(subject.rules(), subject.prover(), rule)) {
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

fn of_rule(rules: &RuleSet, prover: &Prover<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for condition in &rule.conditions {
        let Column::Phrase(alternatives) = &condition.column else { continue };
        let places = places::of(rules, condition);
        for (n, (alternative, place)) in alternatives.iter().zip(places).enumerate() {
            let Some(span) = place.filter(|_| is_plain(rules, alternative)) else { continue };
            let holds = |(other, by): &(usize, &Alternative)| {
                // Of two that say the same the second is one too many.
                let is_second = alternative.pattern != by.pattern || *other < n;
                let both =
                    alternative.pattern != by.pattern && *other > n && prover.implies(by.pattern, alternative.pattern);
                *other != n && is_second && !both && prover.implies(alternative.pattern, by.pattern)
            };
            let Some((_, by)) = alternatives.iter().enumerate().find(holds) else { continue };
            let by = &rules.pattern(by.pattern).written;
            let message = format!("this adds nothing: every text that has it has \"{by}\" too");
            found.push(
                Diagnostic::new(Code::W0035, span, message)
                    .help(format!("take it out, or narrow \"{by}\" if that was not meant to take so much")),
            );
        }
    }
    found
}

/// Whether an alternative brings nothing along.
fn is_plain(rules: &RuleSet, alternative: &Alternative) -> bool {
    alternative.sets.is_empty()
        && alternative.see.is_empty()
        && rules.pattern(alternative.pattern).gaps().next().is_none()
}
