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

use super::Findings;
use super::implied_alternative::is_plain;
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Alternative, Column, Condition, Rule};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<Written<'_>> = subject.own_rules().collect();
    for found in spread(&rules, |written| of_rule(subject, written.rule)) {
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

fn of_rule(subject: &Subject<'_>, rule: &Rule) -> Option<Diagnostic> {
    let lines = rule.conditions.iter().filter(|line| !line.unless);
    let lines: Vec<(&Condition, &[Alternative])> = lines.filter_map(phrases).collect();
    for (n, (line, alternatives)) in lines.iter().enumerate() {
        if !alternatives.iter().all(|alternative| is_plain(subject.rules(), alternative)) {
            continue;
        }
        let prover = subject.prover();
        let is_held = |p: &Alternative| {
            !prover.is_impossible(p.pattern) && alternatives.iter().any(|q| prover.implies(p.pattern, q.pattern))
        };
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
