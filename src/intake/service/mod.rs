//! What sending services post to a webhook: events as JSON objects, alone, in lists, or inside an envelope.
//!
//! Invariant: an event is about one attempt and gives one for each of its recipients; what a service says of opens, clicks
//! and subscriptions gives nothing; an object that is none of the service's events is a complaint.

mod bodies;
pub(super) mod mailgun;
pub(super) mod postmark;
pub(super) mod sendgrid;
pub(super) mod ses;
pub(super) mod sparkpost;

pub(super) use bodies::Bodies;

/// What an event gave, for tests: for each recipient what logs tell, and the class that the service gave it.
#[cfg(test)]
fn told(text: &str, read: impl Fn(&super::json::Body<'_>) -> Result<Vec<super::Attempt<'static>>, String>) -> String {
    use super::found::Found;
    let value = super::json::object(text.as_bytes()).unwrap();
    let attempts = match read(&super::json::Body::of(&value).unwrap()) {
        Ok(attempts) => attempts,
        Err(wrong) => return wrong,
    };
    let one = |attempt: super::Attempt<'_>| {
        let reported = attempt.reported.as_ref().map(|reported| {
            let category = reported.category.unwrap_or("-");
            format!(" ({}: {category})", reported.class)
        });
        format!("{}{}", super::log::told(Found::Attempt(attempt)), reported.unwrap_or_default())
    };
    attempts.into_iter().map(one).collect::<Vec<_>>().join("\n")
}
