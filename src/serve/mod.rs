//! Verdicts over HTTP, for as long as the process runs.
//!
//! Invariant: nothing waits in a queue without a bound; whatever comes in, the answer is a verdict or one line that
//! says what is wrong with it; all verdicts of a request come from one snapshot.

mod access;
mod app;
mod asker;
mod body;
mod bound;
mod classify;
mod connections;
mod descriptors;
mod events;
mod labels;
mod lines;
mod log;
mod manage;
mod masked;
mod metrics;
mod notice;
mod openapi;
mod paced;
mod problem;
mod queue;
mod replies;
mod routes;
mod status;
mod tls;
mod unread;

pub use bound::{Bound, bind, survive_hangups};
pub use log::Log;
pub use tls::{TlsError, TlsFiles};

use crate::intake::notice::Reader;
use crate::resolve::Root;
use crate::settings::{ServiceLimits, TokenSettings};
use crate::signed::Webhooks;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Says what the settings say by now that only a restart takes.
pub struct Pending(pub Box<dyn Fn() -> Option<String> + Send + Sync>);

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

/// How the service runs.
#[derive(Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// With what it speaks TLS, and nothing else.
    pub tls: Option<TlsFiles>,
    /// Who may ask; without any, whoever reaches it.
    pub tokens: Vec<TokenSettings>,
    /// Names that it is asked by besides `localhost`, where there are no tokens.
    pub hosts: Vec<String>,
    /// What it takes, and how long it waits.
    pub limits: ServiceLimits,
    /// How many threads answer; without it, one for each processor.
    pub threads: Option<usize>,
    /// Whether each request is logged.
    pub log_requests: bool,
    /// How often files are looked at; without it, never.
    pub watch: Option<Duration>,
    /// The rules that are tried beside the active ones from the start.
    pub candidate: Option<Root>,
    /// Who may post events.
    pub webhooks: Webhooks,
    /// How mails are read.
    pub reader: Reader<'static>,
    /// Whether notices that nothing ties to a mail that was sent may suppress.
    pub trusts_untied: bool,
    /// What who asks for a load is told besides.
    pub pending: Pending,
}
