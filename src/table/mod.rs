//! The decision table: rules compiled so that a reply meets few of them.
//!
//! Invariant: for every reply the table names the same rule as asking all rules in order would; the
//! tests hold it against an interpreter that does just that.

mod codes;
mod gap;
mod grams;
mod lookup;
mod phrase;
mod required;

pub(crate) use grams::PADDING;
pub(crate) use lookup::{Caught, Scratch, Table, View};
