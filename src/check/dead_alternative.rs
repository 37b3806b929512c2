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

use super::dead_rule::{takers, with_takers};
use super::{Findings, Subject, places};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::{Proof, Prover};
use crate::ruleset::{RuleId, RuleSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let alive: Vec<RuleId> =
        subject.proofs().iter().filter(|(_, proof)| matches!(proof, Proof::Decides(_))).map(|(id, _)| *id).collect();
    for (found, undecided) in spread(&alive, |id| of_rule(subject.rules(), subject.prover(), *id)) {
        findings.undecided += undecided;
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

/// What is found in one rule, and how much is not decided.
fn of_rule(rules: &RuleSet, prover: &Prover<'_>, id: RuleId) -> (Vec<Diagnostic>, usize) {
    let rule = rules.rule(id);
    let (mut found, mut undecided) = (Vec::new(), 0);
    for (n, condition) in rule.conditions.iter().enumerate().filter(|(_, condition)| !condition.unless) {
        let places = places::of(rules, condition);
        // The only alternative of a line is the rule itself.
        if places.len() < 2 {
            continue;
        }
        for (alternative, place) in places.into_iter().enumerate() {
            let Some(span) = place else { continue };
            let (message, before) = match prover.alternative(id, n, alternative) {
                Proof::Never(before) if before.is_empty() => (": no reply of its conditions has it".to_owned(), before),
                Proof::Never(before) => (format!(": {} every reply that has it", takers(rules, &before)), before),
                Proof::Vetoed(_) => (": an `unless` of it vetoes every reply that has it".to_owned(), Vec::new()),
                Proof::Undecided => {
                    undecided += 1;
                    continue;
                }
                Proof::Decides(_) => continue,
            };
            let message = format!("`{}` never decides by this{message}", rule.name);
            let diagnostic = Diagnostic::new(Code::W0032, span, message)
                .help("take it out, or move the rule above what takes its replies");
            found.push(with_takers(diagnostic, rules, &before));
        }
    }
    (found, undecided)
}
