//! Compiling rules: how each is found, and what is asked of it then.

use super::always::Always;
use super::codes::CodeClasses;
use super::expression::Expression;
use super::gate::Gate;
use super::glance::Glance;
use super::index::Anchors;
use super::leads::{Edges, Lead, Leads, Owed, Wanted};
use super::lookup::{Compiled, Indexed, Table};
use super::phrase::{Phrase, Required};
use super::words::needed;
use crate::reply::fold;
use crate::ruleset::{Alternative, Column, Condition, PatternId, PatternKind, Rule, RuleId, RuleSet};

/// What is asked of each rule beside the phrase by which it is found and the codes that its lead stands for: the
/// numbers of its conditions, those first that cost next to nothing.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// For each rule where its conditions begin, and where those begin that cost something.
    starts: Vec<(u32, u32)>,
    conditions: Vec<u32>,
}

impl Rest {
    /// Those that look into the text, or those that do not.
    pub(super) fn of(&self, rule: RuleId, costly: bool) -> &[u32] {
        let rule = rule.0 as usize;
        let ((start, middle), end) = (self.starts[rule], self.starts[rule + 1].0);
        &self.conditions[if costly { middle as usize..end as usize } else { start as usize..middle as usize }]
    }
}

/// Whether a condition looks into the text.
fn is_costly(column: &Column) -> bool {
    matches!(column, Column::Phrase(_) | Column::Text(..) | Column::Tag(_))
}

impl Table {
    pub(crate) fn new(rules: &RuleSet) -> Table {
        let mut patterns: Vec<Compiled> = rules
            .patterns
            .iter()
            .map(|pattern| match &pattern.kind {
                PatternKind::Phrase { elements, open_start, open_end } => {
                    let needs = Phrase::new(elements, *open_start, *open_end).needs();
                    Compiled { needs, ..Compiled::default() }
                }
                PatternKind::Regex(written) => {
                    let expression = Expression::new(written);
                    let literal = expression.literal();
                    let needs = literal.map_or(Glance::NONE, |literal| needed(literal, Anchors::default()));
                    Compiled { expression: Some(Box::new(expression)), needs, indexed: None }
                }
            })
            .collect();
        let codes = CodeClasses::new(&rules.rules);
        let mut leads: Vec<(PatternId, Gate, Purpose)> = Vec::new();
        let mut is_asked = vec![false; patterns.len()];
        let mut always: Vec<Vec<(RuleId, Gate, Owed)>> = vec![Vec::new(); rules.profiles.iter().len() + 1];
        let mut rest = Rest::default();
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
                    alternatives.iter().for_each(|a| is_asked[a.pattern.0 as usize] = true);
                }
            }
            let start = rest.conditions.len();
            let cheap = left.iter().filter(|n| !is_costly(&rule.conditions[**n].column)).count();
            rest.starts.push((start as u32, (start + cheap) as u32));
            rest.conditions.extend(left.iter().map(|n| *n as u32));
        }
        rest.starts.push((rest.conditions.len() as u32, 0));
        let asked = (0..patterns.len()).filter(|n| is_asked[*n]).map(|n| PatternId(n as u32));
        leads.extend(asked.map(|id| (id, Gate::OPEN, Purpose::Asked)));
        leads.retain(|(id, ..)| literal(rules, &patterns, *id).is_some());
        let wanted = leads.iter().filter_map(|(id, gate, purpose)| wanted(rules, &patterns, *id, *gate, *purpose));
        let (found, numbers) = Leads::new(wanted, |count| samples(rules, count));
        for ((id, _, purpose), literal) in leads.iter().zip(numbers) {
            if let Purpose::Asked = purpose {
                let edges = Phrase::of(rules, *id).and_then(Phrase::plain_edges);
                patterns[id.0 as usize].indexed = Some(Indexed { literal, edges });
            }
        }
        Table { patterns, leads: found, always: always.into_iter().map(Always::new).collect(), codes, rest }
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

/// What is to be looked for so that a pattern is found.
fn wanted<'r>(
    rules: &'r RuleSet,
    patterns: &'r [Compiled],
    id: PatternId,
    gate: Gate,
    purpose: Purpose,
) -> Option<Wanted<'r>> {
    let Required { text, anchors, is_first } = literal(rules, patterns, id)?;
    let plain = Phrase::of(rules, id).and_then(Phrase::plain_edges);
    let lead = match (purpose, plain) {
        (Purpose::Stands(rule, owed), Some(edges)) => Some(Lead { gate, edges, rule, owed }),
        (Purpose::Stands(rule, _), None) => {
            let owed = if is_first { Owed::PatternHere(id) } else { Owed::Pattern(id) };
            Some(Lead { gate, edges: Edges::default(), rule, owed })
        }
        // The condition is still to be asked.
        (Purpose::IsWhole(rule), _) => Some(Lead { gate, edges: Edges::default(), rule, owed: Owed::Rest }),
        (Purpose::Asked, _) => None,
    };
    Some(Wanted { text, anchors, needs: patterns[id.0 as usize].needs, lead })
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
