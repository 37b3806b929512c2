//! # W0011: a change that never holds
//!
//! The change holds at a time at which the override that it changes does not. So what it says is never said.
//!
//! Bad:
//!
//! ```carom
//! override outage {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     until    2026-08-01
//!     example  "452 Mailbox full" on 2026-07-01
//! }
//!
//! change outage {
//!     retry    6h up to 2 times
//!     from     2026-08-01
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
//! override outage {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     until    2026-08-01
//!     example  "452 Mailbox full" on 2026-07-01
//! }
//!
//! change outage {
//!     retry    6h up to 2 times
//!     from     2026-07-01
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

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for (change, rule, outcome) in subject.own_changes() {
        if !outcome.window.overlaps(rule.window) {
            let message = format!("this change never holds: it is another time than that of `{}`", rule.name);
            let diagnostic = Diagnostic::new(Code::W0011, change.name.span, message)
                .also(rule.span, "what it changes")
                .help("give both a time in common by `from` and `until`, or take the change out");
            findings.push(diagnostic);
        }
    }
}
