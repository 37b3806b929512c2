//! A site's own changes of what rules say.

use super::rule::{Context, Drafted, Fields, Says};
use super::{Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::Outcome;
use crate::source::Origin;
use crate::syntax::ast;
use std::collections::HashMap;

impl Resolver<'_> {
    /// Puts changes before what the rules say themselves.
    pub(super) fn changes(&mut self, sorted: &Sorted<'_>, context: &Context<'_>, rules: &mut [Drafted]) {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (n, drafted) in rules.iter().enumerate() {
            // Of a site's rule and a shipped one with one name, the site's is meant.
            if self.origin(drafted.rule.span) == Origin::Site || !places.contains_key(&drafted.rule.name) {
                places.insert(drafted.rule.name.clone(), n);
            }
        }
        for change in &sorted.changes {
            let says = self.says(&change.lines, true, context);
            let Some(place) = places.get(&change.name.text) else {
                if !self.names.is_declared_rule(&change.name.text) {
                    let known: Vec<String> = places.keys().cloned().collect();
                    self.unknown(&change.name, "rule", &known);
                }
                continue;
            };
            if let Some(outcome) = self.change(change, says, &rules[*place], context) {
                let outcomes = &mut rules[*place].rule.outcomes;
                let own = outcomes.len() - 1;
                outcomes.insert(own, outcome);
            }
        }
    }

    fn change(
        &mut self,
        change: &ast::Change,
        says: Says,
        drafted: &Drafted,
        context: &Context<'_>,
    ) -> Option<Outcome> {
        let span = change.name.span;
        let rule = &drafted.rule;
        let overlapping = rule.outcomes.iter().find(|o| o.change.is_some() && o.window.overlaps(says.window));
        if let Some(first) = overlapping.and_then(|outcome| outcome.change) {
            let diagnostic =
                Diagnostic::new(Code::E0028, span, format!("`{}` is changed twice at the same time", rule.name))
                    .also(first, "first changed here")
                    .help("put both into one `change`, or let one end (`until`) before the other begins (`from`)");
            self.report(diagnostic);
            return None;
        }
        let fields = Fields::of(self, &rule.conditions);
        self.check_fields(&says, &fields);
        let own = drafted.own.as_ref()?;
        let (category, reason, word) = says.then.clone().or_else(|| own.then.clone())?;
        let merged = if says.actions.is_empty() {
            // Only `also`: what the rule does stays.
            Says {
                actions: own.actions.clone(),
                also: own.also.iter().chain(&says.also).cloned().collect(),
                ..says.clone()
            }
        } else {
            says.clone()
        };
        let merged = Says {
            say: says.say.or_else(|| own.say.clone()),
            see: if says.see.is_empty() { own.see.clone() } else { says.see },
            ..merged
        };
        Some(self.outcome(&merged, (category, reason, &word), Some(span), context))
    }
}
