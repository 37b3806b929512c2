//! `carom serve`, asked over its socket as any client would.
#![cfg(all(feature = "serve", unix))]

mod answers;
mod bounds;
mod changes;
mod client;
#[path = "../plugin/guests.rs"]
#[allow(dead_code, reason = "the tests of plugins use the rest")]
mod guests;
mod logged;
mod posted;
mod stopping;
mod trouble;
