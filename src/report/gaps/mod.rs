//! What the rules do not know: as text, JSON, and as rules to be pasted into a file.
//!
//! Invariant: a report shows what was put together and decides nothing; what a server said never reaches a terminal raw.

mod carom;
mod json;
mod text;

pub use carom::carom;
pub use json::json;
pub use text::text;

use crate::gaps::{Cluster, Gaps};

/// The clusters that are shown: the largest, and none that is too small.
pub struct Shown<'g> {
    /// All that was found.
    pub gaps: &'g Gaps,
    /// Those that are shown.
    pub clusters: &'g [Cluster],
    /// Those of at least [`Shown::least`] replies that are beyond the first.
    pub more: usize,
    /// What a cluster must have to be shown.
    pub least: u64,
}

impl<'g> Shown<'g> {
    /// The first `top` clusters of at least `least` replies.
    pub fn new(gaps: &'g Gaps, top: usize, least: u64) -> Shown<'g> {
        let enough = gaps.clusters.iter().take_while(|cluster| cluster.count >= least).count();
        Shown { gaps, clusters: &gaps.clusters[..enough.min(top)], more: enough.saturating_sub(top), least }
    }

    /// How many replies are in clusters that are too small, and in how many clusters.
    pub fn small(&self) -> (u64, usize) {
        let small = &self.gaps.clusters[self.clusters.len() + self.more..];
        (small.iter().map(|cluster| cluster.count).sum(), small.len())
    }
}
