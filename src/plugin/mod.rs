//! Plugins: WebAssembly components of vendors, run where they can harm nothing.
//!
//! A plugin says what it claims and brings along rules, which the language checks as it checks any rules; about a
//! reply it only names one of these rules. So trust ends here: what comes out of a component is bounded, free of
//! control characters, and means nothing that its rules do not say.
//!
//! A [`Host`] takes components in: each is compiled by a process of its own (a [`Compiler`]; code that was compiled
//! here before comes from a private folder), asked what it is, and held to the version of the world that it exports.
//!
//! Invariant: whatever a plugin does, a call ends within its limits, and costs its own answer only.

mod cache;
mod code;
mod compile;
mod compiling;
#[cfg(all(test, feature = "cli"))]
mod crowd;
mod description;
mod grant;
mod host;
mod limits;
mod machine;
mod sandbox;
mod signature;
mod words;
mod world;

pub use compile::Compiler;
pub use compiling::compile_child;
pub use description::Description;
pub use grant::{Grant, pattern};
pub use host::{Host, Loaded, Options, Origin};
pub use limits::{CompileLimits, Limits};
pub use sandbox::{Refused, Sandbox};
pub use signature::{Key, Signed, trusted_comment};
pub use world::WIT;

/// The SHA-256 of a component, in hexadecimal, as `sha256sum` prints it.
pub fn digest(component: &[u8]) -> String {
    hexadecimal(&hmac_sha256::Hash::hash(component))
}

/// Bytes as two digits each.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
