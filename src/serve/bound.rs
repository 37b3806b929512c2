//! The start: what must be there before any rules are.

use super::Settings;
use super::app::App;
use super::connections::serve;
use super::descriptors::room_for;
use super::log::Log;
use super::tls::Tls;
use crate::live::Live;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// So long is waited for loads that are under way when all connections have ended.
const ASIDE: Duration = Duration::from_secs(1);

/// Where connections come in.
pub(super) type Listener = (TcpListener, SocketAddr);

/// A service that listens, and answers nobody yet: who comes waits.
#[derive(Debug)]
pub struct Bound {
    settings: Settings,
    tls: Option<Tls>,
    listeners: Vec<Listener>,
    hangup: Signal,
    // The last, since the others need it for as long as they are there.
    runtime: Runtime,
}

/// From now on SIGHUP does not end the process; one that comes before the service listens changes nothing, since the rules
/// are read after that.
///
/// # Errors
/// The system's, if there are no signals to be had.
pub fn survive_hangups() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let _context = runtime.enter();
    // What the process does on a signal stays as it is set here.
    signal(SignalKind::hangup()).map(drop)
}

/// Listens.
///
/// # Errors
/// Why it cannot, or why it must not be reached as the settings say.
pub fn bind(mut settings: Settings, log: &Log) -> io::Result<Bound> {
    let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
    if let Some(open) = settings.listen.iter().find(|address| !address.ip().is_loopback()) {
        if settings.tokens.is_empty() {
            let why = "is reached from elsewhere: name `service.tokens`, or listen on a loopback address";
            return Err(wrong(format!("{open} {why}")));
        }
        if settings.tls.is_none() {
            log.warn(&format!("tokens come to {open} as anybody on the way can read them: name `service.tls`"));
        }
    }
    if let Some(room) = room_for(settings.limits.connections) {
        log.warn(&format!("at most {room} connections are taken: the system allows no more open files"));
        settings.limits.connections = room;
    }
    let tls = settings.tls.as_ref().map(Tls::open).transpose().map_err(|why| wrong(why.to_string()))?;
    let mut runtime = match settings.threads {
        Some(1) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if let Some(threads) = settings.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build()?;
    let (listeners, hangup) = runtime.block_on(async {
        let mut listeners = Vec::new();
        for address in &settings.listen {
            listeners.push(listener(*address).await?);
        }
        Ok::<_, io::Error>((listeners, signal(SignalKind::hangup())?))
    })?;
    Ok(Bound { settings, tls, listeners, hangup, runtime })
}

async fn listener(address: SocketAddr) -> io::Result<Listener> {
    let listener = TcpListener::bind(address).await;
    let listener =
        listener.map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Bound {
    /// Answers until the process is told to end (SIGTERM or SIGINT), and then what was accepted. SIGHUP loads the rules
    /// anew.
    ///
    /// # Errors
    /// The system's, if there are no threads or signals to be had.
    pub fn run(self, live: Arc<Live>, log: Log) -> io::Result<()> {
        let Bound { settings, tls, listeners, hangup, runtime } = self;
        let app = Arc::new(App::new(live, settings, tls.map(Arc::new), log));
        app.tls.iter().for_each(|tls| tls.look(&app.log));
        let result = runtime.block_on(serve(app, listeners, hangup));
        // What was told to stop is not kept by what is still done aside.
        runtime.shutdown_timeout(ASIDE);
        result
    }
}
