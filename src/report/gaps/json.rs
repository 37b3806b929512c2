//! Clusters and drafts, for programs.

use super::Shown;
use crate::gaps::{Cluster, Seen};
use serde_json::{Map, Value, json};

/// One object with the totals and the clusters that are shown.
pub fn json(shown: &Shown<'_>) -> Value {
    let (small, small_clusters) = shown.small();
    json!({
        "v": 1,
        "not_delivered": shown.gaps.failed,
        "unknown": shown.gaps.unknown,
        "left_out": shown.gaps.left_out,
        "small": { "replies": small, "clusters": small_clusters },
        "more": shown.more,
        "clusters": shown.clusters.iter().map(cluster).collect::<Vec<_>>(),
    })
}

/// Counts by value; those that are too rare to be named are `…`.
fn counts(seen: &[Seen]) -> Value {
    let entry = |seen: &Seen| {
        let value = if seen.value.is_empty() { "…" } else { &seen.value };
        (value.to_owned(), json!(seen.count))
    };
    Value::Object(seen.iter().map(entry).collect::<Map<_, _>>())
}

fn cluster(cluster: &Cluster) -> Value {
    let draft = match &cluster.draft {
        None => Value::Null,
        Some(Err(why)) => json!({ "none": why }),
        Some(Ok(draft)) => json!({
            "rule": draft.name,
            "source": draft.source,
            "file": draft.file,
            "category": draft.category,
            "reason": draft.reason,
            "suggested_by": draft.suggested_by,
            "takes": draft.takes,
            "besides": counts(&draft.besides),
            "examples_of_others": counts(&draft.examples),
        }),
    };
    json!({
        "count": cluster.count,
        "template": cluster.template.to_string(),
        "category": cluster.category,
        "reason": cluster.reason,
        "rules": counts(&cluster.rules),
        "codes": counts(&cluster.codes),
        "enhanced": counts(&cluster.enhanced),
        "phases": counts(&cluster.phases),
        "profiles": counts(&cluster.profiles),
        "hosts": counts(&cluster.hosts),
        "samples": cluster.samples,
        "draft": draft,
    })
}
