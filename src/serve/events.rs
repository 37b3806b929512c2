//! `/v1/events/SERVICE`: what sending services post. Who posted is known by what the settings say of the service, not by
//! a token.

use super::app::App;
use super::body::whole;
use super::classify::{TURN, answer, json};
use super::problem::Problem;
use crate::Time;
use crate::intake::{Format, Reading};
use crate::signed::{Posted, Said, Service, Unverified, Verified};
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json as object;
use std::sync::Arc;
use tokio::task::yield_now;

/// A verdict for each recipient of each event; an empty list where there is none, or where a topic asks to post.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    service: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let known = || Service::ALL.map(Service::as_str).join(", ");
    // What is no UTF-8 is no name either.
    let service = service.ok().and_then(|Path(name)| name.parse::<Service>().ok());
    let service =
        service.ok_or_else(|| Problem::no_route(format!("there is no such service: there are {}", known())))?;
    let (head, body) = request.into_parts();
    let body = whole(&head.headers, body, &app.settings.limits).await?;
    let query = head.uri.query().map(str::to_owned);
    let verified = verify(&app, service, &head.headers, body.clone(), query).await?;
    match &verified.said {
        Said::Events => Ok(json(verdicts(&app, service, &body).await)),
        Said::Subscribe(address) => {
            let message = match address {
                Some(_) => "a topic's subscription was confirmed",
                None => "a topic asks whether it may post: confirm it there, or say `confirm: true`",
            };
            if address.is_some() {
                follow(&app, verified.clone()).await?;
            }
            app.log.say("info", "subscription", message, object!({ "service": service.as_str() }));
            Ok(json(b"[]\n".to_vec()))
        }
        Said::Unsubscribed => {
            app.log.say("warning", "subscription", "a topic posts no more", object!({ "service": service.as_str() }));
            Ok(json(b"[]\n".to_vec()))
        }
    }
}

async fn verdicts(app: &App, service: Service, body: &[u8]) -> Vec<u8> {
    let format = match service {
        Service::Ses => Format::Ses,
        Service::SendGrid => Format::SendGrid,
        Service::Mailgun => Format::Mailgun,
        Service::Postmark => Format::Postmark,
    };
    let view = app.view();
    let now = Time::now();
    let mut out = vec![b'['];
    let mut replies = Vec::new();
    for attempt in Reading::new(format, service.as_str(), body) {
        match attempt {
            Ok(mut attempt) => {
                if !replies.is_empty() {
                    out.push(b',');
                }
                answer(app, &view, &mut attempt, now, &mut out);
                replies.push(attempt.reply);
                if replies.len().is_multiple_of(TURN) {
                    yield_now().await;
                }
            }
            // It was signed by the service: that it is not understood is ours to know, and nothing to send again for.
            Err(complaint) => {
                let values = object!({ "service": service.as_str() });
                app.log.say("warning", "event", &format!("an event is not understood: {complaint}"), values);
            }
        }
    }
    out.extend_from_slice(b"]\n");
    app.shadow(&view, replies.into_iter());
    out
}

/// Holds a request to its signature. For one of SES a certificate may have to be fetched, so that others must not wait.
async fn verify(
    app: &Arc<App>,
    service: Service,
    headers: &HeaderMap,
    body: Bytes,
    query: Option<String>,
) -> Result<Verified, Problem> {
    let (app_there, headers) = (Arc::clone(app), headers.clone());
    let work = move || {
        let header = |name: &str| headers.get(name).map(|value| value.as_bytes());
        let posted = Posted { body: &body, header: &header, query: query.as_deref() };
        app_there.settings.webhooks.verify(service, posted, Time::now())
    };
    let result = match service {
        Service::Ses => tokio::task::spawn_blocking(work).await,
        Service::SendGrid | Service::Mailgun | Service::Postmark => Ok(work()),
    };
    match result.map_err(|_| Problem::broke("the program broke: please report this"))? {
        Ok(verified) => Ok(verified),
        Err(why) => {
            let values = object!({ "service": service.as_str(), "why": why.as_str() });
            app.log.say(
                "warning",
                "unverified",
                &format!("a request to /v1/events/{service} is refused: {why}"),
                values,
            );
            Err(refused(&why))
        }
    }
}

async fn follow(app: &Arc<App>, verified: Verified) -> Result<(), Problem> {
    let app = Arc::clone(app);
    let work = move || {
        app.settings.webhooks.follow(&verified.said).inspect_err(|_| {
            // It may ask again.
            verified.mark.iter().for_each(|mark| app.settings.webhooks.forget(mark));
        })
    };
    let result = tokio::task::spawn_blocking(work).await;
    result.map_err(|_| Problem::broke("the program broke: please report this"))?.map_err(|why| refused(&why))
}

fn refused(why: &Unverified) -> Problem {
    let message = why.to_string();
    match why {
        Unverified::NotExpected(_) => Problem::not_expected(message),
        Unverified::Replayed => Problem::replayed(message),
        Unverified::Unfetched(_) => Problem::busy(message),
        _ => Problem::unverified(message),
    }
}
