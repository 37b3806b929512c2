//! The catalogue of reasons, and a page for each with the rules that lead to it.

use super::{Page, Reference, counted, plan};
use crate::report::markup::{escaped, prose};
use crate::report::words;
use crate::ruleset::{Category, Reason, RuleId};

/// All reasons, by their first category.
pub(super) fn catalogue(reference: &Reference<'_>) -> Page {
    let mut main =
        "<h1>Reasons</h1>\n<p class=\"lede\">What happened, in one word each: whose fault it is, what it is about, \
                    and what a person should do about it.</p>\n"
            .to_owned();
    let mut aside = String::new();
    for category in Category::ALL {
        let mut reasons: Vec<&Reason> =
            reference.rules.reasons.iter().filter(|reason| reason.categories.first() == Some(category)).collect();
        reasons.sort_by_key(|reason| &reason.name);
        if reasons.is_empty() {
            continue;
        }
        let name = escaped(category.as_str());
        main.push_str(&format!("<h2 id=\"{name}\"><span class=\"category {name}\">{name}</span></h2>\n"));
        aside.push_str(&format!("<li><a href=\"#{name}\">{name}</a> <span class=\"soft\">{}</span>", reasons.len()));
        for reason in reasons {
            let rules = counted(reference.rules_of(reason).len(), "rule");
            main.push_str(&format!(
                "<article class=\"reason\"><h3><a href=\"{}\">{}</a> <span class=\"soft\">{rules}</span></h3>\n{}</article>\n",
                escaped(&plan::reason(&reason.name)),
                escaped(&reason.name),
                about(reason)
            ));
        }
    }
    reference.shell("reasons.html", "Reasons", &format!("<ul>{aside}</ul>"), &main)
}

/// A page for each reason.
pub(super) fn pages(reference: &Reference<'_>) -> Vec<Page> {
    let page = |reason: &Reason| {
        let mut main = format!("<h1>{}</h1>\n{}", escaped(&reason.name), about(reason));
        let rules = reference.rules_of(reason);
        main.push_str(&format!("<h2>{} to it</h2>\n", leads(rules.len())));
        let mut rest = rules.as_slice();
        while let Some(first) = rest.first() {
            let profile = reference.rules.rule(*first).profile;
            let end = rest.iter().position(|id| reference.rules.rule(*id).profile != profile).unwrap_or(rest.len());
            let (group, others) = rest.split_at(end);
            match profile {
                Some(id) => main.push_str(&format!(
                    "<h3><a href=\"{}\">{}</a></h3>\n",
                    escaped(reference.plan.profile(id)),
                    escaped(&reference.rules.profiles.get(id).name)
                )),
                None => main.push_str("<h3>Any server</h3>\n"),
            }
            main.push_str(&reference.rule_list(group));
            rest = others;
        }
        reference.shell(&plan::reason(&reason.name), &reason.name, "", &main)
    };
    reference.rules.reasons.iter().map(page).collect()
}

fn leads(count: usize) -> String {
    match count {
        0 => "No rule leads".to_owned(),
        1 => "1 rule leads".to_owned(),
        count => format!("{count} rules lead"),
    }
}

/// Categories, fault, scope, advice, and what is done.
fn about(reason: &Reason) -> String {
    let mut out =
        reason.advice.as_ref().map_or(String::new(), |advice| format!("<p class=\"say\">{}</p>\n", prose(advice)));
    let categories = reason.categories.iter().map(|category| {
        let name = escaped(category.as_str());
        format!("<span class=\"category {name}\">{name}</span>")
    });
    let mut rows = vec![("category", categories.collect::<Vec<_>>().join(" or "))];
    rows.extend(reason.fault.map(|fault| ("fault", fault.to_string())));
    rows.extend(reason.scope.map(|scope| ("about", scope.to_string())));
    if !reason.actions.is_empty() {
        let actions: Vec<String> = reason.actions.iter().map(words::action).collect();
        rows.push(("do", escaped(&actions.join("; "))));
    }
    let rows: String = rows.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>")).collect();
    out.push_str(&format!("<dl>{rows}</dl>\n"));
    out
}

impl Reference<'_> {
    /// The rules that lead to a reason: those of profiles by name, then the general ones.
    pub(super) fn rules_of(&self, reason: &Reason) -> Vec<RuleId> {
        let leads = self.rules.numbered_rules().filter(|(_, rule)| {
            rule.outcomes.iter().any(|outcome| self.rules.reason(outcome.reason).name == reason.name)
        });
        let mut found: Vec<RuleId> = leads.map(|(id, _)| id).collect();
        let name = |id: &RuleId| self.rules.rule(*id).profile.map(|id| self.rules.profiles.get(id).name.as_str());
        found.sort_by_key(|id| (name(id).is_none(), name(id), *id));
        found
    }
}
