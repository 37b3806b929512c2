//! How rules are written: the words of their lines, which a rule set does not keep.

use crate::ruleset::{Rule, RuleSet, Test};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Item};
use crate::syntax::parse;
use std::collections::{BTreeMap, HashMap};

/// The tree of each file.
pub(super) fn trees(rules: &RuleSet) -> Vec<ast::File> {
    rules.sources.files().map(|(id, _)| parse(&rules.sources, id).0).collect()
}

/// Rules, tests and phrases as they are written.
pub(super) struct Written<'t> {
    rules: HashMap<Span, &'t ast::Rule>,
    tests: HashMap<Span, &'t ast::Test>,
    blocks: BTreeMap<&'t str, &'t ast::Phrases>,
}

impl<'t> Written<'t> {
    pub(super) fn new(trees: &'t [ast::File]) -> Written<'t> {
        let mut written = Written { rules: HashMap::new(), tests: HashMap::new(), blocks: BTreeMap::new() };
        for item in trees.iter().flat_map(|file| &file.items) {
            match item {
                Item::Rule(rule) => {
                    written.rules.insert(rule.head.0, rule);
                }
                Item::Test(test) => {
                    written.tests.insert(test.title.0.span, test);
                }
                // A name that is declared twice means the first.
                Item::Phrases(block) => {
                    written.blocks.entry(&block.name.text).or_insert(block);
                }
                _ => {}
            }
        }
        written
    }

    pub(super) fn rule(&self, rule: &Rule) -> Option<&'t ast::Rule> {
        self.rules.get(&rule.span).copied()
    }

    pub(super) fn test(&self, test: &Test) -> Option<&'t ast::Test> {
        self.tests.get(&test.span).copied()
    }

    /// The phrases under names, by name.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &'t ast::Phrases> + '_ {
        self.blocks.values().copied()
    }

    pub(super) fn block(&self, name: &str) -> Option<&'t ast::Phrases> {
        self.blocks.get(name).copied()
    }
}

/// The comment above a profile; of a file that has one profile alone, the file's own where there is none.
pub(super) fn comment_of(rules: &RuleSet, span: Span, alone: bool) -> Option<String> {
    let text = &rules.sources.file(span.file).text;
    let before = text.get(..span.start as usize).unwrap_or_default();
    let above: Vec<&str> = before.lines().rev().take_while(|line| line.starts_with('#')).collect();
    let above: Vec<&str> = above.into_iter().rev().collect();
    joined(&above).or_else(|| if alone { comment_at_start(rules, span.file) } else { None })
}

/// The comment that a file begins with.
pub(super) fn comment_at_start(rules: &RuleSet, file: FileId) -> Option<String> {
    let text = &rules.sources.file(file).text;
    let lines = text.lines().skip_while(|line| line.trim().is_empty() || line.starts_with("language "));
    joined(&lines.take_while(|line| line.starts_with('#')).collect::<Vec<_>>())
}

/// Lines of a comment as one text: its first paragraph, without what silences warnings and without rules of dashes.
fn joined(lines: &[&str]) -> Option<String> {
    let words = lines.iter().map(|line| line.trim_start_matches('#').trim());
    let words: Vec<&str> = words.take_while(|line| !line.is_empty()).collect();
    let text = words.into_iter().filter(|line| !line.starts_with("allow ")).collect::<Vec<_>>().join(" ");
    (text.chars().any(char::is_alphabetic) && !text.starts_with("---")).then_some(text)
}

/// What stands between quotes, with its escapes read.
pub(super) fn unquoted(text: &ast::Quoted) -> String {
    let mut out = String::new();
    let mut characters = text.0.text.chars();
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => match characters.next() {
                Some('n') => out.push('\n'),
                Some(c @ ('"' | '\\')) => out.push(c),
                other => {
                    out.push('\\');
                    out.extend(other);
                }
            },
            (c, false) => out.push(c),
        }
    }
    out
}
