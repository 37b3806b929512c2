//! What a reply means and what to do about it.

use super::Engine;
use crate::reply::{Duration, Folded, Reply};
use crate::ruleset::{
    Action, Category, Fault, Outcome, Profile, ProfileId, Reason, ReasonId, Retry, Rule, RuleId, Scope, Template,
    Trust, Wait,
};
use crate::source::At;
use crate::table::{Caught, PADDING, Text, View, may_catch};
use std::borrow::Cow;
use std::sync::Arc;

/// A verdict: it borrows from the engine that gave it and from the reply; what costs something
/// ([`Verdict::fields`] and all that is made of them) is worked out when it is asked for.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    engine: &'a Engine,
    reply: &'a Reply,
    profile: Option<ProfileId>,
    id: RuleId,
    outcome: &'a Outcome,
    category: Category,
    lowered: bool,
    /// What a plugin found in the reply, where it named the rule.
    found: Option<Arc<[Field]>>,
}

/// The advice where the server says by its 4xx that what sounds final may pass.
const LOWERED_ADVICE: &str =
    "Try again later: the server says that this may pass. If it does not, the address is probably gone.";

/// What a reply itself told: a name and a value in the original spelling.
type Field = (String, String);

impl<'a> Verdict<'a> {
    pub(super) fn new(engine: &'a Engine, reply: &'a Reply, profile: Option<ProfileId>, id: RuleId) -> Verdict<'a> {
        let outcome = engine.rules.rule(id).outcome(reply.time);
        // A 4xx is never hard: the server itself says that it may pass later.
        let lowered = outcome.category == Category::Hard && reply.class() == Some(4);
        let category = if lowered { Category::Soft } else { outcome.category };
        Verdict { engine, reply, profile, id, outcome, category, lowered, found: None }
    }

    /// With what a plugin found.
    pub(super) fn with_fields(mut self, found: Arc<[Field]>) -> Verdict<'a> {
        self.found = Some(found);
        self
    }

    /// The category.
    pub fn category(&self) -> Category {
        self.category
    }

    /// Whether the rule says `hard` and the reply was a 4xx, so that the category is `soft`.
    pub fn lowered(&self) -> bool {
        self.lowered
    }

    /// The reason.
    pub fn reason(&self) -> &'a Reason {
        self.engine.rules.reason(self.outcome.reason)
    }

    /// The reason's number in the rule set.
    pub fn reason_id(&self) -> ReasonId {
        self.outcome.reason
    }

    /// Whose fault it is; nobody's where nothing failed or nothing is known.
    pub fn fault(&self) -> Option<Fault> {
        self.reason().fault
    }

    /// What it is about.
    pub fn scope(&self) -> Option<Scope> {
        self.reason().scope
    }

    /// The rule that decided.
    pub fn rule(&self) -> &'a Rule {
        self.engine.rules.rule(self.id)
    }

    pub(crate) fn rule_id(&self) -> RuleId {
        self.id
    }

    /// The file and line of the rule that decided.
    pub fn at(&self) -> At<'a> {
        self.engine.rules.sources.at(self.rule().span)
    }

    /// The site's change of the rule, if one speaks here.
    pub fn changed_at(&self) -> Option<At<'a>> {
        self.outcome.change.map(|span| self.engine.rules.sources.at(span))
    }

    /// The provider that the reply belongs to.
    pub fn profile(&self) -> Option<&'a Profile> {
        self.profile.map(|id| self.engine.rules.profiles.get(id))
    }

    /// The profile's number in the rule set.
    pub fn profile_id(&self) -> Option<ProfileId> {
        self.profile
    }

    /// How far the rule's first source is to be trusted.
    pub fn trust(&self) -> Option<Trust> {
        self.rule().sources.first().map(|source| source.trust)
    }

    /// What to do, in plain words.
    pub fn advice(&self) -> Option<&'a str> {
        // What the reason advises is meant for a hard verdict, and this one is lowered.
        if self.lowered { Some(LOWERED_ADVICE) } else { self.reason().advice.as_deref() }
    }

    /// The reply.
    pub fn reply(&self) -> &'a Reply {
        self.reply
    }

    /// The engine that gave it.
    pub fn engine(&self) -> &'a Engine {
        self.engine
    }

    /// What the reply itself told: gaps that the rule's phrases caught, what they set, the tag.
    /// Where two give one name, the first in the order of the rule's lines counts.
    pub fn fields(&self) -> Vec<Field> {
        self.told().fields
    }

    /// What happened, in plain words, as the rule says it.
    pub fn say(&self) -> Option<String> {
        self.told().say().map(Cow::into_owned)
    }

    /// Where to read on or ask: the rule's own addresses and those of its phrases; one that lacks
    /// a value is left out.
    pub fn see(&self) -> Vec<String> {
        self.told().see().into_iter().map(Cow::into_owned).collect()
    }

    /// What to do, with every schedule looked up.
    pub fn actions(&self) -> Vec<Action> {
        self.actions_with(|name| wait(&self.fields(), name)).map(Cow::into_owned).collect()
    }

    /// The actions; `wait` tells what a field of the reply asks for, and is called only where one counts.
    fn actions_with(&self, wait: impl Fn(&str) -> Option<Duration>) -> impl Iterator<Item = Cow<'a, Action>> {
        let stated = if self.lowered { &self.outcome.lowered } else { &self.outcome.actions };
        stated.iter().map(move |action| self.looked_up(action, &wait))
    }

    fn looked_up(&self, action: &'a Action, wait: impl Fn(&str) -> Option<Duration>) -> Cow<'a, Action> {
        let Action::Retry(retry) = action else { return Cow::Borrowed(action) };
        let schedule =
            || self.profile().and_then(|profile| profile.retry.as_ref()).or(self.engine.rules.retry.as_ref());
        match &retry.wait {
            Wait::Schedule(_) => Cow::Borrowed(action),
            Wait::Profile => match schedule() {
                Some(schedule) => Cow::Owned(Action::Retry(Retry::from(schedule))),
                None => Cow::Borrowed(action),
            },
            Wait::Field { name, otherwise } => {
                let wait = wait(name).or(*otherwise);
                let wait = wait.map_or(Wait::Profile, |wait| Wait::Schedule(vec![wait]));
                Cow::Owned(Action::Retry(Retry { wait, times: retry.times, until: retry.until }))
            }
        }
    }

    /// What the rule's conditions caught in the reply.
    pub(crate) fn told(&self) -> Told<'a> {
        let (mut fields, mut see) = (Vec::new(), Vec::new());
        self.found.iter().flat_map(|found| found.iter()).for_each(|(name, value)| add(&mut fields, name, value));
        // Most rules say the same of every reply, and need not look at it again.
        if !may_catch(&self.engine.rules, &self.rule().conditions) {
            return Told { verdict: self.clone(), fields, see };
        }
        let text = self.engine.decode(self.reply, self.profile);
        let folded = Folded::new(&text);
        let padded = [folded.text().as_bytes(), &PADDING].concat();
        let view = View::new(&self.engine.rules, self.reply, self.profile, Text::new(&padded));
        self.engine.table.catches(&self.rule().conditions, &view, |caught| match caught {
            Caught::Gap(name, range) => add(&mut fields, name, &text[folded.original(range)]),
            Caught::Tag(range) => add(&mut fields, "tag", &text[folded.original(range)]),
            Caught::Alternative(alternative) => {
                alternative.sets.iter().for_each(|(name, value)| add(&mut fields, name, value));
                see.push(alternative.see.as_slice());
            }
        });
        Told { verdict: self.clone(), fields, see }
    }
}

/// What a reply told, for who asks for more than one thing that is made of it.
pub(crate) struct Told<'a> {
    verdict: Verdict<'a>,
    pub(crate) fields: Vec<Field>,
    /// The addresses of the phrases that matched.
    see: Vec<&'a [Template]>,
}

impl Told<'_> {
    pub(crate) fn say(&self) -> Option<Cow<'_, str>> {
        self.verdict.outcome.say.as_ref()?.fill(|name| value(&self.fields, name))
    }

    pub(crate) fn see(&self) -> Vec<Cow<'_, str>> {
        let all = self.verdict.outcome.see.iter().chain(self.see.iter().copied().flatten());
        let mut see: Vec<Cow<'_, str>> = Vec::new();
        for address in all.filter_map(|template| template.fill_address(|name| value(&self.fields, name))) {
            if !see.contains(&address) {
                see.push(address);
            }
        }
        see
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = Cow<'_, Action>> {
        self.verdict.actions_with(|name| wait(&self.fields, name))
    }
}

/// Adds a field, unless there is one of its name.
fn add(fields: &mut Vec<Field>, name: &str, value: &str) {
    if !fields.iter().any(|(known, _)| known == name) {
        fields.push((name.to_owned(), value.to_owned()));
    }
}

/// The wait that a field asks for.
fn wait(fields: &[Field], name: &str) -> Option<Duration> {
    value(fields, name).and_then(Duration::from_reply)
}

fn value<'f>(fields: &'f [Field], name: &str) -> Option<&'f str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
