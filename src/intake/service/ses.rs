//! Amazon SES: notifications and events, bare, in the envelopes of SNS (whose `Message` is a string that holds the event)
//! and in those of EventBridge (whose `detail` is the event).

use crate::Sender;
use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::{Event, without_type};
use crate::intake::json::{self, Body};
use crate::reply::Kind;
use serde_json::Value;
use std::borrow::Cow;

/// The most recipients of an event: SES takes 50 a message.
const RECIPIENTS: usize = 100;

/// Reads a body.
pub(in crate::intake) fn read(body: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    if let Some(event) = body.at("detail") {
        return attempts(&event);
    }
    match body.text("Type") {
        None => attempts(body),
        Some("Notification") => {
            let message = body.text("Message").ok_or("the envelope has no `Message`")?;
            let event = json::object(message.as_bytes()).map_err(|wrong| format!("`Message` is {wrong}"))?;
            Body::of(&event).map_or(Ok(Vec::new()), |event| attempts(&event))
        }
        // A subscription begins or ends.
        Some(_) => Ok(Vec::new()),
    }
}

fn attempts(event: &Body<'_>) -> Result<Vec<Attempt<'static>>, String> {
    let kind = event.text("eventType").or_else(|| event.text("notificationType"));
    let kind = kind.ok_or("neither `eventType` nor `notificationType` is there")?;
    let mail = event.at("mail");
    let tags = mail.and_then(|mail| mail.at("tags"));
    let tag = |name: &str| tags.and_then(|tags| tags.first(name)).map(str::to_owned);
    let common = Event {
        message: mail.and_then(|mail| mail.text("messageId")).map(Cow::Borrowed),
        sender: Sender {
            ip: tag("ses:outgoing-ip"),
            pool: tag("ses:configuration-set"),
            campaign: tag("campaign").or_else(|| tag("campaign_id")),
            tenant: tag("ses:tenant-name").or_else(|| tag("tenant")),
        },
        ..Event::default()
    };
    let (part, recipients) = match kind {
        "Bounce" => ("bounce", "bouncedRecipients"),
        "Complaint" => ("complaint", "complainedRecipients"),
        "Delivery" => ("delivery", "recipients"),
        "DeliveryDelay" => ("deliveryDelay", "delayedRecipients"),
        "Reject" => ("reject", ""),
        _ => return Ok(Vec::new()),
    };
    let part = event.at(part).ok_or_else(|| format!("the event is a `{kind}` without `{part}`"))?;
    let common = Event {
        time: part.time("timestamp").or_else(|| mail.and_then(|mail| mail.time("timestamp"))),
        text: Cow::Borrowed(part.text("smtpResponse").or_else(|| part.text("reason")).unwrap_or_default().as_bytes()),
        logged: match kind {
            "Bounce" | "Reject" => Some(Logged::Bounced),
            "Delivery" => Some(Logged::Sent),
            "DeliveryDelay" => Some(Logged::Deferred),
            _ => None,
        },
        kind: (kind == "Complaint").then_some(Kind::Complaint),
        reported: reported(kind, &part),
        ..common
    };
    let recipients = match kind {
        "Reject" => mail.map_or(&[][..], |mail| mail.list("destination")),
        _ => part.list(recipients),
    };
    if recipients.is_empty() {
        return Err(format!("the event is a `{kind}` without recipients"));
    }
    Ok(recipients.iter().take(RECIPIENTS).map(|recipient| attempt(recipient, &common)).collect())
}

/// What is known of a recipient: an address, or an object with what its server said.
fn attempt(recipient: &Value, common: &Event<'_>) -> Attempt<'static> {
    let fields = Body::of(recipient);
    let text = |name: &str| fields.and_then(|fields| fields.text(name));
    let mut event =
        Event { recipient: text("emailAddress").or(recipient.as_str()).map(Cow::Borrowed), ..common.clone() };
    event.status = text("status").and_then(|status| status.trim().parse().ok());
    if let Some(said) = text("diagnosticCode") {
        event.text = Cow::Borrowed(without_type(said.as_bytes()));
    }
    event.attempt().into_owned()
}

/// The type and the subtype, as one word, and the category that they stand for.
fn reported<'j>(kind: &str, part: &Body<'j>) -> Option<Reported<'j>> {
    let (class, category) = match kind {
        "Bounce" => {
            let (of, sub) = (part.text("bounceType")?, part.text("bounceSubType").unwrap_or("General"));
            let category = match (of, sub) {
                (_, "ContentRejected" | "AttachmentRejected" | "MessageTooLarge") => Some("block"),
                ("Permanent", _) => Some("hard"),
                ("Transient", _) => Some("soft"),
                _ => None,
            };
            (Cow::Owned(format!("{of}/{sub}")), category)
        }
        "Complaint" => {
            let class = part.text("complaintSubType").or_else(|| part.text("complaintFeedbackType"));
            (Cow::Borrowed(class.unwrap_or("complaint")), Some("complaint"))
        }
        "DeliveryDelay" => {
            let of = part.text("delayType")?;
            let category = match of {
                "SpamDetected" | "IPFailure" => "block",
                _ => "deferred",
            };
            (Cow::Borrowed(of), Some(category))
        }
        "Reject" => (Cow::Borrowed("Reject"), Some("block")),
        _ => return None,
    };
    Some(Reported { class, category })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::service::told;

    const BOUNCE: &str = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"Ann <ann@example.com>","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 no such user"},{"emailAddress":"bob@example.com"}],"timestamp":"2026-01-02T03:04:05.678Z","reportingMTA":"dns; a8-1.smtp-out.example"},"mail":{"messageId":"0100-1","destination":["ann@example.com"],"tags":{"ses:configuration-set":["main"],"campaign":["spring"],"ses:outgoing-ip":["198.51.100.7"]}}}"#;

    #[test]
    fn reads_events() {
        let two = "ann@example.com bounced 5.1.1 550 - - | no such user (Permanent/General: hard)\nbob@example.com bounced 5.0.0 - - - |  (Permanent/General: hard)";
        let envelope = serde_json::json!({"Type": "Notification", "TopicArn": "arn:x", "Message": BOUNCE}).to_string();
        let bridge = format!("{{\"detail-type\":\"Email Bounced\",\"source\":\"aws.ses\",\"detail\":{BOUNCE}}}");
        let cases = [
            (BOUNCE, two),
            (&envelope, two),
            (&bridge, two),
            (
                r#"{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"ann@example.com"}],"complaintFeedbackType":"abuse","timestamp":"2026-01-02T03:04:05Z"},"mail":{"messageId":"0100-1"}}"#,
                "ann@example.com - - - - - |  (abuse: complaint)",
            ),
            (
                r#"{"eventType":"Delivery","delivery":{"recipients":["ann@example.com"],"smtpResponse":"250 2.0.0 Ok","remoteMtaIp":"192.0.2.1"},"mail":{"messageId":"0100-1"}}"#,
                "ann@example.com sent - 250 - - | Ok",
            ),
            (
                r#"{"eventType":"DeliveryDelay","deliveryDelay":{"delayType":"MailboxFull","delayedRecipients":[{"emailAddress":"ann@example.com","status":"4.2.2","diagnosticCode":"smtp; 452 4.2.2 full"}]},"mail":{"messageId":"0100-1"}}"#,
                "ann@example.com deferred 4.2.2 452 - - | full (MailboxFull: deferred)",
            ),
            (
                r#"{"eventType":"Reject","reject":{"reason":"Bad content"},"mail":{"messageId":"0100-1","destination":["ann@example.com"]}}"#,
                "ann@example.com bounced 5.0.0 - - - | Bad content (Reject: block)",
            ),
            (
                r#"{"notificationType":"Bounce","bounce":{"bounceType":"Undetermined","bounceSubType":"Undetermined","bouncedRecipients":[{"emailAddress":"ann@example.com"}]}}"#,
                "ann@example.com bounced 5.0.0 - - - |  (Undetermined/Undetermined: -)",
            ),
            (r#"{"eventType":"Open","open":{},"mail":{}}"#, ""),
            (r#"{"Type":"SubscriptionConfirmation","TopicArn":"arn:x","Message":"x"}"#, ""),
            (r#"{"Type":"Notification"}"#, "the envelope has no `Message`"),
            (
                r#"{"Type":"Notification","Message":"hello"}"#,
                "`Message` is not a JSON object: expected value at column 1",
            ),
            (r#"{"mail":{}}"#, "neither `eventType` nor `notificationType` is there"),
            (r#"{"eventType":"Bounce","mail":{}}"#, "the event is a `Bounce` without `bounce`"),
            (r#"{"eventType":"Bounce","bounce":{}}"#, "the event is a `Bounce` without recipients"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text, read), expected, "{text}");
        }
    }

    #[test]
    fn keeps_the_sender() {
        let value = json::object(BOUNCE.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        let Sender { ip, pool, campaign, .. } = attempt.reply.sender;
        assert_eq!([ip, pool, campaign].map(Option::unwrap), ["198.51.100.7", "main", "spring"]);
        assert_eq!(attempt.message.as_deref(), Some("0100-1"));
        assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045);
    }
}
