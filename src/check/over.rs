//! # W0010: an override or change that is over
//!
//! The override or change has an `until` that has passed, so it holds for no reply that is still to come. What was
//! an incident is over; whoever reads the file has to read past it.
//!
//! Bad:
//!
//! ```carom
//! override outage {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     until    2026-03-01
//!     example  "452 Mailbox full" on 2026-02-27
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
//!     until    2027-03-01
//!     example  "452 Mailbox full" on 2026-02-27
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
//! What is past is told by the clock of the machine, or by `carom check --at 2026-06-01`.

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Window;
use crate::source::Span;
use crate::syntax::ast::RuleLine;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let mut look = |what: String, window: Window, lines: &[RuleLine], help: &str| {
        if let (Some(end), Some(span)) = (window.until.filter(|end| *end <= subject.now), until(lines)) {
            let diagnostic = Diagnostic::new(Code::W0010, span, format!("{what} is over since {end}")).help(help);
            findings.push(diagnostic);
        }
    };
    for written in subject.own_rules() {
        let what = format!("{} `{}`", written.rule.layer.as_str(), written.rule.name);
        look(what, written.rule.window, &written.tree.lines, "take the override out, or let it end later");
    }
    for (change, rule, outcome) in subject.own_changes() {
        let what = format!("this change of `{}`", rule.name);
        look(what, outcome.window, &change.lines, "take the change out, or let it end later");
    }
}

/// The line that says the end.
fn until(lines: &[RuleLine]) -> Option<Span> {
    lines.iter().find_map(|line| match line {
        RuleLine::Until(place, _) => Some(place.0),
        _ => None,
    })
}
