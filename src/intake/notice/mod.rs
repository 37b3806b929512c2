//! Mails about deliveries: reports, bounces in layouts of their own, complaints, automatic answers.
//!
//! Invariant: whatever the bytes, a mail gives attempts, nothing, or a refusal, in bounded time and memory; what it is
//! stands in the mail, never in its name or folder.

mod address;
mod bounds;
mod carried;
mod examples;
mod feedback;
mod fields;
mod layout;
mod mail;
mod parts;
mod reading;
mod report;
mod sender;
mod tie;

pub use bounds::{MAIL_LIMIT, Refusal};
pub use carried::Carried;
pub use examples::failing_examples;
pub use layout::{Layout, Layouts, PageError};
pub use reading::{Reader, read};
pub use tie::{Form, NotAForm, Sent, Ties};
