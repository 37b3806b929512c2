//! # W0015: a pause that changes nothing
//!
//! The address is suppressed for longer than it is paused, so the pause ends unnoticed. Or the pause is to begin
//! once it has happened a single time, which is at once: then `within` counts nothing.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    code 5xx
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     pause    after 1 within 72h for 24h
//!     example  "552 5.2.2 Mailbox full"
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
//!     match    code 5xx
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     pause    after 5 within 72h for 24h
//!     example  "552 5.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::subject::actions;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Duration;
use crate::ruleset::{Category, Column, Rule};
use crate::syntax::ast::{Action, ActionKind};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for action in subject.own_actions().into_iter().flatten() {
        if let ActionKind::Pause { after: Some((count, within)), .. } = &action.kind
            && count.text == "1"
        {
            let message = format!("`after 1 within {}` is at once", within.text);
            let diagnostic = Diagnostic::new(Code::W0015, count.span.to(within.span), message)
                .help("write `pause` alone, or a count of 2 or more");
            findings.push(diagnostic);
        }
    }
    for written in subject.own_rules().filter(|written| !may_be_lowered(written.rule)) {
        let list = actions(&written.tree.lines);
        let suppressed = list.iter().find_map(|action| match &action.kind {
            ActionKind::Suppress(time) => Some((*action, time.as_ref())),
            _ => None,
        });
        let Some((suppress, time)) = suppressed else { continue };
        let long = |text: &str| text.parse::<Duration>().ok();
        let is_shorter = |pause: &&&Action| match (&pause.kind, time) {
            (ActionKind::Pause { .. }, None) => true,
            (ActionKind::Pause { time: Some(pause), .. }, Some(time)) => long(&pause.text) <= long(&time.text),
            _ => false,
        };
        if let Some(pause) = list.iter().find(is_shorter) {
            let diagnostic = Diagnostic::new(Code::W0015, pause.place.0, "the address is suppressed for as long")
                .also(suppress.place.0, "suppressed here")
                .help("keep one of the two");
            findings.push(diagnostic);
        }
    }
}

/// Whether the rule may come to hard for a 4xx: such a verdict pauses and does not suppress.
fn may_be_lowered(rule: &Rule) -> bool {
    let for_ever = |column: &Column| matches!(column, Column::Code(set) if (400..500).all(|code| !holds(set, code)));
    let is_final = rule.conditions.iter().any(|condition| !condition.unless && for_ever(&condition.column));
    rule.outcomes.iter().any(|outcome| outcome.category == Category::Hard) && !is_final
}

fn holds(set: &crate::ruleset::CodeSet, code: u16) -> bool {
    set.ranges.iter().any(|(low, high)| (*low..=*high).contains(&code))
}
