//! Tables of what is known, for people.

use crate::report::{Color, plain, words};
use crate::ruleset::{HostPattern, RuleId, RuleSet};
use crate::survey::{Facts, Known, Survey};
use std::fmt::Write;

const HEADS: [&str; 10] =
    ["profile", "hosts", "domains", "rules", "inherited", "examples", "tests", "documented", "observed", "inferred"];

/// A row for each profile, one for the general rules, and what can be told of the sources' age.
pub fn all(survey: &Survey, rules: &RuleSet, color: Color) -> String {
    let mut rows: Vec<[String; 10]> = survey.profiles.iter().map(|known| row(rules, known)).collect();
    rows.push(row(rules, &survey.general));
    let mut widths = HEADS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let (bold, end) = marks(color);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "{bold}{}{end}", line(&HEADS.map(str::to_owned), widths));
    for row in &rows {
        let _ = writeln!(out, "{}", line(row, widths));
    }
    let profiles = counted(survey.profiles.len(), "profile");
    let all = &survey.all;
    let [count, examples, tests] =
        [(all.rules.len(), "rule"), (all.examples, "example"), (all.tests.len(), "test")].map(|(n, of)| counted(n, of));
    let _ = writeln!(out, "\n{profiles}, {count}, {examples}, {tests}\n{}", age(&all.facts));
    out
}

/// What is known of one profile: what it is known by, its settings, and its rules.
pub fn one(known: &Known, rules: &RuleSet, color: Color) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_one(&mut out, known, rules, color);
    out
}

fn write_one(out: &mut String, known: &Known, rules: &RuleSet, color: Color) -> std::fmt::Result {
    let (bold, end) = marks(color);
    let Some(profile) = known.profile.map(|id| rules.profiles.get(id)) else { return Ok(()) };
    writeln!(out, "{bold}{}{end} ({})", profile.name, plain(&rules.sources.at(profile.span).to_string()))?;
    let mut setting = |name: &str, value: Option<String>| match value.filter(|value| !value.is_empty()) {
        Some(value) => wrapped(out, name, &value),
        None => Ok(()),
    };
    let listed = |all: &[HostPattern]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    setting("extends", profile.parent.map(|id| rules.profiles.get(id).name.clone()))?;
    setting("hosts", Some(listed(&profile.hosts)))?;
    setting("domains", Some(listed(&profile.domains)))?;
    let tags: Vec<&str> = profile.tags.iter().map(|id| rules.pattern(*id).written.as_str()).collect();
    setting("tags", Some(plain(&tags.join(", ")).into_owned()))?;
    setting("retry", profile.retry.as_ref().map(words::schedule))?;
    setting("connections", profile.connections.map(|(low, high)| format!("{low} to {high} at a time")))?;
    setting("charset", profile.charset.map(|charset| charset.name().to_ascii_lowercase()))?;
    let Facts { documented, observed, inferred, .. } = known.facts;
    let count = known.facts.all();
    let sources = format!("{count}: {documented} documented, {observed} observed, {inferred} inferred");
    setting("sources", Some(sources).filter(|_| count > 0))?;
    setting("age", Some(age(&known.facts)).filter(|_| count > 0))?;
    setting("tests", Some(known.tests.len().to_string()))?;
    for (heading, ids) in [("rules", &known.rules), ("inherited rules", &known.inherited)] {
        write_rules(out, heading, ids, rules, (bold, end))?;
    }
    Ok(())
}

fn write_rules(
    out: &mut String,
    heading: &str,
    ids: &[RuleId],
    rules: &RuleSet,
    (bold, end): (&str, &str),
) -> std::fmt::Result {
    if ids.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{bold}{heading}{end}")?;
    let width = ids.iter().map(|id| rules.rule(*id).name.len()).max().unwrap_or(0);
    for id in ids {
        let rule = rules.rule(*id);
        let outcome = &rule.outcomes[rule.outcomes.len() - 1];
        let says = words::outcome(outcome.category, &rules.reason(outcome.reason).name);
        let trust = rule.sources.first().map_or(String::new(), |source| format!(" ({})", words::source(source)));
        writeln!(out, "  {:<width$}  {says}{trust}", rule.name)?;
    }
    Ok(())
}

/// A setting whose value may go over several lines, broken at blanks.
fn wrapped(out: &mut String, name: &str, value: &str) -> std::fmt::Result {
    let mut line = format!("  {name:<11} ");
    let start = line.len();
    for word in value.split(' ') {
        if line.len() > start && line.len() + word.len() > 99 {
            writeln!(out, "{}", line.trim_end())?;
            line = " ".repeat(start);
        }
        line.push_str(word);
        line.push(' ');
    }
    writeln!(out, "{}", line.trim_end())
}

fn row(rules: &RuleSet, known: &Known) -> [String; 10] {
    let profile = known.profile.map(|id| rules.profiles.get(id));
    let Facts { documented, observed, inferred, .. } = known.facts;
    let number = |n: usize| if n == 0 { "·".to_owned() } else { n.to_string() };
    [
        profile.map_or("no profile".to_owned(), |profile| profile.name.clone()),
        number(profile.map_or(0, |profile| profile.hosts.len())),
        number(profile.map_or(0, |profile| profile.domains.len())),
        number(known.rules.len()),
        number(known.inherited.len()),
        number(known.examples),
        number(known.tests.len()),
        number(documented),
        number(observed),
        number(inferred),
    ]
}

fn line(cells: &[String; 10], widths: [usize; 10]) -> String {
    let [name, numbers @ ..] = cells;
    let mut line = format!("{name:<0$}", widths[0]);
    for (cell, width) in numbers.iter().zip(&widths[1..]) {
        line.push_str(&format!("  {cell:>width$}"));
    }
    line
}

/// What the dates of sources tell.
fn age(facts: &Facts) -> String {
    let (Some(oldest), Some(newest)) = (facts.oldest, facts.newest) else {
        return "no source tells its date".to_owned();
    };
    let (oldest, newest) = (oldest.day(), newest.day());
    let when = if oldest == newest { format!("of {oldest}") } else { format!("from {oldest} to {newest}") };
    let tell = if facts.dated == 1 { "tells its" } else { "tell their" };
    format!("{} of {} {tell} date, {when}", facts.dated, counted(facts.all(), "source"))
}

fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}

fn marks(color: Color) -> (&'static str, &'static str) {
    match color {
        Color::Always => ("\u{1b}[1m", "\u{1b}[0m"),
        Color::Never => ("", ""),
    }
}
