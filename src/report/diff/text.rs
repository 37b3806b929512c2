//! For people.

use super::words::{counted, decided, edit, number, reply, sides};
use super::{Change, Report, by_rank};
use crate::diff::{Cell, Edit, Found, Rank, Setting};
use crate::report::{Color, plain};
use std::fmt::Write;

/// The report as text.
pub fn text(report: &Report<'_>, color: Color) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(report, color, &mut out);
    out
}

fn write(report: &Report<'_>, color: Color, out: &mut String) -> std::fmt::Result {
    let (bold, end) = if color == Color::Always { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let section = |out: &mut String, title: &str| {
        let gap = if out.is_empty() { "" } else { "\n" };
        writeln!(out, "{gap}{bold}{title}{end}")
    };
    if !report.edits.is_empty() {
        section(out, &counted(report.edits.len() as u64, "rule differs", "rules differ"))?;
        for line in rows(report.edits, report.most()) {
            writeln!(out, "  {line}")?;
        }
    }
    if !report.settings.is_empty() {
        section(out, &counted(report.settings.len() as u64, "setting differs", "settings differ"))?;
        for line in report.settings.iter().map(setting) {
            writeln!(out, "  {line}")?;
        }
    }
    let cells = &report.tried.cells;
    let tried = counted(report.tried.replies, "reply", "replies");
    if cells.is_empty() {
        section(out, &format!("no reply was found whose verdict changes, of {tried} that were tried"))?;
    } else {
        section(out, &format!("{}, of {tried} that were tried", changes(cells)))?;
        let shown = report.cells();
        for cell in &shown {
            if cell.changed.rank() == Rank::Rule {
                writeln!(out, "  {}: {}", decided((*cell).into()), reply(&cell.witness))?;
            } else {
                writeln!(out, "  {}", reply(&cell.witness))?;
                witness(out, "    ", (*cell).into())?;
            }
        }
        rest(out, cells.len(), shown.len())?;
    }
    if let Some(found) = report.found.filter(|found| found.replies > 0) {
        section(out, &format!("{}; {}", counts(found), suppressed(found)))?;
        let width = found.groups.iter().map(|group| number(group.replies).len()).max().unwrap_or(0);
        for group in found.groups.iter().take(report.most()) {
            let (recipient, shown) = report.shown(group);
            writeln!(out, "  {:>width$}  {}", number(group.replies), reply(&shown))?;
            let indent = " ".repeat(width + 4);
            witness(out, &indent, group.into())?;
            let whom = recipient.map_or(String::new(), |recipient| format!(", to {}", plain(&recipient)));
            writeln!(out, "{indent}{}{whom}", plain(&group.source))?;
        }
        rest(out, found.groups.len(), report.most())?;
    }
    Ok(())
}

fn witness(out: &mut String, indent: &str, change: Change<'_>) -> std::fmt::Result {
    if change.changed.rank() == Rank::Rule {
        return writeln!(out, "{indent}{}", decided(change));
    }
    let [old, new] = sides(change);
    writeln!(out, "{indent}was {old}\n{indent}is  {new}")
}

fn rest(out: &mut String, all: usize, most: usize) -> std::fmt::Result {
    match all.checked_sub(most) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "  {more} more: `--all` shows them"),
    }
}

/// The rules that differ, a line each.
pub(super) fn rows(edits: &[Edit], most: usize) -> Vec<String> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for Edit { kinds, old, new } in edits.iter().take(most) {
        let Some(place) = new.as_ref().or(old.as_ref()) else { continue };
        let before = match old {
            Some(before) if before.rule != place.rule => format!(", was {}", before.rule),
            _ => String::new(),
        };
        let what = kinds.iter().map(|kind| edit(*kind)).collect::<Vec<_>>().join(", ");
        rows.push((format!("{}{before}", place.rule), format!("{what} ({})", plain(&place.at))));
    }
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = rows.into_iter().map(|(name, what)| format!("{name:<width$}  {what}")).collect();
    if edits.len() > most {
        lines.push(format!("{} more", edits.len() - most));
    }
    lines
}

/// A setting that differs.
pub(super) fn setting(setting: &Setting) -> String {
    let Setting { profile, name, old, new } = setting;
    let of = profile.as_ref().map_or("policy".to_owned(), |profile| format!("profile {profile}"));
    match (*name, old, new) {
        ("profile", None, _) => format!("{of}: new"),
        ("profile", _, None) => format!("{of}: gone"),
        (_, old, new) => {
            let [old, new] = [old, new].map(|value| plain(value.as_deref().unwrap_or("not stated")).into_owned());
            format!("{of}: {name} {new}, was {old}")
        }
    }
}

/// How many changes of each rank: `3 changes of outcome, 1 of words alone`; those are counted apart that only show where
/// a text says two things at once, if others show by themselves.
pub(super) fn changes(cells: &[Cell]) -> String {
    let (plain, at_once): (Vec<&Cell>, Vec<&Cell>) = cells.iter().partition(|cell| cell.plain > 0);
    let counted_ones = if plain.is_empty() { &at_once } else { &plain };
    let counts = by_rank(counted_ones.iter().map(|cell| cell.changed.rank()));
    let of = ["of outcome", "of words alone", "of the deciding rule alone"];
    let mut parts: Vec<String> = Vec::new();
    for (count, of) in counts.into_iter().zip(of).filter(|(count, _)| *count > 0) {
        let count = if parts.is_empty() { counted(count as u64, "change", "changes") } else { number(count as u64) };
        parts.push(format!("{count} {of}"));
    }
    if !plain.is_empty() && !at_once.is_empty() {
        parts.push(format!("{} where a text says two things at once", number(at_once.len() as u64)));
    }
    parts.join(", ")
}

/// How much of an input changes: `1,284 of 96,310 replies change, 1,200 in what comes out`.
pub(super) fn counts(found: &Found) -> String {
    let all = counted(found.replies, "reply", "replies");
    let change = if found.changed == 1 { "changes" } else { "change" };
    match (found.changed, found.outcomes) {
        (0, _) => format!("none of {all} changes"),
        (changed, outcomes) if changed == outcomes => format!("{} of {all} {change}", number(changed)),
        (changed, 0) => format!("{} of {all} {change}, none in what comes out", number(changed)),
        (changed, outcomes) => {
            format!("{} of {all} {change}, {} in what comes out", number(changed), number(outcomes))
        }
    }
}

/// How many addresses would be suppressed, and how many no longer.
pub(super) fn suppressed(found: &Found) -> String {
    let suppressed = found.suppressed;
    let least = if suppressed.at_least { "at least " } else { "" };
    let mut text = format!(
        "{least}{} would newly be suppressed, {least}{} no longer",
        counted(suppressed.newly, "address", "addresses"),
        number(suppressed.no_longer)
    );
    if found.nameless > 0 {
        let replies = counted(found.nameless, "reply", "replies");
        text += &format!("; {replies} that would change this have no address");
    }
    text
}
