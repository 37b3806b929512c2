//! Carom reads what a receiving mail server said and decides what the sender should do about it.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod intake;
pub mod reply;
#[cfg(feature = "cli")]
pub mod report;
pub mod resolve;
pub mod ruleset;
pub mod source;
mod spelling;
pub mod syntax;
mod table;

pub use engine::{Engine, Explanation, LoadError, Record, Verdict};
pub use reply::{Duration, EnhancedCode, HostName, Phase, Reply, ReplyCode, Sender, Time};
pub use resolve::Root;
pub use ruleset::{Action, Category, Fault, Scope};
