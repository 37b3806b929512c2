//! # W0031: an `unless` that vetoes everything
//!
//! Whatever the rule's `match` lines let through, one of its `unless` lines vetoes, so that the rule never decides.
//!
//! Bad:
//!
//! ```carom
//! # allow W0001: it takes no example
//! rule full {
//!     match    phrase "mailbox is full", "mailbox is almost full"
//!     unless   phrase "mailbox"
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
//!     match    phrase "mailbox is full", "mailbox is almost full"
//!     unless   phrase "shared mailbox"
//!     then     mailbox-full
//!     example  "552 Mailbox is full"
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
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Proof;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for (Written { rule, .. }, proof) in subject.proved() {
        let Proof::Vetoed(condition) = proof else { continue };
        let message = format!("`{}` never decides: this vetoes all that its `match` lines let through", rule.name);
        findings.push(
            Diagnostic::new(Code::W0031, rule.conditions[*condition].span, message)
                .also(rule.span, "of this rule")
                .help("narrow the `unless` to what is not meant, or take it out"),
        );
    }
}
