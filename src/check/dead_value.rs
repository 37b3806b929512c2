//! # W0033: a code or phase by which its rule never decides
//!
//! The rule decides some replies, but none with this code, enhanced code or phase: the rules before it take them all.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    code 552
//!     match    phrase "quota"
//!     then     mailbox-full
//!     example  "552 Over quota"
//! }
//!
//! rule over-quota {
//!     match    code 452, 552
//!     match    phrase "over quota"
//!     then     mailbox-full
//!     example  "452 Over quota"
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
//!     match    code 552
//!     match    phrase "quota"
//!     then     mailbox-full
//!     example  "552 Over quota"
//! }
//!
//! rule over-quota {
//!     match    code 452
//!     match    phrase "over quota"
//!     then     mailbox-full
//!     example  "452 Over quota"
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
use super::dead_rule::{takers, with_takers};
use super::subject::{Subject, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::Proof;
use crate::ruleset::{CodeSet, Column, Condition, EnhancedSet, PhaseSet};
use crate::spread::spread;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for (found, undecided) in spread(&subject.alive(), |written| of_rule(subject, written)) {
        findings.undecided += undecided;
        for (diagnostic, line) in found {
            // Of two columns at odds W0018 speaks.
            if !diagnostic.others().is_empty() || !findings.has_cause(std::slice::from_ref(line), &[Code::W0018]) {
                findings.push(diagnostic);
            }
        }
    }
}

/// What is found in one rule, and how much is not decided.
fn of_rule<'s>(
    subject: &Subject<'_>,
    Written { rule, id, .. }: &Written<'s>,
) -> (Vec<(Diagnostic, &'s Condition)>, usize) {
    let rules = subject.rules();
    let (mut found, mut undecided) = (Vec::new(), 0);
    for condition in rule.conditions.iter().filter(|condition| !condition.unless) {
        let values = values(&condition.column);
        // The only value of a line is the rule itself.
        for (name, column) in values.iter().filter(|_| values.len() > 1) {
            let (why, before) = match subject.prover().column(*id, column) {
                Proof::Never(before) if before.is_empty() => {
                    ("no reply of its other conditions has it".to_owned(), before)
                }
                Proof::Never(before) => (format!("{} every such reply", takers(rules, &before)), before),
                Proof::Undecided => {
                    undecided += 1;
                    continue;
                }
                Proof::Decides(_) | Proof::Vetoed(_) => continue,
            };
            let message = format!("`{}` never decides by {name}: {why}", rule.name);
            let diagnostic = Diagnostic::new(Code::W0033, condition.span, message)
                .help(format!("take {name} out, or move the rule above what takes its replies"));
            found.push((with_takers(diagnostic, rules, &before), condition));
        }
    }
    (found, undecided)
}

/// The values of a column, each with its name and as a column of its own.
fn values(column: &Column) -> Vec<(String, Column)> {
    let none = |is_in: bool, column: Column| is_in.then(|| ("`none`".to_owned(), column));
    match column {
        Column::Code(set) => {
            let range = |(low, high): &(u16, u16)| {
                let name = match (*low, *high) {
                    (low, high) if low == high => format!("`{low}`"),
                    (low, high) if low % 100 == 0 && high == low + 99 => format!("`{}xx`", low / 100),
                    (low, high) => format!("`{low}..{high}`"),
                };
                (name, Column::Code(CodeSet { ranges: vec![(*low, *high)], none: false }))
            };
            let lack = Column::Code(CodeSet { ranges: Vec::new(), none: true });
            set.ranges.iter().map(range).chain(none(set.none, lack)).collect()
        }
        Column::Enhanced(set) => {
            let range = |range: &crate::ruleset::EnhancedRange| {
                let part = |(low, high): (u16, u16), most: u16| match (low, high) {
                    (0, high) if high >= most => "*".to_owned(),
                    (low, high) if low == high => low.to_string(),
                    (low, high) => format!("{low}..{high}"),
                };
                let class = part((range.class.0.into(), range.class.1.into()), u16::MAX);
                let class = if range.class.0 < range.class.1 { "*".to_owned() } else { class };
                let name = format!("`{class}.{}.{}`", part(range.subject, 999), part(range.detail, 999));
                (name, Column::Enhanced(EnhancedSet { ranges: vec![*range], none: false }))
            };
            let lack = Column::Enhanced(EnhancedSet { ranges: Vec::new(), none: true });
            set.ranges.iter().map(range).chain(none(set.none, lack)).collect()
        }
        Column::Phase(set) => {
            let phase = |phase: &crate::reply::Phase| {
                (format!("`{phase}`"), Column::Phase(PhaseSet { phases: vec![*phase], none: false }))
            };
            let lack = Column::Phase(PhaseSet { phases: Vec::new(), none: true });
            set.phases.iter().map(phase).chain(none(set.none, lack)).collect()
        }
        _ => Vec::new(),
    }
}
