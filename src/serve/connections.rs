//! Connections: taken up to a bound, watched over, and seen off when the service stops.

use super::app::App;
use super::descriptors::room_for;
use super::log::Log;
use super::paced::Patient;
use super::routes::router;
use super::{Settings, access};
use crate::live::{Live, Watch};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// A full house, said without reading the question.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
Connection: close\r\nContent-Length: 78\r\n\r\n\
{\"v\":1,\"error\":{\"code\":\"busy\",\"status\":503,\"message\":\"too many connections\"}}\n";

/// Answers until the process is told to end (SIGTERM or SIGINT), and then what was accepted. SIGHUP loads the rules anew.
///
/// # Errors
/// Why it cannot listen.
pub fn run(live: Arc<Live>, mut settings: Settings, log: Log) -> io::Result<()> {
    if !settings.listen.ip().is_loopback() && settings.tokens.is_empty() {
        let why =
            format!("{} is reached from elsewhere: name tokens, or listen on a loopback address", settings.listen);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    if let Some(room) = room_for(settings.limits.connections) {
        log.warn(&format!("at most {room} connections are taken: the system allows no more open files"));
        settings.limits.connections = room;
    }
    let mut runtime = match settings.threads {
        Some(1) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if let Some(threads) = settings.threads {
        runtime.worker_threads(threads);
    }
    runtime.enable_all().build()?.block_on(serve(live, settings, log))
}

async fn serve(live: Arc<Live>, settings: Settings, log: Log) -> io::Result<()> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let _watch = settings.watch.map(|every| Watch::start(Arc::clone(&live), every)).transpose()?;
    let (hangup, terminate, interrupt) =
        (signal(SignalKind::hangup())?, signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let app = Arc::new(App::new(live, settings, log));
    if let Some(candidate) = app.settings.candidate.clone() {
        let app = Arc::clone(&app);
        // What is wrong with a candidate keeps nobody from starting.
        tokio::task::spawn_blocking(move || {
            if let Err(refusal) = app.live.try_candidate(&candidate) {
                app.log.say("warning", "candidate", &format!("the candidate cannot be tried: {refusal}"), json!({}));
            }
        });
    }
    listening(&app, address);
    tokio::spawn(reload_on(hangup, Arc::clone(&app)));
    let (stop, stopped) = watch::channel(());
    tokio::select! {
        () = accept(&listener, &app, &stopped) => {}
        () = asked_to_end(terminate, interrupt) => {}
    }
    app.stopping.store(true, Ordering::Relaxed);
    drop(listener);
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
    let tokens: Vec<&str> = app.settings.tokens.iter().map(|token: &access::Token| token.name.as_str()).collect();
    let who =
        if tokens.is_empty() { "whoever reaches it".to_owned() } else { format!("tokens: {}", tokens.join(", ")) };
    let message = format!("listening on http://{address} ({who})");
    app.log.say("info", "listening", &message, json!({ "address": address.to_string(), "tokens": tokens }));
}

async fn asked_to_end(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Loads the rules anew each time the process is hung up on, as daemons do.
async fn reload_on(mut hangup: Signal, app: Arc<App>) {
    while hangup.recv().await.is_some() {
        let app = Arc::clone(&app);
        // What came of it was told to the log.
        let _ = tokio::task::spawn_blocking(move || drop(app.live.reload())).await;
    }
}

async fn accept(listener: &TcpListener, app: &Arc<App>, stopped: &watch::Receiver<()>) {
    let router = router(Arc::clone(app));
    let (mut is_full, mut is_failing) = (false, false);
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
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
            // It fits into the socket's own room, or the connection is closed without it.
            let _ = stream.try_write(FULL);
            continue;
        }
        is_full = false;
        let connected = Connected::new(app);
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(converse(stream, service, Arc::clone(app), stopped.clone(), connected));
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

async fn converse(
    stream: TcpStream,
    service: TowerToHyperService<axum::Router>,
    app: Arc<App>,
    mut stopped: watch::Receiver<()>,
    _connected: Connected,
) {
    // A client that waits for an answer gets it at once.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.settings.limits.head)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(Patient::new(stream, app.settings.limits.patience)), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // That a client goes away or talks nonsense has been answered as far as it can be.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
