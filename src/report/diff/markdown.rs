//! For a pull request: what changes as a table, the rest folded away.

use super::text::{changes, counts, rows, setting, suppressed};
use super::words::{counted, number, reply, sides};
use super::{Change, Report};
use crate::diff::Rank;
use crate::report::plain;
use std::fmt::Write;

/// The report as Markdown, as GitHub and others read it.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report<'_>, out: &mut String) -> std::fmt::Result {
    let cells = &report.tried.cells;
    let [old, new] = report.names.each_ref().map(|name| code(name));
    writeln!(out, "### What changes from {old} to {new}\n")?;
    if !report.is_change() {
        writeln!(out, "No verdict changes.\n")?;
    }
    if let Some(found) = report.found.filter(|found| found.replies > 0) {
        writeln!(out, "**{}**; {}.\n", counts(found), suppressed(found))?;
        if !found.groups.is_empty() {
            writeln!(out, "| replies | for example | was | is |\n| ---: | --- | --- | --- |")?;
            for group in found.groups.iter().take(report.most()) {
                let (_, shown) = report.shown(group);
                row(out, Some(group.replies), &reply(&shown), group.into())?;
            }
            rest(out, found.groups.len(), report.most())?;
        }
    }
    if !cells.is_empty() {
        writeln!(out, "**{}**, by symbols:\n", changes(cells))?;
        writeln!(out, "| reply | was | is |\n| --- | --- | --- |")?;
        let shown = report.cells();
        for cell in &shown {
            row(out, None, &reply(&cell.witness), (*cell).into())?;
        }
        rest(out, cells.len(), shown.len())?;
    }
    let edits = report.edits.len() as u64;
    fold(out, &counted(edits, "rule differs", "rules differ"), rows(report.edits, report.most()))?;
    let settings = report.settings.len() as u64;
    let lines = report.settings.iter().map(setting).collect();
    fold(out, &counted(settings, "setting differs", "settings differ"), lines)?;
    let tried = counted(report.tried.replies, "reply was", "replies were");
    writeln!(out, "<sub>{tried} tried; each that is shown was asked of both rule sets again.</sub>")
}

fn row(out: &mut String, replies: Option<u64>, reply: &str, change: Change<'_>) -> std::fmt::Result {
    let [old, new] = match change.changed.rank() {
        Rank::Rule => [change.old, change.new].map(|said| format!("the same, by {}", said.rule.rule)),
        _ => sides(change),
    };
    let count = replies.map_or(String::new(), |replies| format!("| {} ", number(replies)));
    writeln!(out, "{count}| {} | {} | {} |", code(reply), escaped(&old), escaped(&new))
}

fn rest(out: &mut String, all: usize, most: usize) -> std::fmt::Result {
    match all.checked_sub(most) {
        None | Some(0) => writeln!(out),
        Some(more) => writeln!(out, "\n{more} more: `--all` shows them\n"),
    }
}

fn fold(out: &mut String, title: &str, lines: Vec<String>) -> std::fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details><summary>{title}</summary>\n")?;
    for line in lines {
        // The columns of the text are no columns here.
        let words: Vec<&str> = line.split_whitespace().collect();
        writeln!(out, "- {}", escaped(&words.join(" ")))?;
    }
    writeln!(out, "\n</details>\n")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text in which nothing is markup: what servers and files say is shown, and neither linked nor rendered.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = plain(text);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let harmless = matches!(c, ' ' | '.' | ',' | ';' | '-' | '/' | '"' | '(' | ')' | '…' | '?' | '%' | '=');
        // What makes an address of a text is its colon.
        if c.is_alphanumeric() || harmless || (c == ':' && chars.peek() != Some(&'/')) {
            out.push(c);
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    // A bare address would become a link.
    out.replace("www.", "www&#46;")
}
