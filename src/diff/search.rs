//! The search for replies that change their verdict: steered at the rules that are not as they were, alone and
//! beside each other rule; of all others once.

mod clear;
mod profiles;
mod scout;

use super::cells::Cell;
use super::compare::Comparison;
use super::edits::EditKind;
use super::plan::Plan;
use crate::engine::Engine;
use crate::ruleset::RuleId;
use crate::spread::spread;
use scout::Scout;

/// How many replies are tried in all for the rules that are not as they were, and for each of them.
const TRIES: usize = 600_000;
const FEWEST: usize = 300;
const MOST: usize = 40_000;

/// What came of the search.
#[derive(Debug)]
pub struct Tried {
    /// How many replies were asked of both engines.
    pub replies: u64,
    /// Those that change their verdict, the weightiest first.
    pub cells: Vec<Cell>,
}

/// The rules of both sides, and what is said to them.
pub(super) struct Ground<'c, 'e> {
    comparison: &'c Comparison<'e>,
    old: Vec<Plan<'e>>,
    new: Vec<Plan<'e>>,
}

impl Comparison<'_> {
    /// Looks for replies that change their verdict.
    ///
    /// What is found is so; that nothing is found is no proof, but what one edit of a rule changes is found wherever
    /// what the rule asks for, or that and what one other rule asks for, shows it.
    pub fn search(&self) -> Tried {
        let ground = Ground::new(self);
        let suspects = ground.suspects();
        let each = (TRIES / suspects.len().max(1)).clamp(FEWEST, MOST);
        let mut scout = Scout::new(self, usize::MAX);
        ground.pass_over(&mut scout);
        ground.pass_profiles(&mut scout);
        for found in spread(&suspects, |plan| {
            let mut scout = Scout::new(self, each);
            ground.probe(plan, &suspects, &mut scout);
            scout
        }) {
            scout.merge(found);
        }
        let Scout { tried, cells, .. } = scout;
        Tried { replies: tried, cells: cells.finish(self) }
    }
}

impl<'c, 'e> Ground<'c, 'e> {
    fn new(comparison: &'c Comparison<'e>) -> Ground<'c, 'e> {
        let Comparison { old, new, pairs, .. } = comparison;
        let plans = |engine: &'e Engine, other: &'e Engine, twins: &[Option<RuleId>]| {
            let ids: Vec<RuleId> = engine.rules().numbered_rules().map(|(id, _)| id).collect();
            spread(&ids, |id| {
                let twin = twins[id.0 as usize].map(|twin| other.rules().rule(twin));
                Plan::new(engine, *id, twin)
            })
        };
        Ground { comparison, old: plans(old, new, &pairs.to_new), new: plans(new, old, &pairs.to_old) }
    }

    /// The plan of a rule on the side of an engine.
    fn plan(&self, engine: &Engine, id: RuleId) -> &Plan<'e> {
        let side = if std::ptr::eq(engine, self.comparison.old) { &self.old } else { &self.new };
        &side[id.0 as usize]
    }

    /// The rules that are not as they were, as they were and as they are; those of profiles that are not, too.
    fn suspects(&self) -> Vec<&Plan<'e>> {
        let edited = |kinds: &[EditKind]| kinds.iter().any(|kind| *kind != EditKind::Renamed);
        let mut suspects: Vec<&Plan<'e>> = Vec::new();
        let edits = self.comparison.pairs.edits.iter().filter(|(_, _, kinds)| edited(kinds));
        for (old, new, _) in edits {
            suspects.extend(old.map(|id| &self.old[id.0 as usize]));
            suspects.extend(new.map(|id| &self.new[id.0 as usize]));
        }
        for plan in self.of_changed_profiles() {
            if !suspects.iter().any(|known| std::ptr::eq(*known, plan)) {
                suspects.push(plan);
            }
        }
        suspects
    }

    /// Each rule once, with the first of its texts.
    fn pass_over(&self, scout: &mut Scout<'_, '_>) {
        for plan in self.all() {
            for text in plan.texts.iter().take(8) {
                scout.say(&plan.base, text, true);
            }
        }
    }

    /// The rules of the new side, and those of the old one that are not the same there.
    fn all(&self) -> impl Iterator<Item = &Plan<'e>> {
        let pairs = &self.comparison.pairs;
        let other = self.old.iter().zip(&pairs.is_same).filter(|(_, is_same)| !**is_same).map(|(plan, _)| plan);
        self.new.iter().chain(other)
    }
}
