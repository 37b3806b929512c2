//! What there is to know about the service: how it is, what is active, what was counted.

use super::app::App;
use super::classify::json;
use super::metrics;
use super::problem::Problem;
use crate::live::{Refusal, Status};
use crate::report::diagnostics::value;
use crate::report::{table, write_json, write_json_line};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json as object};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The most findings about rules that are shown.
const FINDINGS: usize = 50;

/// An object as the answer.
pub(super) fn told(value: &Value) -> Response {
    let mut out = Vec::new();
    write_json_line(value, &mut out);
    json(out)
}

/// What is wrong with rules: the findings, or why nothing could be read.
pub(super) fn findings(refusal: &Refusal) -> Value {
    let findings = refusal.diagnostics().iter().take(FINDINGS).map(|finding| value(finding, refusal.sources()));
    findings.collect::<Vec<Value>>().into()
}

/// The first line of it.
pub(super) fn first_line(refusal: &Refusal) -> String {
    let all = refusal.to_string();
    let first = all.lines().next().unwrap_or_default().to_owned();
    match refusal.diagnostics().len() {
        0 | 1 => first,
        count => format!("{first}, and {} more", count - 1),
    }
}

pub(super) async fn status(State(app): State<Arc<App>>) -> Response {
    told(&status_json(&app, &app.live.status()))
}

fn status_json(app: &App, status: &Status) -> Value {
    let trouble = status.trouble.as_ref().map(|trouble| {
        object!({
            "since": trouble.since,
            "last": trouble.last,
            "times": trouble.times,
            "message": first_line(&trouble.refusal),
            "count": trouble.refusal.diagnostics().len(),
            "diagnostics": findings(&trouble.refusal),
        })
    });
    let kept =
        |kept: &crate::live::KeptSnapshot| object!({ "snapshot": kept.version.to_string(), "since": kept.since });
    let active = app.live.current();
    let plugins = active.engine().plugins().map(|(name, tally)| {
        object!({
            "name": name,
            "answered": tally.answered,
            "abstained": tally.abstained,
            "failed": tally.failed,
            "passed_over": tally.passed_over,
            "last_failure": tally.last_failure,
        })
    });
    let plugins: Vec<Value> = plugins.collect();
    object!({
        "v": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "started": app.started,
        "snapshot": status.snapshot.to_string(),
        "number": status.number,
        "since": status.since,
        "came": status.came.as_str(),
        "pinned": status.pinned,
        "rules": status.rules,
        "loads": { "swapped": status.loads.swapped, "same": status.loads.same, "refused": status.loads.refused },
        "trouble": trouble,
        "unkept": status.unkept,
        "kept": status.kept.iter().map(kept).collect::<Vec<_>>(),
        "shadow": app.live.shadow().map(|shadow| shadow.engine().version().to_string()),
        "plugins": plugins,
        "tls": app.tls.as_ref().map(|tls| tls.status()),
        "connections": app.metrics.connections.load(Ordering::Relaxed),
    })
}

/// The rules in the order in which they are asked.
pub(super) async fn rules(State(app): State<Arc<App>>) -> Response {
    let view = app.view();
    let mut out = vec![b'['];
    for (n, row) in table::rows(view.snapshot.engine().rules()).enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_json(&row, &mut out);
    }
    out.extend_from_slice(b"]\n");
    json(out)
}

/// The process is there.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// It gives verdicts, and goes on to.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.draining.load(Ordering::Relaxed) || app.stopping.load(Ordering::Relaxed) {
        return Err(Problem::stopping("the service stops"));
    }
    Ok("ready\n")
}

pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut response = Response::new(Body::from(metrics::text(&app)));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
