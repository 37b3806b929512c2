//! Compiling rules: how each is found, and what is asked of it then.

use super::always::Always;
use super::codes::CodeClasses;
use super::expression::Expression;
use super::gate::Gate;
use super::index::Anchors;
use super::leads::{Edges, Lead, Leads, News, Owed};
use super::lookup::{Compiled, Table};
use super::phrase::{Phrase, Required};
use crate::reply::fold;
use crate::ruleset::{Alternative, Column, Condition, PatternId, PatternKind, Rule, RuleId, RuleSet};

/// What is asked of each rule beside the phrase by which it is found and the codes that its lead stands for: the
/// numbers of its conditions, those first that cost next to nothing.
#[derive(Debug, Default)]
pub(super) struct Rest {
    starts: Vec<u32>,
    conditions: Vec<u32>,
}

impl Rest {
    pub(super) fn of(&self, rule: RuleId) -> &[u32] {
        let rule = rule.0 as usize;
        &self.conditions[self.starts[rule] as usize..self.starts[rule + 1] as usize]
    }
}

/// Whether a condition looks into the text.
pub(super) fn is_costly(column: &Column) -> bool {
    matches!(column, Column::Phrase(_) | Column::Text(..) | Column::Tag(_))
}

impl Table {
    pub(crate) fn new(rules: &RuleSet) -> Table {
        let mut patterns: Vec<Compiled> = rules
            .patterns
            .iter()
            .map(|pattern| match &pattern.kind {
                PatternKind::Phrase { .. } => Compiled::default(),
                PatternKind::Regex(written) => {
                    Compiled { expression: Some(Box::new(Expression::new(written))), indexed: false }
                }
            })
            .collect();
        let codes = CodeClasses::new(&rules.rules);
        let mut leads: Vec<(PatternId, Gate, Purpose)> = Vec::new();
        let mut always: Vec<Vec<(RuleId, Gate, Owed)>> = vec![Vec::new(); rules.profiles.iter().len() + 1];
        let mut rest = Rest { starts: vec![0], conditions: Vec::new() };
        for (id, rule) in rules.numbered_rules() {
            let gate = Gate::of_rule(rule, &codes);
            let by =
                entrance(&rule.conditions, |id| literal(rules, &patterns, id).map_or(0, |literal| literal.text.len()));
            let is_left = |n: &usize| {
                let condition = &rule.conditions[*n];
                let is_entrance = by == Some(*n) && matches!(condition.column, Column::Phrase(_));
                let is_code = matches!(condition.column, Column::Code(_)) && !condition.unless;
                !(is_entrance || is_code && codes.are_exact())
            };
            let mut left: Vec<usize> = (0..rule.conditions.len()).filter(is_left).collect();
            left.sort_by_key(|n| is_costly(&rule.conditions[*n].column));
            let owed = if left.is_empty() && rule.window.is_always() { Owed::Nothing } else { Owed::Rest };
            match by.map(|n| &rule.conditions[n].column) {
                Some(Column::Phrase(alternatives)) => {
                    leads.extend(alternatives.iter().map(|a| (a.pattern, gate, Purpose::Stands(id, owed))));
                }
                Some(Column::Text(alternatives, _)) => {
                    leads.extend(alternatives.iter().map(|a| (a.pattern, gate, Purpose::IsWhole(id))));
                }
                _ => add_for_profiles(rules, rule, (id, gate, owed), &mut always),
            }
            for n in &left {
                if let Column::Phrase(alternatives) = &rule.conditions[*n].column {
                    alternatives.iter().for_each(|a| patterns[a.pattern.0 as usize].indexed = true);
                }
            }
            rest.conditions.extend(left.iter().map(|n| *n as u32));
            rest.starts.push(rest.conditions.len() as u32);
        }
        for n in 0..patterns.len() {
            let id = PatternId(n as u32);
            let is_asked = std::mem::take(&mut patterns[n].indexed);
            if is_asked && literal(rules, &patterns, id).is_some() {
                patterns[n].indexed = true;
                leads.push((id, Gate::OPEN, Purpose::Asked));
            }
        }
        let led = leads.iter().filter_map(|(id, gate, purpose)| {
            let literal = literal(rules, &patterns, *id)?;
            Some((literal.text, lead(rules, *id, &literal, *gate, *purpose)))
        });
        let leads = Leads::new(led, |count| samples(rules, count));
        Table { patterns, leads, always: always.into_iter().map(Always::new).collect(), codes, rest }
    }
}

/// Calls back with the texts of all examples, as they will be met.
fn samples(rules: &RuleSet, count: &mut dyn FnMut(&str)) {
    let mut text = String::new();
    for example in rules.rules.iter().flat_map(|rule| &rule.examples) {
        fold(&String::from_utf8_lossy(&example.reply.text), &mut text);
        count(&text);
    }
}

/// What every text holds that a pattern matches.
fn literal<'r>(rules: &'r RuleSet, patterns: &'r [Compiled], id: PatternId) -> Option<Required<'r>> {
    let literal = match &patterns[id.0 as usize].expression {
        Some(expression) => {
            Some(Required { text: expression.literal()?, anchors: Anchors::default(), is_first: false })
        }
        None => Phrase::of(rules, id)?.literal(),
    };
    literal.filter(|literal| !literal.text.is_empty())
}

/// What a pattern's literal is looked for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// The rule is found by it; this is owed where it stands.
    Stands(RuleId, Owed),
    /// The rule is found by it, and it must be the whole text.
    IsWhole(RuleId),
    /// Rules ask for it beside others.
    Asked,
}

/// What the literal of a pattern leads to.
fn lead(rules: &RuleSet, id: PatternId, literal: &Required<'_>, gate: Gate, purpose: Purpose) -> Lead {
    let plain = Phrase::of(rules, id).and_then(|phrase| phrase.plain_edges());
    let (edges, news) = match (purpose, plain) {
        (Purpose::Stands(rule, owed), Some(edges)) => (edges, News::Candidate(rule, owed)),
        (Purpose::Stands(rule, _), None) if literal.is_first => {
            (Edges::default(), News::Candidate(rule, Owed::PatternAt(id, 0)))
        }
        (Purpose::Stands(rule, _), None) => (Edges::default(), News::Candidate(rule, Owed::Pattern(id))),
        // The condition is still to be asked.
        (Purpose::IsWhole(rule), _) => (Edges::default(), News::Candidate(rule, Owed::Rest)),
        (Purpose::Asked, Some(edges)) => (edges, News::Found(id)),
        (Purpose::Asked, None) => (Edges::default(), News::Possible(id)),
    };
    Lead { gate, anchors: literal.anchors, edges, news }
}

/// Adds a rule that no phrase leads to for every profile that it is for, and a general one for none as well.
fn add_for_profiles(
    rules: &RuleSet,
    rule: &Rule,
    entry: (RuleId, Gate, Owed),
    always: &mut [Vec<(RuleId, Gate, Owed)>],
) {
    for (id, _) in rules.profiles.iter() {
        if rule.profile.is_none_or(|of| rules.profiles.chain(id).any(|up| up == of)) {
            always[id.0 as usize].push(entry);
        }
    }
    if let (None, Some(none)) = (rule.profile, always.last_mut()) {
        none.push(entry);
    }
}

/// The condition by which a rule is found: the one whose every alternative requires a literal, and whose shortest
/// is the longest.
fn entrance(conditions: &[Condition], length: impl Fn(PatternId) -> usize) -> Option<usize> {
    let shortest = |alternatives: &[Alternative]| -> Option<usize> {
        alternatives.iter().map(|a| length(a.pattern)).min().filter(|length| *length > 0)
    };
    let of_condition = |(n, condition): (usize, &Condition)| match &condition.column {
        Column::Phrase(alternatives) | Column::Text(alternatives, false) if !condition.unless => {
            Some((n, shortest(alternatives)?))
        }
        _ => None,
    };
    conditions.iter().enumerate().filter_map(of_condition).max_by_key(|(_, length)| *length).map(|(n, _)| n)
}
