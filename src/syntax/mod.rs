//! From text to tree.
//!
//! Invariant: reading never fails. Every text gives a tree and the diagnostics about it; a broken
//! item costs itself and one diagnostic, and the rest is as good as ever.

pub mod ast;
mod build;
mod comments;
mod explain;
mod format;
mod parse;
mod pieces;

pub(crate) use comments::{Comment, Of, comments};
pub use format::{format, format_file};
pub use parse::{FILE_LIMIT, parse};
pub(crate) use pieces::parse_all;
