//! What changes the active rules: loads, going back, candidates.

use super::app::App;
use super::body::whole;
use super::classify::read;
use super::problem::Problem;
use super::status::{findings, first_line, told};
use crate::live::{Loaded, Refusal, Shadowed};
use crate::reply::{ADDRESS, fold};
use crate::resolve::Root;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Mutex;

/// Work that takes long enough to be in others' way, one after the other: what several at once need in memory is not given
/// back when they are done.
async fn aside<T: Send + 'static>(
    changing: &Arc<Mutex<()>>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let turn = Arc::clone(changing).lock_owned().await;
    // It ends also where nobody waits for it any more.
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::broke("the program broke: please report this"))
}

fn refused(refusal: &Refusal) -> Problem {
    let message = format!("the rules cannot be used, and nothing has changed: {}", first_line(refusal));
    Problem::bad_rules(message).with_diagnostics(findings(refusal))
}

fn loaded(loaded: Loaded, start: Instant) -> Response {
    let result = match loaded {
        Loaded::Swapped(_) => "swapped",
        Loaded::Same(_) => "same",
    };
    let took = start.elapsed().as_millis() as u64;
    told(&json!({ "v": 1, "result": result, "snapshot": loaded.version().to_string(), "milliseconds": took }))
}

pub(super) async fn reload(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let start = Instant::now();
    let result = aside(&Arc::clone(&app.changing), move || app.live.reload()).await?;
    result.map(|done| loaded(done, start)).map_err(|refusal| refused(&refusal))
}

/// The body of a request that needs none: an object, if there is anything.
async fn options(app: &App, request: Request) -> Result<Value, Problem> {
    let (head, body) = request.into_parts();
    let body = whole(&head.headers, body, &app.settings.limits).await?;
    if body.is_empty() {
        return Ok(json!({}));
    }
    let value = read(&body)?;
    if value.is_object() { Ok(value) } else { Err(Problem::bad_json("the body is no JSON object")) }
}

/// Goes back to `{"to": "…"}`, or to the snapshot before the active one.
pub(super) async fn rollback(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let start = Instant::now();
    let to = match &options(&app, request).await?["to"] {
        Value::Null => None,
        to => {
            let version = to.as_str().and_then(|to| to.parse().ok());
            Some(version.ok_or_else(|| Problem::bad_json("`to` is no snapshot: it has 32 hexadecimal digits"))?)
        }
    };
    let result = aside(&Arc::clone(&app.changing), move || app.live.rollback(to)).await?;
    result.map(|done| loaded(done, start)).map_err(|refusal| {
        let problem = Problem::no_way_back(first_line(&refusal));
        if refusal.diagnostics().is_empty() { problem } else { problem.with_diagnostics(findings(&refusal)) }
    })
}

fn no_candidate() -> Problem {
    Problem::no_candidate("no candidate is tried: POST one to /v1/shadow")
}

/// What came of the candidate so far.
pub(super) async fn shadow(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let shadow = app.live.shadow().ok_or_else(no_candidate)?;
    Ok(told(&shadowed(&shadow.told())))
}

/// Tries the rules of `{"files": [{"name": "root.carom", "text": "…"}]}`, or those that the settings name.
pub(super) async fn try_candidate(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let root = match &options(&app, request).await?["files"] {
        Value::Null => app.settings.candidate.clone().ok_or_else(|| {
            Problem::no_candidate("the settings name no candidate: send `files`, or start with `--shadow`")
        })?,
        files => texts(files)
            .map(Root::Texts)
            .ok_or_else(|| Problem::bad_json("`files` is no list of objects with `name` and `text`"))?,
    };
    let result = aside(&Arc::clone(&app.changing), move || app.live.try_candidate(&root)).await?;
    let shadow = result.map_err(|refusal| refused(&refusal))?;
    Ok(told(&shadowed(&shadow.told())))
}

fn texts(files: &Value) -> Option<Vec<(String, String)>> {
    let text = |file: &Value| Some((file["name"].as_str()?.to_owned(), file["text"].as_str()?.to_owned()));
    files.as_array()?.iter().map(text).collect()
}

pub(super) async fn drop_candidate(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let shadow = app.live.drop_candidate().ok_or_else(no_candidate)?;
    Ok(told(&shadowed(&shadow.told())))
}

pub(super) async fn promote(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let start = Instant::now();
    let result = aside(&Arc::clone(&app.changing), move || app.live.promote()).await?;
    result.map(|done| loaded(done, start)).ok_or_else(no_candidate)
}

fn without_addresses(text: &[u8]) -> String {
    let mut folded = String::new();
    fold(&String::from_utf8_lossy(text), &mut folded);
    folded.replace(ADDRESS, "<address>")
}

fn shadowed(told: &Shadowed) -> Value {
    let pairs = told.pairs.iter().map(|pair| {
        let samples = pair.samples.iter().map(|(reply, changed)| {
            json!({
                "code": reply.code,
                "enhanced": reply.enhanced,
                "host": reply.host,
                "phase": reply.phase,
                // In the form that phrases are compared with, where addresses are one letter.
                "text": without_addresses(&reply.text),
                "differs": changed.parts().map(|part| part.as_str()).collect::<Vec<_>>(),
            })
        });
        json!({
            "active": pair.active,
            "candidate": pair.candidate,
            "replies": pair.replies,
            "samples": samples.collect::<Vec<_>>(),
        })
    });
    json!({
        "v": 1,
        "snapshot": told.version.to_string(),
        "since": told.since,
        "replies": told.replies,
        "disagreements": told.disagreements,
        "shed": told.shed,
        "broken": told.broken,
        "other_pairs": told.others,
        "pairs": pairs.collect::<Vec<_>>(),
    })
}
