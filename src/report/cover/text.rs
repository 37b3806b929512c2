//! The totals and what is cold, on a screen.

use super::{Of, percent, replies};
use crate::cover::{Covered, CoveredRule, Share};
use crate::report::{Color, plain};
use crate::ruleset::RuleSet;
use crate::source::{FileId, Span};
use std::fmt::Write;

/// The most cold alternatives and lines that are shown unless all are asked for.
const SHOWN: usize = 20;

/// The most rules that are named as the winners over one.
const WINNERS: usize = 3;

/// Totals, then what is cold by file; every rule with its counts where `all` says so.
pub fn text(covered: &Covered, rules: &RuleSet, of: Of, all: bool, color: Color) -> String {
    let mut page = Page { rules, all, out: String::new(), file: None, bold: ("", "") };
    if color == Color::Always {
        page.bold = ("\u{1b}[1m", "\u{1b}[0m");
    }
    // Writing to a string does not fail.
    let _ = page.write(covered, of);
    page.out
}

struct Page<'r> {
    rules: &'r RuleSet,
    all: bool,
    out: String,
    /// The file whose name was written last.
    file: Option<FileId>,
    bold: (&'static str, &'static str),
}

impl Page<'_> {
    fn write(&mut self, covered: &Covered, of: Of) -> std::fmt::Result {
        let what = match of {
            Of::Tests => "of examples and tests",
            Of::Input => "of the input",
        };
        let (bold, end) = self.bold;
        writeln!(self.out, "{bold}{} {what} touch{end}", replies(covered.replies))?;
        for (name, share) in [
            ("rules", covered.rules),
            ("alternatives", covered.alternatives),
            ("unless lines", covered.unless),
            ("examples", covered.examples),
        ] {
            let Share { touched, all } = share;
            if all > 0 {
                writeln!(self.out, "  {name:<12} {touched:>6} of {all:<6} {:>5} %", percent(share))?;
            }
        }
        if self.all {
            return self.every(covered);
        }
        self.cold_rules(covered)?;
        self.cold_lines(covered, of)
    }

    fn heading(&mut self, heading: &str) -> std::fmt::Result {
        self.file = None;
        let (bold, end) = self.bold;
        writeln!(self.out, "\n{bold}{heading}{end}")
    }

    /// The place of a line, below the name of its file.
    fn place(&mut self, span: Span) -> Result<u32, std::fmt::Error> {
        let at = self.rules.sources.at(span);
        if self.file != Some(span.file) {
            self.file = Some(span.file);
            writeln!(self.out, "  {}", plain(at.name))?;
        }
        Ok(at.line)
    }

    /// To whom a rule lost, in words.
    fn losses(&self, each: &CoveredRule) -> String {
        if each.lost == 0 {
            return "never matched".to_owned();
        }
        let name = |(id, count): &(_, u64)| format!("{} {count}", self.rules.rule(*id).name);
        let named: Vec<String> = each.lost_to.iter().take(WINNERS).map(name).collect();
        let more = if each.lost_to.len() > WINNERS { " …" } else { "" };
        format!("matched {}, lost to {}{more}", each.lost, named.join(", "))
    }

    fn cold_rules(&mut self, covered: &Covered) -> std::fmt::Result {
        let cold: Vec<&CoveredRule> = covered.each.iter().filter(|each| each.won == 0).collect();
        if cold.is_empty() {
            return Ok(());
        }
        self.heading("rules that never won")?;
        let width = cold.iter().map(|each| self.rules.rule(each.rule).name.len()).max().unwrap_or(0).min(40);
        for each in cold {
            let rule = self.rules.rule(each.rule);
            let line = self.place(rule.span)?;
            let losses = self.losses(each);
            writeln!(self.out, "    {line:>5}  {:<width$}  {losses}", rule.name)?;
        }
        Ok(())
    }

    /// What is cold in rules that are not: of the others the rule itself is named.
    fn cold_lines(&mut self, covered: &Covered, of: Of) -> std::fmt::Result {
        let mut cold = Vec::new();
        for each in covered.each.iter().filter(|each| each.won > 0) {
            for line in &each.lines {
                let of_line = line.alternatives.iter().filter(|alternative| alternative.count == 0);
                let what = |text: &str| if line.unless { format!("{text}  (never vetoed)") } else { text.to_owned() };
                cold.extend(of_line.map(|alternative| (each.rule, alternative.span, what(&alternative.text))));
            }
            // That a real reply is like none of them says little of an example.
            let examples = each.examples.iter().filter(|(_, touched)| !touched && of == Of::Tests);
            cold.extend(examples.map(|(span, _)| (each.rule, *span, "example, taken by another rule".to_owned())));
        }
        if cold.is_empty() {
            return Ok(());
        }
        // Alternatives of `phrases` blocks stand elsewhere than their rules.
        cold.sort_by_key(|(rule, span, _)| (span.file, span.start, *rule));
        self.heading("alternatives and lines that did nothing, of rules that won")?;
        for (rule, span, text) in cold.iter().take(SHOWN) {
            let line = self.place(*span)?;
            writeln!(self.out, "    {line:>5}  {}: {}", self.rules.rule(*rule).name, plain(text))?;
        }
        if cold.len() > SHOWN {
            writeln!(
                self.out,
                "    {} more: `--all` shows them, `--format html` where they stand",
                cold.len() - SHOWN
            )?;
        }
        Ok(())
    }

    fn every(&mut self, covered: &Covered) -> std::fmt::Result {
        self.heading("every rule")?;
        for each in &covered.each {
            let rule = self.rules.rule(each.rule);
            let line = self.place(rule.span)?;
            let won = format!("won {}", each.won);
            let losses =
                if each.won > 0 && each.lost == 0 { String::new() } else { format!(", {}", self.losses(each)) };
            writeln!(self.out, "    {line:>5}  {}: {won}{losses}", rule.name)?;
            for alternative in each
                .lines
                .iter()
                .filter(|line| line.unless || line.alternatives.len() > 1)
                .flat_map(|line| line.alternatives.iter().map(|alternative| (line.unless, alternative)))
            {
                let (unless, alternative) = alternative;
                let line = self.rules.sources.at(alternative.span).line;
                let place = if alternative.span.file == rule.span.file {
                    line.to_string()
                } else {
                    plain(&self.rules.sources.at(alternative.span).to_string()).into_owned()
                };
                let vetoed = if unless { "vetoed " } else { "" };
                let text = plain(&alternative.text);
                writeln!(self.out, "           {:>8}  {text}  ({place})", format!("{vetoed}{}", alternative.count))?;
            }
            for (span, _) in each.examples.iter().filter(|(_, touched)| !touched) {
                writeln!(self.out, "           example in line {} was not touched", self.rules.sources.at(*span).line)?;
            }
        }
        Ok(())
    }
}
