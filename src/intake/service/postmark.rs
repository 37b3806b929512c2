//! Postmark's webhooks, told apart by `RecordType`; and its bounces as its interface lists them, which lack that.

use crate::Sender;
use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::{Event, without_type};
use crate::intake::json::Body;
use crate::reply::Kind;
use serde_json::Value;
use std::borrow::Cow;

/// Reads a body.
pub(in crate::intake) fn read(body: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    let record = body.text("RecordType");
    let (logged, kind, address, time) = match record {
        Some("Bounce") => bounce(body),
        Some("Delivery") => (Some(Logged::Sent), None, "Recipient", "DeliveredAt"),
        Some("SpamComplaint") => (None, Some(Kind::Complaint), "Email", "BouncedAt"),
        Some(_) => return Ok(Vec::new()),
        None if body.has("TypeCode") => bounce(body),
        None => return Err("the body has no `RecordType`".to_owned()),
    };
    // Some of its bounces tell nothing but what Postmark says of them.
    let text = ["Details", "Description"].iter().find_map(|name| body.text(name)).unwrap_or_default();
    let event = Event {
        message: body.text("MessageID").map(Cow::Borrowed),
        recipient: body.text(address).map(Cow::Borrowed),
        text: match kind {
            None => Cow::Borrowed(without_type(text.as_bytes())),
            Some(_) => Cow::Borrowed(b""),
        },
        time: body.time(time),
        sender: Sender {
            pool: body.text("MessageStream").map(str::to_owned),
            campaign: body.text("Tag").map(str::to_owned),
            tenant: body.word("ServerID").map(Cow::into_owned),
            ip: None,
        },
        logged,
        kind,
        reported: reported(record, body),
        ..Event::default()
    };
    Ok(vec![event.attempt().into_owned()])
}

/// A bounce by its code: some are none.
fn bounce(body: &Body<'_>) -> (Option<Logged>, Option<Kind>, &'static str, &'static str) {
    let (logged, kind) = match body.value("TypeCode").and_then(Value::as_u64) {
        Some(2) => (Some(Logged::Deferred), None),
        Some(64) => (None, Some(Kind::AutoReply)),
        Some(100_001) => (None, Some(Kind::Complaint)),
        _ => (Some(Logged::Bounced), None),
    };
    (logged, kind, "Email", "BouncedAt")
}

fn reported<'j>(record: Option<&str>, body: &Body<'j>) -> Option<Reported<'j>> {
    let category = match (record, body.value("TypeCode").and_then(Value::as_u64)) {
        (Some("Delivery"), _) => return None,
        (Some("SpamComplaint"), _) | (_, Some(100_001)) => Some("complaint"),
        (_, Some(1 | 100_000)) => Some("hard"),
        (_, Some(2)) => Some("deferred"),
        (_, Some(64)) => Some("auto-reply"),
        (_, Some(256 | 4096)) => Some("soft"),
        (_, Some(512 | 8192 | 100_006 | 100_009)) => Some("block"),
        _ => None,
    };
    let class = body.text("Type").unwrap_or("SpamComplaint");
    Some(Reported { class: Cow::Borrowed(class), category })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::json;
    use crate::intake::service::told;

    #[test]
    fn reads_bodies() {
        let cases = [
            (
                r#"{"RecordType":"Bounce","MessageStream":"outbound","ID":1,"Type":"HardBounce","TypeCode":1,"Tag":"spring","MessageID":"m-1","Details":"smtp;550 5.1.1 no such user","Email":"ann@example.com","BouncedAt":"2026-01-02T04:04:05.1234567+01:00"}"#,
                "ann@example.com bounced - 550 - - | no such user (HardBounce: hard)",
            ),
            (
                r#"{"RecordType":"Bounce","Type":"Transient","TypeCode":2,"Details":"smtp;451 later","Email":"ann@example.com"}"#,
                "ann@example.com deferred - 451 - - | later (Transient: deferred)",
            ),
            (
                r#"{"RecordType":"Bounce","Type":"DnsError","TypeCode":256,"Description":"A temporary DNS error.","Email":"ann@example.com"}"#,
                "ann@example.com bounced 5.0.0 - - - | A temporary DNS error. (DnsError: soft)",
            ),
            (
                r#"{"RecordType":"Bounce","Type":"AutoResponder","TypeCode":64,"Details":"away","Email":"ann@example.com"}"#,
                "ann@example.com - - - - - |  (AutoResponder: auto-reply)",
            ),
            (
                r#"{"RecordType":"SpamComplaint","Type":"SpamComplaint","TypeCode":100001,"Email":"ann@example.com"}"#,
                "ann@example.com - - - - - |  (SpamComplaint: complaint)",
            ),
            (
                r#"{"RecordType":"Delivery","Recipient":"ann@example.com","DeliveredAt":"2026-01-02T03:04:05Z","Details":"smtp;250 2.0.0 Ok"}"#,
                "ann@example.com sent - 250 - - | Ok",
            ),
            (
                r#"{"ID":1,"Type":"Blocked","TypeCode":100006,"Details":"554 spam","Email":"ann@example.com"}"#,
                "ann@example.com bounced - 554 - - | spam (Blocked: block)",
            ),
            (r#"{"RecordType":"Open","Recipient":"ann@example.com"}"#, ""),
            (r#"{"Email":"ann@example.com"}"#, "the body has no `RecordType`"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text, read), expected, "{text}");
        }
        let value = json::object(cases[0].0.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045);
        let Sender { pool, campaign, .. } = attempt.reply.sender;
        assert_eq!([pool, campaign].map(Option::unwrap), ["outbound", "spring"]);
    }
}
