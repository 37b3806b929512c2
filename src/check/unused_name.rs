//! # W0012: a name that nothing uses
//!
//! The `phrases` block is named by no condition, or the reason by no `then`. It has no effect: either what should
//! use it names something else, or it is left over. Of a file that holds reasons and no rules, a catalogue, nothing
//! is said.
//!
//! Bad:
//!
//! ```carom
//! phrases quota {
//!     "over quota"
//!     "quota exceeded"
//! }
//!
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
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
//! phrases quota {
//!     "over quota"
//!     "quota exceeded"
//! }
//!
//! rule full {
//!     match    phrase "mailbox full", quota
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::subject::place_of;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{Cell, Item, RuleLine};
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let (mut phrases, mut reasons) = (HashSet::new(), HashSet::new());
    let mut with_rules = HashSet::new();
    for item in subject.own_items() {
        let lines = match item {
            Item::Rule(rule) => &rule.lines,
            Item::Change(change) => &change.lines,
            _ => continue,
        };
        with_rules.extend(place_of(item).map(|span| span.file));
        for line in lines {
            match line {
                RuleLine::Condition(condition) => {
                    phrases.extend(condition.cells.iter().filter_map(|cell| match cell {
                        Cell::Word(word) => Some(word.text.as_str()),
                        Cell::Pattern(_) => None,
                    }))
                }
                RuleLine::Then(_, first, second) => {
                    reasons.insert(second.as_ref().unwrap_or(first).text.as_str());
                }
                _ => {}
            }
        }
    }
    for item in subject.own_items() {
        let (name, what, help) = match item {
            // Without any rule a set is a beginning.
            Item::Phrases(block) if !phrases.contains(block.name.text.as_str()) && !with_rules.is_empty() => {
                (&block.name, "condition uses the phrases", "name them in a `match phrase`, or take them out")
            }
            // A file of reasons alone is a catalogue, which others may use.
            Item::Reason(reason)
                if !reasons.contains(reason.name.text.as_str()) && with_rules.contains(&reason.name.span.file) =>
            {
                (&reason.name, "rule comes to the reason", "name it in a `then`, or take it out")
            }
            _ => continue,
        };
        if !subject.is_prelude(name.span) {
            let message = format!("no {what} `{}`", name.text);
            findings.push(Diagnostic::new(Code::W0012, name.span, message).help(help));
        }
    }
}
