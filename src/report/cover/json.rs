//! What was touched, for programs.

use super::Of;
use crate::cover::{Covered, CoveredRule, Share};
use crate::ruleset::RuleSet;
use serde_json::{Value, json};

/// One object with the totals and every rule.
pub fn json(covered: &Covered, rules: &RuleSet, of: Of) -> Value {
    json!({
        "v": 1,
        "of": match of { Of::Tests => "tests", Of::Input => "input" },
        "snapshot": rules.version.to_string(),
        "replies": covered.replies,
        "rules": share(covered.rules),
        "alternatives": share(covered.alternatives),
        "unless": share(covered.unless),
        "examples": share(covered.examples),
        "each": covered.each.iter().map(|each| rule(each, rules)).collect::<Vec<_>>(),
    })
}

fn share(share: Share) -> Value {
    json!({ "touched": share.touched, "all": share.all })
}

fn rule(each: &CoveredRule, rules: &RuleSet) -> Value {
    let rule = rules.rule(each.rule);
    let at = |span| rules.sources.at(span).to_string();
    let lost_to = each.lost_to.iter().map(|(id, count)| json!({ "rule": rules.rule(*id).name, "count": count }));
    let lines = each.lines.iter().map(|line| {
        let each = |n: usize| &line.alternatives[n];
        if line.unless {
            return json!({ "at": at(line.span), "unless": each(0).text, "vetoed": each(0).count });
        }
        let alternatives = line.alternatives.iter().map(
            |alternative| json!({ "at": at(alternative.span), "text": alternative.text, "count": alternative.count }),
        );
        json!({ "at": at(line.span), "alternatives": alternatives.collect::<Vec<_>>() })
    });
    let examples = each.examples.iter().map(|(span, touched)| json!({ "at": at(*span), "touched": touched }));
    json!({
        "rule": rule.name,
        "layer": rule.layer.as_str(),
        "profile": rule.profile.map(|id| &rules.profiles.get(id).name),
        "at": at(rule.span),
        "won": each.won,
        "lost": each.lost,
        "lost_to": lost_to.collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(),
        "examples": examples.collect::<Vec<_>>(),
    })
}
