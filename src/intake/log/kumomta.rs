//! KumoMTA's log: a record a line, as JSON.

use crate::intake::attempt::{Attempt, Logged, Reported};
use crate::intake::event::{Event, phase_of_command};
use crate::intake::json::Body;
use crate::reply::Kind;
use crate::{EnhancedCode, ReplyCode, Sender};
use serde_json::Value;
use std::borrow::Cow;

/// The most recipients that are read from a record.
const RECIPIENTS: usize = 1000;

/// Reads a record; those that tell of no recipient's fate give none.
pub(in crate::intake) fn read<'j>(record: &Body<'j>) -> Result<Vec<Attempt<'j>>, String> {
    let Some(kind) = record.text("type") else { return Err("the record has no `type`".to_owned()) };
    let (logged, kind) = match kind {
        "Delivery" => (Some(Logged::Sent), None),
        "TransientFailure" | "Delayed" => (Some(Logged::Deferred), None),
        "Bounce" | "OOB" | "AdminBounce" => (Some(Logged::Bounced), None),
        "Expiration" => (Some(Logged::Expired), None),
        "Feedback" => (None, Some(Kind::Complaint)),
        _ => return Ok(Vec::new()),
    };
    let feedback = record.at("feedback_report");
    let recipients: Vec<&str> = match feedback.filter(|_| kind.is_some()) {
        Some(report) if report.has("original_rcpt_to") => texts(report.list("original_rcpt_to")),
        _ => texts(record.list("recipient")),
    };
    let response = record.at("response");
    let enhanced = response.and_then(|response| response.at("enhanced_code"));
    let (campaign, tenant) = queue(record.text("queue").unwrap_or_default());
    let meta = |name: &str| record.at("meta").and_then(|meta| meta.text(name)).map(str::to_owned);
    let event = Event {
        message: record.text("id").map(Cow::Borrowed),
        text: Cow::Borrowed(response.and_then(|response| response.text("content")).unwrap_or_default().as_bytes()),
        code: response.and_then(|response| number(&response, "code")).and_then(ReplyCode::new),
        enhanced: enhanced.and_then(|code| {
            let [class, subject, detail] = ["class", "subject", "detail"].map(|part| number(&code, part));
            EnhancedCode::new(u8::try_from(class?).ok()?, subject?, detail?)
        }),
        host: record.at("peer_address").and_then(|peer| peer.text("name")),
        phase: response.and_then(|response| phase_of_command(response.text("command")?)),
        time: record.time("event_time").or_else(|| record.time("timestamp")),
        sender: Sender {
            ip: record.at("source_address").and_then(|source| source.text("address")).map(without_port),
            pool: record.text("egress_pool").map(str::to_owned),
            campaign: meta("campaign").or(campaign),
            tenant: meta("tenant").or(tenant),
        },
        logged,
        kind,
        reported: match kind {
            Some(_) => {
                let class = feedback.and_then(|report| report.text("feedback_type")).unwrap_or("feedback");
                Some(Reported { class: Cow::Borrowed(class), category: Some("complaint") })
            }
            None => record.word("bounce_classification").and_then(reported),
        },
        ..Event::default()
    };
    if recipients.is_empty() {
        return Ok(vec![event.attempt()]);
    }
    let each = |recipient: &&'j str| Event { recipient: Some(Cow::Borrowed(recipient)), ..event.clone() }.attempt();
    Ok(recipients.iter().take(RECIPIENTS).map(each).collect())
}

fn texts(values: &[Value]) -> Vec<&str> {
    values.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect()
}

fn number(body: &Body<'_>, name: &str) -> Option<u16> {
    u16::try_from(body.value(name)?.as_u64()?).ok()
}

/// `campaign:tenant@domain!routing`: the first two, where they stand there.
fn queue(name: &str) -> (Option<String>, Option<String>) {
    let Some((before, _)) = name.split_once('@') else { return (None, None) };
    let (campaign, tenant) =
        before.split_once(':').map_or((None, before), |(campaign, tenant)| (Some(campaign), tenant));
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (campaign.and_then(some), some(tenant))
}

fn without_port(address: &str) -> String {
    let inner = address.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    // More colons than one are those of an address of IPv6.
    let plain = || address.rsplit_once(':').filter(|(ip, _)| !ip.contains(':')).map(|(ip, _)| ip);
    inner.or_else(plain).unwrap_or(address).to_owned()
}

/// The class, where one was found, and the category of those that stand for one.
fn reported(class: Cow<'_, str>) -> Option<Reported<'_>> {
    let category = match &*class {
        "Uncategorized" => return None,
        "InvalidRecipient" | "BadDomain" | "InactiveMailbox" => Some("hard"),
        "QuotaIssues" | "MessageExpired" | "NoAnswerFromHost" | "DNSFailure" | "BadConnection" | "TransientFailure" => {
            Some("soft")
        }
        "SpamBlock"
        | "SpamContent"
        | "SpamRelated"
        | "PolicyRelated"
        | "VirusRelated"
        | "ContentRelated"
        | "ProhibitedAttachment"
        | "InvalidSender"
        | "AuthenticationFailed" => Some("block"),
        _ => None,
    };
    Some(Reported { class, category })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::found::Found;
    use crate::intake::json;
    use crate::intake::log::told;

    fn record(text: &str) -> String {
        let value = json::object(text.as_bytes()).unwrap();
        read(&Body::of(&value).unwrap()).map_or_else(|wrong| wrong, |attempts| told(Found::Attempts(attempts)))
    }

    #[test]
    fn reads_records() {
        let cases = [
            (
                r#"{"type":"Delivery","id":"ab","sender":"me@example.org","recipient":"ann@example.com","queue":"spring:acme@example.com","response":{"code":250,"enhanced_code":{"class":2,"subject":0,"detail":0},"content":"OK ids=1","command":"."},"peer_address":{"name":"mx.example.com.","addr":"192.0.2.1"},"timestamp":1767323045,"num_attempts":1}"#,
                "ann@example.com sent - 250 mx.example.com end-of-data | OK ids=1",
            ),
            (
                r#"{"type":"Bounce","id":"ab","recipient":["ann@example.com","bob@example.com"],"response":{"code":550,"enhanced_code":{"class":5,"subject":1,"detail":1},"content":"no such user","command":"RCPT TO:<ann@example.com>"},"peer_address":{"name":"mx.example.com","addr":"192.0.2.1"},"bounce_classification":"InvalidRecipient"}"#,
                "ann@example.com bounced - 550 mx.example.com rcpt | no such user\nbob@example.com bounced - 550 mx.example.com rcpt | no such user",
            ),
            (
                r#"{"type":"TransientFailure","id":"ab","recipient":"ann@example.com","response":{"code":451,"enhanced_code":null,"content":"later","command":null},"peer_address":null}"#,
                "ann@example.com deferred - 451 - - | later",
            ),
            (
                r#"{"type":"Expiration","id":"ab","recipient":"ann@example.com","response":{"code":551,"enhanced_code":{"class":5,"subject":4,"detail":7},"content":"Next delivery time would be too late"}}"#,
                "ann@example.com expired - 551 - - | Next delivery time would be too late",
            ),
            (
                r#"{"type":"Feedback","id":"ab","recipient":"fbl@example.org","feedback_report":{"feedback_type":"abuse","original_rcpt_to":["ann@example.com"]}}"#,
                "ann@example.com - - - - - | ",
            ),
            (r#"{"type":"Reception","recipient":"ann@example.com","response":{"code":250,"content":""}}"#, ""),
            (r#"{"recipient":"ann@example.com"}"#, "the record has no `type`"),
        ];
        for (text, expected) in cases {
            assert_eq!(record(text), expected, "{text}");
        }
    }

    #[test]
    fn keeps_the_sender_and_the_class() {
        let text = r#"{"type":"Bounce","id":"ab","recipient":"ann@example.com","queue":"spring:acme@example.com!mx.example.com","egress_pool":"news","egress_source":"news1","source_address":{"address":"198.51.100.7:4001"},"response":{"code":554,"content":"spam"},"bounce_classification":"SpamBlock","timestamp":1767323045.5}"#;
        let value = json::object(text.as_bytes()).unwrap();
        let attempt = read(&Body::of(&value).unwrap()).unwrap().remove(0);
        let Sender { ip, pool, campaign, tenant } = attempt.reply.sender;
        assert_eq!([ip, pool, campaign, tenant].map(Option::unwrap), ["198.51.100.7", "news", "spring", "acme"]);
        let reported = attempt.reported.unwrap();
        assert_eq!((&*reported.class, reported.category), ("SpamBlock", Some("block")));
        assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045);
    }

    #[test]
    fn reads_queues_and_addresses() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(queue("spring:acme@example.com"), (some("spring"), some("acme")));
        assert_eq!(queue("acme@example.com"), (None, some("acme")));
        assert_eq!(queue("example.com"), (None, None));
        for (address, ip) in
            [("192.0.2.1:25", "192.0.2.1"), ("[2001:db8::1]:25", "2001:db8::1"), ("2001:db8::1", "2001:db8::1")]
        {
            assert_eq!(without_port(address), ip);
        }
    }
}
