//! What the search looks in: a file that pages load when somebody begins to search.

use super::written::unquoted;
use super::{Reference, plan, rule};
use crate::report::json_line;
use crate::ruleset::{Column, EnhancedRange, Rule, RuleId, TagTest};
use crate::survey::Survey;
use crate::syntax::ast::{Pattern, RuleLine};
use serde_json::{Value, json};

/// So many phrases of a block are looked for in each rule that asks for it; those of a longer one in the block alone.
const SHARED: usize = 60;

/// `CAROM = {…}`: reasons, and a row for each rule, profile, reason and block of phrases.
///
/// A row is its kind, title, page, category, the number of its reason or -1, what it says, the texts that are
/// looked in, its tags (a text, `[prefix]` or `[prefix, from, to]`) and its ranges of enhanced codes.
pub(super) fn index(reference: &Reference<'_>, survey: &Survey) -> String {
    let rules = reference.rules;
    let reasons: Vec<Value> =
        rules.reasons.iter().map(|reason| json!([reason.name, reason.advice.as_deref().unwrap_or("")])).collect();
    let mut rows: Vec<Value> = Vec::new();
    for known in &survey.profiles {
        let Some(id) = known.profile else { continue };
        let profile = rules.profiles.get(id);
        let names: Vec<String> = profile.hosts.iter().chain(&profile.domains).map(ToString::to_string).collect();
        let about = reference.comment(profile).unwrap_or_default();
        rows.push(json!(["profile", profile.name, reference.plan.profile(id), "", -1, about, names, [], []]));
    }
    for (n, reason) in rules.reasons.iter().enumerate() {
        let category = reason.categories.first().map_or("", |category| category.as_str());
        rows.push(json!(["reason", reason.name, plan::reason(&reason.name), category, n, "", [], [], []]));
    }
    rows.extend(rules.numbered_rules().map(|(id, rule)| reference.row(id, rule)));
    for block in reference.written.blocks() {
        let phrases: Vec<String> = block.entries.iter().map(|entry| text(&entry.pattern)).collect();
        rows.push(json!(["phrases", block.name.text, plan::block(&block.name.text), "", -1, "", phrases, [], []]));
    }
    let rows: Vec<String> = rows.iter().map(json_line).collect();
    format!("CAROM = {{\"v\": 1, \"reasons\": {}, \"rows\": [\n{}\n]}};\n", json_line(&reasons), rows.join(",\n"))
}

impl Reference<'_> {
    fn row(&self, id: RuleId, rule: &Rule) -> Value {
        let outcome = &rule.outcomes[rule.outcomes.len() - 1];
        let say = outcome.say.as_ref().map_or(String::new(), rule::template);
        let mut tags: Vec<Value> = Vec::new();
        let mut enhanced: Vec<Value> = Vec::new();
        for condition in rule.conditions.iter().filter(|condition| !condition.unless) {
            match &condition.column {
                Column::Tag(set) => tags.extend(set.tests.iter().map(tag)),
                Column::Enhanced(set) => enhanced.extend(set.ranges.iter().map(range)),
                _ => {}
            }
        }
        let texts = self.texts(rule);
        json!([
            rule.layer.as_str(),
            rule.name,
            self.plan.rule(id),
            outcome.category.as_str(),
            outcome.reason.0,
            say,
            texts,
            tags,
            enhanced
        ])
    }

    /// The phrases and codes that a rule asks for, and its examples.
    fn texts(&self, rule: &Rule) -> Vec<String> {
        let mut texts = Vec::new();
        for line in self.written.rule(rule).map_or(&[][..], |written| &written.lines) {
            match line {
                RuleLine::Condition(condition) if !condition.unless => {
                    let mut words = Vec::new();
                    for cell in &condition.cells {
                        match cell {
                            crate::syntax::ast::Cell::Pattern(pattern) => texts.push(text(pattern)),
                            crate::syntax::ast::Cell::Word(word) => match self.written.block(&word.text) {
                                Some(block) if block.entries.len() <= SHARED => {
                                    texts.extend(block.entries.iter().map(|entry| text(&entry.pattern)));
                                }
                                _ => words.push(word.text.as_str()),
                            },
                        }
                    }
                    if !words.is_empty() {
                        texts.push(format!("{} {}", condition.column.text, words.join(", ")));
                    }
                }
                RuleLine::Example(_, said) => texts.push(unquoted(&said.text)),
                _ => {}
            }
        }
        texts
    }
}

fn text(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Phrase(text) => text.0.text.clone(),
        Pattern::Regex(text) => text.text.clone(),
    }
}

fn tag(test: &TagTest) -> Value {
    match test {
        TagTest::Exact(tag) => json!(tag),
        TagTest::Prefix(prefix) => json!([prefix]),
        TagTest::Range { prefix, low, high } => json!([prefix, low, high]),
    }
}

fn range(range: &EnhancedRange) -> Value {
    let EnhancedRange { class, subject, detail } = range;
    json!([class.0, class.1, subject.0, subject.1, detail.0, detail.1])
}
