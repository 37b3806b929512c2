//! Why a verdict is what it is, for people and as JSON.

use super::{Color, plain, plain_bytes, words};
use crate::engine::{Answer, Asked, Explanation, Loser, Record, Verdict};
use crate::reply::Window;
use crate::ruleset::{Category, Rule, RuleId};
use crate::{Reply, Time};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt::Write;

/// The most losing rules that people are shown.
const LOSERS_SHOWN: usize = 8;

/// The verdict, the advice, the reply as it was read, and the trace.
pub fn text(explanation: &Explanation<'_>, via: Option<&str>, color: Color) -> String {
    let (bold, end) = match color {
        Color::Always => ("\u{1b}[1m", "\u{1b}[0m"),
        Color::Never => ("", ""),
    };
    let verdict = &explanation.verdict;
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_verdict(&mut out, verdict, bold, end);
    let _ = write_reply(&mut out, verdict, via, bold, end);
    let _ = write_trace(&mut out, explanation, bold, end);
    out
}

fn write_verdict(out: &mut String, verdict: &Verdict<'_>, bold: &str, end: &str) -> std::fmt::Result {
    let lowered = if verdict.lowered() { " (hard, lowered because a 4xx is never hard)" } else { "" };
    writeln!(out, "{bold}{}{end}{lowered}", words::outcome(verdict.category(), &verdict.reason().name))?;
    for sentence in verdict.say().as_deref().into_iter().chain(verdict.advice()) {
        writeln!(out, "  {}", plain(sentence))?;
    }
    writeln!(out)?;
    let actions = verdict.actions();
    for (n, action) in actions.iter().enumerate() {
        row(out, if n == 0 { "do" } else { "" }, &words::action(action))?;
    }
    if actions.is_empty() {
        row(out, "do", "nothing is stated by the rule, its reason or a `policy`")?;
    }
    row(out, "fault", &verdict.fault().map_or_else(|| "none".to_owned(), |fault| fault.to_string()))?;
    row(out, "scope", &verdict.scope().map_or_else(|| "none".to_owned(), |scope| scope.to_string()))?;
    for (n, (name, value)) in verdict.fields().iter().enumerate() {
        row(out, if n == 0 { "fields" } else { "" }, &format!("{name} = {}", plain(value)))?;
    }
    for (n, address) in verdict.see().iter().enumerate() {
        row(out, if n == 0 { "see" } else { "" }, &plain(address))?;
    }
    Ok(())
}

fn write_reply(out: &mut String, verdict: &Verdict<'_>, via: Option<&str>, bold: &str, end: &str) -> std::fmt::Result {
    let reply = verdict.reply();
    let mut known: Vec<String> = Vec::new();
    let mut add = |name: &str, value: Option<String>| known.extend(value.map(|value| format!("{name} {value}")));
    add("code", reply.code.map(|v| v.to_string()));
    add("enhanced", reply.enhanced.map(|v| v.to_string()));
    add("status", reply.status.map(|v| v.to_string()));
    add("host", reply.host.as_ref().map(|v| plain(v.as_str()).into_owned()));
    add("domain", reply.domain.as_ref().map(|v| plain(v.as_str()).into_owned()));
    add("phase", reply.phase.map(|v| v.to_string()));
    writeln!(out, "\n{bold}read as{end}")?;
    row(out, "reply", &if known.is_empty() { "no code".to_owned() } else { known.join(", ") })?;
    row(out, "text", if reply.text.is_empty() { "none".into() } else { plain_bytes(&reply.text) }.as_ref())?;
    if let Some(via) = via {
        row(out, "via", &plain(via))?;
    }
    row(out, "profile", verdict.profile().map_or("none", |profile| &profile.name))
}

fn write_trace(out: &mut String, explanation: &Explanation<'_>, bold: &str, end: &str) -> std::fmt::Result {
    let verdict = &explanation.verdict;
    let rules = verdict.engine().rules();
    let rule = verdict.rule();
    writeln!(out, "\n{bold}decided by {} {}{end} ({})", rule.layer.as_str(), rule.name, verdict.at())?;
    for condition in rule.conditions.iter().filter(|_| !rule.by_plugin) {
        let line = rules.sources.text(condition.span).split_whitespace().collect::<Vec<_>>().join(" ");
        row(out, "", &plain(&line))?;
    }
    if let Some(at) = verdict.changed_at() {
        row(out, "changed", &format!("by {at}"))?;
    }
    for source in &rule.sources {
        row(out, "source", &format!("{} ({})", plain(&source.text), words::source(source)))?;
    }
    let says = |rule: &Rule| {
        let outcome = rule.outcome(verdict.reply().time);
        words::outcome(outcome.category, &rules.reason(outcome.reason).name)
    };
    // The last rule takes everything; to say so each time would say nothing.
    let losers: Vec<&Loser<'_>> = explanation.losers.iter().filter(|loser| !is_last(loser.rule)).collect();
    if !losers.is_empty() {
        writeln!(out, "\n{bold}also matching{end}")?;
    }
    for Loser { rule, at, lost } in losers.iter().take(LOSERS_SHOWN) {
        writeln!(out, "  {} ({at}), {}: {}", rule.name, says(rule), lost.as_str())?;
    }
    if let Some(more) = losers.len().checked_sub(LOSERS_SHOWN).filter(|more| *more > 0) {
        writeln!(out, "  and {more} more")?;
    }
    for (n, rule) in out_of_time(explanation).into_iter().enumerate() {
        if n == 0 {
            writeln!(out, "\n{bold}would match at another time{end}")?;
        }
        let at = rules.sources.at(rule.span);
        writeln!(out, "  {} ({at}), {}: it holds {}", rule.name, says(rule), window(rule))?;
    }
    if let Some(asked) = &explanation.asked {
        writeln!(out, "\n{bold}plugin {}{end}, asked since no rule of its profile decided", plain(asked.plugin))?;
        row(out, "said", &plain(&answer(&asked.answer)))?;
        for line in &asked.log {
            row(out, "logged", &plain(line))?;
        }
        row(out, "took", &format!("{:.1} µs", asked.took.as_secs_f64() * 1e6))?;
    }
    writeln!(out, "\nsnapshot {}", rules.version)
}

/// What a plugin answered, in words.
fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Abstains => "nothing: it leaves the reply to the rules".to_owned(),
        Answer::Names { rule, fields } if fields.is_empty() => rule.clone(),
        Answer::Names { rule, fields } => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} \"{value}\"")).collect();
            format!("{rule}, {}", fields.join(", "))
        }
        Answer::Fails(why) => format!("nothing, since it broke: {why}"),
    }
}

fn asked_json(asked: &Asked<'_>) -> serde_json::Value {
    let (rule, fields, failure) = match &asked.answer {
        Answer::Abstains => (None, None, None),
        Answer::Names { rule, fields } => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), value.clone().into()));
            (Some(rule), Some(fields.collect::<serde_json::Map<_, _>>()), None)
        }
        Answer::Fails(why) => (None, None, Some(why)),
    };
    serde_json::json!({
        "name": asked.plugin,
        "rule": rule,
        "fields": fields,
        "failure": failure,
        "log": asked.log,
        "microseconds": asked.took.as_micros() as u64,
    })
}

fn is_last(rule: &Rule) -> bool {
    rule.outcomes.iter().all(|outcome| outcome.category == Category::Unknown)
}

/// The rules that only the reply's time keeps from matching.
fn out_of_time<'a>(explanation: &Explanation<'a>) -> Vec<&'a Rule> {
    let engine = explanation.verdict.engine();
    let reply = explanation.verdict.reply();
    let would = |id: RuleId, rule: &Rule| {
        let Window { from, until } = rule.window;
        // A moment within its time: the first, or the last.
        let moment = from.or(until.map(|until| Time::from_unix(until.unix() - 1)));
        let then = Reply { time: moment, ..reply.clone() };
        !rule.window.holds(reply.time) && engine.failing(id, &then).is_none()
    };
    let rules = engine.rules().numbered_rules().filter(|(_, rule)| !rule.window.is_always());
    rules.filter(|(id, rule)| would(*id, rule)).map(|(_, rule)| rule).collect()
}

fn window(rule: &Rule) -> String {
    let part = |word: &str, time: Option<Time>| time.map(|time| format!("{word} {time}"));
    let Window { from, until } = rule.window;
    [part("from", from), part("until", until)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn row(out: &mut String, name: &str, value: &str) -> std::fmt::Result {
    writeln!(out, "  {name:<8} {value}")
}

/// An explanation as JSON: the verdict, the rules that lost, and those whose time it is not.
#[derive(Debug)]
pub struct Json<'a> {
    /// The explanation.
    pub explanation: &'a Explanation<'a>,
    /// The text around the reply.
    pub via: Option<&'a str>,
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdict = &self.explanation.verdict;
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("v", &1)?;
        let record = Record { via: self.via, ..Record::of(verdict.clone()) };
        map.serialize_entry("verdict", &record)?;
        let losers: Vec<serde_json::Value> = self
            .explanation
            .losers
            .iter()
            .map(|loser| {
                serde_json::json!({
                    "rule": loser.rule.name,
                    "at": loser.at.to_string(),
                    "layer": loser.rule.layer.as_str(),
                    "why": loser.lost.as_str(),
                })
            })
            .collect();
        map.serialize_entry("losers", &losers)?;
        let sources = &verdict.engine().rules().sources;
        let out_of_time: Vec<serde_json::Value> = out_of_time(self.explanation)
            .into_iter()
            .map(|rule| {
                serde_json::json!({
                    "rule": rule.name,
                    "at": sources.at(rule.span).to_string(),
                    "from": rule.window.from,
                    "until": rule.window.until,
                })
            })
            .collect();
        map.serialize_entry("out_of_time", &out_of_time)?;
        map.serialize_entry("plugin", &self.explanation.asked.as_ref().map(asked_json))?;
        map.end()
    }
}
