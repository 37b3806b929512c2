//! Connections: taken up to a bound, watched over, and seen off when the service stops.

use super::app::App;
use super::asker::Peered;
use super::bound::Listener;
use super::paced::Patient;
use super::routes::router;
use super::tls::Tls;
use super::unread::{HEAD_LIMIT, Told};
use crate::live::{Loaded, Watch};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// A full house, said without reading the question.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
Connection: close\r\nContent-Length: 78\r\n\r\n\
{\"v\":1,\"error\":{\"code\":\"busy\",\"status\":503,\"message\":\"too many connections\"}}\n";

/// Answers whoever comes to these listeners, until the process is told to end (SIGTERM or SIGINT), and then what was
/// accepted. SIGHUP loads the rules anew.
pub(super) async fn serve(app: Arc<App>, listeners: Vec<Listener>, hangup: Signal) -> io::Result<()> {
    let _watch = app.settings.watch.map(|every| Watch::start(Arc::clone(&app.live), every)).transpose()?;
    let mut ends = Ends { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
    if let Some(candidate) = app.settings.candidate.clone() {
        let app = Arc::clone(&app);
        // What is wrong with a candidate keeps nobody from starting.
        tokio::task::spawn_blocking(move || {
            if let Err(refusal) = app.live.try_candidate(&candidate) {
                app.log.say("warning", "candidate", &format!("the candidate cannot be tried: {refusal}"), json!({}));
            }
        });
    }
    let (stop, stopped) = watch::channel(());
    let mut accepting = JoinSet::new();
    for (listener, address) in listeners {
        listening(&app, address);
        accepting.spawn(accept(listener, Arc::clone(&app), stopped.clone()));
    }
    tokio::spawn(reload_on(hangup, Arc::clone(&app)));
    if let (Some(tls), Some(every)) = (app.tls.clone(), app.settings.watch) {
        tokio::spawn(renew(tls, Arc::clone(&app), every));
    }
    ends.come().await;
    drain(&app, &mut ends).await;
    app.stopping.store(true, Ordering::Relaxed);
    accepting.shutdown().await;
    app.log.say("info", "stopping", "no more is accepted; what was is finished", json!({}));
    drop(stopped);
    // Each connection ends once its request is answered, and lets go of its end of the channel.
    let _ = stop.send(());
    let is_done = timeout(app.settings.limits.stop, stop.closed()).await.is_ok();
    let left = app.metrics.connections.load(Ordering::Relaxed);
    if is_done {
        app.log.say("info", "stopped", "stopped", json!({}));
    } else {
        app.log.say("warning", "stopped", &format!("stopped, with {left} connections cut off"), json!({ "cut": left }));
    }
    Ok(())
}

fn listening(app: &App, address: SocketAddr) {
    let tokens: Vec<&str> = app.settings.tokens.iter().map(|token| token.name.as_str()).collect();
    let who =
        if tokens.is_empty() { "whoever reaches it".to_owned() } else { format!("tokens: {}", tokens.join(", ")) };
    let scheme = if app.tls.is_some() { "https" } else { "http" };
    let message = format!("listening on {scheme}://{address} ({who})");
    let values = json!({ "address": address.to_string(), "scheme": scheme, "tokens": tokens });
    app.log.say("info", "listening", &message, values);
}

/// The signals that end the process.
struct Ends {
    terminate: Signal,
    interrupt: Signal,
}

impl Ends {
    async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Goes on for a while, so that who sends requests here learns that it is to send them elsewhere; a second signal ends it.
async fn drain(app: &App, ends: &mut Ends) {
    let time = app.settings.limits.drain;
    if time.is_zero() {
        return;
    }
    app.draining.store(true, Ordering::Relaxed);
    let seconds = time.as_secs_f32();
    let message = format!("asked to stop: it goes on for {seconds} seconds, and is not ready any more");
    app.log.say("info", "draining", &message, json!({ "seconds": seconds }));
    tokio::select! {
        () = sleep(time) => {}
        () = ends.come() => {}
    }
}

/// Loads the rules anew each time the process is hung up on, as daemons do.
async fn reload_on(mut hangup: Signal, app: Arc<App>) {
    while hangup.recv().await.is_some() {
        let app = Arc::clone(&app);
        let work = move || {
            app.tls.iter().for_each(|tls| tls.look(&app.log));
            // What else came of it was told to the log.
            if let Ok(Loaded::Same(version)) = app.live.reload() {
                let values = json!({ "snapshot": version.to_string() });
                app.log.say("info", "same", "asked by SIGHUP: the rules are the same", values);
            }
        };
        let _ = tokio::task::spawn_blocking(work).await;
    }
}

/// Looks whether the certificate was renewed.
async fn renew(tls: Arc<Tls>, app: Arc<App>, every: Duration) {
    let mut turns = interval(every);
    loop {
        turns.tick().await;
        tls.look(&app.log);
    }
}

async fn accept(listener: TcpListener, app: Arc<App>, stopped: watch::Receiver<()>) {
    let router = router(Arc::clone(&app));
    let (mut is_full, mut is_failing) = (false, false);
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Mostly there are no more descriptors, which passes as connections end.
                if !std::mem::replace(&mut is_failing, true) {
                    app.log.say("warning", "accept", &format!("no connection can be taken: {error}"), json!({}));
                }
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        is_failing = false;
        let most = app.settings.limits.connections;
        if app.metrics.connections.load(Ordering::Relaxed) >= most {
            app.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
            if !std::mem::replace(&mut is_full, true) {
                app.log.say("warning", "full", &format!("{most} connections are open: more are closed"), json!({}));
            }
            if app.tls.is_none() {
                // It fits into the socket's own room, or the connection is closed without it.
                let _ = stream.try_write(FULL);
            }
            continue;
        }
        is_full = false;
        let connected = Connected::new(&app);
        let service = Peered::new(router.clone(), peer);
        tokio::spawn(talk(stream, service, stopped.clone(), connected));
    }
}

/// A connection that is open.
struct Connected(Arc<App>);

impl Connected {
    fn new(app: &Arc<App>) -> Connected {
        app.metrics.connections.fetch_add(1, Ordering::Relaxed);
        Connected(Arc::clone(app))
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn talk(stream: TcpStream, service: Peered, stopped: watch::Receiver<()>, connected: Connected) {
    // A client that waits for an answer gets it at once.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &connected.0.tls else { return converse(stream, service, stopped, &connected).await };
    let acceptor = TlsAcceptor::from(tls.config());
    // Who cannot agree on how to talk has been told as far as that goes.
    if let Ok(Ok(stream)) = timeout(connected.0.settings.limits.head, acceptor.accept(stream)).await {
        converse(stream, service, stopped, &connected).await;
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    service: Peered,
    mut stopped: watch::Receiver<()>,
    connected: &Connected,
) {
    let limits = &connected.0.settings.limits;
    let stream = Patient::new(Told::new(stream), limits.patience);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // That a client goes away or talks nonsense has been answered as far as it can be.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
