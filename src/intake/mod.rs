//! From logs, services' events, reply lists and JSON lines to attempts: who was written to, and what the server said.
//!
//! Invariant: whatever the bytes, every line gives attempts, nothing, or a counted complaint;
//! never a panic. A `status=` inside an address or inside a reply forges no verdict, and memory
//! does not grow with the input.

mod attempt;
mod blocks;
mod detect;
mod event;
mod fields;
mod format;
mod found;
mod json;
mod jsonl;
mod lines;
mod log;
#[cfg(feature = "notices")]
pub mod notice;
mod reading;
mod replies;
mod service;
mod tied;
mod when;
pub mod wrapper;

pub use attempt::{Attempt, Complaint, Logged, Reported};
pub use blocks::{Block, Blocks, LINE_LIMIT};
pub use format::{Format, UnknownFormat};
pub use found::Attempts;
pub use jsonl::{JsonReply, from_json, read_json_line};
pub use lines::Lines;
pub use reading::{Reading, Tally};
pub use tied::{Tied, Untied};
pub use wrapper::{Unwrapped, unwrap};
