//! A JSON object on each line: a reply and what its caller knows around it.

use super::attempt::{Attempt, domain_of};
use super::fields::{Fields, Given, Part, kind};
use super::found::Found;
use super::json;
use super::wrapper::{Unwrapped, unwrap};
use crate::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Sender, Time};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

pub use super::fields::JsonReply;

/// Reads a line; an empty one is nothing.
pub(super) fn read(line: &[u8]) -> Found<'_> {
    match read_json_line(line) {
        None => Found::Nothing,
        Some(attempt) => attempt.map_or_else(Found::Wrong, Found::Attempt),
    }
}

/// A line of JSON Lines: an attempt, or what keeps it from being one; nothing where it is empty.
pub fn read_json_line(line: &[u8]) -> Option<Result<Attempt<'_>, String>> {
    let is_empty = line.trim_ascii().is_empty();
    (!is_empty).then(|| match String::from_utf8_lossy(line) {
        Cow::Borrowed(text) => json::read::<JsonReply<'_>>(text)?.attempt(),
        Cow::Owned(text) => json::read::<JsonReply<'_>>(&text)?.attempt().map(Attempt::into_owned),
    })
}

/// An object as JSON Lines have it.
///
/// # Errors
/// What keeps it from being an attempt.
pub fn from_json(value: &Value) -> Result<Attempt<'static>, String> {
    let object = JsonReply::deserialize(value).map_err(|error| error.to_string())?;
    object.attempt().map(Attempt::into_owned)
}

impl<'j> JsonReply<'j> {
    /// What is known of the attempt.
    ///
    /// # Errors
    /// What keeps it from being one.
    pub fn attempt(self) -> Result<Attempt<'j>, String> {
        attempt(self.fields().ok_or("not a JSON object")?)
    }
}

fn attempt(fields: Fields<'_>) -> Result<Attempt<'_>, String> {
    let code = fields.code.value().map(code).transpose()?;
    let enhanced = enhanced(&fields.enhanced, "enhanced")?;
    let status = self::enhanced(&fields.status, "status")?;
    let sender = sender(&fields)?;
    let phase = phase(&fields.phase)?;
    let host = fields.host.text("host")?.and_then(|host| HostName::parse(host).ok());
    let domain = fields.domain.text("domain")?.and_then(|domain| HostName::parse(domain).ok());
    let time = fields.time.value().map(time).transpose()?;
    let Fields { text, source, message, recipient, .. } = fields;
    let text = text.into_text("text")?;
    if code.is_none() && enhanced.is_none() && status.is_none() && text.is_none() {
        return Err("none of `text`, `code`, `enhanced` and `status` is there".to_owned());
    }
    let recipient = recipient.into_text("recipient")?;
    let (inner, via) = match text {
        Some(Cow::Borrowed(text)) => taken(unwrap(text.as_bytes())),
        Some(Cow::Owned(text)) => {
            let (inner, via) = taken(unwrap(text.as_bytes()));
            (inner, via.map(|via| Cow::Owned(via.into_owned())))
        }
        None => taken(unwrap(b"")),
    };
    // The first code of `220-mx.example.com 421 4.2.1 Try later` is a greeting's, and no delivery.
    let is_refused = inner.code.is_some_and(|code| code.class() > 3);
    let code = code.filter(|code| code.class() > 3 || !is_refused);
    // What the caller states wins over what the text says. In a wrapped text, though, the caller's
    // values are mostly those of the outer reply: there the innermost reply's own win, and an
    // enhanced code stated beside another reply code does not belong to it.
    let reply = if via.is_some() {
        let same = inner.code.is_none() || code.is_none() || inner.code == code;
        Reply {
            code: inner.code.or(code),
            enhanced: inner.enhanced.or(enhanced.filter(|_| same)),
            host: inner.host.or(host),
            phase: inner.phase.or(phase),
            ..Reply::default()
        }
    } else {
        Reply {
            code: code.or(inner.code),
            enhanced: enhanced.or(inner.enhanced),
            host: host.or(inner.host),
            phase: phase.or(inner.phase),
            ..Reply::default()
        }
    };
    Ok(Attempt {
        source: source.into_text("source")?.unwrap_or_default(),
        message: message.into_text("message")?,
        reply: Reply {
            status,
            text: inner.text,
            domain: domain.or_else(|| domain_of(recipient.as_deref()?.as_bytes())),
            time,
            sender,
            ..reply
        },
        recipient,
        via,
        ..Attempt::default()
    })
}

fn taken(unwrapped: Unwrapped<'_>) -> (Reply, Option<Cow<'_, str>>) {
    (unwrapped.reply, unwrapped.via)
}

fn enhanced(part: &Part<'_>, name: &str) -> Result<Option<EnhancedCode>, String> {
    let parse = |text: &str| {
        text.trim().parse().map_err(|_| format!("`{name}` is `{text}`, not an enhanced code such as 5.1.1"))
    };
    part.text(name)?.map(parse).transpose()
}

fn phase(part: &Part<'_>) -> Result<Option<Phase>, String> {
    let parse = |text: &str| {
        let known = || Phase::ALL.map(Phase::as_str).join(", ");
        text.trim().to_ascii_lowercase().parse().map_err(|()| format!("`phase` is `{text}`, none of {}", known()))
    };
    part.text("phase")?.map(parse).transpose()
}

/// The sender's side: in an object of its own, or beside the rest, which comes first.
fn sender(fields: &Fields<'_>) -> Result<Sender, String> {
    let own = match fields.sender.value() {
        None => None,
        Some(Given::Value(Value::Object(own))) => Some(own),
        Some(other) => return Err(format!("`sender` is {}, not an object", kind(other))),
    };
    let part = |beside: &Part<'_>, name: &str| -> Result<Option<String>, String> {
        let text = beside.text(name)?.map(str::to_owned);
        let value = own.and_then(|own| own.get(name)).filter(|value| !value.is_null());
        match value {
            None => Ok(text),
            Some(Value::String(own)) => Ok(text.or_else(|| Some(own.clone()))),
            Some(other) => Err(format!("`sender.{name}` is {}, not a string", kind(Given::Value(other)))),
        }
    };
    Ok(Sender {
        ip: part(&fields.ip, "ip")?,
        pool: part(&fields.pool, "pool")?,
        campaign: part(&fields.campaign, "campaign")?,
        tenant: part(&fields.tenant, "tenant")?,
    })
}

fn code(given: Given<'_>) -> Result<ReplyCode, String> {
    let code = match given {
        Given::Value(Value::Number(number)) => {
            // Some write every number with a point.
            let whole = || number.as_f64().filter(|code| code.fract() == 0.0).map(|code| code as u64);
            number.as_u64().or_else(whole).and_then(|code| ReplyCode::new(u16::try_from(code).ok()?))
        }
        Given::Text(text) => text.trim().parse().ok(),
        other => return Err(format!("`code` is {}, not a number or a string", kind(other))),
    };
    code.ok_or_else(|| format!("`code` is {given}, not a reply code from 200 to 599"))
}

fn time(given: Given<'_>) -> Result<Time, String> {
    let time = match given {
        Given::Value(Value::Number(number)) => number.as_f64().and_then(whole_seconds).map(Time::from_unix),
        Given::Text(text) => text.trim().parse().ok(),
        other => return Err(format!("`time` is {}, not a string or a number", kind(other))),
    };
    time.ok_or_else(|| format!("`time` is {given}, neither RFC 3339 nor seconds since 1970"))
}

/// Seconds without their fraction, if they lie in a year that every clock could show; milliseconds do not.
fn whole_seconds(seconds: f64) -> Option<i64> {
    (seconds.abs() < 6e10).then_some(seconds.floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        let attempt = match read(line.as_bytes()) {
            Found::Attempt(attempt) => attempt,
            Found::Wrong(message) => return message,
            other => return format!("{other:?}"),
        };
        let reply = attempt.reply;
        let or = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
        let codes = [reply.code.map(|c| c.to_string()), reply.enhanced.map(|c| c.to_string())];
        let [code, enhanced] = codes.map(or);
        let names = [reply.host.map(|h| h.to_string()), reply.domain.map(|h| h.to_string())];
        let [host, domain] = names.map(or);
        let phase = or(reply.phase.map(|p| p.to_string()));
        format!("{code} {enhanced} {host} {domain} {phase} | {}", String::from_utf8_lossy(&reply.text))
    }

    #[test]
    fn reads_replies() {
        let cases = [
            (r#"{"text":"550 5.1.1 gone"}"#, "550 5.1.1 - - - | gone"),
            (r#"{"code":550,"text":"gone"}"#, "550 - - - - | gone"),
            (r#"{"code":550.0,"text":"gone"}"#, "550 - - - - | gone"),
            (r#"{"code":"550","enhanced":"5.1.1","text":"550 5.1.1 gone"}"#, "550 5.1.1 - - - | gone"),
            (r#"{"code":null,"enhanced":null,"host":null,"text":"gone","label":[1]}"#, "- - - - - | gone"),
            (r#"{"code":421,"host":"mx.example.com","phase":"RCPT"}"#, "421 - mx.example.com - rcpt | "),
            (r#"{"text":"no","host":"google"}"#, "- - - - - | no"),
            (r#"{"text":"no","recipient":"a@example.com"}"#, "- - - example.com - | no"),
            (r#"{"text":"no","recipient":"a@example.com","domain":"example.net"}"#, "- - - example.net - | no"),
            (r#"{"text":"550-a\r\n550 b"}"#, "550 - - - - | a b"),
            // What is stated wins over the text …
            (r#"{"code":450,"enhanced":"4.7.1","text":"550 5.1.1 gone"}"#, "450 4.7.1 - - - | gone"),
            (
                r#"{"host":"mx.example.com","phase":"data","text":"connect to mx.example.net[192.0.2.1]:25: Connection refused"}"#,
                "- - mx.example.com - data | connect to mx.example.net[192.0.2.1]:25: Connection refused",
            ),
            // … unless the text is wrapped.
            (
                r#"{"code":550,"enhanced":"5.1.1","host":"mx.example.com","phase":"data","text":"550 5.1.1 undeliverable address: host mda.example.net[192.0.2.1] said: 552 full (in reply to RCPT TO command)"}"#,
                "552 - mda.example.net - rcpt | full",
            ),
            (
                r#"{"code":550,"enhanced":"5.1.1","host":"mx.example.com","text":"Remote host said: 550 gone"}"#,
                "550 5.1.1 mx.example.com - - | gone",
            ),
            (r#"{"code":220,"text":"220-mx.example.com 421 4.2.1 later"}"#, "421 4.2.1 - - - | later"),
            (r#"{"code":250,"text":"250 2.0.0 queued as 554"}"#, "250 2.0.0 - - - | queued as 554"),
            (r#"{"code":550,"text":"The response was: gone"}"#, "550 - - - - | gone"),
        ];
        for (line, expected) in cases {
            assert_eq!(told(line), expected, "{line}");
        }
    }

    #[test]
    fn complains_about_what_is_wrong() {
        let cases = [
            ("", "Nothing"),
            ("[]", "not a JSON object"),
            ("{}", "none of `text`, `code`, `enhanced` and `status` is there"),
            (r#"{"code":true}"#, "`code` is a boolean, not a number or a string"),
            (r#"{"code":550.5}"#, "`code` is 550.5, not a reply code from 200 to 599"),
            (r#"{"code":99}"#, "`code` is 99, not a reply code from 200 to 599"),
            (r#"{"code":"abc"}"#, "`code` is \"abc\", not a reply code from 200 to 599"),
            (r#"{"code":550,"enhanced":5.1}"#, "`enhanced` is a number, not a string"),
            (r#"{"code":550,"status":"5"}"#, "`status` is `5`, not an enhanced code such as 5.1.1"),
            (r#"{"text":["550 no"]}"#, "`text` is an array, not a string"),
            (r#"{"text":"no","host":1}"#, "`host` is a number, not a string"),
            (r#"{"text":"no","recipient":{}}"#, "`recipient` is an object, not a string"),
            (
                r#"{"text":"no","phase":"late"}"#,
                "`phase` is `late`, none of connect, ehlo, mail, rcpt, data, end-of-data",
            ),
            (r#"{"text":"no","time":"soon"}"#, "`time` is \"soon\", neither RFC 3339 nor seconds since 1970"),
            (
                r#"{"text":"no","time":1767323045000}"#,
                "`time` is 1767323045000, neither RFC 3339 nor seconds since 1970",
            ),
            (r#"{"text":"no","time":1e300}"#, "`time` is 1e+300, neither RFC 3339 nor seconds since 1970"),
            (r#"{"text":"no","sender":"me"}"#, "`sender` is a string, not an object"),
            (r#"{"text":"no","sender":{"ip":4}}"#, "`sender.ip` is a number, not a string"),
        ];
        for (line, expected) in cases {
            assert_eq!(told(line), expected, "{line}");
        }
        assert!(told("{\"text\":").starts_with("not a JSON object: "));
        assert!(told(&"[".repeat(100_000)).starts_with("not a JSON object: "));
    }

    #[test]
    fn carries_the_rest() {
        let line = r#"{"text":"no","status":"5.1.1","message":"7EE668039","recipient":"a@example.com","source":"queue/7","time":1767323045,"tenant":"acme","sender":{"ip":"192.0.2.1","tenant":"other","pool":"news"},"campaign":"spring"}"#;
        let Found::Attempt(attempt) = read(line.as_bytes()) else { panic!() };
        assert_eq!((&*attempt.source, attempt.message.as_deref()), ("queue/7", Some("7EE668039")));
        assert_eq!(attempt.reply.time.unwrap().to_string(), "2026-01-02T03:04:05Z");
        assert_eq!(attempt.reply.status.unwrap().to_string(), "5.1.1");
        let sender = attempt.reply.sender;
        let parts = [sender.ip, sender.pool, sender.campaign, sender.tenant].map(Option::unwrap);
        assert_eq!(parts, ["192.0.2.1", "news", "spring", "acme"]);
        for time in [r#""2026-01-02T04:04:05+01:00""#, "1767323045.9"] {
            let line = format!(r#"{{"text":"no","time":{time}}}"#);
            let Found::Attempt(attempt) = read(line.as_bytes()) else { panic!() };
            assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045, "{time}");
        }
    }

    #[test]
    fn replaces_bytes_that_are_no_text() {
        let Found::Attempt(attempt) = read(b"{\"text\":\"550 caf\xe9\"}") else { panic!() };
        assert_eq!(attempt.reply.text, "caf\u{FFFD}".as_bytes());
    }
}
