//! The decision table: rules compiled so that a reply meets few of them.
//!
//! Invariant: for every reply the table names the same rule as asking all rules in order would; the
//! tests hold it against an interpreter that does just that.

mod alone;
mod always;
mod buckets;
mod codes;
mod compile;
mod conditions;
mod cost;
mod expression;
mod gap;
mod gate;
mod glance;
mod grams;
mod hits;
mod index;
mod leads;
mod lookup;
mod phrase;
mod required;
mod scratch;
mod spots;
mod words;

pub(crate) use alone::Alone;
pub(crate) use conditions::{Caught, may_catch};
pub(crate) use cost::{Found, costs};
pub(crate) use gap::try_ends;
pub(crate) use index::{PADDING, Text};
pub(crate) use lookup::{Table, View};
pub(crate) use scratch::Scratch;
