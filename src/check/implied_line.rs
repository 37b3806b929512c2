//! # W0036: a line that adds nothing
//!
//! Every text that meets another `match` line of the rule meets this one as well.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox * full", "over quota"
//!     match    phrase "mailbox", "quota", "storage"
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
//!     match    phrase "mailbox * full", "over quota"
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

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Prover;
use crate::ruleset::{Alternative, Column, Condition, Rule, RuleSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<&Rule> = subject.own_rules().collect();
    for found in spread(&rules, |rule| of_rule(subject.rules(), subject.prover(), rule)) {
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

fn of_rule(rules: &RuleSet, prover: &Prover<'_>, rule: &Rule) -> Option<Diagnostic> {
    let lines: Vec<(&Condition, &[Alternative])> =
        rule.conditions.iter().filter(|line| !line.unless).filter_map(phrases).collect();
    for (n, (line, alternatives)) in lines.iter().enumerate() {
        let brings = |alternative: &Alternative| {
            !alternative.sets.is_empty()
                || !alternative.see.is_empty()
                || rules.pattern(alternative.pattern).gaps().next().is_some()
        };
        if alternatives.iter().any(brings) {
            continue;
        }
        let is_held = |p: &Alternative| alternatives.iter().any(|q| prover.implies(p.pattern, q.pattern));
        let mut others = lines.iter().enumerate().filter(|(other, _)| *other != n).map(|(_, line)| line);
        if let Some((other, _)) = others.find(|(_, by)| by.iter().all(is_held)) {
            let message = "this line adds nothing: whatever meets another line of the rule meets it too";
            return Some(
                Diagnostic::new(Code::W0036, line.span, message)
                    .also(other.span, "what meets this")
                    .help("take the line out, or narrow it to what it was meant to ask"),
            );
        }
    }
    None
}

fn phrases(line: &Condition) -> Option<(&Condition, &[Alternative])> {
    match &line.column {
        Column::Phrase(alternatives) => Some((line, alternatives)),
        _ => None,
    }
}
