//! Where replies come from: hosts and domains, of which those are one place that all rules see alike.

use super::bits::Bits;
use crate::reply::{HostName, Reply};
use crate::ruleset::{Column, HostPattern, ProfileId, Rule, RuleSet};
use std::collections::HashMap;

/// A host and a recipient's domain, each of which may be unknown, and the profile that they make.
pub(super) struct Place {
    pub(super) host: Option<HostName>,
    pub(super) domain: Option<HostName>,
    pub(super) profile: Option<ProfileId>,
}

/// One place for each that rules and profiles tell apart, the plainest first.
pub(super) struct Places {
    all: Vec<Place>,
    /// For each profile, the places whose replies its rules are asked about: its own and those that extend it.
    of_profile: HashMap<ProfileId, Bits>,
}

/// A name, and what is known of it: whether conditions ask about it, and everything that may tell it from others.
struct Name {
    name: Option<HostName>,
    is_asked: bool,
}

impl Places {
    pub(super) fn new(rules: &RuleSet) -> Places {
        let conditions = || rules.rules.iter().flat_map(|rule| &rule.conditions).map(|condition| &condition.column);
        let asked_hosts = conditions().filter_map(|column| match column {
            Column::Host(set) => Some(&set.patterns),
            _ => None,
        });
        let asked_domains = conditions().filter_map(|column| match column {
            Column::Domain(set) => Some(&set.patterns),
            _ => None,
        });
        let of_profiles = |of: fn(&crate::ruleset::Profile) -> &Vec<HostPattern>| {
            rules.profiles.iter().flat_map(move |(_, profile)| of(profile))
        };
        let claimed = |name: &HostName| {
            let reply = Reply { host: Some(name.clone()), ..Reply::default() };
            rules.profiles.of(&reply)
        };
        let claimed_domain = |name: &HostName| {
            let reply = Reply { domain: Some(name.clone()), ..Reply::default() };
            rules.profiles.of(&reply)
        };
        let hosts = names(asked_hosts.flatten(), of_profiles(|profile| &profile.hosts), &claimed);
        let domains = names(asked_domains.flatten(), of_profiles(|profile| &profile.domains), &claimed_domain);
        let mut all = Vec::new();
        // Where a profile claims the host it matters only whether a domain is known, unless a condition asks for one.
        for (h, host) in hosts.iter().enumerate() {
            for (d, domain) in domains.iter().enumerate() {
                let is_plain = h < 2 || d < 2;
                if is_plain || host.is_asked || domain.is_asked {
                    let reply = Reply { host: host.name.clone(), domain: domain.name.clone(), ..Reply::default() };
                    let profile = rules.profiles.of(&reply);
                    all.push(Place { host: reply.host, domain: reply.domain, profile });
                }
            }
        }
        // Those without a profile first, then those known by their host alone.
        all.sort_by_key(|place| (place.profile.is_some(), place.domain.is_some(), place.host.is_some()));
        let mut of_profile: HashMap<ProfileId, Bits> = HashMap::new();
        for (n, place) in all.iter().enumerate() {
            for id in place.profile.into_iter().flat_map(|id| rules.profiles.chain(id)) {
                of_profile.entry(id).or_insert_with(|| Bits::none(all.len())).insert(n);
            }
        }
        Places { all, of_profile }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, n: usize) -> &Place {
        &self.all[n]
    }

    /// Those whose replies a rule is asked about.
    pub(super) fn of(&self, rule: &Rule) -> Bits {
        match rule.profile {
            Some(id) => self.of_profile.get(&id).cloned().unwrap_or_else(|| Bits::none(self.all.len())),
            None => Bits::of(self.all.len(), |_| true),
        }
    }

    /// Those whose profile says how its own codes stand in a text.
    pub(super) fn with_tags(&self, rules: &RuleSet) -> Bits {
        let has_tags = |id: ProfileId| !rules.profiles.get(id).tags.is_empty();
        Bits::of(self.all.len(), |n| self.all[n].profile.is_some_and(has_tags))
    }

    pub(super) fn by_host(&self, is_in: impl Fn(Option<&HostName>) -> bool) -> Bits {
        Bits::of(self.all.len(), |n| is_in(self.all[n].host.as_ref()))
    }

    pub(super) fn by_domain(&self, is_in: impl Fn(Option<&HostName>) -> bool) -> Bits {
        Bits::of(self.all.len(), |n| is_in(self.all[n].domain.as_ref()))
    }
}

/// No name, one that nobody asks about or claims, and one for each way in which names are asked about and claimed.
fn names<'r>(
    asked: impl Iterator<Item = &'r HostPattern>,
    claims: impl Iterator<Item = &'r HostPattern>,
    claimed: &impl Fn(&HostName) -> Option<ProfileId>,
) -> Vec<Name> {
    let mut numbers: HashMap<HostPattern, usize> = HashMap::new();
    let mut patterns: Vec<&HostPattern> = Vec::new();
    for pattern in asked {
        let next = numbers.len();
        if *numbers.entry(pattern.clone()).or_insert(next) == next {
            patterns.push(pattern);
        }
    }
    let patterns = patterns.into_iter().chain(claims);
    // What is asked of a name: the patterns of conditions that mean it.
    let asked_of = |name: &HostName| {
        let exact = numbers.get(&HostPattern::Exact(name.clone()));
        let below = name.suffixes().skip(1).filter_map(|suffix| HostName::parse(suffix).ok());
        let below = below.filter_map(|suffix| numbers.get(&HostPattern::Below(suffix)));
        exact.into_iter().chain(below).copied().collect::<Vec<usize>>()
    };
    let other = HostName::parse("mx.nobody-s.example").ok();
    let mut all = vec![Name { name: None, is_asked: false }, Name { name: other, is_asked: false }];
    let mut seen: HashMap<(Option<ProfileId>, Vec<usize>), ()> = HashMap::from([((None, Vec::new()), ())]);
    for pattern in patterns {
        let samples: Vec<HostName> = match pattern {
            HostPattern::Exact(name) => vec![name.clone()],
            // One of the names below it may be claimed or asked about itself.
            HostPattern::Below(suffix) => ["mx1", "mx2", "x7"]
                .iter()
                .filter_map(|label| HostName::parse(&format!("{label}.{suffix}")).ok())
                .collect(),
        };
        for name in samples {
            let asked = asked_of(&name);
            let is_asked = !asked.is_empty();
            if seen.insert((claimed(&name), asked), ()).is_none() {
                all.push(Name { name: Some(name), is_asked });
            }
        }
    }
    all
}
