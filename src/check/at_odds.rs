//! # W0018: conditions of which one is idle
//!
//! Two lines of the rule ask about the same thing, and one leaves nothing for the other to do: no reply can meet
//! both, so that the rule takes nothing; or one holds whenever the other does. All `match` lines must hold, and
//! alternatives stand in one line, with commas between them.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    code 4xx
//!     unless   code 552
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
//! rule full {
//!     match    code 4xx
//!     unless   code 451
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

use super::repeated_value::{enhanced_holds, host_holds};
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::{Phase, ReplyCode};
use crate::ruleset::{Column, Condition, EnhancedRange, EnhancedSet, HostPattern, HostSet};
use crate::source::Span;
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let mut told: HashSet<Span> = HashSet::new();
    // Some rules of the prelude are asked for by name alone, and match nothing.
    for written in subject.own_rules().filter(|written| !subject.is_prelude(written.rule.span)) {
        let conditions: &[Condition] = &written.rule.conditions;
        for (n, later) in conditions.iter().enumerate() {
            for earlier in &conditions[..n] {
                if let Some((idle, why, help)) = at_odds(earlier, later)
                    && told.insert(idle.span)
                {
                    let other = if std::ptr::eq(idle, later) { earlier } else { later };
                    let shown = |condition: &Condition| {
                        let words: Vec<&str> = subject.sources().text(condition.span).split_whitespace().collect();
                        format!("`{}`", words.join(" "))
                    };
                    let message = format!("{} {why} {}", shown(idle), shown(other));
                    let diagnostic =
                        Diagnostic::new(Code::W0018, idle.span, message).also(other.span, "the other line").help(help);
                    findings.push(diagnostic);
                }
            }
        }
    }
}

/// The line of two that is idle, why, and what mends it.
fn at_odds<'c>(earlier: &'c Condition, later: &'c Condition) -> Option<(&'c Condition, &'static str, &'static str)> {
    let Sets { apart, earlier_holds, later_holds } = compare(&earlier.column, &later.column)?;
    let out = "take the line out";
    Some(match (earlier.unless, later.unless) {
        (false, false) if apart => {
            (later, "holds for no reply beside", "write alternatives in one line, with a comma between them")
        }
        (false, false) if earlier_holds => (earlier, "adds nothing beside", out),
        (false, false) if later_holds => (later, "adds nothing beside", out),
        (true, true) if earlier_holds => (later, "adds nothing beside", out),
        (true, true) if later_holds => (earlier, "adds nothing beside", out),
        (false, true) if apart => (later, "adds nothing beside", out),
        (true, false) if apart => (earlier, "adds nothing beside", out),
        (false, true) if later_holds => (later, "vetoes all that is left by", "narrow the veto, or take the line out"),
        (true, false) if earlier_holds => {
            (earlier, "vetoes all that is left by", "narrow the veto, or take the line out")
        }
        _ => return None,
    })
}

/// How what two lines ask about is related.
struct Sets {
    /// Nothing is in both.
    apart: bool,
    /// All of the later one is in the earlier one.
    earlier_holds: bool,
    /// All of the earlier one is in the later one.
    later_holds: bool,
}

fn compare(earlier: &Column, later: &Column) -> Option<Sets> {
    Some(match (earlier, later) {
        (Column::Code(a), Column::Code(b)) => {
            let all: Vec<_> = (200..600).map(ReplyCode::new).chain([None]).collect();
            of_members(&all, |code| a.contains(*code), |code| b.contains(*code))
        }
        (Column::Phase(a), Column::Phase(b)) => {
            let all: Vec<_> = Phase::ALL.iter().copied().map(Some).chain([None]).collect();
            of_members(&all, |phase| a.contains(*phase), |phase| b.contains(*phase))
        }
        (Column::Enhanced(a), Column::Enhanced(b)) | (Column::Status(a), Column::Status(b)) => of_enhanced(a, b),
        (Column::Host(a), Column::Host(b)) | (Column::Domain(a), Column::Domain(b)) => of_hosts(a, b),
        (Column::Tenant(a, no_a), Column::Tenant(b, no_b)) => {
            let all: Vec<_> = a.iter().chain(b).map(Some).chain([None]).collect();
            let within = |names: &[String], none: bool, one: &Option<&String>| match one {
                Some(name) => names.contains(name),
                None => none,
            };
            of_members(&all, |one| within(a, *no_a, one), |one| within(b, *no_b, one))
        }
        _ => return None,
    })
}

fn of_members<T>(all: &[T], a: impl Fn(&T) -> bool, b: impl Fn(&T) -> bool) -> Sets {
    Sets {
        apart: !all.iter().any(|one| a(one) && b(one)),
        earlier_holds: all.iter().all(|one| a(one) || !b(one)),
        later_holds: all.iter().all(|one| b(one) || !a(one)),
    }
}

fn of_enhanced(a: &EnhancedSet, b: &EnhancedSet) -> Sets {
    let meet = |a: (u16, u16), b: (u16, u16)| a.0 <= b.1 && b.0 <= a.1;
    let both = |a: &EnhancedRange, b: &EnhancedRange| {
        (a.class.0 <= b.class.1 && b.class.0 <= a.class.1) && meet(a.subject, b.subject) && meet(a.detail, b.detail)
    };
    let holds = |a: &EnhancedSet, b: &EnhancedSet| {
        (a.none || !b.none) && b.ranges.iter().all(|one| a.ranges.iter().any(|range| enhanced_holds(range, one)))
    };
    let meets = a.none && b.none || a.ranges.iter().any(|range| b.ranges.iter().any(|one| both(range, one)));
    Sets { apart: !meets, earlier_holds: holds(a, b), later_holds: holds(b, a) }
}

fn of_hosts(a: &HostSet, b: &HostSet) -> Sets {
    let both = |a: &HostPattern, b: &HostPattern| host_holds(a, b) || host_holds(b, a);
    let holds = |a: &HostSet, b: &HostSet| {
        (a.none || !b.none) && b.patterns.iter().all(|one| a.patterns.iter().any(|name| host_holds(name, one)))
    };
    let meets = a.none && b.none || a.patterns.iter().any(|name| b.patterns.iter().any(|one| both(name, one)));
    Sets { apart: !meets, earlier_holds: holds(a, b), later_holds: holds(b, a) }
}
