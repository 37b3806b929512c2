//! # W0014: a wait that is never come to
//!
//! The schedule ends before a wait of it would be over: by its `until`, or by its `up to … times`. What stands
//! there is never done; if it is the first wait, nothing is tried again at all.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     retry    6h, 24h until 12h
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
//!     retry    6h, 24h until 48h
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
use crate::syntax::ast::{ActionKind, Limits, Word};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for schedule in subject.own_schedules() {
        let waits: Vec<&Word> = schedule.waits.iter().collect();
        findings.diagnostics.extend(unreached(&waits, &schedule.limits));
    }
    for action in subject.own_actions().into_iter().flatten() {
        if let ActionKind::RetryAfter { otherwise: Some(wait), limits, .. } = &action.kind {
            findings.diagnostics.extend(unreached(&[wait], limits));
        }
    }
}

/// What is to be said of the first wait that is not over when the tries end.
fn unreached(waits: &[&Word], limits: &Limits) -> Option<Diagnostic> {
    let seconds = |word: &Word| word.text.parse::<Duration>().ok().map(|wait| u64::from(wait.seconds()));
    let end = limits.until.first().and_then(|word| Some((seconds(word)?, word)));
    let times = limits.times.first().and_then(|word| Some((word.text.parse::<usize>().ok()?, word)));
    let mut sum = 0;
    for (n, wait) in waits.iter().enumerate() {
        sum += seconds(wait)?;
        let (why, by) = match (end, times) {
            (Some((end, word)), _) if sum > end => (format!("the tries end after {}", word.text), word),
            (_, Some((most, word))) if n >= most => (format!("it ends with try {most}"), word),
            _ => continue,
        };
        let (message, help) = if n == 0 {
            (format!("nothing is tried again: {why}"), "let it end later, or write `no retry`")
        } else {
            (format!("the wait of {} is never over: {why}", wait.text), "let it end later, or take the wait out")
        };
        return Some(Diagnostic::new(Code::W0014, wait.span, message).also(by.span, "the end").help(help));
    }
    None
}
