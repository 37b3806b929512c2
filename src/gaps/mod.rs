//! What the rules do not know: the replies that only a fallback decides, put together by what they say, each with a
//! draft of a rule to start from.
//!
//! Invariant: every such reply belongs to one cluster or is counted as left out; the same replies in the same order
//! give the same clusters; a draft is shown only after it has been tried among the rules that it would be added to.

mod draft;
mod example;
mod forms;
mod mask;
mod miner;
mod phrase;
mod reason;
mod template;
mod trial;

pub use draft::Draft;
pub use template::Template;

use crate::Reply;
use crate::engine::Engine;
use crate::ruleset::Category;
use forms::{Form, Forms, Values};
use miner::Found;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Replies that are gathered, by one engine; it grows with what is said, not with how often, and not beyond a limit.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Replies that were not delivered.
    failed: u64,
    /// Those of them that only a fallback decided.
    unknown: u64,
    forms: Forms,
}

/// What the rules do not know.
#[derive(Debug, Clone)]
pub struct Gaps {
    /// Replies that were not delivered.
    pub failed: u64,
    /// Those of them that only a fallback decided, or nothing.
    pub unknown: u64,
    /// Those of the unknown for which there was no room: each was seen seldom.
    pub left_out: u64,
    /// The clusters, the largest first.
    pub clusters: Vec<Cluster>,
}

/// Replies that say the same, but for what differs from case to case.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// How many.
    pub count: u64,
    /// What they have in common.
    pub template: Template,
    /// The category that they are given today.
    pub category: Category,
    /// The reason.
    pub reason: String,
    /// The rules that decide them today, with file and line.
    pub rules: Vec<Seen>,
    /// The codes that were seen; `none` is the lack of one.
    pub codes: Vec<Seen>,
    /// The enhanced codes.
    pub enhanced: Vec<Seen>,
    /// The hosts that said it.
    pub hosts: Vec<Seen>,
    /// The phases.
    pub phases: Vec<Seen>,
    /// The profiles.
    pub profiles: Vec<Seen>,
    /// Some of the replies, as they came.
    pub samples: Vec<Reply>,
    /// A rule to start from, or why there is none; nothing where none was asked for.
    pub draft: Option<Result<Draft, String>>,
    forms: Vec<usize>,
    joined: bool,
}

/// A value, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The value; empty for the many that are too rare to be named.
    pub value: String,
    /// How often.
    pub count: u64,
}

impl Gathered {
    /// Adds a reply, which the same engine must decide as all others.
    pub fn add(&mut self, engine: &Engine, reply: &Reply) {
        if reply.class() != Some(2) {
            self.failed += 1;
            self.unknown += u64::from(self.forms.add(engine, reply));
        }
    }

    /// Adds what was gathered from what came after this.
    pub fn merge(&mut self, other: Gathered) {
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.forms.merge(other.forms);
    }

    /// The clusters that have at least so many replies; the first `drafts` of them get a draft.
    pub fn clusters(self, engine: &Engine, least: u64, drafts: usize) -> Gaps {
        let forms = self.forms.all();
        let (found, no_room) = miner::mine(forms);
        let no_room: u64 = no_room.iter().map(|n| forms[*n].count).sum();
        let mut clusters: Vec<Cluster> = found.into_iter().map(|found| cluster(engine, forms, found)).collect();
        clusters.sort_by(|a, b| {
            let key = |cluster: &Cluster| (Reverse(cluster.count), forms[cluster.forms[0]].key.clone());
            key(a).cmp(&key(b))
        });
        let mut gaps =
            Gaps { failed: self.failed, unknown: self.unknown, left_out: self.forms.dropped + no_room, clusters };
        let shown = gaps.clusters.iter().take_while(|cluster| cluster.count >= least).count();
        draft::add(engine, forms, &mut gaps.clusters[..shown.min(drafts)]);
        gaps
    }
}

fn cluster(engine: &Engine, forms: &[Form], found: Found) -> Cluster {
    let rules = engine.rules();
    let Found { template, group, forms: members, joined } = found;
    let (mut codes, mut enhanced, mut hosts, mut phases) =
        (Values::default(), Values::default(), Values::default(), Values::default());
    let (mut by, mut profiles) = (BTreeMap::new(), BTreeMap::new());
    for form in members.iter().map(|n| &forms[*n]) {
        codes.merge(&form.codes);
        enhanced.merge(&form.enhanced);
        hosts.merge(&form.hosts);
        phases.merge(&form.phases);
        let rule = rules.rule(form.key.rule);
        *by.entry(format!("{} ({})", rule.name, rules.sources.at(rule.span))).or_default() += form.count;
        let profile = form.key.profile.map_or("none", |id| &rules.profiles.get(id).name);
        *profiles.entry(profile.to_owned()).or_default() += form.count;
    }
    Cluster {
        count: members.iter().map(|n| forms[*n].count).sum(),
        template,
        category: group.category,
        reason: rules.reason(group.reason).name.clone(),
        rules: seen(by, 0),
        codes: seen(codes.counts, codes.more),
        enhanced: seen(enhanced.counts, enhanced.more),
        hosts: seen(hosts.counts, hosts.more),
        phases: seen(phases.counts, phases.more),
        profiles: seen(profiles, 0),
        samples: members.iter().flat_map(|n| &forms[*n].samples).take(3).cloned().collect(),
        draft: None,
        forms: members,
        joined,
    }
}

/// The most frequent first.
fn seen(counts: BTreeMap<String, u64>, more: u64) -> Vec<Seen> {
    let mut seen: Vec<Seen> = counts.into_iter().map(|(value, count)| Seen { value, count }).collect();
    seen.sort_by_key(|seen| Reverse(seen.count));
    if more > 0 {
        seen.push(Seen { value: String::new(), count: more });
    }
    seen
}
