//! # W0030: a rule that never decides
//!
//! The rules before this one take every reply that it would take, alone or together, or its own conditions exclude each
//! other. This has been proved, not guessed: each way in which the rule's phrases can stand in a text is one in which
//! theirs stand as well, and their codes and the rest leave nothing over.
//!
//! Bad:
//!
//! ```carom
//! rule protocol {
//!     match    enhanced 5.5.*, 4.5.*
//!     then     protocol-error
//!     example  "500 5.5.2 Error: bad syntax"
//! }
//!
//! # allow W0001: the rule above takes every example that it could have
//! rule too-many-recipients {
//!     match    code 452
//!     match    enhanced 4.5.3
//!     match    phrase "too many recipients"
//!     then     too-many
//! }
//!
//! reason protocol-error {
//!     category block
//!     fault    sender
//!     scope    connection
//!     advice   "Look at the session: the server did not understand it."
//! }
//!
//! reason too-many {
//!     category deferred
//!     fault    sender
//!     scope    message
//!     advice   "Send to fewer recipients at a time."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule too-many-recipients {
//!     match    code 452
//!     match    enhanced 4.5.3
//!     match    phrase "too many recipients"
//!     then     too-many
//!     example  "452 4.5.3 Too many recipients"
//! }
//!
//! rule protocol {
//!     match    enhanced 5.5.*, 4.5.*
//!     then     protocol-error
//!     example  "500 5.5.2 Error: bad syntax"
//! }
//!
//! reason protocol-error {
//!     category block
//!     fault    sender
//!     scope    connection
//!     advice   "Look at the session: the server did not understand it."
//! }
//!
//! reason too-many {
//!     category deferred
//!     fault    sender
//!     scope    message
//!     advice   "Send to fewer recipients at a time."
//! }
//! ```
//!
//! What the other rule should not take belongs above it, or into an `unless` of it.

use super::Findings;
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Proof;
use crate::ruleset::{RuleId, RuleSet};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules = subject.rules();
    for (Written { rule, .. }, proof) in subject.proved() {
        match proof {
            // What excludes what has been said by these.
            Proof::Never(before)
                if before.is_empty()
                    && findings.has_cause(&rule.conditions, &[Code::W0016, Code::W0018, Code::W0023, Code::W0037]) => {}
            Proof::Never(before) if before.is_empty() => {
                let message = format!("`{}` never decides: no reply meets all of its conditions", rule.name);
                findings.push(
                    Diagnostic::new(Code::W0030, rule.span, message)
                        .help("take out the condition that excludes the others, or the rule"),
                );
            }
            Proof::Never(before) => {
                let every =
                    format!("`{}` never decides: {} every reply that it would", rule.name, takers(rules, before));
                let help = match before.as_slice() {
                    [one] => format!("move it above `{}`, narrow that one, or take it out", rules.rule(*one).name),
                    _ => "move it above them, narrow one of them, or take it out".to_owned(),
                };
                findings.push(with_takers(Diagnostic::new(Code::W0030, rule.span, every).help(help), rules, before));
            }
            Proof::Undecided => findings.undecided += 1,
            Proof::Decides(_) | Proof::Vetoed(_) => {}
        }
    }
}

/// The rules that take something, as the beginning of a sentence.
pub(super) fn takers(rules: &RuleSet, ids: &[RuleId]) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{}`", rules.rule(*id).name)).collect();
    match (names.as_slice(), ids.len().saturating_sub(NAMED)) {
        ([one], _) => format!("{one} takes"),
        ([first @ .., last], 0) => format!("{} and {last} together take", first.join(", ")),
        (all, more) => format!("{} and {more} more together take", all.join(", ")),
    }
}

/// Points to the rules that take something.
pub(super) fn with_takers(mut diagnostic: Diagnostic, rules: &RuleSet, ids: &[RuleId]) -> Diagnostic {
    const SHOWN: usize = 3;
    for id in ids.iter().take(SHOWN) {
        diagnostic = diagnostic.also(rules.rule(*id).span, "this comes first");
    }
    diagnostic
}
