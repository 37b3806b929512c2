//! Rules that change while verdicts are given: whole or not at all, and back again.
#![cfg(all(feature = "live", unix))]

mod keeping;
mod pinning;
mod site;
mod swapping;
mod watching;
