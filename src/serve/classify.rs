//! `/v1/classify`: one reply, many, or a stream of them.

use super::app::{App, View};
use super::body::{Kind, kind, whole};
use super::lines::Lines;
use super::paced::Paced;
use super::problem::Problem;
use super::replies::{self, Replies};
use crate::Time;
use crate::intake::Attempt;
use crate::report::{attempt, write_json};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::yield_now;

/// After so many verdicts others have their turn.
pub(super) const TURN: usize = 128;

/// What a verdict takes as JSON, more or less.
const VERDICT: usize = 1024;

pub(super) async fn classify(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    if kind(&head.headers)? == Kind::Lines {
        let mut response = Response::new(Body::new(Lines::new(&app, body)));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        return Ok(response);
    }
    let body = whole(&head.headers, body, &app.settings.limits).await?;
    let asked = replies::read(&body, app.settings.limits.batch)?;
    let view = app.view();
    let now = Time::now();
    let mut out;
    match asked {
        Replies::Many(mut attempts) => {
            out = Vec::with_capacity(2 + attempts.len() * VERDICT);
            out.push(b'[');
            for (n, attempt) in attempts.iter_mut().enumerate() {
                if n > 0 {
                    out.push(b',');
                    if n.is_multiple_of(TURN) {
                        yield_now().await;
                    }
                }
                answer(&app, &view, attempt, now, &mut out);
            }
            out.extend_from_slice(b"]\n");
            app.shadow(&view, attempts.into_iter().map(|attempt| attempt.reply));
        }
        Replies::One(mut attempt) => {
            out = Vec::with_capacity(VERDICT);
            answer(&app, &view, &mut attempt, now, &mut out);
            out.push(b'\n');
            app.shadow(&view, std::iter::once(attempt.reply));
        }
    }
    Ok(json(out))
}

/// A body as JSON; how deep it may be is bounded by the parser.
pub(super) fn read(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_str(replies::text(body)?).map_err(|error| replies::no_json(&error))
}

/// Writes the verdict on an attempt, which is of now if it does not say of when.
pub(super) fn answer(app: &App, view: &View, attempt: &mut Attempt<'_>, now: Time, out: &mut Vec<u8>) {
    attempt.reply.time.get_or_insert(now);
    let verdict = view.snapshot.classify(&attempt.reply);
    app.count(view, &verdict);
    let record = attempt::record(attempt, verdict, None, app.settings.trusts_untied);
    app.log.verdict(&record);
    write_json(&record, out);
}

/// An answer that is JSON already.
pub(super) fn json(out: Vec<u8>) -> Response {
    let mut response = Response::new(Body::new(Paced::new(out)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
