//! Where the class that a log or a service gives an attempt says otherwise than the verdict.

use super::{Color, plain, plain_bytes};
use crate::engine::Verdict;
use crate::ruleset::Category;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most rows that are shown.
const ROWS: usize = 8;

/// How much of a reply is shown.
const SHOWN: usize = 72;

/// Disagreements by what was reported and what the verdict says, with the first of each kind. It has a row for each
/// pair of categories at most.
#[derive(Debug, Default)]
pub struct Disagreements {
    rows: BTreeMap<(Category, Category), Row>,
}

#[derive(Debug)]
struct Row {
    count: u64,
    /// Where in the input the example stands.
    order: (u64, u64),
    example: String,
}

impl Disagreements {
    /// The one disagreement of an attempt, if there is one. Those who know soft bounces alone mean what is deferred by
    /// that, too.
    pub fn of(
        reported: &str,
        class: &str,
        verdict: &Verdict<'_>,
        order: (u64, u64),
        place: impl FnOnce() -> String,
    ) -> Option<Disagreements> {
        let reported = *Category::ALL.iter().find(|category| category.as_str() == reported)?;
        let ours = verdict.category();
        let waits = |category| matches!(category, Category::Soft | Category::Deferred);
        if reported == ours || waits(reported) && waits(ours) {
            return None;
        }
        let reply = verdict.reply();
        let codes = [reply.code.map(|code| code.to_string()), reply.enhanced.map(|code| code.to_string())];
        let text = plain_bytes(&reply.text);
        let cut = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
        let more = if cut < text.len() { "…" } else { "" };
        let said: Vec<String> = codes.into_iter().flatten().chain([format!("{}{more}", &text[..cut])]).collect();
        let example = format!("{} ({}) {}", plain(&place()), plain(class), said.join(" ").trim_end());
        Some(Disagreements { rows: BTreeMap::from([((reported, ours), Row { count: 1, order, example })]) })
    }

    /// Counts what another has counted.
    pub fn merge(&mut self, other: Disagreements) {
        for (kind, row) in other.rows {
            match self.rows.get_mut(&kind) {
                None => drop(self.rows.insert(kind, row)),
                Some(own) => {
                    own.count += row.count;
                    if row.order < own.order {
                        (own.order, own.example) = (row.order, row.example);
                    }
                }
            }
        }
    }

    /// A row for each kind, the most frequent first; nothing where all agree.
    pub(super) fn write(&self, out: &mut String, color: Color) {
        if self.rows.is_empty() {
            return;
        }
        let (bold, end) = if color == Color::Always { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(kind, row)| (std::cmp::Reverse(row.count), **kind));
        // Writing to a string does not fail.
        let _ = writeln!(out, "\n{bold}where the log or service says otherwise{end}");
        for ((reported, ours), Row { count, example, .. }) in rows.iter().take(ROWS) {
            let replies = if *count == 1 { "reply" } else { "replies" };
            let _ = writeln!(out, "  reported {reported}, we say {ours}: {count} {replies}, e.g. {example}");
        }
        if rows.len() > ROWS {
            let rest: u64 = rows[ROWS..].iter().map(|(_, row)| row.count).sum();
            let _ = writeln!(out, "  {} more kinds: {rest} replies", rows.len() - ROWS);
        }
    }
}
