//! `phrases` blocks.

use super::names::Kind;
use super::{Resolver, Sorted};
use crate::ruleset::Alternative;
use crate::syntax::ast;

impl Resolver<'_> {
    /// The alternatives of every phrases block, by its number.
    pub(super) fn phrases(&mut self, sorted: &Sorted<'_>) -> Vec<Vec<Alternative>> {
        let mut all = Vec::with_capacity(sorted.phrases.len());
        for (n, block) in sorted.phrases.iter().enumerate() {
            let first = self.is_first(Kind::Phrases, &block.name.text, n);
            let entries = block.entries.iter().filter_map(|entry| self.phrase_entry(entry)).collect();
            all.push(if first { entries } else { Vec::new() });
        }
        all
    }

    fn phrase_entry(&mut self, entry: &ast::PhraseEntry) -> Option<Alternative> {
        let pattern = self.pattern(&entry.pattern);
        let sets = entry
            .sets
            .iter()
            .map(|(name, value)| {
                self.check_name(name);
                (name.text.clone(), self.plain(value))
            })
            .collect();
        let see = entry.see.iter().map(|see| self.template(see)).collect();
        Some(Alternative { pattern: pattern?, sets, see })
    }
}
