//! How many files and connections the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is left for files: rules, plugins, kept snapshots.
const FILES: usize = 128;

/// Takes as many descriptors as may be had, and says how many connections that allows where it is fewer than wanted.
pub(super) fn room_for(connections: usize) -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    // Where nothing may be changed, what is there has to do.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    // No limit at all is none of ours.
    let most = usize::try_from(getrlimit(Resource::Nofile).current?).unwrap_or(usize::MAX);
    let room = most.saturating_sub(FILES).max(1);
    (room < connections).then_some(room)
}
