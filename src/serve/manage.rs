//! What changes the active rules: loads, going back, candidates.

use super::app::App;
use super::asker::Outcome;
use super::body::whole;
use super::classify::read;
use super::masked::without_addresses;
use super::problem::Problem;
use super::status::{findings, first_line, told};
use crate::live::{Loaded, Refusal, Shadowed};
use crate::resolve::Root;
use crate::spelling::nearest;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Map, Value, json};
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

fn loaded(loaded: Loaded, start: Instant, note: Option<String>) -> Response {
    let result = match loaded {
        Loaded::Swapped(_) => "swapped",
        Loaded::Same(_) => "same",
    };
    let took = start.elapsed().as_millis() as u64;
    let version = loaded.version().to_string();
    let mut value = json!({ "v": 1, "result": result, "snapshot": version, "milliseconds": took });
    if let Some(note) = note {
        value["note"] = note.into();
    }
    outcome(told(&value), format!("{result}, snapshot {version}"))
}

/// An answer, and what the log says came of it.
fn outcome(mut answer: Response, what: String) -> Response {
    answer.extensions_mut().insert(Outcome(what));
    answer
}

pub(super) async fn reload(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let start = Instant::now();
    options(&app, request, &[]).await?;
    let changing = Arc::clone(&app.changing);
    // The settings are read where nobody waits for a disk.
    let work = move || app.live.reload().map(|done| (done, (app.settings.pending.0)()));
    let result = aside(&changing, work).await?;
    result.map(|(done, note)| loaded(done, start, note)).map_err(|refusal| refused(&refusal))
}

/// The body of a request that needs none: an object of these keys, if there is anything. What is not understood there
/// might have said that nothing is to be done, or something else.
async fn options(app: &App, request: Request, known: &[&str]) -> Result<Value, Problem> {
    let (head, body) = request.into_parts();
    let body = whole(&head.headers, body, &app.settings.limits).await?;
    if body.is_empty() {
        return Ok(json!({}));
    }
    let value = read(&body)?;
    let keys = value.as_object().ok_or_else(|| Problem::bad_json("the body is no JSON object"))?;
    no_others(keys, known, "the body")?;
    Ok(value)
}

/// Refuses keys that mean nothing.
fn no_others(keys: &Map<String, Value>, known: &[&str], place: &str) -> Result<(), Problem> {
    let Some(key) = keys.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let hint = match (nearest(key, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "this request takes no body".to_owned(),
        (None, known) => {
            format!("there may be {}", known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Err(Problem::bad_json(format!("there is no key `{key}` in {place}: {hint}")))
}

/// Goes back to `{"to": "…"}`, or to the snapshot before the active one.
pub(super) async fn rollback(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let start = Instant::now();
    let to = match &options(&app, request, &["to"]).await?["to"] {
        Value::Null => None,
        to => {
            let version = to.as_str().and_then(|to| to.parse().ok());
            Some(version.ok_or_else(|| Problem::bad_json("`to` is no snapshot: it has 32 hexadecimal digits"))?)
        }
    };
    let result = aside(&Arc::clone(&app.changing), move || app.live.rollback(to)).await?;
    result.map(|done| loaded(done, start, None)).map_err(|refusal| {
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
    let root = match &options(&app, request, &["files"]).await?["files"] {
        Value::Null => app.settings.candidate.clone().ok_or_else(|| {
            Problem::no_candidate("the settings name no candidate: send `files`, or start with `--shadow`")
        })?,
        files => Root::Texts(texts(files)?),
    };
    let result = aside(&Arc::clone(&app.changing), move || app.live.try_candidate(&root)).await?;
    let shadow = result.map_err(|refusal| refused(&refusal))?;
    let version = shadow.engine().version();
    Ok(outcome(told(&shadowed(&shadow.told())), format!("the candidate {version} is tried")))
}

fn texts(files: &Value) -> Result<Vec<(String, String)>, Problem> {
    let wrong = || Problem::bad_json("`files` is no list of objects with `name` and `text`");
    let text = |file: &Value| {
        no_others(file.as_object().ok_or_else(wrong)?, &["name", "text"], "one of the `files`")?;
        let part = |key: &str| file[key].as_str().map(str::to_owned).ok_or_else(wrong);
        Ok((part("name")?, part("text")?))
    };
    files.as_array().ok_or_else(wrong)?.iter().map(text).collect()
}

pub(super) async fn drop_candidate(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let shadow = app.live.drop_candidate().ok_or_else(no_candidate)?;
    let version = shadow.engine().version();
    Ok(outcome(told(&shadowed(&shadow.told())), format!("the candidate {version} is let go of")))
}

pub(super) async fn promote(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let start = Instant::now();
    options(&app, request, &[]).await?;
    let result = aside(&Arc::clone(&app.changing), move || app.live.promote()).await?;
    result.map(|done| loaded(done, start, None)).ok_or_else(no_candidate)
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
