//! Deliveries in a log of OpenSMTPD, of both its generations.
//!
//! Now: `0ab1… mta delivery evpid=… from=<…> to=<…> rcpt=<…> source="…" relay="…" delay=1s result="PermFail" stat="…"`
//! (from 5.9 to 6.0 `event=delivery`). Before 5.9: `relay: PermFail for 0ab1…: from=<…>, to=<…>, relay=…, stat=…`.

use super::fields::{address_end, bare, take};
use super::stamp::{self, Now};
use super::{said, status_of};
use crate::intake::attempt::{Attempt, Logged, domain_of, host_of, lossy};
use crate::intake::found::Found;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What every delivery holds.
pub(in crate::intake) static MARK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" stat="));

#[derive(Debug, Default)]
struct Fields<'l> {
    id: &'l [u8],
    to: Option<&'l [u8]>,
    /// The address before aliases.
    original: Option<&'l [u8]>,
    source: Option<&'l [u8]>,
    relay: Option<&'l [u8]>,
    result: &'l [u8],
    stat: &'l [u8],
}

/// Reads a line.
pub(in crate::intake) fn read(line: &[u8], now: Option<Now>) -> Found<'_> {
    let Some(entry) = stamp::entry(line, is_tag) else { return Found::Nothing };
    let Some(fields) = fields(entry.message) else { return Found::Nothing };
    let Some(to) = fields.to.filter(|to| !to.is_empty()) else { return Found::Nameless };
    let logged = match fields.result {
        b"Ok" => Logged::Sent,
        b"TempFail" => Logged::Deferred,
        b"PermFail" | b"Loop" | b"LoopDetect" => Logged::Bounced,
        b"Expire" | b"Expired" => Logged::Expired,
        other => Logged::Other(lossy(other).into_owned()),
    };
    let unwrapped = said(fields.stat, &logged);
    let mut reply = unwrapped.reply;
    reply.host = reply.host.or_else(|| host_of(in_parentheses(fields.relay?)));
    reply.domain = domain_of(to);
    reply.time = entry.time(now);
    reply.sender.ip = fields.source.filter(|ip| !matches!(*ip, b"-" | b"")).map(|ip| lossy(ip).into_owned());
    if reply.class().is_none() {
        reply.status = status_of(&logged);
    }
    let original = fields.original.filter(|original| !matches!(*original, b"-" | b"") && *original != to);
    Found::Attempt(Attempt {
        message: Some(lossy(fields.id)),
        recipient: Some(lossy(to)),
        original_recipient: original.map(lossy),
        reply,
        via: unwrapped.via,
        logged: Some(logged),
        ..Attempt::default()
    })
}

/// Whether a line is one of this log's deliveries.
pub(in crate::intake) fn is_delivery(line: &[u8]) -> bool {
    stamp::entry(line, is_tag).is_some_and(|entry| fields(entry.message).is_some())
}

fn is_tag(tag: &[u8]) -> bool {
    is_program(stamp::name(tag))
}

/// Whether a program is OpenSMTPD. Those of Postfix have `postfix/` before their names.
pub(in crate::intake) fn is_program(name: &[u8]) -> bool {
    matches!(name, b"smtpd" | b"opensmtpd")
}

/// `192.0.2.1 (mx.example.com)`: the name.
fn in_parentheses(relay: &[u8]) -> &[u8] {
    let Some(open) = memchr::memchr(b'(', relay) else { return relay };
    relay[open + 1..].strip_suffix(b")").unwrap_or(&relay[open + 1..])
}

fn fields(message: &[u8]) -> Option<Fields<'_>> {
    let is_id = |id: &[u8]| id.len() == 16 && id.iter().all(u8::is_ascii_hexdigit);
    let mut fields = Fields::default();
    let mut rest = message;
    let first = rest.split(|b| *b == b' ').next()?;
    if is_id(first) {
        rest = rest[first.len()..].trim_ascii_start();
        let agent = [&b"mta "[..], b"mda "].iter().find_map(|agent| rest.strip_prefix(*agent))?;
        rest = agent.strip_prefix(b"delivery ").or_else(|| agent.strip_prefix(b"event=delivery "))?;
        while !rest.is_empty() {
            let (name, value) = field(&mut rest, b" ")?;
            match name {
                b"evpid" => fields.id = value,
                b"result" => fields.result = value,
                _ => fields.put(name, value),
            }
        }
    } else {
        // Relaying and local delivery have a word each, and the version before had others.
        let (_, after) = [&b"delivery: "[..], b"relay: ", b"mta: ", b"mda: "]
            .iter()
            .find_map(|start| Some((start, rest.strip_prefix(*start)?)))?;
        rest = after;
        let result = rest.split(|b| *b == b' ').next()?;
        fields.result = take(result.len(), &mut rest);
        rest = rest.strip_prefix(b" for ")?;
        fields.id = take(memchr::memchr(b':', rest)?, &mut rest);
        rest = rest.strip_prefix(b": ").filter(|_| is_id(fields.id))?;
        while !rest.is_empty() {
            let (name, value) = field(&mut rest, b", ")?;
            fields.put(name, value);
        }
    }
    (!fields.result.is_empty() && !fields.id.is_empty()).then_some(fields)
}

impl<'l> Fields<'l> {
    fn put(&mut self, name: &[u8], value: &'l [u8]) {
        match name {
            b"to" => self.to = Some(bare(value)),
            b"rcpt" => self.original = Some(bare(value)),
            b"source" => self.source = Some(value),
            b"relay" => self.relay = Some(value),
            b"stat" => self.stat = value,
            _ => {}
        }
    }
}

/// The next field, and what divides it from the one behind it. The server's words come last, and may hold anything.
fn field<'l>(rest: &mut &'l [u8], divider: &[u8]) -> Option<(&'l [u8], &'l [u8])> {
    let length = rest.iter().take(16).take_while(|b| b.is_ascii_lowercase()).count();
    let name = take(length, rest);
    let value = rest.strip_prefix(b"=").filter(|_| length > 0)?;
    let end = match (name, value.first()) {
        (b"stat", _) => value.len(),
        (_, Some(b'<')) => address_end(value)?,
        (_, Some(b'"')) => memchr::memchr(b'"', &value[1..])? + 2,
        _ => memchr::memmem::find(value, divider).unwrap_or(value.len()),
    };
    let (value, after) = value.split_at(end);
    *rest = if after.is_empty() { after } else { after.strip_prefix(divider)? };
    let value = if name == b"stat" { value.trim_ascii_end() } else { value };
    let inner = value.strip_prefix(b"\"").map(|inner| inner.strip_suffix(b"\"").unwrap_or(inner));
    Some((name, inner.unwrap_or(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::log::told;

    fn check(cases: &[(&str, &str)]) {
        for (line, expected) in cases {
            let line = format!("Jan  2 03:04:05 host smtpd[4711]: {line}");
            assert_eq!(told(read(line.as_bytes(), None)), *expected, "{line}");
        }
    }

    #[test]
    fn reads_what_it_writes_now() {
        check(&[
            (
                "0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<me@example.org> to=<ann@example.com> rcpt=<-> source=\"198.51.100.7\" relay=\"192.0.2.1 (mx.example.com)\" delay=2s result=\"PermFail\" stat=\"550 5.1.1 <ann@example.com>: no \"such\" user\"",
                "ann@example.com bounced - 550 mx.example.com - | <ann@example.com>: no \"such\" user",
            ),
            (
                "0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<> to=<ann@example.com> rcpt=<list@example.org> source=\"-\" relay=\"192.0.2.1 (mx.example.com)\" delay=2s result=\"Ok\" stat=\"250 2.0.0 Ok: queued\"",
                "ann@example.com sent - 250 mx.example.com - | Ok: queued",
            ),
            (
                "0000000000000000 mta delivery evpid=9b2c3d4e5f607182 from=<> to=<ann@example.com> rcpt=<-> source=\"-\" relay=\"example.com\" delay=2s result=\"TempFail\" stat=\"Network error on destination MXs\"",
                "ann@example.com deferred 4.0.0 - example.com - | Network error on destination MXs",
            ),
            (
                "0123456789abcdef mda delivery evpid=9b2c3d4e5f607182 from=<> to=<ann@example.com> rcpt=<ann@example.com> user=ann delay=0s result=Ok stat=Delivered",
                "ann@example.com sent 2.0.0 - - - | Delivered",
            ),
            (
                "0123456789abcdef mta event=delivery evpid=9b2c3d4e5f607182 from=<> to=<ann@example.com> rcpt=<-> source=\"198.51.100.7\" relay=\"192.0.2.1 (mx.example.com)\" delay=2s result=\"TempFail\" stat=\"450 4.2.1 later\"",
                "ann@example.com deferred - 450 mx.example.com - | later",
            ),
        ]);
    }

    #[test]
    fn reads_what_it_wrote_before() {
        check(&[
            (
                "relay: PermFail for 9b2c3d4e5f607182: session=0123456789abcdef, from=<me@example.org>, to=<ann@example.com>, rcpt=<->, source=198.51.100.7, relay=192.0.2.1 (mx.example.com), delay=1s, stat=550 5.1.1 no, such, user",
                "ann@example.com bounced - 550 mx.example.com - | no, such, user",
            ),
            (
                "delivery: Ok for 9b2c3d4e5f607182: from=<me@example.org>, to=<ann@example.com>, user=ann, method=maildir, delay=0s, stat=Delivered",
                "ann@example.com sent 2.0.0 - - - | Delivered",
            ),
        ]);
    }

    #[test]
    fn other_lines_are_nothing() {
        check(&[
            ("0123456789abcdef smtp message msgid=9b2c3d4e size=512 nrcpt=1 proto=ESMTP", "Nothing"),
            ("0123456789abcdef mta connected", "Nothing"),
            ("0123456789abcdef smtp failed-command command=\"RCPT TO:<x>\" result=\"550 no\"", "Nothing"),
            ("smtp-out: Connected to 192.0.2.1", "Nothing"),
            ("relay: PermFail for x: to=<a@example.com>, stat=550", "Nothing"),
            ("0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<> result=\"Ok\" stat=\"250\"", "Nameless"),
            ("0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<", "Nothing"),
        ]);
        let line = b"Jan  2 03:04:05 host postfix/smtpd[1]: 0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 to=<a@example.com> result=\"Ok\" stat=\"250\"";
        assert!(matches!(read(line, None), Found::Nothing));
    }

    #[test]
    fn an_address_forges_no_field() {
        check(&[(
            "0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<\"x> to=<b@example.net\"@example.org> to=<ann@example.com> rcpt=<-> relay=\"192.0.2.1 (mx.example.com)\" result=\"PermFail\" stat=\"550 no\" result=\"Ok\" stat=\"250\"",
            "ann@example.com bounced - 550 mx.example.com - | no\" result=\"Ok\" stat=\"250",
        )]);
    }

    #[test]
    fn keeps_who_it_was_for_and_whence_it_went() {
        let line = b"Jan  2 03:04:05 host smtpd[1]: 0123456789abcdef mta delivery evpid=9b2c3d4e5f607182 from=<> to=<ann@example.com> rcpt=<list@example.org> source=\"198.51.100.7\" relay=\"192.0.2.1 (mx.example.com)\" delay=2s result=\"Ok\" stat=\"250 Ok\"";
        let Found::Attempt(attempt) = read(line, None) else { panic!() };
        assert_eq!(attempt.original_recipient.as_deref(), Some("list@example.org"));
        assert_eq!(attempt.message.as_deref(), Some("9b2c3d4e5f607182"));
        assert_eq!(attempt.reply.sender.ip.as_deref(), Some("198.51.100.7"));
    }
}
