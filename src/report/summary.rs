//! What became of many attempts, on one screen.

use super::Color;
use crate::engine::Verdict;
use crate::ruleset::{Category, Layer};
use std::collections::HashMap;
use std::fmt::Write;

/// The most rows of a part.
const ROWS: usize = 10;

/// What stands for the replies that belong to no profile.
const OTHER: &str = "other";

/// Counts of verdicts. It grows with the number of profiles and reasons, not of attempts.
#[derive(Debug, Default)]
pub struct Summary {
    total: u64,
    categories: HashMap<Category, u64>,
    profiles: HashMap<String, u64>,
    reasons: HashMap<Category, HashMap<String, u64>>,
    by_fallback: u64,
}

impl Summary {
    /// Counts a verdict.
    pub fn add(&mut self, verdict: &Verdict<'_>) {
        self.total += 1;
        *self.categories.entry(verdict.category()).or_default() += 1;
        count(&mut self.profiles, verdict.profile().map_or(OTHER, |profile| &profile.name));
        if verdict.category() != Category::Delivered {
            count(self.reasons.entry(verdict.category()).or_default(), &verdict.reason().name);
            self.by_fallback += u64::from(verdict.rule().layer == Layer::Fallback);
        }
    }

    /// The counts, with a bar a row.
    pub fn text(&self, color: Color, width: usize) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut out, color, width);
        out
    }

    fn write(&self, out: &mut String, color: Color, width: usize) -> std::fmt::Result {
        if self.total == 0 {
            return writeln!(out, "no attempts");
        }
        let part = |out: &mut String, title: &str, rows: Vec<(String, u64)>| -> std::fmt::Result {
            let (bold, end) = if color == Color::Always { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
            writeln!(out, "{bold}{title}{end}")?;
            self.rows(out, rows, width)
        };
        let end = if self.total == 1 { "" } else { "s" };
        let categories =
            Category::ALL.iter().filter_map(|c| self.categories.get(c).map(|count| (c.to_string(), *count)));
        part(out, &format!("{} attempt{end} by category", self.total), categories.collect())?;
        let mut profiles = sorted(self.profiles.iter().map(|(name, count)| (name.clone(), *count)));
        profiles.sort_by_key(|(name, _)| name == OTHER);
        part(out, "\nby profile", profiles)?;
        let named = |category: Category, reasons: &HashMap<String, u64>| -> Vec<(String, u64)> {
            reasons.iter().map(|(reason, count)| (format!("{reason} ({category})"), *count)).collect()
        };
        let reasons = sorted(self.reasons.iter().flat_map(|(category, reasons)| named(*category, reasons)));
        if !reasons.is_empty() {
            part(out, "\nreasons", reasons)?;
        }
        let unknown = self.categories.get(&Category::Unknown).copied().unwrap_or(0);
        let failed: u64 = self.reasons.values().flat_map(HashMap::values).sum();
        if failed > 0 {
            let by_code = self.by_fallback - unknown;
            writeln!(
                out,
                "\nundecided: {unknown} unknown, {by_code} by their code alone, of {failed} that were not delivered"
            )?;
        }
        Ok(())
    }

    fn rows(&self, out: &mut String, rows: Vec<(String, u64)>, width: usize) -> std::fmt::Result {
        let more = rows.len().saturating_sub(ROWS);
        let rest: u64 = rows.iter().skip(ROWS).map(|(_, count)| count).sum();
        let names = rows.iter().take(ROWS).map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(12);
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        let digits = self.total.to_string().len();
        // What a row needs besides its bar: blanks, the count, the share.
        let room = width.saturating_sub(names + digits + 14).clamp(8, 40) as u64;
        for (name, count) in rows.iter().take(ROWS) {
            let share = *count as f64 * 100.0 / self.total as f64;
            let bar = "█".repeat((count * room).div_ceil(most) as usize);
            writeln!(out, "  {name:<names$} {count:>digits$} {share:>5.1} % {bar}")?;
        }
        if more > 0 {
            writeln!(out, "  {:<names$} {rest:>digits$}", format!("{more} more"))?;
        }
        Ok(())
    }
}

fn count(counts: &mut HashMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// The largest first; equal ones by name, so that one input has one summary.
fn sorted(rows: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows
}
