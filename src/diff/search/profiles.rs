//! Profiles whose settings are not as they were: every rule is tried with their hosts and domains.

use super::super::plan::Plan;
use super::super::values::{Value, beside};
use super::Ground;
use super::scout::Scout;
use crate::reply::Reply;
use crate::ruleset::{Profile, RuleSet};
use std::collections::BTreeSet;

/// The most hosts and domains of a profile that are tried.
const NAMES: usize = 24;

impl<'e> Ground<'_, 'e> {
    /// The names of the profiles of which replies may have another verdict.
    fn changed_profiles(&self) -> BTreeSet<String> {
        let settings = self.comparison.settings().into_iter();
        settings.filter(|setting| setting.name != "connections").filter_map(|setting| setting.profile).collect()
    }

    /// The rules of the profiles that are not as they were, and of their parents.
    pub(super) fn of_changed_profiles(&self) -> Vec<&Plan<'e>> {
        let names = self.changed_profiles();
        if names.is_empty() {
            return Vec::new();
        }
        let is_near = |plan: &Plan<'e>| {
            let rules = plan.engine.rules();
            let below = |of| {
                let named = rules.profiles.iter().filter(|(_, profile)| names.contains(&profile.name));
                named.into_iter().any(|(id, _)| rules.profiles.chain(id).any(|up| up == of))
            };
            plan.rule.profile.is_some_and(below)
        };
        self.old.iter().chain(&self.new).filter(|plan| is_near(plan)).collect()
    }

    /// Tries every rule with the hosts and domains of those profiles, as they were and as they are.
    pub(super) fn pass_profiles(&self, scout: &mut Scout<'_, '_>) {
        for name in self.changed_profiles() {
            let sides = [self.comparison.old, self.comparison.new].map(|engine| named(engine.rules(), &name));
            let mut around: Vec<Value> = Vec::new();
            let mut charsets = Vec::new();
            for profile in sides.into_iter().flatten() {
                let hosts = profile.hosts.iter().flat_map(beside).map(|host| Value::Host(Some(host)));
                let domains = profile.domains.iter().flat_map(beside).map(|domain| Value::Domain(Some(domain)));
                for value in hosts.take(NAMES).chain(domains.take(NAMES)) {
                    if !around.contains(&value) {
                        around.push(value);
                    }
                }
                charsets.extend(profile.charset);
            }
            for value in around {
                let at = |reply: &Reply| {
                    let mut reply = Reply { host: None, domain: None, ..reply.clone() };
                    value.put(&mut reply);
                    reply
                };
                scout.ask(&at(&Reply::default()), true);
                for plan in self.all() {
                    let text = plan.texts.first().map_or("", String::as_str);
                    scout.say(&at(&plan.base), text, true);
                    for charset in charsets.iter().filter(|_| !text.is_ascii()) {
                        let bytes = charset.encode(text).0.into_owned();
                        scout.ask(&Reply { text: bytes, ..at(&plan.base) }, true);
                    }
                }
            }
        }
    }
}

fn named<'r>(rules: &'r RuleSet, name: &str) -> Option<&'r Profile> {
    super::super::settings::named(&rules.profiles, name)
}
