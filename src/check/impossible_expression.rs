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
//! # allow W0030: as this page shows
//! rule full {
//!     match    phrase regex '(?-i)Mailbox full'
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
//!     match    phrase regex '\bmailbox (is )?full\b'
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
//! The leading codes of a reply are no part of its text: `match code` and `match enhanced` ask for them.

use super::{Findings, Subject, places};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Column, PatternKind, Rule, RuleSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules: Vec<&Rule> = subject.own_rules().collect();
    let find = |rule: &&Rule| of_rule(subject.rules(), rule, |pattern| subject.prover().is_impossible(pattern));
    for found in spread(&rules, find) {
        found.into_iter().for_each(|diagnostic| findings.push(diagnostic));
    }
}

fn of_rule(rules: &RuleSet, rule: &Rule, is_impossible: impl Fn(crate::ruleset::PatternId) -> bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for condition in &rule.conditions {
        let (Column::Phrase(alternatives) | Column::Text(alternatives, _)) = &condition.column else { continue };
        for (alternative, place) in alternatives.iter().zip(places::of(rules, condition)) {
            let is_regex = matches!(rules.pattern(alternative.pattern).kind, PatternKind::Regex(_));
            if is_regex && is_impossible(alternative.pattern) {
                let message = "no text has what this expression asks for";
                found.push(
                    Diagnostic::new(Code::W0037, place.unwrap_or(condition.span), message).help(
                        "texts are in small letters, with plain quotes and one blank between words: ask for that",
                    ),
                );
            }
        }
    }
    found
}
