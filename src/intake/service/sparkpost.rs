//! SparkPost's webhooks: a list of objects whose `msys` holds an event.

use crate::Sender;
use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::Event;
use crate::intake::json::Body;
use crate::reply::Kind;
use std::borrow::Cow;

/// The groups of events that tell of deliveries.
const GROUPS: [&str; 3] = ["message_event", "gen_event", "unsubscribe_event"];

/// Reads an object; an empty `msys`, which SparkPost sends to try a webhook, gives nothing.
pub(in crate::intake) fn read(body: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    let Some(msys) = body.at("msys") else { return Err("the object has no `msys`".to_owned()) };
    let Some(event) = GROUPS.iter().find_map(|group| msys.at(group)) else { return Ok(Vec::new()) };
    let class = event.word("bounce_class");
    let (logged, kind) = match event.text("type") {
        Some("delivery") => (Some(Logged::Sent), None),
        Some("delay") => (Some(Logged::Deferred), None),
        // An answer that came by itself is filed among the bounces.
        Some("bounce" | "out_of_band") if class.as_deref() == Some("60") => (None, Some(Kind::AutoReply)),
        Some("bounce" | "out_of_band" | "policy_rejection" | "generation_failure" | "generation_rejection") => {
            (Some(Logged::Bounced), None)
        }
        Some("spam_complaint") => (None, Some(Kind::Complaint)),
        _ => return Ok(Vec::new()),
    };
    let text = match kind {
        None => event.text("raw_reason").or_else(|| event.text("reason")).unwrap_or_default(),
        Some(_) => "",
    };
    let owned = |name: &str| event.word(name).map(Cow::into_owned);
    let parsed = Event {
        message: event.text("message_id").map(Cow::Borrowed),
        recipient: event.text("raw_rcpt_to").or_else(|| event.text("rcpt_to")).map(Cow::Borrowed),
        text: Cow::Borrowed(text.as_bytes()),
        code: event.word("error_code").and_then(|code| code.parse().ok()),
        time: event.time("timestamp"),
        sender: Sender {
            ip: owned("sending_ip"),
            pool: owned("ip_pool"),
            campaign: owned("campaign_id"),
            tenant: owned("subaccount_id").filter(|tenant| tenant != "0"),
        },
        logged,
        kind,
        reported: match kind {
            Some(Kind::Complaint) => Some(Reported {
                class: Cow::Borrowed(event.text("fbtype").unwrap_or("spam_complaint")),
                category: Some("complaint"),
            }),
            _ => class.map(|class| Reported { category: category(&class), class }),
        },
        ..Event::default()
    };
    Ok(vec![parsed.attempt().into_owned()])
}

/// What a class of bounces stands for, of those that stand for one.
fn category(class: &str) -> Option<&'static str> {
    Some(match class {
        "10" | "30" => "hard",
        "20" | "21" | "22" | "24" | "40" | "70" => "soft",
        "50" | "51" | "52" | "53" | "54" => "block",
        "60" => "auto-reply",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::json;
    use crate::intake::service::told;

    fn event(fields: &str) -> String {
        format!("{{\"msys\":{{\"message_event\":{{\"rcpt_to\":\"ann@example.com\",{fields}}}}}}}")
    }

    #[test]
    fn reads_events() {
        let cases = [
            (
                event(
                    r#""type":"bounce","bounce_class":"10","error_code":"550","raw_reason":"550 5.1.1 no such user","timestamp":"1767323045""#,
                ),
                "ann@example.com bounced - 550 - - | no such user (10: hard)",
            ),
            (
                event(
                    r#""type":"delay","bounce_class":22,"error_code":"452","raw_reason":"452 full","raw_rcpt_to":"Ann@example.com""#,
                ),
                "Ann@example.com deferred - 452 - - | full (22: soft)",
            ),
            (event(r#""type":"delivery","queue_time":"12""#), "ann@example.com sent 2.0.0 - - - | "),
            (
                event(
                    r#""type":"policy_rejection","bounce_class":"25","error_code":"550","raw_reason":"550 not allowed""#,
                ),
                "ann@example.com bounced - 550 - - | not allowed (25: -)",
            ),
            (
                event(r#""type":"out_of_band","bounce_class":"60","raw_reason":"away""#),
                "ann@example.com - - - - - |  (60: auto-reply)",
            ),
            (event(r#""type":"spam_complaint","fbtype":"abuse""#), "ann@example.com - - - - - |  (abuse: complaint)"),
            (event(r#""type":"injection""#), ""),
            (r#"{"msys":{"track_event":{"type":"open"}}}"#.to_owned(), ""),
            (r#"{"msys":{}}"#.to_owned(), ""),
            (r#"{"x":{}}"#.to_owned(), "the object has no `msys`"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(&text, read), expected, "{text}");
        }
    }

    #[test]
    fn keeps_the_sender() {
        let text = event(
            r#""type":"bounce","message_id":"m1","sending_ip":"198.51.100.7","ip_pool":"news","campaign_id":"spring","subaccount_id":"7""#,
        );
        let value = json::object(text.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        let Sender { ip, pool, campaign, tenant } = attempt.reply.sender;
        assert_eq!([ip, pool, campaign, tenant].map(Option::unwrap), ["198.51.100.7", "news", "spring", "7"]);
    }
}
