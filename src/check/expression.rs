//! Regular expressions as they are written.

use super::subject::place_of;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Cell, Item, Pattern, RuleLine, Word};
use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::Parser;

/// An expression.
pub(super) struct Expression {
    /// What it says, its quotes no longer doubled.
    pub(super) text: String,
    pub(super) tree: Ast,
    /// Whether it must be the whole text.
    pub(super) is_whole: bool,
    /// Its inside.
    span: Span,
}

impl Expression {
    fn new(word: &Word, is_whole: bool) -> Option<Expression> {
        let text = word.text.replace("''", "'");
        let tree = Parser::new().parse(&text).ok()?;
        Some(Expression { text, tree, is_whole, span: word.span })
    }

    /// Where bytes `start..end` of the expression stand in the file: its quotes are doubled there.
    pub(super) fn place(&self, start: usize, end: usize) -> Span {
        let at = |offset: usize| {
            let quotes = self.text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\'').count();
            self.span.start as usize + offset + quotes
        };
        Span::new(self.span.file, at(start), at(end))
    }

    /// The same of a piece of the tree.
    pub(super) fn place_of(&self, span: &regex_syntax::ast::Span) -> Span {
        self.place(span.start.offset, span.end.offset)
    }
}

/// The expressions that stand in some files, in their order.
pub(super) fn expressions(items: &[Item], files: &[FileId]) -> Vec<Expression> {
    let mut found = Vec::new();
    let mut add = |pattern: &Pattern, is_whole| match pattern {
        Pattern::Regex(word) => found.extend(Expression::new(word, is_whole)),
        Pattern::Phrase(_) => {}
    };
    let is_own = |item: &&Item| place_of(item).is_some_and(|span| files.binary_search(&span.file).is_ok());
    for item in items.iter().filter(is_own) {
        match item {
            Item::Phrases(block) => block.entries.iter().for_each(|entry| add(&entry.pattern, false)),
            Item::Rule(rule) => {
                for line in &rule.lines {
                    let RuleLine::Condition(condition) = line else { continue };
                    for cell in &condition.cells {
                        if let Cell::Pattern(pattern) = cell {
                            add(pattern, condition.column.text == "text");
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Calls `look` with each piece of a tree from the left and what it stands in, outermost first.
pub(super) fn each<'t>(tree: &'t Ast, within: Option<&'t Ast>, look: &mut impl FnMut(&'t Ast, Option<&'t Ast>)) {
    look(tree, within);
    match tree {
        Ast::Repetition(repetition) => each(&repetition.ast, Some(tree), look),
        Ast::Group(group) => each(&group.ast, Some(tree), look),
        Ast::Alternation(alternation) => alternation.asts.iter().for_each(|part| each(part, Some(tree), look)),
        Ast::Concat(concat) => concat.asts.iter().for_each(|part| each(part, Some(tree), look)),
        _ => {}
    }
}
