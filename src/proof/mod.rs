//! What can be proved of a rule set: answers that hold for every reply, not only for those that somebody thought of.
//!
//! Invariant: a Yes is a proof, a No comes with what shows it, and everything else is said to be undecided.

mod inclusion;

pub use inclusion::{Answer, Apart, Asked, Inclusion};
