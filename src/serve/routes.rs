//! Which paths there are, who may ask them, and what stands before each: bounds, counters, the log.

use super::access;
use super::app::App;
use super::asker::{Asker, changes};
use super::paced::Held;
use super::problem::Problem;
use super::{body, classify, events, manage, notice, openapi, status};
use crate::settings::TokenScope;
use crate::signed::Service;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// What it takes to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Nothing.
    Anybody,
    /// A token with this scope, where there are tokens.
    Token(TokenScope),
    /// A signature, or what else the settings say of a service.
    Service,
}

/// A path, a method, and what it takes to ask it.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) may: May,
}

const fn route(method: &'static str, path: &'static str, may: May) -> Route {
    Route { method, path, may }
}

/// All there are.
pub(super) const ROUTES: &[Route] = &[
    route("POST", "/v1/classify", May::Token(TokenScope::Classify)),
    route("POST", "/v1/notice", May::Token(TokenScope::Classify)),
    route("POST", "/v1/explain", May::Token(TokenScope::Classify)),
    route("POST", "/v1/events/{service}", May::Service),
    route("GET", "/v1/rules", May::Token(TokenScope::Read)),
    route("GET", "/v1/status", May::Token(TokenScope::Read)),
    route("POST", "/v1/reload", May::Token(TokenScope::Reload)),
    route("POST", "/v1/rollback", May::Token(TokenScope::Reload)),
    route("GET", "/v1/shadow", May::Token(TokenScope::Read)),
    route("POST", "/v1/shadow", May::Token(TokenScope::Reload)),
    route("DELETE", "/v1/shadow", May::Token(TokenScope::Reload)),
    route("POST", "/v1/shadow/promote", May::Token(TokenScope::Reload)),
    route("GET", "/v1/openapi.json", May::Anybody),
    route("GET", "/healthz", May::Anybody),
    route("GET", "/readyz", May::Anybody),
    route("GET", "/metrics", May::Token(TokenScope::Read)),
];

/// The service as a whole.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/classify", post(classify::classify))
        .route("/v1/notice", post(notice::notice))
        .route("/v1/explain", post(notice::explain))
        .route("/v1/events/{service}", post(events::events))
        .route("/v1/rules", get(status::rules))
        .route("/v1/status", get(status::status))
        .route("/v1/reload", post(manage::reload))
        .route("/v1/rollback", post(manage::rollback))
        .route("/v1/shadow", get(manage::shadow))
        .route("/v1/shadow", post(manage::try_candidate))
        .route("/v1/shadow", delete(manage::drop_candidate))
        .route("/v1/shadow/promote", post(manage::promote))
        .route("/v1/openapi.json", get(openapi::openapi))
        .route("/healthz", get(status::health))
        .route("/readyz", get(status::ready))
        .route("/metrics", get(status::metrics))
        .fallback(nothing)
        .method_not_allowed_fallback(another_method)
        .layer(from_fn_with_state(Arc::clone(&app), before_and_after))
        .with_state(app)
}

async fn nothing() -> Problem {
    Problem::no_route("there is nothing at this path")
}

async fn another_method() -> Problem {
    Problem::wrong_method("this path does not take this method")
}

/// What all requests go through.
async fn before_and_after(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let at = ROUTES.iter().position(|route| route.path == path && route.method == request.method().as_str());
    let route = at.map(|at| &ROUTES[at]);
    let asker = Asker::of(&app, &request, route);
    let service = posting(request.uri().path()).filter(|_| route.is_some_and(|route| route.may == May::Service));
    let (method, path) = (request.method().clone(), named(path, service));
    let mut response = match may_ask(&app, &request, route, &asker) {
        Err(problem) => {
            if matches!(problem.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                asker.note_refusal(&app, &method, &path, &problem);
            }
            body::drain(request.into_body()).await;
            problem.into_response()
        }
        Ok(busy) => {
            let response = match busy {
                None => next.run(request).await,
                Some(busy) => next.run(request).await.map(|body| Body::new(Held { body, _busy: busy })),
            };
            changes(route).iter().for_each(|route| asker.note_change(&app, route, &response));
            response
        }
    };
    if app.draining.load(Ordering::Relaxed) {
        // The next request goes to whom is ready.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let took = start.elapsed();
    let status = response.status().as_u16();
    app.metrics.answered(at, status, took);
    service.iter().for_each(|service| app.metrics.posted(*service, status));
    if app.settings.log_requests {
        let micros = took.as_micros() as u64;
        let message = format!("{method} {path} {status} in {micros} µs{}", asker.words(&app));
        let values = json!({
            "method": method.as_str(),
            "path": path,
            "status": status,
            "microseconds": micros,
            "token": asker.token(&app),
            "peer": asker.peer(),
        });
        app.log.say("info", "request", &message, values);
    }
    response
}

/// The service that posts to a path.
fn posting(path: &str) -> Option<Service> {
    path.strip_prefix("/v1/events/")?.parse().ok()
}

/// A path for the log: it may hold anything, and what is known of it is enough.
fn named(path: &str, service: Option<Service>) -> Cow<'static, str> {
    let known = ROUTES.iter().map(|route| route.path).find(|known| *known == path);
    service.map_or(known.unwrap_or("other").into(), |service| format!("/v1/events/{service}").into())
}

/// A request for verdicts that is worked on.
pub(super) struct Busy(Arc<App>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a request may go on.
fn may_ask(
    app: &Arc<App>,
    request: &Request<Body>,
    route: Option<&Route>,
    asker: &Asker,
) -> Result<Option<Busy>, Problem> {
    // Pages of other sites reach what listens on this machine; browsers say where they come from.
    if request.headers().contains_key(header::ORIGIN) {
        return Err(Problem::from_browser("this service does not answer web pages"));
    }
    let Some(route) = route else { return Ok(None) };
    if route.may == May::Anybody {
        return Ok(None);
    }
    if let May::Token(scope) = route.may {
        let tokens = &app.settings.tokens;
        if tokens.is_empty() {
            if !access::is_own_name(request.headers(), request.uri(), &app.settings.hosts) {
                let why = "this service is not asked by this name: `service.hosts` names those that it has";
                return Err(Problem::wrong_host(why));
            }
        } else {
            let token =
                asker.token.and_then(|n| tokens.get(n)).ok_or_else(|| match access::shown(request.headers()) {
                    None => Problem::no_token("say `Authorization: Bearer` and a token"),
                    Some(_) => Problem::no_token("no such token"),
                })?;
            if !token.scopes.contains(&scope) {
                return Err(Problem::wrong_scope(format!("this token lacks the scope `{}`", access::word(scope))));
            }
        }
    }
    if app.stopping.load(Ordering::Relaxed) {
        return Err(Problem::stopping("the service stops"));
    }
    // Who asks how things are is told also when there is much to do, and takes no place from it.
    if !matches!(route.may, May::Token(TokenScope::Classify) | May::Service) {
        return Ok(None);
    }
    let before = app.busy.fetch_add(1, Ordering::Relaxed);
    let busy = Busy(Arc::clone(app));
    if before >= app.settings.limits.requests {
        return Err(Problem::busy(format!("too many requests at once: at most {}", app.settings.limits.requests)));
    }
    Ok(Some(busy))
}
