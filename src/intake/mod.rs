//! From logs, reply lists and JSON lines to attempts: who was written to, and what the server said.
//!
//! Invariant: whatever the bytes, every line gives an attempt, nothing, or a counted complaint;
//! never a panic. A `status=` inside an address or inside a reply forges no verdict, and memory
//! does not grow with the input.

mod attempt;
mod blocks;
mod format;
mod found;
mod jsonl;
#[cfg(feature = "notices")]
pub mod notice;
mod postfix;
mod reading;
mod replies;
mod stamp;
mod tied;
pub mod wrapper;

pub use attempt::{Attempt, Complaint, Logged};
pub use blocks::{Block, Blocks, LINE_LIMIT};
pub use format::{Format, UnknownFormat};
pub use found::Attempts;
pub use reading::{Reading, Tally};
pub use tied::{Tied, Untied};
pub use wrapper::{Unwrapped, unwrap};
