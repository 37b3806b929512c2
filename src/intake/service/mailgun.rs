//! Mailgun's webhooks: an object with `event-data`, or that object alone, as the list of its events gives it.
//!
//! Its codes 498 and 499 (it reached nobody, or lost the connection) and 600 and above (it did not try, since the address had
//! bounced, unsubscribed or complained) are its own, and no reply's.

use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::Event;
use crate::intake::json::Body;
use crate::reply::Kind;
use crate::{ReplyCode, Sender};
use serde_json::Value;
use std::borrow::Cow;

/// Reads a body.
pub(in crate::intake) fn read(body: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    let data = body.at("event-data").unwrap_or(*body);
    let Some(name) = data.text("event") else { return Err("there is no `event` in `event-data`".to_owned()) };
    let permanent = data.text("severity") != Some("temporary");
    let (logged, kind) = match name {
        "delivered" => (Some(Logged::Sent), None),
        "failed" if permanent => (Some(Logged::Bounced), None),
        "failed" => (Some(Logged::Deferred), None),
        "rejected" => (Some(Logged::Bounced), None),
        "complained" => (None, Some(Kind::Complaint)),
        _ => return Ok(Vec::new()),
    };
    let status = data.at("delivery-status");
    let in_status = |name: &str| status.and_then(|status| status.text(name));
    let refused = data.at("reject").and_then(|reject| reject.text("reason"));
    let text = ["message", "description"].iter().find_map(|name| in_status(name)).or(refused).unwrap_or_default();
    let code = status.and_then(|status| status.value("code").and_then(Value::as_u64));
    let headers = data.at("message").and_then(|message| message.at("headers"));
    let envelope = data.at("envelope");
    let campaign = data.list("campaigns").first().and_then(Body::of).and_then(|campaign| campaign.text("name"));
    let parsed = Event {
        message: headers.and_then(|headers| headers.text("message-id")).map(Cow::Borrowed),
        recipient: data.text("recipient").map(Cow::Borrowed),
        text: Cow::Borrowed(text.as_bytes()),
        code: code.and_then(|code| u16::try_from(code).ok()).filter(|code| !is_own(*code)).and_then(ReplyCode::new),
        enhanced: in_status("enhanced-code").and_then(|code| code.parse().ok()),
        host: in_status("mx-host"),
        time: data.time("timestamp"),
        sender: Sender {
            ip: envelope.and_then(|envelope| envelope.text("sending-ip")).map(str::to_owned),
            pool: data.text("ip-pool").map(str::to_owned),
            campaign: campaign.or_else(|| data.first("tags")).map(str::to_owned),
            tenant: data.at("account").and_then(|account| account.text("id")).map(str::to_owned),
        },
        logged,
        kind,
        reported: reported(name, &data, code),
        ..Event::default()
    };
    Ok(vec![parsed.attempt().into_owned()])
}

/// Whether a code is Mailgun's own, and no server's.
fn is_own(code: u16) -> bool {
    matches!(code, 498 | 499) || code >= 600
}

/// The severity and the reason, as one word; its own codes and its type of a bounce say what they stand for.
fn reported<'j>(name: &str, data: &Body<'j>, code: Option<u64>) -> Option<Reported<'j>> {
    let class = match (data.text("severity"), data.text("reason")) {
        _ if name == "complained" => Cow::Borrowed("complained"),
        _ if name == "rejected" => Cow::Borrowed("rejected"),
        (Some(severity), Some(reason)) => Cow::Owned(format!("{severity}/{reason}")),
        (severity, reason) => Cow::Borrowed(severity.or(reason)?),
    };
    let kind = data.at("delivery-status").and_then(|status| status.text("bounce-type"));
    let category = match (data.text("reason"), code, kind) {
        _ if name == "complained" => Some("complaint"),
        _ if name == "rejected" => Some("block"),
        (Some("suppress-complaint"), ..) | (_, Some(607), _) => Some("complaint"),
        (Some("suppress-unsubscribe"), ..) | (_, Some(606), _) => None,
        (Some("suppress-bounce"), ..) | (_, Some(605), _) => Some("hard"),
        (Some("espblock"), ..) => Some("block"),
        (.., Some("hard")) => Some("hard"),
        (.., Some("soft")) => Some("soft"),
        (Some("old"), ..) => Some("soft"),
        _ if data.text("severity") == Some("temporary") => Some("soft"),
        (Some("bounce"), ..) => Some("hard"),
        _ => None,
    };
    (name != "delivered").then_some(Reported { class, category })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::json;
    use crate::intake::service::told;

    fn data(fields: &str) -> String {
        format!("{{\"signature\":{{\"token\":\"x\"}},\"event-data\":{{\"recipient\":\"ann@example.com\",{fields}}}}}")
    }

    #[test]
    fn reads_events() {
        let cases = [
            (
                r#""event":"failed","severity":"permanent","reason":"bounce","timestamp":1767323045.678,"delivery-status":{"code":550,"enhanced-code":"5.1.1","message":"5.1.1 no such user","mx-host":"mx.example.com","bounce-type":"hard"}"#,
                "ann@example.com bounced - 550 mx.example.com - | no such user (permanent/bounce: hard)",
            ),
            (
                r#""event":"failed","severity":"temporary","reason":"generic","delivery-status":{"code":451,"message":"later","mx-host":"mx.example.com"}"#,
                "ann@example.com deferred - 451 mx.example.com - | later (temporary/generic: soft)",
            ),
            (
                r#""event":"failed","severity":"permanent","reason":"suppress-bounce","delivery-status":{"code":605,"message":"","description":"Not delivering to previously bounced address"}"#,
                "ann@example.com bounced 5.0.0 - - - | Not delivering to previously bounced address (permanent/suppress-bounce: hard)",
            ),
            (
                r#""event":"failed","severity":"permanent","reason":"suppress-complaint","delivery-status":{"code":607,"description":"Not delivering to a user who marked your messages as spam"}"#,
                "ann@example.com bounced 5.0.0 - - - | Not delivering to a user who marked your messages as spam (permanent/suppress-complaint: complaint)",
            ),
            (
                r#""event":"failed","severity":"temporary","reason":"generic","delivery-status":{"code":499,"description":"Connection lost"}"#,
                "ann@example.com deferred 4.0.0 - - - | Connection lost (temporary/generic: soft)",
            ),
            (
                r#""event":"failed","severity":"permanent","reason":"generic","delivery-status":{"code":498,"description":"No MX for example.com"}"#,
                "ann@example.com bounced 5.0.0 - - - | No MX for example.com (permanent/generic: -)",
            ),
            (
                r#""event":"delivered","delivery-status":{"code":250,"message":"OK","mx-host":"mx.example.com"}"#,
                "ann@example.com sent - 250 mx.example.com - | OK",
            ),
            (r#""event":"complained""#, "ann@example.com - - - - - |  (complained: complaint)"),
            (
                r#""event":"rejected","reject":{"reason":"Sandbox"}"#,
                "ann@example.com bounced 5.0.0 - - - | Sandbox (rejected: block)",
            ),
            (r#""event":"opened""#, ""),
            (r#""x":1"#, "there is no `event` in `event-data`"),
        ];
        for (fields, expected) in cases {
            assert_eq!(told(&data(fields), read), expected, "{fields}");
        }
    }

    #[test]
    fn keeps_the_sender() {
        let text = data(
            r#""event":"failed","tags":["news"],"campaigns":[{"id":"1","name":"spring"}],"envelope":{"sending-ip":"198.51.100.7"},"message":{"headers":{"message-id":"1@x"}}"#,
        );
        let value = json::object(text.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        assert_eq!(attempt.reply.sender.ip.as_deref(), Some("198.51.100.7"));
        assert_eq!(attempt.reply.sender.campaign.as_deref(), Some("spring"));
        assert_eq!(attempt.message.as_deref(), Some("1@x"));
    }
}
