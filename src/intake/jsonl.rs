//! A JSON object on each line: a reply and what its caller knows around it.

use super::attempt::{Attempt, domain_of};
use super::found::Found;
use super::json;
use super::wrapper::unwrap;
use crate::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Sender, Time};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Reads a line; an empty one is nothing.
pub(super) fn read(line: &[u8]) -> Found<'static> {
    match read_json_line(line) {
        None => Found::Nothing,
        Some(attempt) => attempt.map_or_else(Found::Wrong, Found::Attempt),
    }
}

/// A line of JSON Lines: an attempt, or what keeps it from being one; nothing where it is empty.
pub fn read_json_line(line: &[u8]) -> Option<Result<Attempt<'static>, String>> {
    let is_empty = line.trim_ascii().is_empty();
    (!is_empty).then(|| json::object(line).and_then(|value| from_json(&value)))
}

/// An object as JSON Lines have it.
///
/// # Errors
/// What keeps it from being an attempt.
pub fn from_json(value: &Value) -> Result<Attempt<'static>, String> {
    match value {
        Value::Object(object) => attempt(object),
        _ => Err("not a JSON object".to_owned()),
    }
}

fn attempt(object: &Map<String, Value>) -> Result<Attempt<'static>, String> {
    let object = Object { fields: object, within: "" };
    let code = object.value("code").map(code).transpose()?;
    let enhanced = object.enhanced("enhanced")?;
    let status = object.enhanced("status")?;
    let text = object.string("text")?;
    if code.is_none() && enhanced.is_none() && status.is_none() && text.is_none() {
        return Err("none of `text`, `code`, `enhanced` and `status` is there".to_owned());
    }
    let unwrapped = unwrap(text.unwrap_or_default().as_bytes());
    let inner = unwrapped.reply;
    let host = object.string("host")?.and_then(|host| HostName::parse(host).ok());
    let phase = object.phase()?;
    let recipient = object.string("recipient")?.map(str::to_owned);
    let domain = object.string("domain")?.and_then(|domain| HostName::parse(domain).ok());
    // What the caller states wins over what the text says. In a wrapped text, though, the caller's
    // values are mostly those of the outer reply: there the innermost reply's own win, and an
    // enhanced code stated beside another reply code does not belong to it.
    let reply = if unwrapped.via.is_some() {
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
        source: Cow::Owned(object.string("source")?.unwrap_or_default().to_owned()),
        message: object.string("message")?.map(owned),
        reply: Reply {
            status,
            text: inner.text,
            domain: domain.or_else(|| domain_of(recipient.as_deref()?.as_bytes())),
            time: object.value("time").map(time).transpose()?,
            sender: object.sender()?,
            ..reply
        },
        recipient: recipient.map(Cow::Owned),
        via: unwrapped.via.map(|via| Cow::Owned(via.into_owned())),
        ..Attempt::default()
    })
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

/// A JSON object whose fields may be absent or null.
struct Object<'j> {
    fields: &'j Map<String, Value>,
    /// What stands before its fields' names in a complaint.
    within: &'static str,
}

impl<'j> Object<'j> {
    fn value(&self, name: &str) -> Option<&'j Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    fn string(&self, name: &str) -> Result<Option<&'j str>, String> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{}{name}` is {}, not a string", self.within, kind(other))),
        }
    }

    fn enhanced(&self, name: &str) -> Result<Option<EnhancedCode>, String> {
        let parse = |text: &str| {
            text.trim().parse().map_err(|_| format!("`{name}` is `{text}`, not an enhanced code such as 5.1.1"))
        };
        self.string(name)?.map(parse).transpose()
    }

    fn phase(&self) -> Result<Option<Phase>, String> {
        let parse = |text: &str| {
            let known = || Phase::ALL.map(Phase::as_str).join(", ");
            text.trim().to_ascii_lowercase().parse().map_err(|()| format!("`phase` is `{text}`, none of {}", known()))
        };
        self.string("phase")?.map(parse).transpose()
    }

    /// The sender's side: in an object of its own, or beside the rest, which comes first.
    fn sender(&self) -> Result<Sender, String> {
        let empty = Map::new();
        let fields = match self.value("sender") {
            None => &empty,
            Some(Value::Object(fields)) => fields,
            Some(other) => return Err(format!("`sender` is {}, not an object", kind(other))),
        };
        let own = Object { fields, within: "sender." };
        let part = |name: &str| -> Result<Option<String>, String> {
            Ok(self.string(name)?.or(own.string(name)?).map(str::to_owned))
        };
        Ok(Sender { ip: part("ip")?, pool: part("pool")?, campaign: part("campaign")?, tenant: part("tenant")? })
    }
}

fn code(value: &Value) -> Result<ReplyCode, String> {
    let code = match value {
        Value::Number(number) => number.as_u64().and_then(|code| ReplyCode::new(u16::try_from(code).ok()?)),
        Value::String(text) => text.trim().parse().ok(),
        other => return Err(format!("`code` is {}, not a number or a string", kind(other))),
    };
    code.ok_or_else(|| format!("`code` is {value}, not a reply code from 200 to 599"))
}

fn time(value: &Value) -> Result<Time, String> {
    let time = match value {
        Value::Number(number) => number.as_i64().or_else(|| whole_seconds(number.as_f64()?)).map(Time::from_unix),
        Value::String(text) => text.trim().parse().ok(),
        other => return Err(format!("`time` is {}, not a string or a number", kind(other))),
    };
    time.ok_or_else(|| format!("`time` is {value}, neither RFC 3339 nor seconds since 1970"))
}

/// Seconds without their fraction, if any clock could show them.
fn whole_seconds(seconds: f64) -> Option<i64> {
    (seconds.abs() < 1e12).then_some(seconds.floor() as i64)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
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
            let Found::Attempt(attempt) = read(format!(r#"{{"text":"no","time":{time}}}"#).as_bytes()) else {
                panic!()
            };
            assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045, "{time}");
        }
    }

    #[test]
    fn replaces_bytes_that_are_no_text() {
        let Found::Attempt(attempt) = read(b"{\"text\":\"550 caf\xe9\"}") else { panic!() };
        assert_eq!(attempt.reply.text, "caf\u{FFFD}".as_bytes());
    }
}
