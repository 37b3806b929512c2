//! Verdicts over HTTP, for as long as the process runs.
//!
//! Invariant: nothing waits in a queue without a bound; whatever comes in, the answer is a verdict or one line that
//! says what is wrong with it; all verdicts of a request come from one snapshot.

mod access;
mod app;
mod body;
mod classify;
mod connections;
mod descriptors;
mod labels;
mod lines;
mod log;
mod manage;
mod metrics;
mod notice;
mod openapi;
mod paced;
mod problem;
mod replies;
mod routes;
mod status;

pub use access::{Scope, Token, TokenError};
pub use connections::run;
pub use log::{Log, LogForm};

use crate::intake::notice::Reader;
use crate::resolve::Root;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How the service runs.
#[derive(Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Who may ask; without any, whoever reaches it.
    pub tokens: Vec<Token>,
    /// What it takes.
    pub limits: Limits,
    /// How many threads answer; without it, one for each processor.
    pub threads: Option<usize>,
    /// Whether each request is logged.
    pub log_requests: bool,
    /// How often the files are looked at; without it, never.
    pub watch: Option<Duration>,
    /// The rules that are tried beside the active ones from the start.
    pub candidate: Option<Root>,
    /// How mails are read.
    pub reader: Reader<'static>,
    /// Whether notices that nothing ties to a mail that was sent may suppress.
    pub trusts_untied: bool,
}

/// What the service takes, and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest body, in bytes; of JSON Lines, which have no end, it is the longest line that is bounded.
    pub body: usize,
    /// How many replies one list may have.
    pub batch: usize,
    /// How many requests are worked on at once; one more is told to come again.
    pub requests: usize,
    /// How many connections are open at once; one more is closed.
    pub connections: usize,
    /// So long a client may take for a request's head, and a connection may lie idle.
    pub head: Duration,
    /// So long it may take for the body, or between two pieces of one that is streamed.
    pub patience: Duration,
    /// So long the work that was accepted may take when the service stops.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body: 4 << 20,
            batch: 1000,
            requests: 256,
            connections: 4096,
            head: Duration::from_secs(30),
            patience: Duration::from_secs(30),
            stop: Duration::from_secs(30),
        }
    }
}

/// Where the service listens if nobody says otherwise: nobody else reaches it there.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8025);

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: LISTEN,
            tokens: Vec::new(),
            limits: Limits::default(),
            threads: None,
            log_requests: false,
            watch: Some(Duration::from_secs(1)),
            candidate: None,
            reader: Reader::default(),
            trusts_untied: false,
        }
    }
}
