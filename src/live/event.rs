//! What happens to the active rules, for logs.

use super::{Pinned, Refusal, Snapshot, Trouble};
use crate::ruleset::Version;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// There are rules for the first time.
    Started {
        /// They.
        snapshot: &'a Snapshot,
        /// Why they are not what the files say, where somebody wanted it so before the restart.
        pinned: Option<Pinned>,
        /// What is wrong with the files, where a snapshot that was kept had to do.
        refusal: Option<&'a Refusal>,
    },
    /// Another snapshot is active.
    Swapped {
        /// It.
        snapshot: &'a Snapshot,
    },
    /// Most of the rules are gone with the load that was just told of.
    Shrunk {
        /// How many there were.
        before: usize,
        /// How many there are.
        after: usize,
    },
    /// A load changed nothing, since the rules cannot be used.
    Refused {
        /// What is wrong with them.
        refusal: &'a Refusal,
        /// The snapshot that stays.
        active: Version,
    },
    /// The rules can be used again.
    Mended {
        /// The snapshot that is active.
        version: Version,
        /// What was wrong.
        trouble: &'a Trouble,
    },
    /// A snapshot that another program asked for cannot be gone back to.
    NoWayBack {
        /// The snapshot.
        to: Version,
        /// Why.
        refusal: &'a Refusal,
    },
    /// A snapshot could not be kept, and why; it is active all the same.
    NotKept(&'a str),
    /// What could not be kept is kept now.
    KeptAgain,
    /// What was gone back to cannot be told, or cannot be used, and why.
    BadPin(&'a str),
}
