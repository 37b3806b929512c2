//! One reply, two verdicts: what differs.

use super::edits::{Edit, Pairs, Place};
use super::settings::{self, Setting, settings};
use crate::engine::{Engine, Verdict};
use crate::reply::Reply;
use crate::ruleset::{Action, Category, Fault, RuleId, RuleSet, Scope};
use std::borrow::Cow;

/// A part of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The category, or that it was lowered.
    Category,
    /// The reason.
    Reason,
    /// Whose fault it is.
    Fault,
    /// What it is about.
    Scope,
    /// What to do.
    Actions,
    /// The provider that the reply belongs to.
    Profile,
    /// What is said of it: fields, what happened, advice, where to read on.
    Words,
    /// The rule that decided.
    Rule,
}

impl Part {
    /// Every part, the weightiest first.
    pub const ALL: [Part; 8] =
        [Part::Category, Part::Reason, Part::Fault, Part::Scope, Part::Actions, Part::Profile, Part::Words, Part::Rule];

    /// Its word in JSON and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Category => "category",
            Part::Reason => "reason",
            Part::Fault => "fault",
            Part::Scope => "scope",
            Part::Actions => "actions",
            Part::Profile => "profile",
            Part::Words => "words",
            Part::Rule => "rule",
        }
    }
}

/// How much a change matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// What comes out: category, reason, fault, scope, actions.
    Outcome,
    /// What is said of it: profile, fields, texts.
    Words,
    /// Nothing but the rule that decided.
    Rule,
}

impl Rank {
    /// Its word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Rank::Outcome => "outcome",
            Rank::Words => "words",
            Rank::Rule => "rule",
        }
    }
}

/// The parts in which two verdicts on one reply differ; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Changed(u8);

impl Changed {
    fn of(parts: impl Iterator<Item = Part>) -> Option<Changed> {
        let bits = parts.fold(0, |bits, part| bits | 1 << part as u8);
        (bits != 0).then_some(Changed(bits))
    }

    /// The parts, the weightiest first.
    pub fn parts(self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(move |part| self.0 & 1 << *part as u8 != 0)
    }

    /// By the weightiest part.
    pub fn rank(self) -> Rank {
        match self.parts().next() {
            Some(Part::Profile | Part::Words) => Rank::Words,
            Some(Part::Rule) | None => Rank::Rule,
            Some(_) => Rank::Outcome,
        }
    }

    /// The parts of its rank alone: what replies are counted by.
    pub(super) fn leading(self) -> Changed {
        let rank = self.rank();
        Changed::of(self.parts().filter(|part| Changed(1 << *part as u8).rank() == rank)).unwrap_or(self)
    }
}

/// What a verdict says, on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The category.
    pub category: Category,
    /// Whether it was lowered from hard to soft.
    pub lowered: bool,
    /// The reason.
    pub reason: String,
    /// Whose fault it is.
    pub fault: Option<Fault>,
    /// What it is about.
    pub scope: Option<Scope>,
    /// What to do.
    pub actions: Vec<Action>,
    /// The provider that the reply belongs to.
    pub profile: Option<String>,
    /// The rule that decided.
    pub rule: Place,
    /// What the reply itself told.
    pub fields: Vec<(String, String)>,
    /// What happened.
    pub say: Option<String>,
    /// What to do, in plain words.
    pub advice: Option<String>,
    /// Where to read on.
    pub see: Vec<String>,
}

impl Said {
    /// What a verdict says.
    pub fn new(verdict: &Verdict<'_>) -> Said {
        let told = verdict.told();
        Said {
            category: verdict.category(),
            lowered: verdict.lowered(),
            reason: verdict.reason().name.clone(),
            fault: verdict.fault(),
            scope: verdict.scope(),
            actions: told.actions().map(Cow::into_owned).collect(),
            profile: verdict.profile().map(|profile| profile.name.clone()),
            rule: Place { rule: verdict.rule().name.clone(), at: verdict.at().to_string() },
            say: told.say().map(Cow::into_owned),
            advice: verdict.advice().map(str::to_owned),
            see: told.see().into_iter().map(Cow::into_owned).collect(),
            fields: told.fields,
        }
    }
}

/// Two rule sets, held against each other.
#[derive(Debug)]
pub struct Comparison<'e> {
    pub(super) old: &'e Engine,
    pub(super) new: &'e Engine,
    pub(super) pairs: Pairs,
    /// For each old profile, whether the new one of its name means the same for a reply.
    same_profiles: Vec<bool>,
    /// Whether `retry by profile` means the same where no profile has a schedule.
    same_policy: bool,
}

/// The two rules that decide on a reply.
pub(super) type Deciding = (RuleId, RuleId);

impl<'e> Comparison<'e> {
    /// Holds two rule sets against each other.
    ///
    /// ```
    /// use carom::{Engine, Reply, diff::Comparison};
    /// let rules = |code: &str| Engine::from_text(format!(r#"
    /// use builtin
    /// override ours {{
    ///     match    code {code}
    ///     match    phrase "we are closed"
    ///     then     deferred provider-trouble
    ///     example  "{code} We are closed"
    /// }}
    /// "#));
    /// let (old, new) = (rules("550")?, rules("554")?);
    /// let comparison = Comparison::new(&old, &new);
    /// assert!(comparison.changed(&Reply::parse("550 We are closed")).is_some());
    /// assert!(comparison.changed(&Reply::parse("550 No such user")).is_none());
    /// let cells = comparison.search().cells;
    /// assert_eq!(cells[0].old.rule.rule, "ours");
    /// # Ok::<(), carom::LoadError>(())
    /// ```
    pub fn new(old: &'e Engine, new: &'e Engine) -> Comparison<'e> {
        let (before, after) = (old.rules(), new.rules());
        let same_policy = before.retry == after.retry;
        let same_profiles = before.profiles.iter().map(|(_, profile)| {
            settings::named(&after.profiles, &profile.name)
                .is_some_and(|twin| settings::is_same((before, profile), (after, twin)))
        });
        Comparison { old, new, pairs: Pairs::new(before, after), same_profiles: same_profiles.collect(), same_policy }
    }

    /// The rules that are not as they were.
    pub fn edits(&self) -> Vec<Edit> {
        let place = |rules: &RuleSet, id: Option<RuleId>| {
            let rule = rules.rule(id?);
            Some(Place { rule: rule.name.clone(), at: rules.sources.at(rule.span).to_string() })
        };
        let edits = self.pairs.edits.iter().map(|(old, new, kinds)| Edit {
            kinds: kinds.clone(),
            old: place(self.old.rules(), *old),
            new: place(self.new.rules(), *new),
        });
        edits.collect()
    }

    /// The settings that are not as they were.
    pub fn settings(&self) -> Vec<Setting> {
        settings(self.old.rules(), self.new.rules())
    }

    /// What differs in the two verdicts on a reply; nothing where they say the same.
    pub fn changed(&self, reply: &Reply) -> Option<Changed> {
        self.held(reply).2
    }

    /// The two verdicts on a reply, and what differs in them.
    pub(crate) fn held<'r>(&'r self, reply: &'r Reply) -> (Verdict<'r>, Verdict<'r>, Option<Changed>) {
        let (old, new) = (self.old.classify(reply), self.new.classify(reply));
        let changed = if self.surely_same(&old, &new) { None } else { differing(&old, &new) };
        (old, new, changed)
    }

    /// Whether two verdicts need not be looked at: they are given by rules that mean the same, to a profile that does.
    fn surely_same(&self, old: &Verdict<'_>, new: &Verdict<'_>) -> bool {
        let id = old.rule_id();
        if !self.pairs.is_same[id.0 as usize] || self.pairs.to_new[id.0 as usize] != Some(new.rule_id()) {
            return false;
        }
        match (old.profile_id(), new.profile()) {
            (None, None) => self.same_policy,
            (Some(of), Some(twin)) => {
                let profile = self.old.rules().profiles.get(of);
                self.same_profiles[of.0 as usize]
                    && profile.name == twin.name
                    && (self.same_policy || profile.retry.is_some())
            }
            _ => false,
        }
    }
}

/// What differs in two verdicts on one reply.
fn differing(old: &Verdict<'_>, new: &Verdict<'_>) -> Option<Changed> {
    let (before, after) = (old.told(), new.told());
    let differs = |part: Part| match part {
        Part::Category => (old.category(), old.lowered()) != (new.category(), new.lowered()),
        Part::Reason => old.reason().name != new.reason().name,
        Part::Fault => old.fault() != new.fault(),
        Part::Scope => old.scope() != new.scope(),
        Part::Actions => before.actions().ne(after.actions()),
        Part::Profile => old.profile().map(|profile| &profile.name) != new.profile().map(|profile| &profile.name),
        Part::Words => {
            old.advice() != new.advice()
                || !is_same_set(&before.fields, &after.fields)
                || before.say() != after.say()
                || before.see() != after.see()
        }
        Part::Rule => old.rule().name != new.rule().name,
    };
    Changed::of(Part::ALL.into_iter().filter(|part| differs(*part)))
}

/// Whether the fields are the same, in whatever order the conditions gave them; each has its name once.
fn is_same_set(old: &[(String, String)], new: &[(String, String)]) -> bool {
    old.len() == new.len() && old.iter().all(|field| new.contains(field))
}
