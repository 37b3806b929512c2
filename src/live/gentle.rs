//! Threads that give way to those that answer.

/// How much a load gives way: it is to be done soon, and not at the cost of answers.
pub(super) const LOADING: i32 = 15;

/// How much a candidate gives way: what it does not come to is left out.
pub(super) const SHADOW: i32 = 19;

/// Lets this thread, and those that it starts, have their turn after others that want theirs.
#[cfg(target_os = "linux")]
pub(super) fn give_way(by: i32) {
    // To give way is always allowed; where it were not, the thread works as others do. On Linux it is about this
    // thread alone.
    let _ = rustix::process::setpriority_process(None, by);
}

/// Elsewhere it would be about the whole process.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way(_by: i32) {}
