//! Private layouts: how servers write bounces that no standard describes, each on a page of `rules/layouts`.
//!
//! Invariant: a layout finds recipients and replies in a text, and decides nothing; its work is bounded by the text's
//! length, whatever page and text say.

mod known;
mod library;
mod page;
mod pattern;
mod read;

pub(super) use known::Seen;
pub use library::Layouts;
pub use page::{Layout, PageError};
pub(super) use read::{Entry, Told};
