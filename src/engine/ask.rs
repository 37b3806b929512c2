//! Single questions about one reply, for who counts or compares.

use super::Engine;
use crate::reply::Reply;
use crate::ruleset::{Condition, RuleId};
use crate::table::{Scratch, View};

/// A reply about which questions are asked.
pub(crate) struct Asking<'a, 'v> {
    engine: &'a Engine,
    view: &'a View<'v>,
    scratch: &'a mut Scratch,
    /// The rules that match, in order of precedence, whatever the reply's class.
    pub(crate) matching: Vec<RuleId>,
}

impl Engine {
    /// Calls `work` with the rules that match a reply, and what more there is to ask about it.
    pub(crate) fn ask<T>(&self, reply: &Reply, work: impl FnOnce(Asking<'_, '_>) -> T) -> T {
        self.with_view(reply, self.rules.profiles.of(reply), |view, scratch| {
            let matching = self.table.all(view, scratch);
            work(Asking { engine: self, view, scratch, matching })
        })
    }
}

impl Asking<'_, '_> {
    /// Whether what a condition asks is so; its patterns must be those of the engine's rule set.
    pub(crate) fn holds(&mut self, condition: &Condition) -> bool {
        self.engine.table.holds(condition, self.view, self.scratch)
    }
}
