//! Clusters on a screen, each with its draft.

use super::Shown;
use crate::gaps::{Cluster, Seen};
use crate::report::{Color, plain, words};
use std::fmt::Write;

/// The most values of a kind that are named.
const NAMED: usize = 4;

/// The longest template that is shown.
const LONGEST: usize = 300;

/// The totals, then the clusters with what is known of each and a draft.
pub fn text(shown: &Shown<'_>, color: Color) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, shown, color);
    out
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn write(out: &mut String, shown: &Shown<'_>, color: Color) -> std::fmt::Result {
    let (bold, end) = if color == Color::Always { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let gaps = shown.gaps;
    if gaps.unknown == 0 {
        return writeln!(out, "rules know all of {}", counted(gaps.failed, "reply", "replies"));
    }
    let share = gaps.unknown as f64 * 100.0 / gaps.failed as f64;
    let clusters = counted(gaps.clusters.len() as u64, "cluster", "clusters");
    writeln!(
        out,
        "{bold}of {} not delivered, {} are known by no rule ({share:.1} %): {clusters}{end}",
        counted(gaps.failed, "reply", "replies"),
        gaps.unknown
    )?;
    for (n, cluster) in shown.clusters.iter().enumerate() {
        writeln!(out, "\n{bold}{}. {}{end}", n + 1, counted(cluster.count, "reply", "replies"))?;
        one(out, cluster)?;
    }
    let mut left = Vec::new();
    if shown.more > 0 {
        left.push(format!(
            "{} more: `--top {}` shows them",
            counted(shown.more as u64, "cluster", "clusters"),
            shown.clusters.len() + shown.more
        ));
    }
    let (replies, clusters) = shown.small();
    if clusters > 0 {
        let clusters = counted(clusters as u64, "cluster", "clusters");
        let few = if shown.least == 2 {
            "one reply each".to_owned()
        } else {
            format!("less than {} replies each", shown.least)
        };
        left.push(format!("{} in {clusters} of {few}: `--min 1` shows them", counted(replies, "reply", "replies")));
    }
    if gaps.left_out > 0 {
        left.push(format!("{} left out: too many different ones", counted(gaps.left_out, "reply", "replies")));
    }
    if !left.is_empty() {
        writeln!(out)?;
    }
    left.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn one(out: &mut String, cluster: &Cluster) -> std::fmt::Result {
    let template = cluster.template.to_string();
    let short: String = template.chars().take(LONGEST).collect();
    let dots = if short.len() < template.len() { "…" } else { "" };
    writeln!(out, "   {}{dots}", plain(&short))?;
    let now = words::outcome(cluster.category, &cluster.reason);
    writeln!(out, "   now       {now}, by {}", list(&cluster.rules))?;
    for (name, seen) in [
        ("code", &cluster.codes),
        ("enhanced", &cluster.enhanced),
        ("phase", &cluster.phases),
        ("profile", &cluster.profiles),
        ("host", &cluster.hosts),
    ] {
        // That a thing is not known of any of them need not be said.
        if seen.iter().any(|seen| seen.value != "none") {
            writeln!(out, "   {name:<9} {}", list(seen))?;
        }
    }
    match &cluster.draft {
        None => Ok(()),
        Some(Err(why)) => writeln!(out, "   no draft: {why}"),
        Some(Ok(draft)) => {
            writeln!(out)?;
            draft.source.lines().try_for_each(|line| writeln!(out, "   {}", plain(line)))?;
            super::carom::notes(cluster, draft).iter().try_for_each(|note| writeln!(out, "   # {}", plain(note)))
        }
    }
}

/// The most frequent values with their counts; the only one without.
fn list(seen: &[Seen]) -> String {
    if let [only] = seen {
        return plain(&only.value).into_owned();
    }
    let named = seen.iter().filter(|seen| !seen.value.is_empty()).take(NAMED);
    let mut words: Vec<String> = named.map(|seen| format!("{} {}", plain(&seen.value), seen.count)).collect();
    let rest: u64 = seen.iter().map(|seen| seen.count).sum::<u64>()
        - seen.iter().filter(|seen| !seen.value.is_empty()).take(NAMED).map(|seen| seen.count).sum::<u64>();
    if rest > 0 {
        words.push(format!("others {rest}"));
    }
    words.join(", ")
}
