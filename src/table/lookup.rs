//! Finding the first rule that matches.

use super::always::Always;
use super::codes::CodeClasses;
use super::compile::Rest;
use super::expression::Expression;
use super::gate::Gate;
use super::glance::Glance;
use super::index::Text;
use super::leads::{Candidate, Edges, Leads, Owed};
use super::phrase::Phrase;
use super::scratch::Scratch;
use crate::reply::Reply;
use crate::ruleset::{ProfileId, RuleId, RuleSet};
use std::cell::OnceCell;

/// What is kept of a pattern beside what it says.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    /// Of a regular expression.
    pub(super) expression: Option<Box<Expression>>,
    /// The words that every text holds that it matches.
    pub(super) needs: Glance,
    /// What the index tells of it, where rules ask for it beside others.
    pub(super) indexed: Option<Indexed>,
}

/// What the index tells of a pattern.
#[derive(Debug)]
pub(super) struct Indexed {
    /// The literal without which it does not stand in a text.
    pub(super) literal: u32,
    /// The edges that the literal needs, if it is all of the pattern.
    pub(super) edges: Option<Edges>,
}

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Table {
    pub(super) patterns: Vec<Compiled>,
    pub(super) leads: Leads,
    /// For each profile, and at the end for none: the rules that no phrase leads to, in order.
    pub(super) always: Vec<Always>,
    pub(super) codes: CodeClasses,
    pub(super) rest: Rest,
}

/// A reply as the table sees it.
pub(crate) struct View<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) reply: &'a Reply,
    pub(super) profile: Option<ProfileId>,
    pub(super) folded: Text<'a>,
    /// The folded text, once somebody asks for it as such: most replies are decided without.
    text: OnceCell<&'a str>,
}

impl<'a> View<'a> {
    /// `folded` is the reply's text.
    pub(crate) fn new(rules: &'a RuleSet, reply: &'a Reply, profile: Option<ProfileId>, folded: Text<'a>) -> View<'a> {
        View { rules, reply, profile, folded, text: OnceCell::new() }
    }

    /// The folded text.
    pub(super) fn text(&self) -> &'a str {
        // Folding makes text, never bytes that are none.
        self.text.get_or_init(|| std::str::from_utf8(self.folded.bytes()).unwrap_or_default())
    }

    /// Tells of a profile whether it is above the reply's own; nothing where none is.
    fn parents(&self) -> Option<impl Fn(u32) -> bool + 'a> {
        let (profiles, own) = (&self.rules.profiles, self.profile?);
        profiles.get(own).parent?;
        Some(move |profile| profiles.chain(own).any(|id| id.0 == profile))
    }
}

impl Table {
    /// The first rule that matches; the last rule of every set matches everything.
    pub(crate) fn first(&self, view: &View<'_>, scratch: &mut Scratch) -> Option<RuleId> {
        let mut first = None;
        self.visit(view, scratch, |rule| {
            first = Some(rule);
            true
        });
        first
    }

    /// All rules that match, in order of precedence.
    pub(crate) fn all(&self, view: &View<'_>, scratch: &mut Scratch) -> Vec<RuleId> {
        let mut all = Vec::new();
        self.visit(view, scratch, |rule| {
            all.push(rule);
            false
        });
        all
    }

    /// Calls `stop` with the rules that match, in order of precedence, until it says so.
    ///
    /// What the index tells of is looked at rule by rule, so that what comes after the rule that decides costs nothing
    /// but its mention.
    fn visit(&self, view: &View<'_>, scratch: &mut Scratch, mut stop: impl FnMut(RuleId) -> bool) {
        scratch.begin(self.patterns.len());
        let reply = Gate::of_reply(view.reply, view.profile, &self.codes);
        let parents = view.parents();
        self.leads.gather(view.folded, reply, parents.is_some(), &mut scratch.hits);
        let profile = view.profile.map_or(self.always.len() - 1, |id| id.0 as usize);
        let mut always = self.always[profile].of(reply);
        let (mut matched, mut failed) = (None, None);
        while let Some((n, next)) = self.leads.earliest(&scratch.hits) {
            while let Some((before, owed)) = always.next_before(next) {
                if self.matches(before, owed, 0, view, scratch) && stop(before) {
                    return;
                }
            }
            let admits = |gate: Gate| gate.admits(reply, parents.as_ref());
            let Some(candidate) = self.leads.take(view.folded, &mut scratch.hits, n, admits) else { continue };
            let Candidate { rule, owed, start } = candidate;
            // Several of its phrases may have led to it.
            if matched == Some(rule) || failed == Some((rule, owed)) {
                continue;
            }
            if self.matches(rule, owed, start, view, scratch) {
                matched = Some(rule);
                if stop(rule) {
                    return;
                }
            } else if !matches!(owed, Owed::PatternHere(_)) {
                failed = Some((rule, owed));
            }
        }
        while let Some((rule, owed)) = always.next_before(RuleId(u32::MAX)) {
            if self.matches(rule, owed, 0, view, scratch) && stop(rule) {
                return;
            }
        }
    }

    /// Whether a candidate matches, whose profile and codes are right already, and whose literal was found at `start`.
    #[inline]
    fn matches(&self, rule: RuleId, owed: Owed, start: usize, view: &View<'_>, scratch: &mut Scratch) -> bool {
        match owed {
            Owed::Nothing => true,
            Owed::Rest => self.rest_holds(rule, view, scratch, |_| true),
            Owed::Pattern(pattern) => {
                self.rest_holds(rule, view, scratch, |scratch| self.stands(pattern, view, scratch))
            }
            Owed::PatternHere(pattern) => self.rest_holds(rule, view, scratch, |scratch| {
                Phrase::of(view.rules, pattern)
                    .is_some_and(|phrase| phrase.stands_at(view.text(), start, &mut scratch.gaps, &mut scratch.failed))
            }),
        }
    }

    /// Whether the conditions hold that are left, and what is asked of its phrase; what costs next to nothing is asked
    /// first.
    fn rest_holds(
        &self,
        id: RuleId,
        view: &View<'_>,
        scratch: &mut Scratch,
        phrase_stands: impl FnOnce(&mut Scratch) -> bool,
    ) -> bool {
        view.rules.rule(id).window.holds(view.reply.time)
            && self.rest_of(id, false, view, scratch)
            && phrase_stands(scratch)
            && self.rest_of(id, true, view, scratch)
    }

    /// Whether those conditions hold that are left and cost something, or that do not.
    fn rest_of(&self, id: RuleId, costly: bool, view: &View<'_>, scratch: &mut Scratch) -> bool {
        let left = self.rest.of(id, costly);
        left.is_empty() || {
            let conditions = &view.rules.rule(id).conditions;
            left.iter().all(|n| {
                let condition = &conditions[*n as usize];
                self.holds(condition, view, scratch) != condition.unless
            })
        }
    }
}
