//! Looking for a reply that a part of a rule decides.
//!
//! A text that is steered at the part is laid before the engine at some point of the part's cells. Where another rule
//! wins, the next point is sought outside of that rule's cells too, until the part wins or nothing is left of its cells.
//! Then other texts are tried, also such as make a rule before it veto itself.

use super::cells::{Cells, Left};
use super::instance::instances;
use super::space::PLACE;
use super::steer::{self, Choice};
use super::{Part, Prover};
use crate::reply::Reply;
use crate::ruleset::{ProfileId, RuleId};

/// So many replies are tried for one part.
const REPLIES: usize = 1_500;

/// So many vetoes are put into one text.
const VETOES: usize = 2;

/// What came of one text.
pub(super) enum Tried {
    Decides(Reply),
    /// These rules take it, wherever it comes from.
    Taken(Vec<RuleId>),
    /// The part's own conditions do not hold in it.
    Unfit,
}

/// What a search has come to.
#[derive(Default)]
pub(super) struct Search {
    replies: usize,
    /// The rules that were in its way.
    before: Vec<RuleId>,
}

impl Prover<'_> {
    /// A reply that the part decides; else the rules that were in its way.
    pub(super) fn search(&self, part: &Part) -> Result<Reply, Vec<RuleId>> {
        let mut search = Search::default();
        let (combinations, _) = steer::combinations(&part.lines);
        let profiles = self.profiles(part, &combinations);
        let mut taken: Vec<(String, Vec<RuleId>)> = Vec::new();
        // The plainest text of each way first: nearly every rule decides one of these.
        for plainest in [true, false] {
            for (profile, combination) in profiles.iter().flat_map(|p| combinations.iter().map(move |c| (*p, c))) {
                let texts = steer::texts(self.engine.rules(), combination, profile);
                let texts = if plainest { texts.get(..1.min(texts.len())) } else { texts.get(1..) };
                for text in texts.unwrap_or_default() {
                    match self.attempt(part, text, &mut search) {
                        Tried::Decides(reply) => return Ok(reply),
                        Tried::Taken(by) => taken.push((text.clone(), by)),
                        Tried::Unfit => {}
                    }
                }
            }
        }
        for (text, by) in &taken {
            if let Some(reply) = self.with_vetoes(part, text, by, VETOES, &mut search) {
                return Ok(reply);
            }
        }
        Err(search.before)
    }

    /// The profiles whose tags a text may need: where no line asks for any, it is all the same.
    pub(super) fn profiles(&self, part: &Part, combinations: &[Vec<&Choice>]) -> Vec<Option<ProfileId>> {
        let asks = |choice: &&Choice| matches!(choice, Choice::Tag(_));
        if !combinations.iter().any(|combination| combination.iter().any(asks)) {
            return vec![None];
        }
        let mut profiles: Vec<Option<ProfileId>> = Vec::new();
        let rules = self.engine.rules();
        for profile in part.cells.0[PLACE].iter().filter_map(|n| self.space.places.get(n).profile) {
            let tags = &rules.profiles.get(profile).tags;
            let same = |known: &Option<ProfileId>| known.is_some_and(|id| &rules.profiles.get(id).tags == tags);
            if !tags.is_empty() && !profiles.iter().any(same) {
                profiles.push(Some(profile));
            }
        }
        profiles
    }

    /// One text at every point of the part's cells where no rule is known to take it.
    pub(super) fn attempt(&self, part: &Part, text: &str, search: &mut Search) -> Tried {
        let mut by: Vec<RuleId> = Vec::new();
        while search.replies < REPLIES {
            let mut others: Vec<&Cells> = self.space.success.iter().collect();
            others.extend(by.iter().map(|id| self.cells_of(*id)));
            let Left::Point(point) = part.cells.without(&others) else { return Tried::Taken(by) };
            let reply = self.space.reply(&point, text);
            search.replies += 1;
            let winner = self.engine.winner(&reply);
            if winner == part.rule {
                return Tried::Decides(reply);
            }
            // What stands behind it cannot have won where it matches; the cells tell what took the reply.
            if winner > part.rule || by.contains(&winner) || !self.cells_of(winner).contains(&point) {
                return Tried::Unfit;
            }
            by.push(winner);
            if !search.before.contains(&winner) {
                search.before.push(winner);
            }
        }
        Tried::Unfit
    }

    /// The text with something in it that a rule before the part vetoes.
    fn with_vetoes(&self, part: &Part, text: &str, by: &[RuleId], deep: usize, search: &mut Search) -> Option<Reply> {
        let rules = self.engine.rules();
        for rule in by.iter().map(|id| rules.rule(*id)) {
            let vetoes = rule.conditions.iter().filter(|condition| condition.unless).filter_map(steer::choices);
            for choice in vetoes.flatten() {
                let Choice::Phrase(id) = choice else { continue };
                let Some(veto) = instances(&rules.pattern(id).kind).into_iter().next() else { continue };
                for text in [format!("{text}; {veto}"), format!("{veto}; {text}")] {
                    match self.attempt(part, &text, search) {
                        Tried::Decides(reply) => return Some(reply),
                        Tried::Taken(by) if deep > 1 => {
                            if let Some(reply) = self.with_vetoes(part, &text, &by, deep - 1, search) {
                                return Some(reply);
                            }
                        }
                        _ => {}
                    }
                    if search.replies >= REPLIES {
                        return None;
                    }
                }
            }
        }
        None
    }
}
