//! What changes between two rule sets: which rules, which profiles, and which replies get another verdict.
//!
//! Invariant: whatever is reported has been asked of both engines; a reply that is held up as a witness gets the
//! two verdicts that are said of it. Two engines go in, plain data comes out; replies of real input are fed one by
//! one ([`Traffic`]), so that a service can hold a rule set against another without using it.

mod addresses;
mod cells;
mod compare;
mod edits;
mod expression;
mod meaning;
mod phrase;
mod plan;
mod search;
mod settings;
mod traffic;
mod values;

pub use addresses::{Addresses, Suppressed};
pub use cells::Cell;
pub use compare::{Changed, Comparison, Part, Rank, Said};
pub use edits::{Edit, EditKind, Place};
pub use search::Tried;
pub use settings::Setting;
pub use traffic::{Found, Group, Seen, Traffic};
