//! # W0013: a schedule that does not rise
//!
//! A wait of the schedule is shorter than the one before it. Waits that grow give the receiving server time; one
//! that shrinks is most often a slip of the unit (`30m` for `30h`).
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     retry    1h, 30m until 24h
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
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     retry    30m, 1h until 24h
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

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Duration;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for schedule in subject.own_schedules() {
        let long = |text: &str| text.parse::<Duration>().ok();
        let Some([before, after]) = schedule.waits.array_windows().find(|[a, b]| long(&b.text) < long(&a.text)) else {
            continue;
        };
        let mut waits: Vec<&str> = schedule.waits.iter().map(|word| word.text.as_str()).collect();
        waits.sort_by_key(|wait| long(wait));
        let message = format!("the wait of {} is shorter than the one before it", after.text);
        let diagnostic = Diagnostic::new(Code::W0013, after.span, message)
            .also(before.span, "the one before it")
            .help(format!("let the waits rise: `retry {}`", waits.join(", ")));
        findings.push(diagnostic);
    }
}
