//! The rules in the order in which they are asked.

use super::{plain, words};
use crate::ruleset::{Column, Rule, RuleSet};
use serde_json::{Value, json};
use std::fmt::Write;

/// A row a rule, as JSON.
pub fn rows(rules: &RuleSet) -> impl Iterator<Item = Value> + '_ {
    rules.numbered_rules().enumerate().map(|(n, (_, rule))| {
        let outcome = &rule.outcomes[rule.outcomes.len() - 1];
        let conditions: Vec<String> = rule.conditions.iter().map(|c| one_line(rules.sources.text(c.span))).collect();
        json!({
            "v": 1,
            "place": n + 1,
            "layer": rule.layer.as_str(),
            "rule": rule.name,
            "profile": rule.profile.map(|id| &rules.profiles.get(id).name),
            "conditions": conditions,
            "category": outcome.category,
            "reason": rules.reason(outcome.reason).name,
            "from": rule.window.from,
            "until": rule.window.until,
            "at": rules.sources.at(rule.span).to_string(),
        })
    })
}

/// The rules as a table for people.
pub fn text(rules: &RuleSet) -> String {
    let rows: Vec<[String; 7]> = rules.rules.iter().map(|rule| row(rules, rule)).collect();
    let heads = ["rule", "layer", "code", "enhanced", "phase", "phrases", "then"].map(str::to_owned);
    let mut widths = heads.clone().map(|head| head.len());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in std::iter::once(&heads).chain(&rows) {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn row(rules: &RuleSet, rule: &Rule) -> [String; 7] {
    let cells = |of: &str| {
        let lines = rule.conditions.iter().filter(|condition| !condition.unless).filter_map(|condition| {
            let line = one_line(rules.sources.text(condition.span));
            line.strip_prefix("match ")?.strip_prefix(of)?.strip_prefix(' ').map(str::to_owned)
        });
        let all = lines.collect::<Vec<_>>().join(" & ");
        if all.chars().count() > 24 { format!("{}…", all.chars().take(23).collect::<String>()) } else { all }
    };
    let phrases: usize = rule
        .conditions
        .iter()
        .filter(|condition| !condition.unless)
        .filter_map(|condition| match &condition.column {
            Column::Phrase(alternatives) | Column::Text(alternatives, _) => Some(alternatives.len()),
            _ => None,
        })
        .sum();
    let outcome = &rule.outcomes[rule.outcomes.len() - 1];
    [
        rule.name.clone(),
        rule.layer.as_str().to_owned(),
        cells("code"),
        cells("enhanced"),
        cells("phase"),
        if phrases == 0 { String::new() } else { phrases.to_string() },
        words::outcome(outcome.category, &rules.reason(outcome.reason).name),
    ]
}

/// A condition as one line of plain text.
fn one_line(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}
