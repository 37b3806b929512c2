//! `carom serve`, asked over its socket as any client would.
#![cfg(all(feature = "serve", unix))]

mod answers;
mod bounds;
mod changes;
mod client;
