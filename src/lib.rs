//! Carom reads what a receiving mail server said and decides what the sender should do about it.

pub mod diagnostic;
pub mod reply;
#[cfg(feature = "cli")]
pub mod report;
pub mod source;
mod spelling;
pub mod syntax;

pub use reply::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Sender, Time};
