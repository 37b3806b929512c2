//! Finding the first rule that matches.

use super::always::Always;
use super::codes::CodeClasses;
use super::compile::{Rest, is_costly};
use super::expression::Expression;
use super::gate::Gate;
use super::index::Text;
use super::leads::{Leads, News, Owed};
use super::phrase::Phrase;
use super::scratch::{Scratch, State};
use crate::reply::Reply;
use crate::ruleset::{ProfileId, RuleId, RuleSet};
use std::cell::OnceCell;

/// What is kept of a pattern beside what it says.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    /// Of a regular expression.
    pub(super) expression: Option<Box<Expression>>,
    /// Whether the index tells, by its literal, where it may stand and thereby where it does not.
    pub(super) indexed: bool,
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
    folded: Text<'a>,
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
        let reply = self.gather::<true>(view, scratch);
        self.visit(view, reply, scratch, |rule| {
            first = Some(rule);
            true
        });
        first
    }

    /// All rules that match, in order of precedence.
    pub(crate) fn all(&self, view: &View<'_>, scratch: &mut Scratch) -> Vec<RuleId> {
        let mut all = Vec::new();
        let reply = self.gather::<false>(view, scratch);
        self.visit(view, reply, scratch, |rule| {
            all.push(rule);
            false
        });
        all
    }

    /// Puts the rules into the scratch to which the text's literals lead; if only the first counts, without
    /// those that come after one that is known to match. Gives what the reply's codes and profile let through.
    fn gather<const FIRST: bool>(&self, view: &View<'_>, scratch: &mut Scratch) -> Gate {
        scratch.begin(self.patterns.len());
        let reply = Gate::of_reply(view.reply, view.profile, &self.codes);
        let mut last = RuleId(u32::MAX);
        self.leads.each(view.folded, reply, view.parents(), |news, place| {
            match news {
                News::Candidate(rule, owed) => {
                    let owed = match owed {
                        Owed::PatternAt(pattern, _) => Owed::PatternAt(pattern, place),
                        owed => owed,
                    };
                    if rule <= last {
                        scratch.candidates.push((rule, owed));
                    }
                    if FIRST && owed == Owed::Nothing {
                        last = last.min(rule);
                    }
                }
                News::Found(pattern) => scratch.learn(pattern, State::Found),
                News::Possible(pattern) => scratch.learn(pattern, State::Possible),
            }
            last
        });
        if scratch.candidates.len() > 1 {
            scratch.candidates.sort_unstable();
            scratch.candidates.dedup();
        }
        reply
    }

    /// Calls `stop` with the rules that match, in order of precedence, until it says so.
    fn visit(&self, view: &View<'_>, reply: Gate, scratch: &mut Scratch, mut stop: impl FnMut(RuleId) -> bool) {
        let profile = view.profile.map_or(self.always.len() - 1, |id| id.0 as usize);
        let mut always = self.always[profile].of(reply);
        let mut matched = None;
        for n in 0..scratch.candidates.len() {
            let (rule, owed) = scratch.candidates[n];
            while let Some((before, owed)) = always.next_before(rule) {
                if self.matches(before, owed, view, scratch) && stop(before) {
                    return;
                }
            }
            // Several of its phrases may have led to it.
            if matched != Some(rule) && self.matches(rule, owed, view, scratch) {
                matched = Some(rule);
                if stop(rule) {
                    return;
                }
            }
        }
        while let Some((rule, owed)) = always.next_before(RuleId(u32::MAX)) {
            if self.matches(rule, owed, view, scratch) && stop(rule) {
                return;
            }
        }
    }

    /// Whether a candidate matches, whose profile and codes are right already.
    #[inline]
    fn matches(&self, rule: RuleId, owed: Owed, view: &View<'_>, scratch: &mut Scratch) -> bool {
        match owed {
            Owed::Nothing => true,
            Owed::Rest => self.rest_holds(rule, view, scratch, |_| true),
            Owed::Pattern(pattern) => {
                self.rest_holds(rule, view, scratch, |scratch| self.stands(pattern, view, scratch))
            }
            Owed::PatternAt(pattern, at) => self.rest_holds(rule, view, scratch, |scratch| {
                Phrase::of(view.rules, pattern).is_some_and(|phrase| {
                    phrase.stands_at(view.text(), at as usize, &mut scratch.gaps, &mut scratch.failed)
                })
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
        let conditions = &view.rules.rule(id).conditions;
        let mut left = self.rest.of(id).iter().map(|n| &conditions[*n as usize]);
        left.all(|condition| {
            is_costly(&condition.column) != costly || self.holds(condition, view, scratch) != condition.unless
        })
    }
}
