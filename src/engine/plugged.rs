//! Replies about which a plugin is asked, and what it may answer.
//!
//! A plugin names one of its own rules and tells fields; what a rule means was read and held to the language's
//! invariants when the snapshot was made. So nothing that a plugin answers can be more than its rules are.

use super::tally::{Patience, Record, Tally};
use super::{Engine, Verdict};
use crate::reply::Reply;
use crate::resolve::Contributed;
use crate::ruleset::{Layer, ProfileId, RuleId, RuleSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A plugin as the engine sees it.
pub trait Plugin: fmt::Debug + Send + Sync {
    /// What it says of a reply. It must give the same answer to the same question, in bounded time.
    fn ask(&self, question: &Question<'_>) -> Answer;

    /// The same, for somebody who wants to see what it logs meanwhile.
    fn ask_aloud(&self, question: &Question<'_>, _log: &mut Vec<String>) -> Answer {
        self.ask(question)
    }

    /// How often it may fail before it is set aside.
    fn patience(&self) -> Patience {
        Patience::default()
    }
}

/// Plugins, with what each brings along.
pub type Plugins = Vec<(Contributed, Arc<dyn Plugin>)>;

/// What a plugin is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The reply.
    pub reply: &'a Reply,
    /// Its text in the original spelling, lines joined.
    pub text: &'a str,
    /// The text as rules see it.
    pub folded: &'a str,
}

/// What a plugin answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It leaves the reply to the rules.
    Abstains,
    /// One of its rules decides.
    Names {
        /// The rule's name, without the profile's.
        rule: String,
        /// What it found in the reply.
        fields: Vec<(String, String)>,
    },
    /// It broke, and why, in a sentence; the rules decide.
    Fails(String),
}

/// The plugin of each profile, and where its rules are.
#[derive(Debug, Default)]
pub(super) struct Plugged {
    /// By the profile's number; a profile beneath a plugin's is asked about as well.
    of_profile: Vec<Option<usize>>,
    plugins: Vec<Seat>,
}

#[derive(Debug)]
struct Seat {
    name: String,
    profile: ProfileId,
    plugin: Arc<dyn Plugin>,
    record: Record,
}

impl Plugged {
    pub(super) fn new(rules: &RuleSet, plugins: Vec<(String, Arc<dyn Plugin>)>) -> Plugged {
        if plugins.is_empty() {
            return Plugged::default();
        }
        let profile = |name: &str| rules.profiles.iter().find(|(_, profile)| profile.name == name).map(|(id, _)| id);
        let plugins: Vec<Seat> = plugins
            .into_iter()
            .filter_map(|(name, plugin)| {
                let record = Record::new(plugin.patience());
                profile(&name).map(|profile| Seat { name, profile, plugin, record })
            })
            .collect();
        let seat = |id| rules.profiles.chain(id).find_map(|id| plugins.iter().position(|seat| seat.profile == id));
        let of_profile = rules.profiles.iter().map(|(id, _)| seat(id)).collect();
        Plugged { of_profile, plugins }
    }

    fn of(&self, profile: Option<ProfileId>) -> Option<&Seat> {
        let seat = self.of_profile.get(profile?.0 as usize).copied()??;
        self.plugins.get(seat)
    }
}

/// A plugin that was asked about a reply, and what came of it.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The plugin's name.
    pub plugin: &'a str,
    /// What it answered; where it named a rule that it does not have, that it failed.
    pub answer: Answer,
    /// What it logged.
    pub log: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// What comes of asking a plugin: its answer, and the verdict that this makes.
type Outcome<'a> = (Answer, Option<Verdict<'a>>);

impl Engine {
    /// The plugins, by name, with what became of what they were asked.
    pub fn plugins(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.plugged.plugins.iter().map(|seat| (&*seat.name, seat.record.tally()))
    }

    /// What the plugin of a reply's profile makes of it, where there is one that is to be asked.
    #[inline]
    pub(super) fn ask_plugin<'a>(
        &'a self,
        reply: &'a Reply,
        profile: Option<ProfileId>,
        winner: RuleId,
    ) -> Option<Verdict<'a>> {
        let seat = self.plugged.of(profile)?;
        self.ask_seat(seat, reply, profile, winner, |plugin, question| plugin.ask(question))?.1
    }

    /// The same, with a record of it.
    pub(super) fn ask_plugin_aloud<'a>(
        &'a self,
        reply: &'a Reply,
        profile: Option<ProfileId>,
        winner: RuleId,
    ) -> Option<(Asked<'a>, Option<Verdict<'a>>)> {
        let seat = self.plugged.of(profile)?;
        let (mut log, mut took) = (Vec::new(), Duration::ZERO);
        let (answer, verdict) = self.ask_seat(seat, reply, profile, winner, |plugin, question| {
            let start = Instant::now();
            let answer = plugin.ask_aloud(question, &mut log);
            took = start.elapsed();
            answer
        })?;
        Some((Asked { plugin: &seat.name, answer, log, took }, verdict))
    }

    /// It is asked where neither an override nor a rule of the profile has decided.
    fn ask_seat<'a>(
        &'a self,
        seat: &'a Seat,
        reply: &'a Reply,
        profile: Option<ProfileId>,
        winner: RuleId,
        ask: impl FnOnce(&dyn Plugin, &Question<'_>) -> Answer,
    ) -> Option<Outcome<'a>> {
        let rule = self.rules.rule(winner);
        let decided = rule.layer == Layer::Override || rule.layer == Layer::Rule && rule.profile.is_some();
        if decided || self.rules.said_before(reply).is_some() {
            return None;
        }
        if let Some(answer) = seat.record.set_aside() {
            return Some((answer, None));
        }
        let text = self.decode(reply, profile);
        let mut answer =
            self.with_folded(reply, profile, |folded| ask(&*seat.plugin, &Question { reply, text: &text, folded }));
        let mut verdict = None;
        if let Answer::Names { rule, fields } = &answer {
            match self.rule_of(seat.profile, rule) {
                Some(id) => {
                    let fields: Arc<[(String, String)]> = fields.clone().into();
                    verdict = Some(Verdict::new(self, reply, profile, id).with_fields(fields));
                }
                None => answer = Answer::Fails(format!("it named `{rule}`, which is none of its rules")),
            }
        }
        seat.record.count(&answer);
        Some((answer, verdict))
    }

    /// A rule of a plugin's profile that its code alone gives.
    fn rule_of(&self, profile: ProfileId, name: &str) -> Option<RuleId> {
        let is_it = |full: &str| full.rsplit_once('.').is_some_and(|(_, own)| own == name);
        let mut rules = self.rules.numbered_rules().filter(|(_, rule)| rule.profile == Some(profile));
        rules.find(|(_, rule)| rule.by_plugin && is_it(&rule.name)).map(|(id, _)| id)
    }
}
