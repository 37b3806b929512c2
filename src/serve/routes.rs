//! Which paths there are, who may ask them, and what stands before each: bounds, counters, the log.

use super::access::{self, Scope};
use super::app::App;
use super::paced::Held;
use super::problem::Problem;
use super::{body, classify, manage, notice, openapi, status};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A path, a method, and what it takes to ask it; nothing where anybody may.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) scope: Option<Scope>,
}

const fn route(method: &'static str, path: &'static str, scope: Option<Scope>) -> Route {
    Route { method, path, scope }
}

/// All there are.
pub(super) const ROUTES: &[Route] = &[
    route("POST", "/v1/classify", Some(Scope::Classify)),
    route("POST", "/v1/notice", Some(Scope::Classify)),
    route("POST", "/v1/explain", Some(Scope::Classify)),
    route("GET", "/v1/rules", Some(Scope::Read)),
    route("GET", "/v1/status", Some(Scope::Read)),
    route("POST", "/v1/reload", Some(Scope::Reload)),
    route("POST", "/v1/rollback", Some(Scope::Reload)),
    route("GET", "/v1/shadow", Some(Scope::Read)),
    route("POST", "/v1/shadow", Some(Scope::Reload)),
    route("DELETE", "/v1/shadow", Some(Scope::Reload)),
    route("POST", "/v1/shadow/promote", Some(Scope::Reload)),
    route("GET", "/v1/openapi.json", None),
    route("GET", "/healthz", None),
    route("GET", "/readyz", None),
    route("GET", "/metrics", Some(Scope::Read)),
];

/// The service as a whole.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/classify", post(classify::classify))
        .route("/v1/notice", post(notice::notice))
        .route("/v1/explain", post(notice::explain))
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
    let path = request.uri().path();
    let at = ROUTES.iter().position(|route| route.path == path && route.method == request.method().as_str());
    let logged = app.settings.log_requests.then(|| (request.method().clone(), path.to_owned()));
    let response = match may_ask(&app, &request, at) {
        Err(problem) => {
            body::drain(request.into_body()).await;
            problem.into_response()
        }
        Ok(None) => next.run(request).await,
        Ok(Some(busy)) => next.run(request).await.map(|body| Body::new(Held { body, _busy: busy })),
    };
    let took = start.elapsed();
    app.metrics.answered(at, response.status().as_u16(), took);
    if let Some((method, path)) = logged {
        let status = response.status().as_u16();
        // A path may hold anything; what is known of it is enough.
        let path = at.map_or("other", |_| path.as_str());
        let micros = took.as_micros() as u64;
        let values = json!({ "method": method.as_str(), "path": path, "status": status, "microseconds": micros });
        app.log.say("info", "request", &format!("{method} {path} {status} in {micros} µs"), values);
    }
    response
}

/// A request that is worked on.
pub(super) struct Busy(Arc<App>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a request may go on.
fn may_ask(app: &Arc<App>, request: &Request<Body>, at: Option<usize>) -> Result<Option<Busy>, Problem> {
    // Pages of other sites reach what listens on this machine; browsers say where they come from.
    if request.headers().contains_key(header::ORIGIN) {
        return Err(Problem::from_browser("this service does not answer web pages"));
    }
    let Some(route) = at.map(|at| &ROUTES[at]) else { return Ok(None) };
    let Some(scope) = route.scope else { return Ok(None) };
    if !app.settings.tokens.is_empty() {
        let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| {
            let (kind, token) = value.as_bytes().split_at_checked(7)?;
            kind.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
        });
        let shown = shown.ok_or_else(|| Problem::no_token("say `Authorization: Bearer` and a token"))?;
        let token = access::find(&app.settings.tokens, shown).ok_or_else(|| Problem::no_token("no such token"))?;
        if !token.scopes.contains(&scope) {
            return Err(Problem::wrong_scope(format!("this token lacks the scope `{}`", scope.as_str())));
        }
    }
    if app.stopping.load(Ordering::Relaxed) {
        return Err(Problem::stopping("the service stops"));
    }
    let before = app.busy.fetch_add(1, Ordering::Relaxed);
    let busy = Busy(Arc::clone(app));
    // Who asks how things are is told also when there is much to do.
    if before >= app.settings.limits.requests && scope == Scope::Classify {
        return Err(Problem::busy(format!("too many requests at once: at most {}", app.settings.limits.requests)));
    }
    Ok(Some(busy))
}
