//! Haraka's outbound log as JSON, as the plugin `outbound-logger` writes it: an event an object.

use crate::intake::attempt::{Attempt, Logged};
use crate::intake::event::Event;
use crate::intake::json::Body;
use std::borrow::Cow;

/// Reads an event; what is none of a delivery gives nothing.
pub(in crate::intake) fn read<'j>(event: &Body<'j>) -> Result<Vec<Attempt<'j>>, String> {
    let logged = match event.text("type") {
        Some("delivered") => Logged::Sent,
        Some("deferred") => Logged::Deferred,
        Some("bounced" | "bounce") => Logged::Bounced,
        Some(_) => return Ok(Vec::new()),
        None => return Err("the event has no `type`".to_owned()),
    };
    // Servers' words first; what Haraka makes of them second.
    let text = ["smtp_response", "dsn_message", "undelivered_reason"].iter().find_map(|name| event.text(name));
    let status = event.word("dsn_status").unwrap_or_default();
    let parsed = Event {
        message: event.text("job_id").map(Cow::Borrowed),
        recipient: event.text("recipient").map(Cow::Borrowed),
        text: Cow::Borrowed(text.unwrap_or_default().as_bytes()),
        code: status.parse().ok(),
        status: status.parse().ok(),
        host: event.text("smtp_host"),
        time: event.time("time"),
        logged: Some(logged),
        ..Event::default()
    };
    Ok(vec![parsed.attempt()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::found::Found;
    use crate::intake::json;
    use crate::intake::log::told;

    #[test]
    fn reads_events() {
        let cases = [
            (
                r#"{"level":"info","time":"2026-01-02T03:04:05.678Z","name":"outbound_logger","type":"delivered","job_id":"A1B2.1.1","smtp_host":"mx.example.com","smtp_ip":"192.0.2.1","smtp_response":"2.0.0 OK 12 - gsmtp","recipient":"ann@example.com"}"#,
                "ann@example.com sent - - mx.example.com - | OK 12 - gsmtp",
            ),
            (
                r#"{"level":"info","type":"bounced","job_id":"A1B2.1.1","recipient":"ann@example.com","dsn_status":550,"dsn_message":"5.1.1 no such user","dsn_action":"failed","undelivered_reason":"550 - no such user"}"#,
                "ann@example.com bounced - 550 - - | no such user",
            ),
            (
                r#"{"level":"info","type":"deferred","job_id":"A1B2.1.1","recipient":"ann@example.com","dsn_status":"4.4.1","undelivered_reason":"Tried all MXs"}"#,
                "ann@example.com deferred 4.4.1 - - - | Tried all MXs",
            ),
            (r#"{"level":"info","type":"started"}"#, ""),
            (r#"{"level":"info"}"#, "the event has no `type`"),
        ];
        for (text, expected) in cases {
            let value = json::object(text.as_bytes()).unwrap();
            let found = read(&Body::of(&value).unwrap());
            let found = found.map_or_else(|wrong| wrong, |attempts| told(Found::Attempts(attempts)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
