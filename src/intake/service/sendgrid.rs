//! SendGrid's event webhook: a list of events, each about one recipient.

use crate::Sender;
use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::{Event, leading_status};
use crate::intake::json::Body;
use crate::reply::Kind;
use std::borrow::Cow;

/// Reads an event.
pub(in crate::intake) fn read(event: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    let Some(name) = event.text("event") else { return Err("the event has no `event`".to_owned()) };
    let (logged, kind) = match name {
        "delivered" => (Some(Logged::Sent), None),
        "deferred" => (Some(Logged::Deferred), None),
        "bounce" | "blocked" | "dropped" => (Some(Logged::Bounced), None),
        "spamreport" => (None, Some(Kind::Complaint)),
        _ => return Ok(Vec::new()),
    };
    let text = event.text("reason").or_else(|| event.text("response")).unwrap_or_default();
    let pool = event.at("pool").and_then(|pool| pool.text("name"));
    let campaign = ["marketing_campaign_id", "singlesend_id"].iter().find_map(|name| event.word(name));
    let parsed = Event {
        message: event.text("sg_message_id").or_else(|| event.text("smtp-id")).map(Cow::Borrowed),
        recipient: event.text("email").map(Cow::Borrowed),
        text: Cow::Borrowed(text.as_bytes()),
        // A status of a bounce is the server's own; of a drop it is SendGrid's.
        status: event.text("status").and_then(|status| leading_status(status.as_bytes())),
        time: event.time("timestamp"),
        sender: Sender {
            ip: event.text("ip").filter(|_| kind.is_none()).map(str::to_owned),
            pool: pool.map(str::to_owned),
            campaign: campaign.or_else(|| event.first("category").map(Cow::Borrowed)).map(Cow::into_owned),
            tenant: event.word("subuser").map(Cow::into_owned),
        },
        logged,
        kind,
        reported: reported(name, event),
        ..Event::default()
    };
    Ok(vec![parsed.attempt().into_owned()])
}

/// The class, where there is one, else the type, else the event.
fn reported<'j>(name: &'j str, event: &Body<'j>) -> Option<Reported<'j>> {
    let told =
        |class: &'j str, category: Option<&'static str>| Some(Reported { class: Cow::Borrowed(class), category });
    match name {
        "delivered" => None,
        "deferred" => told(event.text("bounce_classification").unwrap_or(name), Some("deferred")),
        "spamreport" => told(name, Some("complaint")),
        "dropped" => {
            let class = event.text("reason").unwrap_or(name);
            let starts = |start: &str| class.to_ascii_lowercase().starts_with(start);
            let category = match () {
                () if starts("bounced address") || starts("invalid") => Some("hard"),
                () if starts("spam reporting address") => Some("complaint"),
                () if starts("spam content") => Some("block"),
                () => None,
            };
            told(class, category)
        }
        _ => {
            let blocked = name == "blocked" || event.text("type") == Some("blocked");
            let class = event.text("bounce_classification").filter(|class| *class != "Unclassified");
            let category = match class {
                Some("Invalid Address") => "hard",
                Some("Mailbox Unavailable" | "Technical") => "soft",
                Some("Frequency or Volume Too High" | "Frequency/Volume") => "deferred",
                Some("Content" | "Reputation") => "block",
                _ if blocked => "block",
                _ => "hard",
            };
            told(class.unwrap_or(if blocked { "blocked" } else { "bounce" }), Some(category))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::json;
    use crate::intake::service::told;

    #[test]
    fn reads_events() {
        let cases = [
            (
                r#"{"email":"ann@example.com","timestamp":1767323045,"smtp-id":"<1@x>","event":"bounce","category":["news"],"sg_event_id":"e","sg_message_id":"m.1","reason":"550 5.1.1 no such user","status":"5.1.1","type":"bounce","bounce_classification":"Invalid Address"}"#,
                "ann@example.com bounced 5.1.1 550 - - | no such user (Invalid Address: hard)",
            ),
            (
                r#"{"email":"ann@example.com","event":"bounce","sg_event_id":"e","reason":"554 spam","type":"blocked"}"#,
                "ann@example.com bounced - 554 - - | spam (blocked: block)",
            ),
            (
                r#"{"email":"ann@example.com","event":"blocked","sg_event_id":"e","reason":"554 spam","bounce_classification":"Unclassified"}"#,
                "ann@example.com bounced - 554 - - | spam (blocked: block)",
            ),
            (
                r#"{"email":"ann@example.com","event":"deferred","sg_event_id":"e","response":"450 4.2.1 later","attempt":"5"}"#,
                "ann@example.com deferred - 450 - - | later (deferred: deferred)",
            ),
            (
                r#"{"email":"ann@example.com","event":"dropped","sg_event_id":"e","reason":"Bounced Address","status":"5.0.0"}"#,
                "ann@example.com bounced 5.0.0 - - - | Bounced Address (Bounced Address: hard)",
            ),
            (
                r#"{"email":"ann@example.com","event":"dropped","sg_event_id":"e","reason":"Unsubscribed Address"}"#,
                "ann@example.com bounced 5.0.0 - - - | Unsubscribed Address (Unsubscribed Address: -)",
            ),
            (
                r#"{"email":"ann@example.com","event":"delivered","sg_event_id":"e","response":"250 OK"}"#,
                "ann@example.com sent - 250 - - | OK",
            ),
            (
                r#"{"email":"ann@example.com","event":"spamreport","sg_event_id":"e"}"#,
                "ann@example.com - - - - - |  (spamreport: complaint)",
            ),
            (r#"{"email":"ann@example.com","event":"open","sg_event_id":"e"}"#, ""),
            (r#"{"email":"ann@example.com"}"#, "the event has no `event`"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text, read), expected, "{text}");
        }
    }

    #[test]
    fn keeps_the_sender() {
        let text = r#"{"email":"ann@example.com","event":"bounce","sg_event_id":"e","sg_message_id":"m.1","reason":"550 no","ip":"198.51.100.7","pool":{"name":"news","id":1},"category":"spring","timestamp":1767323045}"#;
        let value = json::object(text.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        let Sender { ip, pool, campaign, .. } = attempt.reply.sender;
        assert_eq!([ip, pool, campaign].map(Option::unwrap), ["198.51.100.7", "news", "spring"]);
        assert_eq!(attempt.message.as_deref(), Some("m.1"));
    }
}
