//! The drafts alone, to be pasted into a file.

use super::Shown;
use crate::gaps::{Cluster, Draft, Seen};
use crate::report::{plain, words};
use std::fmt::Write;

/// The drafts, each under what is known of it, in an order in which none takes another's replies.
pub fn carom(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    let drafts = shown.clusters.iter().filter_map(|cluster| Some((cluster, cluster.draft.as_ref()?.as_ref().ok()?)));
    let mut drafts: Vec<(&Cluster, &Draft)> = drafts.collect();
    drafts.sort_by_key(|(_, draft)| draft.order);
    for (cluster, draft) in drafts {
        if !out.is_empty() {
            out.push('\n');
        }
        let now = words::outcome(cluster.category, &cluster.reason);
        let replies = if cluster.count == 1 { "reply" } else { "replies" };
        // Writing to a string does not fail.
        let _ = writeln!(out, "# {} {replies}, now {now}", cluster.count);
        for note in notes(cluster, draft) {
            let _ = writeln!(out, "# {}", plain(&note));
        }
        out.push_str(&draft.source);
    }
    out
}

/// Where a draft belongs, and what it does besides what it should.
pub(super) fn notes(cluster: &Cluster, draft: &Draft) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(file) = &draft.file {
        notes.push(format!("belongs into {file}, where its profile stands"));
    }
    if draft.takes < cluster.count {
        notes.push(format!("takes {} of the {} replies", draft.takes, cluster.count));
    }
    let each = |seen: &[Seen], what: &str, of: &str| -> Vec<String> {
        let line = |seen: &Seen| {
            let what = if seen.count == 1 {
                what.to_owned()
            } else if what == "reply" {
                "replies".to_owned()
            } else {
                format!("{what}s")
            };
            format!("would also take {} {what} {of}", seen.count).replace('%', &seen.value)
        };
        seen.iter().map(line).collect()
    };
    notes.extend(each(&draft.besides, "reply", "that rule % decides today"));
    notes.extend(each(&draft.examples, "example", "of rule %"));
    notes
}
