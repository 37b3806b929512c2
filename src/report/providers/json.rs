//! What is known, for programs.

use crate::ruleset::{HostPattern, RuleId, RuleSet};
use crate::survey::{Facts, Known, Survey};
use serde_json::{Value, json};

/// One object with every profile's counts, and those of the rules that are for none.
pub fn all(survey: &Survey, rules: &RuleSet) -> Value {
    json!({
        "v": 1,
        "snapshot": rules.version.to_string(),
        "profiles": survey.profiles.iter().map(|known| counts(known, rules)).collect::<Vec<_>>(),
        "general": counts(&survey.general, rules),
        "all": counts(&survey.all, rules),
    })
}

/// One object with a profile's counts, settings and rules.
pub fn one(known: &Known, rules: &RuleSet) -> Value {
    let mut found = counts(known, rules);
    let profile = known.profile.map(|id| rules.profiles.get(id));
    let listed = |all: Option<&Vec<HostPattern>>| {
        all.map_or(Vec::new(), |all| all.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let tags: Vec<&str> =
        profile.iter().flat_map(|profile| &profile.tags).map(|id| rules.pattern(*id).written.as_str()).collect();
    let schedule = profile.and_then(|profile| profile.retry.as_ref());
    found["v"] = json!(1);
    found["snapshot"] = json!(rules.version.to_string());
    found["extends"] = json!(profile.and_then(|profile| profile.parent).map(|id| &rules.profiles.get(id).name));
    found["at"] = json!(profile.map(|profile| rules.sources.at(profile.span).to_string()));
    found["hosts"] = json!(listed(profile.map(|profile| &profile.hosts)));
    found["domains"] = json!(listed(profile.map(|profile| &profile.domains)));
    found["tags"] = json!(tags);
    found["retry"] = schedule.map_or(Value::Null, |schedule| {
        json!({
            "after": schedule.waits.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "times": schedule.times,
            "until": schedule.until.map(|until| until.to_string()),
        })
    });
    found["connections"] = json!(profile.and_then(|profile| profile.connections));
    found["charset"] = json!(profile.and_then(|profile| profile.charset).map(|charset| charset.name()));
    found["rules"] = each(&known.rules, rules);
    found["inherited"] = each(&known.inherited, rules);
    found
}

fn counts(known: &Known, rules: &RuleSet) -> Value {
    let profile = known.profile.map(|id| rules.profiles.get(id));
    let Facts { documented, observed, inferred, dated, oldest, newest } = known.facts;
    json!({
        "profile": profile.map(|profile| &profile.name),
        "count": {
            "hosts": profile.map_or(0, |profile| profile.hosts.len()),
            "domains": profile.map_or(0, |profile| profile.domains.len()),
            "rules": known.rules.len(),
            "inherited": known.inherited.len(),
            "examples": known.examples,
            "tests": known.tests.len(),
        },
        "sources": {
            "documented": documented,
            "observed": observed,
            "inferred": inferred,
            "dated": dated,
            "oldest": oldest,
            "newest": newest,
        },
    })
}

fn each(ids: &[RuleId], rules: &RuleSet) -> Value {
    let row = |id: &RuleId| {
        let rule = rules.rule(*id);
        let outcome = &rule.outcomes[rule.outcomes.len() - 1];
        let sources = rule
            .sources
            .iter()
            .map(|source| json!({ "text": source.text, "trust": source.trust, "date": source.date }));
        json!({
            "rule": rule.name,
            "layer": rule.layer.as_str(),
            "category": outcome.category,
            "reason": rules.reason(outcome.reason).name,
            "examples": rule.examples.len(),
            "sources": sources.collect::<Vec<_>>(),
            "at": rules.sources.at(rule.span).to_string(),
        })
    };
    ids.iter().map(row).collect()
}
