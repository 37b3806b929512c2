//! Plugins: WebAssembly components of vendors, run where they can harm nothing.
//!
//! A plugin says what it claims and brings along rules, which the language checks as it checks any rules; about a
//! reply it only names one of these rules. So trust ends here: what comes out of a component is bounded, free of
//! control characters, and means nothing that its rules do not say.
//!
//! Invariant: whatever a plugin does, a call ends within its limits, and costs its own answer only.

mod description;
mod limits;
mod machine;
mod sandbox;
mod words;
mod world;

pub use description::Description;
pub use limits::Limits;
pub use machine::Machine;
pub use sandbox::{Refused, Sandbox};
pub use world::WIT;
