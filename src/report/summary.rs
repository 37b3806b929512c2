//! What became of many attempts, on one screen.

use super::disagreement::Disagreements;
use super::{Color, words};
use crate::engine::Verdict;
use crate::mix::Mix;
use crate::ruleset::{Category, Layer, ProfileId, ReasonId};
use std::collections::HashMap;
use std::fmt::Write;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The most rows of a part.
const ROWS: usize = 10;

/// What stands for the replies that belong to no profile; no profile can be called so.
const NO_PROFILE: &str = "no profile";

/// Counts of verdicts that one engine gave. It grows with the number of profiles and reasons, not of attempts.
#[derive(Debug, Default)]
pub struct Summary {
    rows: HashMap<Kind, Row, BuildHasherDefault<Mix>>,
    /// Where the class that a log gave says otherwise.
    pub disagreements: Disagreements,
}

/// A verdict that is known, and not counted yet.
#[derive(Debug)]
pub struct Counted {
    kind: Kind,
    /// What is to be counted besides, in its own summary.
    disagreements: Option<Box<Disagreements>>,
}

/// What verdicts that are counted together have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    category: Category,
    profile: Option<ProfileId>,
    reason: ReasonId,
    by_fallback: bool,
    /// What a notice is decided it: a complaint, an automatic answer, a delay. Nothing was refused.
    by_notice: bool,
}

/// Profile and reason tell nearly all kinds apart, and are one number together.
impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let profile = self.profile.map_or(u32::MAX, |profile| profile.0);
        state.write_u64(u64::from(profile) << 32 | u64::from(self.reason.0));
    }
}

#[derive(Debug)]
struct Row {
    count: u64,
    profile: String,
    reason: String,
}

/// What is shown of them.
#[derive(Debug, Default)]
struct Page {
    total: u64,
    categories: Counts,
    profiles: HashMap<String, Counts>,
    reasons: HashMap<Category, HashMap<String, u64>>,
    by_fallback: u64,
    by_notice: HashMap<String, u64>,
}

type Counts = HashMap<Category, u64>;

impl Summary {
    /// Counts a verdict.
    pub fn add(&mut self, verdict: &Verdict<'_>) {
        self.row(verdict).1.count += 1;
    }

    /// Takes note of a verdict that may be counted later, by [`count`](Self::count) of this summary or of one that this is
    /// merged with; and of what a log says otherwise.
    pub fn hold(&mut self, verdict: &Verdict<'_>, disagreements: Option<Disagreements>) -> Counted {
        Counted { kind: self.row(verdict).0, disagreements: disagreements.map(Box::new) }
    }

    /// Counts a verdict that was held.
    pub fn count(&mut self, held: Counted) {
        let unnamed = Row { count: 0, profile: String::new(), reason: String::new() };
        self.rows.entry(held.kind).or_insert(unnamed).count += 1;
        if let Some(disagreements) = held.disagreements {
            self.disagreements.merge(*disagreements);
        }
    }

    fn row(&mut self, verdict: &Verdict<'_>) -> (Kind, &mut Row) {
        let kind = Kind {
            category: verdict.category(),
            profile: verdict.profile_id(),
            reason: verdict.reason_id(),
            by_fallback: verdict.rule().layer == Layer::Fallback,
            by_notice: verdict.reply().kind.is_some(),
        };
        let row = self.rows.entry(kind).or_insert_with(|| Row {
            count: 0,
            profile: verdict.profile().map_or(NO_PROFILE, |profile| &profile.name).to_owned(),
            reason: verdict.reason().name.clone(),
        });
        (kind, row)
    }

    /// Counts what another has counted, of verdicts of the same engine.
    pub fn merge(&mut self, other: Summary) {
        for (kind, row) in other.rows {
            self.rows
                .entry(kind)
                .and_modify(|own| {
                    own.count += row.count;
                    if own.profile.is_empty() {
                        own.profile.clone_from(&row.profile);
                        own.reason.clone_from(&row.reason);
                    }
                })
                .or_insert(row);
        }
        self.disagreements.merge(other.disagreements);
    }

    /// The counts: by category, by profile, by reason, and how far the rules know what was said.
    pub fn text(&self, color: Color, width: usize) -> String {
        let mut text = self.page().text(color, width);
        self.disagreements.write(&mut text, color);
        text
    }

    fn page(&self) -> Page {
        let mut page = Page::default();
        for (kind, Row { count, profile, reason }) in self.rows.iter().filter(|(_, row)| row.count > 0) {
            page.total += count;
            *page.categories.entry(kind.category).or_default() += count;
            *page.profiles.entry(profile.clone()).or_default().entry(kind.category).or_default() += count;
            if kind.category != Category::Delivered {
                *page.reasons.entry(kind.category).or_default().entry(reason.clone()).or_default() += count;
                if kind.by_notice {
                    *page.by_notice.entry(reason.clone()).or_default() += count;
                } else if kind.by_fallback {
                    page.by_fallback += count;
                }
            }
        }
        page
    }
}

impl Page {
    fn text(&self, color: Color, width: usize) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut out, color, width);
        out
    }

    fn write(&self, out: &mut String, color: Color, width: usize) -> std::fmt::Result {
        if self.total == 0 {
            return writeln!(out, "no attempts");
        }
        let (bold, end) = if color == Color::Always { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        let attempts = if self.total == 1 { "attempt" } else { "attempts" };
        writeln!(out, "{bold}{} {attempts}, by category{end}", self.total)?;
        let categories = self.present().map(|(category, count)| (category.to_string(), count));
        self.bars(out, categories.collect(), width)?;
        writeln!(out, "\n{bold}by profile{end}")?;
        self.profiles(out)?;
        let others: u64 = self.reasons.values().flat_map(HashMap::values).sum();
        if others == 0 {
            return Ok(());
        }
        let named = |category: Category, reasons: &HashMap<String, u64>| -> Vec<(String, u64)> {
            reasons.iter().map(|(reason, count)| (words::outcome(category, reason), *count)).collect()
        };
        writeln!(out, "\n{bold}by reason{end}")?;
        self.bars(out, sorted(self.reasons.iter().flat_map(|(c, reasons)| named(*c, reasons))), width)?;
        let failed = others - self.by_notice.values().sum::<u64>();
        if !self.by_notice.is_empty() {
            let kinds = sorted(self.by_notice.iter().map(|(kind, count)| (kind.clone(), *count)));
            let kinds = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>();
            writeln!(out, "\nno refusals, but what a notice is by itself: {}", kinds.join(", "))?;
        }
        if failed == 0 {
            return Ok(());
        }
        let unknown = self.categories.get(&Category::Unknown).copied().unwrap_or(0);
        let by_fallback = self.by_fallback - unknown;
        let by_rule = failed - unknown - by_fallback;
        writeln!(
            out,
            "\nof {failed} not delivered, {by_rule} were known by a rule, {by_fallback} by a fallback, {unknown} not at all"
        )?;
        if unknown > 0 {
            let select = "jq -r 'select(.category == \"unknown\").reply.text'";
            writeln!(out, "what the unknown ones say: carom classify --json … | {select}")?;
        }
        Ok(())
    }

    /// The categories that occur, in their own order.
    fn present(&self) -> impl Iterator<Item = (Category, u64)> {
        Category::ALL.iter().filter_map(|category| Some((*category, *self.categories.get(category)?)))
    }

    /// A row a profile, a column a category.
    fn profiles(&self, out: &mut String) -> std::fmt::Result {
        let sum = |counts: &Counts| counts.values().sum::<u64>();
        let mut order = sorted(self.profiles.iter().map(|(name, counts)| (name.clone(), sum(counts))));
        order.sort_by_key(|(name, _)| name == NO_PROFILE);
        // The last of a long list are summed up; those of no profile keep their own row.
        let none = order.pop_if(|(name, _)| name == NO_PROFILE);
        let rest = order.split_off(order.len().min(ROWS));
        let mut rows: Vec<(String, Vec<&Counts>)> = order
            .into_iter()
            .chain(none)
            .filter_map(|(name, _)| self.profiles.get(&name).map(|counts| (name, vec![counts])))
            .collect();
        if !rest.is_empty() {
            let counts = rest.iter().filter_map(|(name, _)| self.profiles.get(name)).collect();
            let at = rows.len().min(ROWS);
            rows.insert(at, (format!("{} more", rest.len()), counts));
        }
        let columns: Vec<Category> = self.present().map(|(category, _)| category).collect();
        let names = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(12);
        let digits = self.total.to_string().len().max("all".len());
        let width = |category: &Category| category.to_string().len().max(digits);
        write!(out, "  {:<names$} {:>digits$}", "", "all")?;
        for category in &columns {
            write!(out, "  {:>1$}", category.to_string(), width(category))?;
        }
        writeln!(out)?;
        for (name, counts) in rows {
            let all: u64 = counts.iter().map(|counts| sum(counts)).sum();
            write!(out, "  {name:<names$} {all:>digits$}")?;
            for category in &columns {
                let count: u64 = counts.iter().filter_map(|counts| counts.get(category)).sum();
                // A blank reads better than a nought.
                let count = if count == 0 { "·".to_owned() } else { count.to_string() };
                write!(out, "  {count:>0$}", width(category))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn bars(&self, out: &mut String, rows: Vec<(String, u64)>, width: usize) -> std::fmt::Result {
        let more = rows.len().saturating_sub(ROWS);
        let rest: u64 = rows.iter().skip(ROWS).map(|(_, count)| count).sum();
        let names = rows.iter().take(ROWS).map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(12);
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        let digits = self.total.to_string().len().max("all".len());
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

/// The largest first; equal ones by name, so that one input has one summary.
fn sorted(rows: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows
}
