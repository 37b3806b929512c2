//! Why a verdict is what it is, for people and as JSON.

use super::{Color, plain, plain_bytes, words};
use crate::engine::{Explanation, Loser, Record, Verdict};
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
    writeln!(out, "{bold}{} {}{end}{lowered}", verdict.category(), verdict.reason().name)?;
    for sentence in verdict.say().as_deref().into_iter().chain(verdict.advice()) {
        writeln!(out, "  {}", plain(sentence))?;
    }
    writeln!(out)?;
    for (n, action) in verdict.actions().iter().enumerate() {
        row(out, if n == 0 { "do" } else { "" }, &words::action(action))?;
    }
    let about = match (verdict.fault(), verdict.scope()) {
        (Some(fault), Some(scope)) => format!("{fault} (about the {scope})"),
        (None, Some(scope)) => format!("nobody's (about the {scope})"),
        (fault, None) => fault.map_or_else(|| "nobody's".to_owned(), |fault| fault.to_string()),
    };
    row(out, "fault", &about)?;
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
    row(out, "", &if known.is_empty() { "no codes".to_owned() } else { known.join(", ") })?;
    row(out, "text", &plain_bytes(&reply.text))?;
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
    for condition in &rule.conditions {
        let line = rules.sources.text(condition.span).split_whitespace().collect::<Vec<_>>().join(" ");
        row(out, "", &plain(&line))?;
    }
    if let Some(at) = verdict.changed_at() {
        row(out, "changed", &format!("by {at}"))?;
    }
    for source in &rule.sources {
        row(out, "source", &format!("{} ({})", plain(&source.text), source.trust))?;
    }
    if !explanation.losers.is_empty() {
        writeln!(out, "\n{bold}also matching{end}")?;
    }
    for Loser { rule, at, lost } in explanation.losers.iter().take(LOSERS_SHOWN) {
        let outcome = rule.outcome(verdict.reply().time);
        let says = format!("{} {}", outcome.category, rules.reason(outcome.reason).name);
        writeln!(out, "  {} ({at}), {says}: {}", rule.name, lost.as_str())?;
    }
    if let Some(more) = explanation.losers.len().checked_sub(LOSERS_SHOWN).filter(|more| *more > 0) {
        writeln!(out, "  and {more} more")?;
    }
    writeln!(out, "\nsnapshot {}", rules.version)
}

fn row(out: &mut String, name: &str, value: &str) -> std::fmt::Result {
    writeln!(out, "  {name:<8} {value}")
}

/// An explanation as JSON: the verdict, and the rules that lost.
#[derive(Debug)]
pub struct Json<'a> {
    /// The explanation.
    pub explanation: &'a Explanation<'a>,
    /// The text around the reply.
    pub via: Option<&'a str>,
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdict = self.explanation.verdict;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("v", &1)?;
        let record = Record { source: None, message: None, recipient: None, logged: None, via: self.via, verdict };
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
        map.end()
    }
}
