//! What a rule set knows of each provider, and how well.
//!
//! Invariant: a survey counts what stands in the rules, and asks them nothing; what every rule set has is not counted.

use crate::Time;
use crate::ruleset::{Profile, ProfileId, Rule, RuleId, RuleSet, Trust};

/// What is known, by profile.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The profiles, by name.
    pub profiles: Vec<Known>,
    /// The rules that are for no profile, and the tests of whose replies none belongs to one.
    pub general: Known,
    /// All of it.
    pub all: Known,
}

/// What is known of a profile, or beside all of them.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The profile.
    pub profile: Option<ProfileId>,
    /// Its own rules, in order of precedence.
    pub rules: Vec<RuleId>,
    /// The rules of its parents, in order of precedence.
    pub inherited: Vec<RuleId>,
    /// The examples of its own rules.
    pub examples: usize,
    /// The tests, by number, that hold a reply of it.
    pub tests: Vec<usize>,
    /// The sources of its own rules.
    pub facts: Facts,
}

/// Where rules come from, and since when that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Sources that the provider itself wrote.
    pub documented: usize,
    /// Replies that were seen.
    pub observed: usize,
    /// Conclusions.
    pub inferred: usize,
    /// How many of these tell a date.
    pub dated: usize,
    /// The first date.
    pub oldest: Option<Time>,
    /// The last date.
    pub newest: Option<Time>,
}

impl Facts {
    /// How many sources.
    pub fn all(&self) -> usize {
        self.documented + self.observed + self.inferred
    }

    fn add(&mut self, trust: Trust, date: Option<Time>) {
        *match trust {
            Trust::Documented => &mut self.documented,
            Trust::Observed => &mut self.observed,
            Trust::Inferred => &mut self.inferred,
        } += 1;
        if let Some(date) = date {
            self.dated += 1;
            self.oldest = Some(self.oldest.map_or(date, |oldest| oldest.min(date)));
            self.newest = self.newest.max(Some(date));
        }
    }
}

impl Known {
    fn add(&mut self, id: RuleId, rule: &Rule) {
        self.rules.push(id);
        self.examples += rule.examples.len();
        rule.sources.iter().for_each(|source| self.facts.add(source.trust, source.date));
    }
}

/// Counts a rule set.
pub fn survey(rules: &RuleSet) -> Survey {
    let of_profile = |(id, _)| Known { profile: Some(id), ..Known::default() };
    let mut profiles: Vec<Known> = rules.profiles.iter().map(of_profile).collect();
    let (mut general, mut all) = (Known::default(), Known::default());
    for (id, rule) in rules.numbered_rules().filter(|(_, rule)| !rules.is_prelude(rule)) {
        all.add(id, rule);
        rule.profile.map_or(&mut general, |of| &mut profiles[of.0 as usize]).add(id, rule);
    }
    for (n, test) in rules.tests.iter().enumerate() {
        all.tests.push(n);
        let mut of: Vec<ProfileId> = test.replies.iter().filter_map(|said| rules.profiles.of(&said.reply)).collect();
        of.sort_unstable();
        of.dedup();
        of.iter().for_each(|id| profiles[id.0 as usize].tests.push(n));
        if of.is_empty() {
            general.tests.push(n);
        }
    }
    for n in 0..profiles.len() {
        let parents = rules.profiles.chain(ProfileId(n as u32)).skip(1);
        let mut inherited: Vec<RuleId> = parents.flat_map(|id| profiles[id.0 as usize].rules.clone()).collect();
        inherited.sort_unstable();
        profiles[n].inherited = inherited;
    }
    profiles.sort_by_key(|known| name(rules, known));
    Survey { profiles, general, all }
}

fn name<'r>(rules: &'r RuleSet, known: &Known) -> &'r str {
    known.profile.map_or("", |id| &rules.profiles.get(id).name)
}

/// The profile that a person means: by its name, by one of its hosts, or by one of its domains.
pub fn named<'r>(rules: &'r RuleSet, name: &str) -> Option<(ProfileId, &'r Profile)> {
    if let Some(found) = rules.profiles.iter().find(|(_, profile)| profile.name == name) {
        return Some(found);
    }
    let host = crate::HostName::parse(name).ok()?;
    let domain = crate::Reply { domain: Some(host.clone()), ..crate::Reply::default() };
    let id = rules.profiles.of_host(&host).or_else(|| rules.profiles.of(&domain))?;
    Some((id, rules.profiles.get(id)))
}

/// The profile whose name is nearest to one that none has.
pub fn nearest<'r>(rules: &'r RuleSet, name: &str) -> Option<&'r str> {
    crate::spelling::nearest(name, rules.profiles.iter().map(|(_, profile)| profile.name.as_str()))
}

#[cfg(test)]
mod tests;
