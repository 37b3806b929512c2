//! Why a verdict is what it is.

use super::{Asked, Engine, Verdict};
use crate::reply::Reply;
use crate::ruleset::{Condition, ProfileId, Rule, RuleId};
use crate::source::{At, Span};

/// A verdict with its trace.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// The verdict.
    pub verdict: Verdict<'a>,
    /// The other rules that match the reply, in order of precedence, and why each lost.
    pub losers: Vec<Loser<'a>>,
    /// The plugin that was asked, where one was.
    pub asked: Option<Asked<'a>>,
}

/// A rule that matches and does not decide.
#[derive(Debug, Clone, Copy)]
pub struct Loser<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Where it stands.
    pub at: At<'a>,
    /// Why it lost.
    pub lost: Lost,
}

/// Why a rule that matches does not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Success is decided before any rule is asked.
    ToSuccess,
    /// What the notice is that told of it decides before any rule.
    ToKind,
    /// The winner is of an earlier layer: overrides, then rules, then fallbacks.
    ByLayer,
    /// The winner belongs to a nearer profile: its own, then its parents', then the general ones.
    ByProfile,
    /// The winner stands above it.
    ByOrder,
}

impl Lost {
    /// In plain words.
    pub fn as_str(self) -> &'static str {
        match self {
            Lost::ToSuccess => "a 2xx is decided before any rule is asked",
            Lost::ToKind => "what the notice is decides before any rule is asked",
            Lost::ByLayer => "overrides come before rules, and rules before fallbacks",
            Lost::ByProfile => "a profile's own rules come before its parents' and the general ones",
            Lost::ByOrder => "it stands below",
        }
    }
}

/// The first thing that keeps a rule from matching a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// The reply belongs to another profile, or to none.
    Profile,
    /// It is not the rule's time.
    Time,
    /// The line does not hold, or vetoes.
    Line(Span),
}

impl Engine {
    /// What a reply means, and why.
    ///
    /// ```
    /// use carom::{Engine, Reply};
    /// let engine = Engine::builtin()?;
    /// let reply = Reply::parse("550 5.1.1 The email account that you tried to reach does not exist.")
    ///     .from_host("gmail-smtp-in.l.google.com");
    /// let explanation = engine.explain(&reply);
    /// assert_eq!(explanation.verdict.rule().profile.is_some(), true);
    /// assert!(explanation.losers.iter().any(|loser| loser.rule.profile.is_none()), "general rules match it too");
    /// # Ok::<(), carom::LoadError>(())
    /// ```
    pub fn explain<'a>(&'a self, reply: &'a Reply) -> Explanation<'a> {
        let profile = self.rules.profiles.of(reply);
        let winner = self.decide(reply, profile);
        let (asked, verdict) = self.ask_plugin_aloud(reply, profile, winner).unzip();
        let verdict = verdict.flatten().unwrap_or_else(|| Verdict::new(self, reply, profile, winner));
        let matching = self.with_view(reply, verdict.profile_id(), |view, scratch| self.table.all(view, scratch));
        let winner = verdict.rule();
        let losers = matching
            .into_iter()
            .filter(|id| *id != verdict.rule_id())
            .map(|id| {
                let rule = self.rules.rule(id);
                Loser { rule, at: self.rules.sources.at(rule.span), lost: lost(reply, winner, rule) }
            })
            .collect();
        Explanation { losers, asked, verdict: verdict.clone() }
    }

    /// What keeps a rule from matching a reply; nothing where it matches.
    pub fn failing(&self, rule: RuleId, reply: &Reply) -> Option<Failing> {
        let profile: Option<ProfileId> = self.rules.profiles.of(reply);
        let rule = self.rules.rule(rule);
        if let Some(of) = rule.profile
            && !profile.is_some_and(|profile| self.rules.profiles.chain(profile).any(|id| id == of))
        {
            return Some(Failing::Profile);
        }
        if !rule.window.holds(reply.time) {
            return Some(Failing::Time);
        }
        self.with_view(reply, profile, |view, scratch| {
            // The lookup prepares the scratch for this text.
            self.table.all(view, scratch);
            let failing = |condition: &&Condition| self.table.holds(condition, view, scratch) == condition.unless;
            rule.conditions.iter().find(failing).map(|condition| Failing::Line(condition.span))
        })
    }
}

pub(super) fn lost(reply: &Reply, winner: &Rule, loser: &Rule) -> Lost {
    if reply.kind.is_some() {
        Lost::ToKind
    } else if reply.class() == Some(2) {
        Lost::ToSuccess
    } else if winner.layer != loser.layer {
        Lost::ByLayer
    } else if winner.profile != loser.profile {
        Lost::ByProfile
    } else {
        Lost::ByOrder
    }
}
