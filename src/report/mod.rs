//! What people and other programs get to read: diagnostics as text, JSON and SARIF, and the pages of their codes.
//!
//! Invariant: reports read what others decided and decide nothing; control and bidirectional
//! characters from outside never reach a terminal raw, in JSON neither.

pub mod attempt;
pub mod cover;
pub mod diagnostics;
pub mod diff;
pub mod disagreement;
pub mod explanation;
pub mod gaps;
mod json;
mod markup;
mod page;
mod plain;
pub mod providers;
pub mod reference;
pub mod settings;
pub mod summary;
pub mod table;
pub mod words;

pub use json::{json_line, write_json, write_json_line};
pub use page::page;
pub use plain::{plain, plain_bytes};

/// Whether to use colour. Who calls knows whether there is a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// With escape sequences.
    Always,
    /// Plain text.
    Never,
}
