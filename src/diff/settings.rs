//! What changes in the settings of profiles, and in the policy's schedule.

use crate::ruleset::{HostPattern, Profile, Profiles, RuleSet, Schedule};
use std::collections::BTreeSet;

/// A setting that is not the same in both rule sets, as rules write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The profile; none for the policy.
    pub profile: Option<String>,
    /// Which: `hosts`, `domains`, `tags`, `extends`, `retry`, `connections`, `charset`; `profile` where all of it is
    /// new or gone.
    pub name: &'static str,
    /// What it was; nothing where it was not stated.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
}

/// All that differ, by profile in the order of the names.
pub(super) fn settings(old: &RuleSet, new: &RuleSet) -> Vec<Setting> {
    let mut found = Vec::new();
    let policy = [old, new].map(|rules| rules.retry.as_ref().map(schedule));
    found.extend(changed(None, "retry", policy));
    let names: BTreeSet<&str> =
        [old, new].iter().flat_map(|rules| rules.profiles.iter()).map(|(_, p)| &*p.name).collect();
    for name in names {
        let [before, after] = [old, new].map(|rules| named(&rules.profiles, name));
        let (Some(before), Some(after)) = (before, after) else {
            let stated = |profile: Option<&Profile>| profile.map(|_| name.to_owned());
            found.extend(changed(Some(name), "profile", [stated(before), stated(after)]));
            continue;
        };
        let sides = [(old, before), (new, after)];
        for (setting, of) in SETTINGS {
            found.extend(changed(Some(name), setting, sides.map(|(rules, profile)| of(rules, profile))));
        }
    }
    found
}

/// The profile of that name.
pub(super) fn named<'r>(profiles: &'r Profiles, name: &str) -> Option<&'r Profile> {
    profiles.iter().map(|(_, profile)| profile).find(|profile| profile.name == name)
}

/// Whether two profiles mean the same for a reply that belongs to them.
pub(super) fn is_same(old: (&RuleSet, &Profile), new: (&RuleSet, &Profile)) -> bool {
    let of = ["tags", "retry", "charset"];
    old.1.name == new.1.name
        && SETTINGS.iter().filter(|(name, _)| of.contains(name)).all(|(_, of)| of(old.0, old.1) == of(new.0, new.1))
}

type Of = fn(&RuleSet, &Profile) -> Option<String>;

const SETTINGS: &[(&str, Of)] = &[
    ("hosts", |_, profile| names(&profile.hosts)),
    ("domains", |_, profile| names(&profile.domains)),
    ("tags", |rules, profile| {
        let tags: Vec<String> = profile.tags.iter().map(|id| format!("\"{}\"", rules.pattern(*id).written)).collect();
        (!tags.is_empty()).then(|| tags.join(", "))
    }),
    ("extends", |rules, profile| profile.parent.map(|id| rules.profiles.get(id).name.clone())),
    ("retry", |_, profile| profile.retry.as_ref().map(schedule)),
    ("connections", |_, profile| {
        profile.connections.map(|(low, high)| if low == high { low.to_string() } else { format!("{low}..{high}") })
    }),
    ("charset", |_, profile| profile.charset.map(|charset| charset.name().to_lowercase())),
];

fn changed(profile: Option<&str>, name: &'static str, [old, new]: [Option<String>; 2]) -> Option<Setting> {
    (old != new).then(|| Setting { profile: profile.map(str::to_owned), name, old, new })
}

/// Names, whose order means nothing.
fn names(all: &[HostPattern]) -> Option<String> {
    let all: BTreeSet<String> = all.iter().map(|pattern| format!("\"{pattern}\"")).collect();
    (!all.is_empty()).then(|| all.into_iter().collect::<Vec<_>>().join(", "))
}

fn schedule(schedule: &Schedule) -> String {
    let mut text = schedule.waits.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if let Some(times) = schedule.times {
        text += &format!(" up to {times} times");
    }
    if let Some(until) = schedule.until {
        text += &format!(" until {until}");
    }
    text
}
