//! The pages of a profile: what it is known by, its settings, its rules, the tests that hold its replies.

use super::shell::{self, Body};
use super::{Page, Reference, counted, written};
use crate::report::markup::{escaped, prose};
use crate::report::words;
use crate::ruleset::{HostPattern, Profile, ProfileId, RuleId};
use crate::survey::{Facts, Known};

/// So many hosts or domains are shown at once.
const SHOWN: usize = 12;

/// The first with all that is known of it, further ones with the rest of its rules.
pub(super) fn pages(reference: &Reference<'_>, known: &Known) -> Vec<Page> {
    let Some(id) = known.profile else { return Vec::new() };
    let rules = reference.rules;
    let profile = rules.profiles.get(id);
    let parts = reference.plan.parts(id);
    let page = |(n, part): (usize, &super::plan::Part)| {
        let mut main = format!("<h1>{}</h1>\n", escaped(&profile.name));
        if n == 0 {
            main.push_str(&reference.about(id, known));
        }
        main.push_str(&reference.parts(parts, n));
        if !part.rules.is_empty() {
            main.push_str("<h2 id=\"rules\">Rules</h2>\n");
        }
        main.push_str(&reference.folded_contents(&part.rules));
        part.rules.iter().for_each(|id| main.push_str(&reference.rule(*id)));
        if n + 1 == parts.len() {
            main.push_str(&reference.inherited(known));
            main.push_str(&reference.tests(&known.tests));
        }
        let aside = if part.rules.is_empty() { String::new() } else { reference.contents(&part.rules) };
        let path = [(reference.title.to_owned(), "index.html".to_owned())];
        shell::page(&Body {
            page: &part.page,
            title: &profile.name,
            path: &path,
            aside: &aside,
            main: &main,
            set: reference.title,
            version: rules.version.to_string(),
        })
    };
    parts.iter().enumerate().map(page).collect()
}

impl Reference<'_> {
    /// What the comment above a profile says of it.
    pub(super) fn comment(&self, profile: &Profile) -> Option<String> {
        let file = profile.span.file;
        let alone = self.rules.profiles.iter().filter(|(_, other)| other.span.file == file).count() == 1;
        written::comment_of(self.rules, profile.span, alone)
    }

    fn about(&self, id: ProfileId, known: &Known) -> String {
        let rules = self.rules;
        let profile = rules.profiles.get(id);
        let mut out =
            self.comment(profile).map_or(String::new(), |text| format!("<p class=\"lede\">{}</p>\n", prose(&text)));
        let mut rows = String::new();
        let mut row = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                rows.push_str(&format!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
            }
        };
        row("hosts", Some(hosts(&profile.hosts)));
        row("domains", Some(hosts(&profile.domains)));
        let link = |id: ProfileId| {
            format!("<a href=\"{}\">{}</a>", escaped(self.plan.profile(id)), escaped(&rules.profiles.get(id).name))
        };
        row("extends", profile.parent.map(link));
        let children = rules.profiles.iter().filter(|(_, child)| child.parent == Some(id));
        row("extended by", Some(children.map(|(id, _)| link(id)).collect::<Vec<_>>().join(", ")));
        let tags = profile.tags.iter().map(|id| format!("<code>{}</code>", escaped(&rules.pattern(*id).written)));
        row("its own codes", Some(tags.collect::<Vec<_>>().join(", ")));
        row("schedule", profile.retry.as_ref().map(|retry| escaped(&words::schedule(retry))));
        row("connections", profile.connections.map(|(low, high)| format!("{low} to {high} at a time")));
        row("charset", profile.charset.map(|charset| escaped(&charset.name().to_lowercase())));
        let count = |n: usize, what: &str| (n > 0).then(|| counted(n, what));
        let counts = [
            count(known.rules.len(), "rule"),
            count(known.inherited.len(), "inherited rule"),
            count(known.examples, "example"),
            count(known.tests.len(), "test"),
        ];
        row("holds", Some(counts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        row("known from", Some(facts(&known.facts)));
        out.push_str(&format!("<dl class=\"about\">{rows}</dl>\n"));
        out
    }

    fn inherited(&self, known: &Known) -> String {
        if known.inherited.is_empty() {
            return String::new();
        }
        let mut out = "<h2 id=\"inherited\">Asked after its own</h2>\n".to_owned();
        let mut parents: Vec<ProfileId> =
            known.profile.into_iter().flat_map(|id| self.rules.profiles.chain(id).skip(1)).collect();
        parents.dedup();
        for id in parents {
            let of: Vec<RuleId> =
                known.inherited.iter().copied().filter(|rule| self.rules.rule(*rule).profile == Some(id)).collect();
            if !of.is_empty() {
                let name = escaped(&self.rules.profiles.get(id).name);
                out.push_str(&format!(
                    "<details><summary>{} of {name}</summary>{}</details>\n",
                    counted(of.len(), "rule"),
                    self.rule_list(&of)
                ));
            }
        }
        out
    }

    pub(super) fn tests(&self, tests: &[usize]) -> String {
        if tests.is_empty() {
            return String::new();
        }
        let each: String = tests.iter().map(|number| self.test(*number)).collect();
        format!(
            "<h2 id=\"tests\">Tests</h2>\n<p class=\"soft\">What no single rule owns: replies, and what they must come to.</p>\n{each}"
        )
    }
}

fn hosts(all: &[HostPattern]) -> String {
    let each: Vec<String> = all.iter().map(|host| format!("<li><code>{}</code>", escaped(&host.to_string()))).collect();
    let (shown, more) = each.split_at(each.len().min(SHOWN));
    if shown.is_empty() {
        return String::new();
    }
    let more = match more {
        [] => String::new(),
        more => {
            format!(
                "<details><summary>{} more</summary><ul class=\"names\">{}</ul></details>",
                more.len(),
                more.concat()
            )
        }
    };
    format!("<ul class=\"names\">{}</ul>{more}", shown.concat())
}

/// How far the sources are to be trusted, and of when they are.
fn facts(facts: &Facts) -> String {
    let Facts { documented, observed, inferred, dated, oldest, newest } = facts;
    let count = |n: &usize, what: &str| (*n > 0).then(|| format!("{n} {what}"));
    let counts = [count(documented, "documented"), count(observed, "observed"), count(inferred, "inferred")];
    let counts = counts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    match (oldest, newest) {
        (Some(oldest), Some(newest)) => format!("{counts}; {dated} with a date, {} to {}", oldest.day(), newest.day()),
        _ => counts,
    }
}
