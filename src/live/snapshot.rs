//! One state of the rules, whole and unchanging.

use super::Came;
use crate::engine::Engine;
use crate::ruleset::Version;
use crate::{Reply, Time, Verdict};
use std::sync::Arc;

/// Rules that give verdicts, as they were loaded at one time.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) engine: Arc<Engine>,
    pub(super) number: u64,
    pub(super) since: Time,
    pub(super) came: Came,
}

impl Snapshot {
    /// The rules.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What a reply means.
    pub fn classify<'a>(&'a self, reply: &'a Reply) -> Verdict<'a> {
        self.engine.classify(reply)
    }

    /// The hash of all that went in, which each of its verdicts names.
    pub fn version(&self) -> Version {
        self.engine.version()
    }

    /// The how manieth that became active since the start; the first is 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Since when it is active.
    pub fn since(&self) -> Time {
        self.since
    }

    /// Where it came from.
    pub fn came(&self) -> Came {
        self.came
    }
}
