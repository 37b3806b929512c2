//! What there is to know about the active rules.

use super::{KeptSnapshot, Refusal};
use crate::Time;
use crate::ruleset::Version;

/// Where a snapshot came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// From the root, as it was then.
    Root,
    /// From those that were kept.
    Kept,
    /// It was a candidate in the shadow of the active one.
    Candidate,
}

impl Came {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Came::Root => "root",
            Came::Kept => "kept",
            Came::Candidate => "candidate",
        }
    }
}

/// How often rules were loaded, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loads {
    /// Another snapshot became active.
    pub swapped: u64,
    /// The rules were those that are active.
    pub same: u64,
    /// They could not be used.
    pub refused: u64,
}

/// Rules that cannot be used, until they are mended.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What is wrong with them now.
    pub refusal: Refusal,
    /// Since when something is.
    pub since: Time,
    /// When it was last found.
    pub last: Time,
    /// How often since then.
    pub times: u64,
}

impl Trouble {
    pub(super) fn first(refusal: Refusal) -> Trouble {
        let now = Time::now();
        Trouble { refusal, since: now, last: now, times: 1 }
    }

    pub(super) fn again(&mut self, refusal: Refusal) {
        self.refusal = refusal;
        self.last = Time::now();
        self.times += 1;
    }
}

/// What is active, and what is wrong.
#[derive(Debug, Clone)]
pub struct Status {
    /// The active snapshot.
    pub snapshot: Version,
    /// The how manieth it is since the start.
    pub number: u64,
    /// Since when it is active.
    pub since: Time,
    /// Where it came from.
    pub came: Came,
    /// How many rules it has.
    pub rules: usize,
    /// Whether it was gone to on purpose, and stays until the files change.
    pub pinned: bool,
    /// Loads since the start.
    pub loads: Loads,
    /// What is wrong with the files.
    pub trouble: Option<Trouble>,
    /// Why snapshots cannot be kept, or what was gone back to cannot be told.
    pub unkept: Option<String>,
    /// The snapshots that are kept, the oldest first.
    pub kept: Vec<KeptSnapshot>,
}
