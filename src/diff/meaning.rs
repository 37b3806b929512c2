//! What rules say apart from where they stand: texts that are equal where two rules mean the same.

use crate::ruleset::{Alternative, Column, Outcome, Pattern, PatternKind, Rule, RuleSet};
use std::fmt::Write;

/// What a rule means, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Meaning {
    /// Layer and profile.
    pub(super) place: String,
    /// What it matches and when, with what its phrases bring along.
    pub(super) matching: String,
    /// What it says.
    pub(super) outcome: String,
}

impl Meaning {
    pub(super) fn of(rules: &RuleSet, rule: &Rule) -> Meaning {
        let profile = rule.profile.map_or("", |id| &rules.profiles.get(id).name);
        let mut matching = String::new();
        let mut outcome = String::new();
        // Writing to a string does not fail.
        let _ = write!(matching, "{:?}", rule.window);
        for condition in &rule.conditions {
            let _ = write!(matching, "\n{} ", condition.unless);
            column(rules, &condition.column, &mut matching);
        }
        for each in &rule.outcomes {
            said(rules, each, &mut outcome);
        }
        Meaning { place: format!("{} {profile}", rule.layer.as_str()), matching, outcome }
    }
}

fn column(rules: &RuleSet, column: &Column, out: &mut String) {
    let _ = match column {
        Column::Phrase(all) => write!(out, "phrase").map(|()| alternatives(rules, all, out)),
        Column::Text(all, none) => write!(out, "text {none}").map(|()| alternatives(rules, all, out)),
        // These hold no numbers that mean something in one rule set only.
        other => write!(out, "{other:?}"),
    };
}

fn alternatives(rules: &RuleSet, all: &[Alternative], out: &mut String) {
    for Alternative { pattern, sets, see } in all {
        let _ = write!(out, " {} {sets:?} {see:?}", phrase(rules.pattern(*pattern)));
    }
}

/// A phrase by what it says, not by how it is written.
fn phrase(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Regex(expression) => format!("regex {expression:?}"),
        kind => format!("{kind:?}"),
    }
}

fn said(rules: &RuleSet, outcome: &Outcome, out: &mut String) {
    let Outcome { window, category, reason, actions, lowered, say, see, change: _ } = outcome;
    let reason = rules.reason(*reason);
    let of_reason = (&reason.name, reason.fault, reason.scope, &reason.advice);
    let _ = writeln!(out, "{window:?} {category} {of_reason:?} {actions:?} {lowered:?} {say:?} {see:?}");
}
