//! The journal of systemd: each entry is read as the line that its program wrote.

use super::export::WRONG;
use super::stamp::{self, Now};
use super::{exim, opensmtpd, postfix, sendmail};
use crate::Time;
use crate::intake::attempt::lossy;
use crate::intake::found::Found;
use crate::intake::json::Body;
use serde_json::Value;
use std::io::Write;

/// What a line of syslog is made of.
#[derive(Debug, Default)]
pub(super) struct Entry {
    time: Option<Time>,
    host: Vec<u8>,
    program: Vec<u8>,
    /// The name of the process, where it gave no other.
    command: Vec<u8>,
    process: Vec<u8>,
    message: Option<Vec<u8>>,
}

impl Entry {
    /// Takes a field; those that no line needs are left.
    pub(super) fn put(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"__REALTIME_TIMESTAMP" => {
                let micros = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
                self.time = micros.map(|micros| Time::from_unix(micros.div_euclid(1_000_000)));
            }
            b"_HOSTNAME" => self.host = word(value),
            b"SYSLOG_IDENTIFIER" => self.program = word(value),
            b"_COMM" => self.command = word(value),
            b"_PID" => self.process = word(value),
            b"MESSAGE" => {
                let plain = |b: &u8| if matches!(b, b'\n' | b'\r') { b' ' } else { *b };
                self.message = Some(value.iter().map(plain).collect());
            }
            _ => {}
        }
    }

    /// Writes the line, without its end; nothing where there is no message.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let Some(message) = &self.message else { return };
        let or_dash = |word: &Vec<u8>| if word.is_empty() { b"-".to_vec() } else { word.clone() };
        let program = if self.program.is_empty() { &self.command } else { &self.program };
        // Writing to memory does not fail.
        let _ = write!(out, "{} ", self.time.unwrap_or(Time::from_unix(0)));
        out.extend(or_dash(&self.host));
        out.push(b' ');
        out.extend(or_dash(program));
        if !self.process.is_empty() {
            out.push(b'[');
            out.extend_from_slice(&self.process);
            out.push(b']');
        }
        out.extend_from_slice(b": ");
        out.extend_from_slice(message);
    }
}

/// A value that is one word of a line, whatever it holds.
fn word(value: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| if b.is_ascii_graphic() && !matches!(b, b'[' | b':') { *b } else { b'_' };
    value.iter().take(255).map(plain).collect()
}

/// Reads a line that an entry was turned into.
pub(in crate::intake) fn read(line: &[u8], now: Option<Now>) -> Found<'_> {
    if let Some((&WRONG, wrong)) = line.split_first() {
        return Found::Wrong(format!("no entry of a journal: {}", lossy(wrong)));
    }
    let Some(program) = stamp::program(line) else { return Found::Nothing };
    match program {
        name if postfix::is_program(name) => postfix::read(line, now, true),
        name if exim::is_program(name) => exim::read(line, now),
        name if sendmail::is_program(name) => sendmail::read(line, now),
        name if opensmtpd::is_program(name) => opensmtpd::read(line, now),
        _ => Found::Nothing,
    }
}

/// Reads an entry as a JSON object (`journalctl -o json`).
pub(in crate::intake) fn read_object(object: &Body<'_>, now: Option<Now>) -> Found<'static> {
    let mut entry = Entry::default();
    for name in ["__REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "MESSAGE"] {
        if let Some(value) = object.value(name).and_then(bytes) {
            entry.put(name.as_bytes(), &value);
        }
    }
    let mut line = Vec::new();
    entry.write(&mut line);
    read(&line, now).into_owned()
}

/// A field's value: text, or the numbers of its bytes where it is none; of several values the first.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Number(number) => Some(number.to_string().into_bytes()),
        Value::Array(values) => match values.first()? {
            Value::Number(_) => {
                values.iter().map(|value| value.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
            }
            first @ Value::String(_) => bytes(first),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::json;
    use crate::intake::log::told;

    fn object(text: &str) -> String {
        let value = json::object(text.as_bytes()).unwrap();
        told(read_object(&Body::of(&value).unwrap(), None))
    }

    #[test]
    fn an_entry_is_its_programs_line() {
        let cases = [
            (
                r#"{"__REALTIME_TIMESTAMP":"1767323045678901","_HOSTNAME":"mail","SYSLOG_IDENTIFIER":"postfix/smtp","_PID":"1","MESSAGE":"7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.1] said: 550 no (in reply to RCPT TO command))"}"#,
                "a@example.com bounced 5.1.1 550 mx.example.com rcpt | no",
            ),
            (
                r#"{"__REALTIME_TIMESTAMP":"1767323045678901","_COMM":"exim4","MESSAGE":"1vbXyZ-0004dX-IQ => a@example.com R=x T=y H=mx.example.com [192.0.2.1] C=\"250 Ok\""}"#,
                "a@example.com sent - 250 mx.example.com - | Ok",
            ),
            (
                r#"{"SYSLOG_IDENTIFIER":"sm-mta","MESSAGE":"602345kL012345: to=<a@example.com>, relay=mx.example.com. [192.0.2.1], dsn=5.1.1, stat=User unknown"}"#,
                "a@example.com bounced 5.1.1 - mx.example.com - | User unknown",
            ),
            (
                r#"{"SYSLOG_IDENTIFIER":["smtpd"],"MESSAGE":[48,49,50,51,52,53,54,55,56,57,97,98,99,100,101,102,32,109,116,97,32,100,101,108,105,118,101,114,121,32,101,118,112,105,100,61,57,32,116,111,61,60,97,62,32,114,101,115,117,108,116,61,34,79,107,34,32,115,116,97,116,61,34,50,53,48,32,255,34]}"#,
                "a sent - 250 - - | \u{fffd}",
            ),
            (
                r#"{"SYSLOG_IDENTIFIER":"sshd","MESSAGE":"7EE668039: to=<a@example.com>, dsn=2.0.0, status=sent (x)"}"#,
                "Nothing",
            ),
            (r#"{"SYSLOG_IDENTIFIER":"postfix/smtp","MESSAGE":null}"#, "Nothing"),
            (
                r#"{"SYSLOG_IDENTIFIER":"x postfix/smtp[1]: ","MESSAGE":"7EE668039: to=<a@example.com>, status=sent (x)"}"#,
                "Nothing",
            ),
        ];
        for (entry, expected) in cases {
            assert_eq!(object(entry), expected, "{entry}");
        }
        assert_eq!(
            told(read(b"\x01it ends within a field", None)),
            "Wrong(\"no entry of a journal: it ends within a field\")"
        );
    }
}
