//! What replies touch of a rule set: as text, JSON, and a page of the files with every line coloured.
//!
//! Invariant: a report shows what was counted and counts nothing itself; rule files are shown escaped, whatever they hold.

mod html;
mod json;
mod text;

pub use html::html;
pub use json::json;
pub use text::text;

use crate::cover::Share;

/// What the replies were, in the words of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The examples and tests of the rule set.
    Tests,
    /// Real input.
    Input,
}

/// A share with one digit behind the point; rounded down, so that 100 % means all.
fn percent(share: Share) -> String {
    format!("{:.1}", (share.percent() * 10.0).floor() / 10.0)
}

/// A count and its word: `1 reply`, `2 replies`.
fn replies(count: u64) -> String {
    if count == 1 { "1 reply".to_owned() } else { format!("{count} replies") }
}
