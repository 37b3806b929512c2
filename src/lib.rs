//! Carom reads what a receiving mail server said and decides what the sender should do about it.
//!
//! An [`Engine`] is made from rules: the shipped library, a folder, or texts in memory. It takes a [`Reply`] and
//! gives a [`Verdict`]: category, reason, whose fault it is, what to do, and the rule that decided.
//!
//! ```
//! use carom::{Category, Engine, Reply};
//!
//! let engine = Engine::builtin()?;
//! let reply = Reply::parse("552-5.2.2 The recipient's inbox is out of storage space and inactive.")
//!     .from_host("gmail-smtp-in.l.google.com");
//! let verdict = engine.classify(&reply);
//!
//! assert_eq!(verdict.category(), Category::Soft);
//! assert_eq!(verdict.reason().name, "mailbox-full");
//! assert!(verdict.at().to_string().starts_with("rules/providers/google.carom:"));
//! # Ok::<(), carom::LoadError>(())
//! ```
//!
//! Rules of one's own, over the library:
//!
//! ```
//! use carom::{Category, Engine, Reply};
//!
//! let engine = Engine::from_text(r#"
//! use builtin
//!
//! override outage {
//!     match    code 5xx
//!     match    phrase "our mail system is down"
//!     then     deferred provider-trouble
//!     example  "550 Our mail system is down, sorry"
//! }
//! "#)?;
//! let reply = Reply::parse("550 Our mail system is down until noon");
//! assert_eq!(engine.classify(&reply).category(), Category::Deferred);
//! # Ok::<(), carom::LoadError>(())
//! ```
//!
//! A verdict as JSON, in the form that `docs/verdict.schema.json` describes:
//!
//! ```
//! use carom::{Engine, Reply};
//!
//! let engine = Engine::builtin()?;
//! let reply = Reply::parse("250 2.0.0 Ok: queued");
//! let json = serde_json::to_value(engine.classify(&reply)).unwrap();
//! assert_eq!(json["category"], "delivered");
//! assert_eq!(json["snapshot"], engine.version().to_string());
//! # Ok::<(), carom::LoadError>(())
//! ```
//!
//! Replies out of logs come by [`intake`]: it takes off what mail servers wrap around them.
//!
//! With `default-features = false` the crate is this much: language, table, intake. The feature `cli` adds the
//! program `carom` and the reports that it prints.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cover;
pub mod diagnostic;
pub mod diff;
pub mod engine;
pub mod gaps;
pub mod intake;
#[cfg(feature = "live")]
pub mod live;
mod mix;
#[cfg(feature = "plugins")]
pub mod plugin;
pub mod proof;
pub mod reply;
#[cfg(feature = "cli")]
pub mod report;
pub mod resolve;
pub mod ruleset;
#[cfg(all(feature = "serve", unix))]
pub mod serve;
#[cfg(feature = "plugins")]
pub mod settings;
#[cfg(feature = "signed")]
pub mod signed;
pub mod source;
mod spelling;
mod spread;
pub mod survey;
pub mod syntax;
mod table;

pub use engine::{Engine, Explanation, LoadError, Record, Verdict};
#[cfg(feature = "live")]
pub use live::Live;
pub use reply::{Duration, EnhancedCode, HostName, Kind, Phase, Reply, ReplyCode, Sender, Time};
pub use resolve::Root;
pub use ruleset::{Action, Category, Fault, Scope};
