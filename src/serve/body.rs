//! Bodies, read within bounds of size and time.

use super::problem::Problem;
use crate::settings::ServiceLimits;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use hyper::body::Body as _;
use std::future::poll_fn;
use std::pin::Pin;
use tokio::time::{sleep, timeout};

/// What a body is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Lines,
}

/// What is packed would be read as something else than what it is.
fn is_as_it_is(headers: &HeaderMap) -> Result<(), Problem> {
    let mut all = headers.get_all(header::CONTENT_ENCODING).iter();
    match all.find(|value| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")) {
        None => Ok(()),
        Some(value) => {
            let shown = String::from_utf8_lossy(value.as_bytes());
            Err(Problem::wrong_type(format!("Content-Encoding {shown} is not taken: send it as it is")))
        }
    }
}

/// What the head says of the body.
pub(super) fn kind(headers: &HeaderMap) -> Result<Kind, Problem> {
    is_as_it_is(headers)?;
    let said = headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes()).unwrap_or_default();
    let name = said.split(|b| *b == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    match name.as_slice() {
        b"application/json" => Ok(Kind::Json),
        b"application/x-ndjson" | b"application/jsonl" | b"application/x-jsonlines" => Ok(Kind::Lines),
        _ => Err(Problem::wrong_type("say `Content-Type: application/json`, or `application/x-ndjson` for JSON Lines")),
    }
}

/// A whole body.
pub(super) async fn whole(headers: &HeaderMap, mut body: Body, limits: &ServiceLimits) -> Result<Bytes, Problem> {
    is_as_it_is(headers)?;
    let too_large = || Problem::too_large(format!("the body has more than {} bytes", limits.body));
    let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > limits.body as u64) {
        return Err(too_large());
    }
    let read = async {
        let mut first = Bytes::new();
        let mut all: Vec<u8> = Vec::new();
        while let Some(piece) = next(&mut body).await? {
            if first.len().max(all.len()) + piece.len() > limits.body {
                return Err(too_large());
            }
            // Most bodies are one piece.
            if first.is_empty() && all.is_empty() {
                first = piece;
                continue;
            }
            if all.is_empty() {
                all.reserve(said.map_or(0, |said| said as usize));
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&piece);
        }
        Ok(if all.is_empty() { first } else { all.into() })
    };
    timeout(limits.patience, read).await.unwrap_or_else(|_| {
        Err(Problem::too_slow(format!("the body took longer than {} seconds", limits.patience.as_secs_f32())))
    })
}

/// The next piece of a body.
pub(super) async fn next(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            None => return Ok(None),
            Some(Ok(frame)) => {
                // Trailers say nothing here.
                if let Ok(piece) = frame.into_data() {
                    return Ok(Some(piece));
                }
            }
            Some(Err(_)) => return Err(Problem::bad_body("the body breaks off")),
        }
    }
}

/// Reads to the end of a body that was refused, for a moment and to a bound: who is still writing would not read why.
pub(super) async fn drain(mut body: Body) {
    const MOST: usize = 1 << 20;
    let read = async {
        let mut seen = 0;
        while let Ok(Some(piece)) = next(&mut body).await {
            seen += piece.len();
            if seen > MOST {
                break;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = sleep(std::time::Duration::from_millis(500)) => {}
    }
}
