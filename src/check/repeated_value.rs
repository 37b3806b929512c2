//! # W0017: a value that another one holds
//!
//! One of the alternatives of the line takes all that this one takes, so it adds nothing. Phrases are compared in
//! their plain form: capitals, typographic quotes and double blanks make no difference.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    code 452, 552, 5xx
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
//!     match    code 452, 5xx
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

use super::subject::Place;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Column, EnhancedRange, HostPattern, TagTest};
use crate::source::Span;
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let mut told: HashSet<Span> = HashSet::new();
    for written in subject.own_rules() {
        for (tree, condition) in written.conditions() {
            let places = subject.places(tree);
            for (idle, by) in repeated(&condition.column) {
                let (Some(idle_at), Some(by_at)) = (places.get(idle), places.get(by)) else { continue };
                // Two blocks that share a phrase may well stand in one line.
                if idle_at.entry.is_some() && by_at.entry.is_some() && idle_at.cell != by_at.cell {
                    continue;
                }
                // What stands in a block is told of once, and only of one's own; beside a block the other one is told of.
                let (mut idle_at, mut by_at) = (*idle_at, *by_at);
                if idle_at.entry.is_some() && by_at.entry.is_none() {
                    (idle_at, by_at) = (by_at, idle_at);
                }
                if !subject.is_own(idle_at.itself()) || !told.insert(idle_at.itself()) {
                    continue;
                }
                let shown = subject.sources().text(by_at.itself());
                let message = format!("{} adds nothing beside {}", marked(subject, idle_at.itself()), quoted(shown));
                let diagnostic = Diagnostic::new(Code::W0017, idle_at.itself(), message)
                    .also(by_at.itself(), "this one takes it already")
                    .help("take it out");
                findings.push(match taken_out(subject, &places, idle_at) {
                    Some(span) => diagnostic.fix(span, ""),
                    None => diagnostic,
                });
            }
        }
    }
}

fn marked(subject: &Subject<'_>, span: Span) -> String {
    quoted(subject.sources().text(span))
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

/// What is taken away with a cell of a list: the comma before it, or the one behind it, if nothing else stands there.
fn taken_out(subject: &Subject<'_>, places: &[Place], idle: Place) -> Option<Span> {
    if idle.entry.is_some() {
        return None;
    }
    let n = places.iter().position(|place| place.cell == idle.cell)?;
    let (span, between) = match n.checked_sub(1) {
        Some(before) => {
            (Span { start: places[before].cell.end, ..idle.cell }, (places[before].cell.end, idle.cell.start))
        }
        None => {
            let next = places.get(1)?.cell.start;
            (Span { end: next, ..idle.cell }, (idle.cell.end, next))
        }
    };
    let between = subject.sources().text(Span { start: between.0, end: between.1, ..span });
    between.chars().all(|c| matches!(c, ',' | ' ')).then_some(span)
}

/// The alternatives that others hold, each with one that does; of two that are the same, the first is kept.
fn repeated(column: &Column) -> Vec<(usize, usize)> {
    match column {
        Column::Code(set) => held(&set.ranges, |a, b| a.0 <= b.0 && b.1 <= a.1),
        Column::Enhanced(set) | Column::Status(set) => held(&set.ranges, enhanced_holds),
        Column::Host(set) | Column::Domain(set) => held(&set.patterns, host_holds),
        Column::Phase(set) => held(&set.phases, |a, b| a == b),
        Column::Phrase(all) | Column::Text(all, _) => same(all.iter().map(|alternative| alternative.pattern)),
        Column::Tag(set) => held(&set.tests, tag_holds),
        Column::Tenant(names, _) => held(names, |a, b| a == b),
    }
}

/// Lists of phrases may be long.
fn same<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> Vec<(usize, usize)> {
    let mut first = std::collections::HashMap::new();
    all.enumerate().filter_map(|(n, one)| first.insert(one, n).map(|before| (n, before))).collect()
}

fn held<T>(all: &[T], holds: impl Fn(&T, &T) -> bool) -> Vec<(usize, usize)> {
    // A list of thousands is nobody's handwork.
    let all = &all[..all.len().min(1_000)];
    let holder = |n: usize| {
        (0..all.len()).find(|by| *by != n && holds(&all[*by], &all[n]) && (*by < n || !holds(&all[n], &all[*by])))
    };
    (0..all.len()).filter_map(|n| Some((n, holder(n)?))).collect()
}

pub(super) fn enhanced_holds(a: &EnhancedRange, b: &EnhancedRange) -> bool {
    let within = |a: (u16, u16), b: (u16, u16)| a.0 <= b.0 && b.1 <= a.1;
    a.class.0 <= b.class.0 && b.class.1 <= a.class.1 && within(a.subject, b.subject) && within(a.detail, b.detail)
}

pub(super) fn host_holds(a: &HostPattern, b: &HostPattern) -> bool {
    match (a, b) {
        (HostPattern::Exact(a), HostPattern::Exact(b)) => a == b,
        (HostPattern::Exact(_), HostPattern::Below(_)) => false,
        (HostPattern::Below(_), HostPattern::Exact(b)) => a.contains(b),
        (HostPattern::Below(above), HostPattern::Below(b)) => above == b || a.contains(b),
    }
}

fn tag_holds(a: &TagTest, b: &TagTest) -> bool {
    match (a, b) {
        (_, TagTest::Exact(tag)) => a.contains(tag),
        (TagTest::Prefix(a), TagTest::Prefix(b) | TagTest::Range { prefix: b, .. }) => b.starts_with(a.as_str()),
        (TagTest::Range { prefix: a, low, high }, TagTest::Range { prefix: b, low: from, high: to }) => {
            a == b && low <= from && to <= high
        }
        _ => false,
    }
}
