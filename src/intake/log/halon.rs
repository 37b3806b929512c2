//! Halon's delivery log as JSON: what its script has after a delivery attempt, nested as it is (`message`, `attempt`,
//! `action`), or laid flat (`result_code`, `result_reason` …), as two of the maker's own modules send it.

use crate::intake::attempt::{Attempt, Logged};
use crate::intake::event::{Event, phase_of_command};
use crate::intake::json::Body;
use crate::{ReplyCode, Sender};
use serde_json::Value;
use std::borrow::Cow;

/// Reads an event; what is none of a delivery gives nothing.
pub(in crate::intake) fn read<'j>(event: &Body<'j>) -> Result<Vec<Attempt<'j>>, String> {
    let parsed = match (event.at("message"), event.at("attempt")) {
        (Some(message), Some(attempt)) => nested(event, &message, &attempt),
        _ if event.has("result_code") || event.has("error_message") => flat(event),
        _ if event.has("type") => return Ok(Vec::new()),
        _ => return Err("neither `attempt` nor `result_code` is there".to_owned()),
    };
    Ok(vec![parsed.attempt()])
}

fn nested<'j>(event: &Body<'j>, message: &Body<'j>, attempt: &Body<'j>) -> Event<'j> {
    let (result, error, connection) = (attempt.at("result"), attempt.at("error"), attempt.at("connection"));
    let code = result.and_then(|result| code(&result, "code"));
    let temporary = error.and_then(|error| error.value("temporary")?.as_bool());
    let address = message.at("recipientaddress");
    let part = |name: &str| address.and_then(|address| address.text(name));
    let recipient = message.text("recipient").map(Cow::Borrowed);
    let id = message.at("id").and_then(|id| id.text("transaction")).or_else(|| message.text("id"));
    let owned = |body: Option<Body<'_>>, name: &str| body.and_then(|body| body.text(name)).map(str::to_owned);
    Event {
        message: id.map(Cow::Borrowed),
        recipient: recipient.or_else(|| address_of(part("localpart"), part("domain"))),
        text: match (result, error) {
            (Some(result), _) => joined(result.list("reason")),
            (None, Some(error)) => Cow::Borrowed(error.text("message").unwrap_or_default().as_bytes()),
            _ => Cow::Borrowed(b""),
        },
        code,
        enhanced: result.and_then(|result| {
            let parts: Option<Vec<String>> =
                result.list("enhanced").iter().map(|part| part.as_u64().map(|part| part.to_string())).collect();
            parts?.join(".").parse().ok()
        }),
        host: connection.and_then(|connection| connection.text("remotemx")),
        phase: result.and_then(|result| phase_of_command(result.text("state")?)),
        time: event.time("time").or_else(|| event.time("ts")),
        sender: Sender {
            ip: owned(connection, "localip"),
            pool: message.text("transportid").map(str::to_owned),
            campaign: message.word("jobid").map(Cow::into_owned),
            tenant: None,
        },
        logged: Some(logged(event.text("action"), code, temporary)),
        ..Event::default()
    }
}

fn flat<'j>(event: &Body<'j>) -> Event<'j> {
    let code = code(event, "result_code");
    let said = event.text("result_reason").or_else(|| event.text("error_message")).unwrap_or_default();
    let logged = match event.text("status") {
        Some("delivered") => Logged::Sent,
        Some("delayed") => Logged::Deferred,
        Some("failed") => Logged::Bounced,
        _ => logged(None, code, event.value("error_temporary").and_then(Value::as_bool)),
    };
    let id = event.text("messageid").map(|id| id.split_once(':').map_or(id, |(transaction, _)| transaction));
    Event {
        message: id.map(Cow::Borrowed),
        recipient: address_of(event.text("recipient_localpart"), event.text("recipient_domain")),
        text: Cow::Borrowed(said.as_bytes()),
        code,
        enhanced: event.text("result_enhanced").and_then(|code| code.parse().ok()),
        host: event.text("connection_remotemx"),
        phase: event.text("result_state").and_then(phase_of_command),
        time: event.time("ts_attempt"),
        sender: Sender {
            ip: event.text("connection_localip").map(str::to_owned),
            campaign: event.word("jobid").map(Cow::into_owned),
            ..Sender::default()
        },
        logged: Some(logged),
        ..Event::default()
    }
}

/// What became of the message: what is done with it says so, else the code.
fn logged(action: Option<&str>, code: Option<ReplyCode>, temporary: Option<bool>) -> Logged {
    let class = code.map(ReplyCode::class);
    match action {
        _ if class == Some(2) => Logged::Sent,
        Some("QUEUE") => Logged::Deferred,
        Some("BOUNCE" | "DELETE") => Logged::Bounced,
        _ if class == Some(5) || temporary == Some(false) => Logged::Bounced,
        _ => Logged::Deferred,
    }
}

fn code(body: &Body<'_>, name: &str) -> Option<ReplyCode> {
    body.word(name)?.parse().ok()
}

fn address_of<'j>(local: Option<&'j str>, domain: Option<&'j str>) -> Option<Cow<'j, str>> {
    Some(Cow::Owned(format!("{}@{}", local?, domain?)))
}

fn joined(lines: &[Value]) -> Cow<'_, [u8]> {
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    Cow::Owned(lines.join("\n").into_bytes())
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
                r#"{"type":"delivery","time":1767323045678,"message":{"id":{"transaction":"18c29b3e","queue":1},"recipient":"ann@example.com","jobid":"spring","transportid":"news"},"attempt":{"connection":{"localip":"198.51.100.7","remotemx":"mx.example.com"},"result":{"code":550,"enhanced":[5,1,1],"reason":["No such user","see help"],"state":"RCPT"}},"action":"BOUNCE"}"#,
                "ann@example.com bounced - 550 mx.example.com rcpt | No such user see help",
            ),
            (
                r#"{"type":"delivery","message":{"id":"18c29b3e","recipientaddress":{"localpart":"ann","domain":"example.com"}},"attempt":{"result":{"code":250,"enhanced":[],"reason":["Ok"],"state":"EOD"}}}"#,
                "ann@example.com sent - 250 - end-of-data | Ok",
            ),
            (
                r#"{"message":{"id":"18c29b3e","recipient":"ann@example.com"},"attempt":{"error":{"temporary":true,"message":"Connection timed out"}},"action":"QUEUE"}"#,
                "ann@example.com deferred 4.0.0 - - - | Connection timed out",
            ),
            (
                r#"{"type":"SMTP","messageid":"18c29b3e:1","ts_attempt":1767323045.5,"status":"delayed","result_code":451,"result_enhanced":"4.7.1","result_reason":"later","result_state":"MAIL","connection_remotemx":"mx.example.com","recipient_localpart":"ann","recipient_domain":"example.com"}"#,
                "ann@example.com deferred - 451 mx.example.com mail | later",
            ),
            (r#"{"type":"queue","recipient":"ann@example.com"}"#, ""),
            (r#"{"x":1}"#, "neither `attempt` nor `result_code` is there"),
        ];
        for (text, expected) in cases {
            let value = json::object(text.as_bytes()).unwrap();
            let found = read(&Body::of(&value).unwrap());
            let found = found.map_or_else(|wrong| wrong, |attempts| told(Found::Attempts(attempts)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
