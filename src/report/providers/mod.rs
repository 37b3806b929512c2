//! What a rule set knows of providers, and how well: as text and as JSON.
//!
//! Invariant: a report shows what the survey counted, and counts nothing itself.

mod json;
mod text;

pub use json::{all as all_json, one as one_json};
pub use text::{all as all_text, one as one_text};
