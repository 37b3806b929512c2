//! `/v1/notice`: a mail as it came, and what it tells of deliveries. `/v1/explain`: why a reply is what it is.

use super::app::App;
use super::body::{Kind, kind, whole};
use super::classify::{answer, json, read};
use super::problem::Problem;
use crate::Time;
use crate::intake::from_json;
use crate::report::{explanation, write_json_line};
use axum::extract::{Request, State};
use axum::response::Response;
use std::sync::Arc;

/// A verdict for each recipient that a notice tells of; an empty list where the mail is no notice.
pub(super) async fn notice(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let mail = whole(&head.headers, body, &app.settings.limits).await?;
    if mail.is_empty() {
        return Err(Problem::bad_mail("there is no mail: send it as it came, header and all"));
    }
    let view = app.view();
    let mut attempts = app.settings.reader.read(&mail).map_err(|refusal| Problem::bad_mail(refusal.to_string()))?;
    let now = Time::now();
    let mut out = vec![b'['];
    for (n, attempt) in attempts.iter_mut().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        answer(&app, &view, attempt, now, &mut out);
    }
    out.extend_from_slice(b"]\n");
    app.shadow(&view, attempts.into_iter().map(|attempt| attempt.reply));
    Ok(json(out))
}

pub(super) async fn explain(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    if kind(&head.headers)? != Kind::Json {
        return Err(Problem::wrong_type("one reply is explained: say `Content-Type: application/json`"));
    }
    let body = whole(&head.headers, body, &app.settings.limits).await?;
    let mut attempt = from_json(&read(&body)?).map_err(Problem::bad_reply)?;
    attempt.reply.time.get_or_insert_with(Time::now);
    let view = app.view();
    let explained = view.snapshot.engine().explain(&attempt.reply);
    let mut out = Vec::new();
    write_json_line(&explanation::Json { explanation: &explained, via: attempt.via.as_deref() }, &mut out);
    Ok(json(out))
}
