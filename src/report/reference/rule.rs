//! A rule on a page: what it asks, what it says, what to do, where it comes from, and replies that it takes.

use super::written::unquoted;
use super::{Reference, condition, counted, plan};
use crate::report::markup::{escaped, linked, prose};
use crate::report::words;
use crate::ruleset::{Category, Outcome, Rule, RuleId, Source, Template};
use crate::syntax::ast::{Circumstance, Layer, RuleLine, Said, TestLine};

/// So many examples are shown at once.
const SHOWN: usize = 3;

impl Reference<'_> {
    /// A rule, with all there is to say of it.
    pub(super) fn rule(&self, id: RuleId) -> String {
        let rule = self.rules.rule(id);
        let anchor = escaped(&plan::anchor(rule));
        let own = rule.name.rsplit_once('.').map_or(rule.name.as_str(), |(_, own)| own);
        let layer = match rule.layer {
            Layer::Rule => String::new(),
            other => format!(" <span class=\"layer\">{}</span>", other.as_str()),
        };
        let mut out = format!(
            "<article class=\"rule\" id=\"{anchor}\">\n<h3><a href=\"#{anchor}\">{}</a>{layer}</h3>\n",
            escaped(own)
        );
        for outcome in &rule.outcomes {
            out.push_str(&self.outcome(outcome, rule));
        }
        out.push_str(&self.conditions(rule));
        out.push_str(&self.sources(rule));
        out.push_str(&self.examples(rule));
        let at = self.rules.sources.at(rule.span).to_string();
        out.push_str(&format!("<p class=\"at\">{}</p>\n</article>\n", escaped(&at)));
        out
    }

    fn outcome(&self, outcome: &Outcome, rule: &Rule) -> String {
        let reason = self.rules.reason(outcome.reason);
        let mut out = format!("<p class=\"verdict\">{}</p>\n", self.verdict(outcome.category, &reason.name));
        let part = |word: &str, time: Option<crate::Time>| time.map(|time| format!("{word} {time}"));
        let window = if outcome.change.is_some() { outcome.window } else { rule.window };
        let when: Vec<String> =
            [part("from", window.from), part("until", window.until)].into_iter().flatten().collect();
        let by = outcome.change.map(|span| format!("changed in {}", self.rules.sources.at(span)));
        let when: Vec<String> = by.into_iter().chain(when).collect();
        if !when.is_empty() {
            out.push_str(&format!("<p class=\"soft\">{}</p>\n", escaped(&when.join(", "))));
        }
        if let Some(say) = &outcome.say {
            out.push_str(&format!("<p class=\"say\">{}</p>\n", prose(&template(say))));
        }
        if let Some(advice) = &reason.advice {
            out.push_str(&format!("<p class=\"advice\">{}</p>\n", prose(advice)));
        }
        let actions: Vec<String> = outcome.actions.iter().map(words::action).collect();
        let see: Vec<String> = outcome.see.iter().map(address).collect();
        let mut facts = String::new();
        if !actions.is_empty() {
            facts.push_str(&format!("<div><dt>do</dt><dd>{}</dd></div>", escaped(&actions.join("; "))));
        }
        if !see.is_empty() {
            facts.push_str(&format!("<div><dt>see</dt><dd>{}</dd></div>", see.join("<br>")));
        }
        if !facts.is_empty() {
            out.push_str(&format!("<dl>{facts}</dl>\n"));
        }
        out
    }

    /// Category and reason, the reason with a link to its page.
    pub(super) fn verdict(&self, category: Category, reason: &str) -> String {
        let link = format!("<a href=\"{}\">{}</a>", escaped(&plan::reason(reason)), escaped(reason));
        let category = escaped(category.as_str());
        let mark = format!("<span class=\"category {category}\">{category}</span>");
        format!("{mark} {link}")
    }

    fn conditions(&self, rule: &Rule) -> String {
        let lines = self.written.rule(rule).map_or(&[][..], |written| &written.lines);
        let rows = lines.iter().filter_map(|line| match line {
            RuleLine::Condition(condition) => Some(condition::row(condition, &self.written)),
            _ => None,
        });
        let rows: String = rows.collect();
        let rows = if rows.is_empty() { "<div><dt>takes</dt><dd>every reply</dd></div>".to_owned() } else { rows };
        format!("<h4>Takes a reply that</h4>\n<dl class=\"when\">{rows}</dl>\n")
    }

    fn sources(&self, rule: &Rule) -> String {
        let row = |source: &Source| {
            let trust = escaped(&words::source(source));
            format!("<li>{} <span class=\"trust {}\">{trust}</span>", linked(&source.text), source.trust.as_str())
        };
        let rows: String = rule.sources.iter().map(row).collect();
        if rows.is_empty() { rows } else { format!("<h4>Known from</h4>\n<ul class=\"sources\">{rows}</ul>\n") }
    }

    fn examples(&self, rule: &Rule) -> String {
        let lines = self.written.rule(rule).map_or(&[][..], |written| &written.lines);
        let examples = lines.iter().filter_map(|line| match line {
            RuleLine::Example(_, said) => Some(self::said(said)),
            _ => None,
        });
        let examples: Vec<String> = examples.collect();
        if examples.is_empty() {
            return String::new();
        }
        let (shown, more) = examples.split_at(examples.len().min(SHOWN));
        let more = match more {
            [] => String::new(),
            more => format!("<details><summary>{} more</summary>{}</details>\n", more.len(), more.concat()),
        };
        format!("<h4>For example</h4>\n{}{more}", shown.concat())
    }

    /// A test: its replies, and what is expected of each.
    pub(super) fn test(&self, number: usize) -> String {
        let test = &self.rules.tests[number];
        let lines = self.written.test(test).map_or(&[][..], |written| &written.lines);
        let mut out = format!("<article class=\"test\"><h3>{}</h3>\n", prose(&test.title));
        let mut expected = Vec::new();
        for line in lines {
            match line {
                TestLine::Reply(_, said) => out.push_str(&self::said(said)),
                TestLine::Expect(place, ..) | TestLine::ExpectField(place, ..) => {
                    let line = self.rules.sources.text(place.0).split_whitespace().skip(1).collect::<Vec<_>>();
                    expected.push(escaped(&line.join(" ")));
                }
            }
        }
        out + &format!("<p class=\"expect\">is <code>{}</code></p></article>\n", expected.join("</code>, <code>"))
    }

    /// A list of rules, with what each comes to.
    pub(super) fn rule_list(&self, ids: &[RuleId]) -> String {
        let row = |id: &RuleId| {
            let rule = self.rules.rule(*id);
            let outcome = &rule.outcomes[rule.outcomes.len() - 1];
            let say = outcome
                .say
                .as_ref()
                .map_or(String::new(), |say| format!("<span class=\"soft\">{}</span>", prose(&template(say))));
            let (href, name) = (escaped(self.plan.rule(*id)), escaped(&rule.name));
            let category = escaped(outcome.category.as_str());
            format!("<li><a href=\"{href}\">{name}</a> <span class=\"category {category}\">{category}</span> {say}\n")
        };
        format!("<ul class=\"rules\">{}</ul>\n", ids.iter().map(row).collect::<String>())
    }

    /// The names of rules on this page, to go to.
    pub(super) fn contents(&self, ids: &[RuleId]) -> String {
        let row = |id: &RuleId| {
            let anchor = plan::anchor(self.rules.rule(*id));
            let name = anchor.strip_prefix("rule-").unwrap_or(&anchor);
            format!("<li><a href=\"#{}\">{}</a>", escaped(&anchor), escaped(name))
        };
        format!("<ul>{}</ul>", ids.iter().map(row).collect::<String>())
    }

    /// The same within the text, for screens that have no room beside it.
    pub(super) fn folded_contents(&self, ids: &[RuleId]) -> String {
        if ids.len() < 3 {
            return String::new();
        }
        format!(
            "<details class=\"contents\"><summary>{} on this page</summary>{}</details>\n",
            counted(ids.len(), "rule"),
            self.contents(ids)
        )
    }

    /// Links to the parts of a list that goes over several pages.
    pub(super) fn parts(&self, parts: &[plan::Part], here: usize) -> String {
        if parts.len() < 2 {
            return String::new();
        }
        let link = |(n, part): (usize, &plan::Part)| {
            let count = counted(part.rules.len(), "rule");
            if n == here {
                format!("<li><b>part {}</b> ({count})", n + 1)
            } else {
                format!("<li><a href=\"{}\">part {}</a> ({count})", escaped(&part.page), n + 1)
            }
        };
        format!("<ul class=\"parts\">{}</ul>\n", parts.iter().enumerate().map(link).collect::<String>())
    }
}

/// A reply that is held up, with what is known around it.
fn said(said: &Said) -> String {
    let around = said.circumstances.iter().map(|circumstance| match circumstance {
        Circumstance::At(word) => format!("at {}", word.text),
        Circumstance::From(text) => format!("from {}", text.0.text),
        Circumstance::To(text) => format!("to {}", text.0.text),
        Circumstance::On(word) => format!("on {}", word.text),
        Circumstance::Status(word) => format!("status {}", word.text),
        Circumstance::Tenant(text) => format!("for {}", text.0.text),
    });
    let around = around.collect::<Vec<_>>().join(" ");
    let around = if around.is_empty() { around } else { format!("<p class=\"around\">{}</p>", escaped(&around)) };
    let text = unquoted(&said.text);
    let lines: Vec<String> = text.lines().map(escaped).collect();
    format!("<blockquote><p>{}</p>{around}</blockquote>\n", lines.join("<br>"))
}

/// A text with its fields as rules write them: `{ip}`.
pub(super) fn template(template: &Template) -> String {
    let part = |(text, field): &(String, Option<String>)| match field {
        Some(field) => format!("{text}{{{field}}}"),
        None => text.clone(),
    };
    template.parts.iter().map(part).collect()
}

/// An address to read on; one that lacks its fields cannot be gone to.
fn address(see: &Template) -> String {
    let text = template(see);
    if see.fields().next().is_some() { format!("<code>{}</code>", escaped(&text)) } else { linked(&text) }
}
