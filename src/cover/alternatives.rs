//! The alternatives of a line: each as a condition of its own, and where each stands.

use super::{CoveredAlternative, CoveredLine};
use crate::ruleset::{Alternative, CodeSet, Column, Condition, EnhancedSet, HostSet, PhaseSet, Rule, RuleSet, TagSet};
use crate::source::Span;
use crate::syntax::ast::{self, Cell, Item, Pattern, RuleLine};
use crate::syntax::parse;
use std::collections::HashMap;

/// Each alternative of a `match` line as a condition; nothing where there is only one, or where the line vetoes.
pub(super) fn alone(condition: &Condition) -> Vec<Condition> {
    if condition.unless {
        return Vec::new();
    }
    let columns = columns(&condition.column);
    if columns.len() < 2 {
        return Vec::new();
    }
    columns.into_iter().map(|column| Condition { unless: false, column, span: condition.span }).collect()
}

/// A column taken apart, the lack of a value last.
fn columns(column: &Column) -> Vec<Column> {
    let none = |none: bool, column: Column| none.then_some(column);
    let phrase =
        |alternative: &Alternative| Alternative { pattern: alternative.pattern, sets: Vec::new(), see: Vec::new() };
    let enhanced = |set: &EnhancedSet| -> Vec<EnhancedSet> {
        let each = set.ranges.iter().map(|range| EnhancedSet { ranges: vec![*range], none: false });
        each.chain(set.none.then(|| EnhancedSet { ranges: Vec::new(), none: true })).collect()
    };
    let hosts = |set: &HostSet| -> Vec<HostSet> {
        let each = set.patterns.iter().map(|pattern| HostSet { patterns: vec![pattern.clone()], none: false });
        each.chain(set.none.then(|| HostSet { patterns: Vec::new(), none: true })).collect()
    };
    match column {
        Column::Code(set) => {
            let each = set.ranges.iter().map(|range| Column::Code(CodeSet { ranges: vec![*range], none: false }));
            each.chain(none(set.none, Column::Code(CodeSet { ranges: Vec::new(), none: true }))).collect()
        }
        Column::Enhanced(set) => enhanced(set).into_iter().map(Column::Enhanced).collect(),
        Column::Status(set) => enhanced(set).into_iter().map(Column::Status).collect(),
        Column::Host(set) => hosts(set).into_iter().map(Column::Host).collect(),
        Column::Domain(set) => hosts(set).into_iter().map(Column::Domain).collect(),
        Column::Phase(set) => {
            let each = set.phases.iter().map(|phase| Column::Phase(PhaseSet { phases: vec![*phase], none: false }));
            each.chain(none(set.none, Column::Phase(PhaseSet { phases: Vec::new(), none: true }))).collect()
        }
        Column::Phrase(all) => all.iter().map(|each| Column::Phrase(vec![phrase(each)])).collect(),
        Column::Text(all, lack) => {
            let each = all.iter().map(|each| Column::Text(vec![phrase(each)], false));
            each.chain(none(*lack, Column::Text(Vec::new(), true))).collect()
        }
        Column::Tag(set) => {
            let each = set.tests.iter().map(|test| Column::Tag(TagSet { tests: vec![test.clone()], none: false }));
            each.chain(none(set.none, Column::Tag(TagSet { tests: Vec::new(), none: true }))).collect()
        }
        Column::Tenant(names, lack) => {
            let each = names.iter().map(|name| Column::Tenant(vec![name.clone()], false));
            each.chain(none(*lack, Column::Tenant(Vec::new(), true))).collect()
        }
    }
}

/// Where the alternatives of all rules stand.
pub(super) struct Places<'r> {
    rules: &'r RuleSet,
    /// For each rule, by where its head stands, its conditions' alternatives.
    lines: HashMap<Span, Vec<Vec<Span>>>,
}

impl<'r> Places<'r> {
    pub(super) fn new(rules: &'r RuleSet) -> Places<'r> {
        let files: Vec<ast::File> = rules.sources.files().map(|(id, _)| parse(&rules.sources, id).0).collect();
        let items = || files.iter().flat_map(|file| &file.items);
        let mut blocks: HashMap<&str, Vec<Span>> = HashMap::new();
        for item in items() {
            if let Item::Phrases(block) = item {
                let entries = || block.entries.iter().map(|entry| pattern(&entry.pattern)).collect();
                // A name that is declared twice means the first.
                blocks.entry(&block.name.text).or_insert_with(entries);
            }
        }
        let line = |line: &ast::Condition| -> Vec<Span> {
            let (mut each, mut none) = (Vec::new(), None);
            for cell in &line.cells {
                match cell {
                    Cell::Word(word) if word.text == "none" => none = Some(word.span),
                    Cell::Word(word) if matches!(line.column.text.as_str(), "phrase" | "text") => {
                        each.extend(blocks.get(word.text.as_str()).into_iter().flatten());
                    }
                    Cell::Word(word) => each.push(word.span),
                    Cell::Pattern(cell) => each.push(pattern(cell)),
                }
            }
            each.extend(none);
            each
        };
        let mut lines = HashMap::new();
        for item in items() {
            if let Item::Rule(rule) = item {
                let of_rule = rule.lines.iter().filter_map(|each| match each {
                    RuleLine::Condition(condition) => Some(line(condition)),
                    _ => None,
                });
                lines.insert(rule.head.0, of_rule.collect());
            }
        }
        Places { rules, lines }
    }

    /// A rule's lines with their counts.
    pub(super) fn lines(&self, rule: &Rule, counts: &[Vec<u64>]) -> Vec<CoveredLine> {
        let places = self.lines.get(&rule.span);
        let line = |(n, condition): (usize, &Condition)| {
            let own = places.and_then(|places| places.get(n)).filter(|own| own.len() == counts[n].len());
            let own = own.filter(|_| !condition.unless);
            let alternative = |(k, count): (usize, &u64)| {
                let span = own.map_or(condition.span, |own| own[k]);
                let text = self.rules.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
                CoveredAlternative { span, text, count: *count }
            };
            let alternatives = counts[n].iter().enumerate().map(alternative).collect();
            CoveredLine { span: condition.span, unless: condition.unless, alternatives }
        };
        rule.conditions.iter().enumerate().map(line).collect()
    }
}

/// Where a phrase or expression stands, with its quotes.
fn pattern(pattern: &Pattern) -> Span {
    let (Pattern::Phrase(ast::Quoted(inside)) | Pattern::Regex(inside)) = pattern;
    Span { start: inside.span.start - 1, end: inside.span.end + 1, ..inside.span }
}
