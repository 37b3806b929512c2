//! # W0001: a rule without an example
//!
//! The rule has no example. An example is the rule's test: it shows what the rule is for, and it fails when another
//! rule takes the reply or the rule no longer matches it.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    code 452
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
//!     match    code 452
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
//! A reply from a log is best, with the recipient's address taken out.

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let bare = subject.own_rules().map(|written| written.rule).filter(|rule| rule.examples.is_empty());
    for rule in bare.filter(|rule| !subject.is_prelude(rule.span)) {
        let message = format!("{} `{}` has no example", rule.layer.as_str(), rule.name);
        let diagnostic = Diagnostic::new(Code::W0001, rule.span, message).help(
            "add a reply that it is meant for: `example \"550 5.1.1 …\"`; `carom test` then holds the rule to it",
        );
        findings.push(diagnostic);
    }
}
