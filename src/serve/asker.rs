//! Who asks, as far as that is known, and what the log says of it.

use super::access;
use super::app::App;
use super::problem::Problem;
use super::routes::{May, Route};
use crate::settings::TokenScope;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Between two lines about refused askers.
const SELDOM: Duration = Duration::from_secs(1);

/// The other end of the connection that a request came by.
#[derive(Debug, Clone, Copy)]
struct Peer(SocketAddr);

/// The service for one connection.
pub(super) struct Peered {
    inner: TowerToHyperService<Router>,
    peer: SocketAddr,
}

impl Peered {
    pub(super) fn new(router: Router, peer: SocketAddr) -> Peered {
        Peered { inner: TowerToHyperService::new(router), peer }
    }
}

impl Service<Request<Incoming>> for Peered {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Peer(self.peer));
        self.inner.call(request)
    }
}

/// What came of a request that was to change something, for the log.
#[derive(Debug, Clone)]
pub(super) struct Outcome(pub(super) String);

/// Who asks.
#[derive(Debug)]
pub(super) struct Asker {
    peer: Option<SocketAddr>,
    /// The token that was shown, by its number, where one is wanted.
    pub(super) token: Option<usize>,
}

impl Asker {
    pub(super) fn of(app: &App, request: &Request<Body>, route: Option<&Route>) -> Asker {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
        let tokens = &app.settings.tokens;
        let wants = !tokens.is_empty() && route.is_some_and(|route| matches!(route.may, May::Token(_)));
        let shown = if wants { access::shown(request.headers()) } else { None };
        Asker { peer, token: shown.and_then(|shown| access::find(tokens, shown)) }
    }

    pub(super) fn token<'a>(&self, app: &'a App) -> Option<&'a str> {
        self.token.and_then(|n| app.settings.tokens.get(n)).map(|token| token.name.as_str())
    }

    pub(super) fn peer(&self) -> Option<String> {
        self.peer.map(|peer| peer.to_string())
    }

    /// ` by queue from 192.0.2.7:4711`.
    pub(super) fn words(&self, app: &App) -> String {
        let token = self.token(app).map(|name| format!(" by {name}")).unwrap_or_default();
        token + &self.peer.map(|peer| format!(" from {peer}")).unwrap_or_default()
    }

    /// Notes a request that was to change something, and what came of it.
    pub(super) fn note_change(&self, app: &App, route: &Route, response: &Response) {
        let outcome = response.extensions().get::<Outcome>().map_or("", |outcome| &outcome.0);
        let status = response.status();
        let level = if status.is_success() { "info" } else { "warning" };
        let Route { method, path, .. } = route;
        let message = format!("{method} {path}{}: {outcome}", self.words(app));
        let values = json!({
            "method": method,
            "path": path,
            "status": status.as_u16(),
            "token": self.token(app),
            "peer": self.peer(),
            "outcome": outcome,
        });
        app.log.say(level, "change", &message, values);
    }

    /// Notes that it may not ask. That is said seldom: who is refused asks as often as he likes.
    pub(super) fn note_refusal(&self, app: &App, method: &Method, path: &str, problem: &Problem) {
        let Some(others) = app.refusals.turn(app.began.elapsed()) else { return };
        let more = if others == 0 { String::new() } else { format!(" ({others} more were refused before)") };
        let message = format!("{method} {path}{} is refused: {}{more}", self.words(app), problem.message);
        let values = json!({
            "method": method.as_str(),
            "path": path,
            "code": problem.code,
            "token": self.token(app),
            "peer": self.peer(),
            "others": others,
        });
        app.log.say("warning", "turned-away", &message, values);
    }
}

/// Whether a request is one to change something.
pub(super) fn changes(route: Option<&Route>) -> Option<&Route> {
    route.filter(|route| route.may == May::Token(TokenScope::Reload))
}

/// Something that is said at most once in a while.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    /// When it may be said again, in milliseconds since the start.
    next: AtomicU64,
    /// How often it was not said since.
    held: AtomicU64,
}

impl Seldom {
    /// How often it was held back, if it may be said now.
    pub(super) fn turn(&self, now: Duration) -> Option<u64> {
        let (now, next) = (now.as_millis() as u64, self.next.load(Ordering::Relaxed));
        let then = now + SELDOM.as_millis() as u64;
        let is_mine =
            now >= next && self.next.compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            return Some(self.held.swap(0, Ordering::Relaxed));
        }
        self.held.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seldom_is_counted() {
        let seldom = Seldom::default();
        let at = |milliseconds| seldom.turn(Duration::from_millis(milliseconds));
        assert_eq!(
            [at(0), at(1), at(999), at(1_000), at(1_500), at(5_000)],
            [Some(0), None, None, Some(2), None, Some(1)]
        );
    }
}
