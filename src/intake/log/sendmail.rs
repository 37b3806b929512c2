//! Deliveries in a log of Sendmail.
//!
//! A line is an id and fields; the last is `stat=`, what became of the message in Sendmail's own words, before it
//! `reply=`, the server's, where the version writes it. One line may be about several recipients.

use super::fields::{address_end, bare, comma};
use super::stamp::{self, Now};
use super::{said, status_of};
use crate::intake::attempt::{Attempt, Logged, domain_of, host_of, lossy};
use crate::intake::found::Found;
use crate::reply::enhanced_alone;
use memchr::memmem::{self, Finder};
use std::sync::LazyLock;

/// What every delivery holds.
pub(in crate::intake) static MARK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" stat="));

/// The most recipients that are read from a line, and more than Sendmail writes on one.
const RECIPIENTS: usize = 200;

#[derive(Debug, Default)]
struct Fields<'l> {
    id: &'l [u8],
    to: Vec<&'l [u8]>,
    relay: Option<&'l [u8]>,
    dsn: Option<&'l [u8]>,
    reply: Option<&'l [u8]>,
    stat: &'l [u8],
}

/// Reads a line.
pub(in crate::intake) fn read(line: &[u8], now: Option<Now>) -> Found<'_> {
    let Some(entry) = stamp::entry(line, is_tag) else { return Found::Nothing };
    let Some(fields) = fields(entry.message) else { return Found::Nothing };
    let Some((logged, text)) = outcome(&fields) else { return Found::Nothing };
    let unwrapped = said(fields.reply.unwrap_or(text), &logged);
    let mut reply = unwrapped.reply;
    reply.status = fields.dsn.and_then(enhanced_alone);
    reply.host = reply.host.or_else(|| fields.relay.and_then(host_of));
    reply.time = entry.time(now);
    if reply.class().is_none() {
        reply.status = status_of(&logged);
    }
    let mut attempts = fields.to.iter().map(|to| {
        let mut reply = reply.clone();
        reply.domain = domain_of(to);
        Attempt {
            message: Some(lossy(fields.id)),
            recipient: Some(lossy(to)),
            reply,
            via: unwrapped.via.clone(),
            logged: Some(logged.clone()),
            ..Attempt::default()
        }
    });
    match (attempts.next(), attempts.len()) {
        (None, _) => Found::Nameless,
        (Some(attempt), 0) => Found::Attempt(attempt),
        (Some(first), _) => Found::Attempts(std::iter::once(first).chain(attempts).collect()),
    }
}

/// Whether a line is one of this log's deliveries.
pub(in crate::intake) fn is_delivery(line: &[u8]) -> bool {
    stamp::entry(line, is_tag).is_some_and(|entry| fields(entry.message).is_some())
}

fn is_tag(tag: &[u8]) -> bool {
    is_program(stamp::name(tag))
}

/// Whether a program is Sendmail. The one that hands mail over to its own server (`sm-msp-queue`) is not asked:
/// the server logs the same delivery.
pub(in crate::intake) fn is_program(name: &[u8]) -> bool {
    name == b"sendmail" || name == b"sm-mta" || name.starts_with(b"sendmail-") || name.starts_with(b"sm-mta-")
}

/// How it ended, and the text that says so; `None` where it was only put into the queue.
fn outcome<'l>(fields: &Fields<'l>) -> Option<(Logged, &'l [u8])> {
    let stat = fields.stat;
    if stat == b"queued" {
        return None;
    }
    let (by_word, text) = if let Some(text) = stat.strip_prefix(b"Sent") {
        let inner = text.strip_prefix(b" (").map_or(text, |inner| inner.strip_suffix(b")").unwrap_or(inner));
        (Logged::Sent, inner)
    } else if stat.starts_with(b"Deferred") {
        (Logged::Deferred, stat)
    } else {
        (Logged::Bounced, stat)
    };
    // The text is in part the server's, and may hold another `stat=`; the status is Sendmail's own.
    let by_status = match fields.dsn.and_then(|dsn| dsn.first()) {
        Some(b'2') => Some(Logged::Sent),
        Some(b'4') => Some(Logged::Deferred),
        Some(b'5') => Some(Logged::Bounced),
        _ => None,
    };
    Some((by_status.unwrap_or(by_word), text))
}

fn fields(message: &[u8]) -> Option<Fields<'_>> {
    let length = memchr::memchr(b':', &message[..message.len().min(33)])?;
    let is_id = length >= 6 && message[..length].iter().all(u8::is_ascii_alphanumeric);
    let mut rest = message[length..].strip_prefix(b": ").filter(|_| is_id)?;
    let mut fields = Fields { id: &message[..length], ..Fields::default() };
    let mut about_delivery = false;
    loop {
        let length = rest.iter().take(16).take_while(|b| b.is_ascii_lowercase() || **b == b'_').count();
        let (name, value) = (&rest[..length], rest[length..].strip_prefix(b"=").filter(|_| length > 0)?);
        let end = match name {
            b"stat" => {
                fields.stat = value.trim_ascii();
                return about_delivery.then_some(fields);
            }
            // The last part that looks like it is the one that Sendmail wrote.
            b"reply" => {
                let end = memmem::rfind(value, b", stat=")?;
                fields.reply = Some(&value[..end]);
                end
            }
            b"to" => {
                about_delivery = true;
                recipients(value, &mut fields.to)?
            }
            _ => {
                let end = if value.starts_with(b"<") || value.starts_with(b"\"") {
                    let address = address_end(value)?;
                    address + comma(&value[address..])?
                } else {
                    comma(value)?
                };
                match name {
                    b"relay" => fields.relay = Some(&value[..end]),
                    b"dsn" => fields.dsn = Some(&value[..end]),
                    _ => {}
                }
                end
            }
        };
        rest = value[end..].strip_prefix(b", ")?;
    }
}

/// Takes the addresses at the start, which commas divide; tells where they end.
fn recipients<'l>(value: &'l [u8], to: &mut Vec<&'l [u8]>) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = address_end(&value[at..])?;
        let address = bare(&value[at..at + length]);
        if !address.is_empty() && to.len() < RECIPIENTS {
            to.push(address);
        }
        at += length;
        match value.get(at..at + 2) {
            Some([b',', next]) if *next != b' ' => at += 1,
            Some(b", ") => return Some(at),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::log::told;

    fn check(cases: &[(&str, &str)]) {
        for (line, expected) in cases {
            let line = format!("Jan  2 03:04:05 host sendmail[4711]: 602345kL012345: {line}");
            assert_eq!(told(read(line.as_bytes(), None)), *expected, "{line}");
        }
    }

    #[test]
    fn reads_deliveries() {
        check(&[
            (
                "to=<ann@example.com>, ctladdr=<me@example.org> (1001/1001), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=120388, relay=mx.example.com. [192.0.2.1], dsn=2.0.0, stat=Sent (Ok: queued as 4Xb)",
                "ann@example.com sent 2.0.0 - mx.example.com - | Ok: queued as 4Xb",
            ),
            (
                "to=<ann@example.com>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.com. [192.0.2.1], dsn=5.1.1, reply=550 5.1.1 <ann@example.com>: no such user, stat=User unknown",
                "ann@example.com bounced 5.1.1 550 mx.example.com - | <ann@example.com>: no such user",
            ),
            (
                "to=<ann@example.com>, delay=1+00:00:02, relay=mx.example.com. [192.0.2.1], dsn=4.7.1, stat=Deferred: 450 4.7.1 Greylisted",
                "ann@example.com deferred 4.7.1 450 mx.example.com - | Greylisted",
            ),
            (
                "to=<ann@example.com>, delay=00:00:02, relay=mx.example.com., dsn=4.0.0, stat=Deferred: Connection refused by mx.example.com.",
                "ann@example.com deferred 4.0.0 - mx.example.com connect | Deferred: Connection refused by mx.example.com.",
            ),
            (
                "to=ann@example.com, delay=00:00:02, relay=example.com, dsn=5.1.2, stat=Host unknown (Name server: example.com: host not found)",
                "ann@example.com bounced 5.1.2 - example.com - | Host unknown (Name server: example.com: host not found)",
            ),
            (
                "to=root, ctladdr=root (0/0), delay=00:00:00, mailer=local, pri=1, dsn=2.0.0, stat=Sent",
                "root sent 2.0.0 - - - | ",
            ),
            ("to=<a@example.com>, delay=00:00:00, stat=Sent", "a@example.com sent 2.0.0 - - - | "),
        ]);
    }

    #[test]
    fn a_line_may_be_about_several() {
        check(&[(
            "to=<ann@example.com>,<\"b, stat=x\"@example.com>,cleo@example.com, delay=00:00:02, relay=mx.example.com. [192.0.2.1], dsn=5.0.0, stat=Service unavailable",
            "ann@example.com bounced 5.0.0 - mx.example.com - | Service unavailable\n\"b, stat=x\"@example.com bounced 5.0.0 - mx.example.com - | Service unavailable\ncleo@example.com bounced 5.0.0 - mx.example.com - | Service unavailable",
        )]);
    }

    #[test]
    fn other_lines_are_nothing() {
        check(&[
            ("from=<me@example.org>, size=512, class=0, nrcpts=1, relay=me@localhost", "Nothing"),
            ("to=<ann@example.com>, delay=00:00:00, mailer=esmtp, pri=30512, stat=queued", "Nothing"),
            ("602345kL012346: DSN: User unknown", "Nothing"),
            ("to=<ann@example.com>, delay=1", "Nothing"),
            ("stat=Sent", "Nothing"),
            ("to=<>, delay=1, dsn=2.0.0, stat=Sent", "Nameless"),
        ]);
        for program in ["sm-msp-queue", "dovecot", "postfix/sendmail"] {
            let line =
                format!("Jan  2 03:04:05 host {program}[1]: 602345kL012345: to=<a@example.com>, dsn=2.0.0, stat=Sent");
            assert!(matches!(read(line.as_bytes(), None), Found::Nothing), "{line}");
        }
    }

    #[test]
    fn a_reply_forges_no_field() {
        check(&[
            (
                "to=<ann@example.com>, relay=mx.example.com. [192.0.2.1], dsn=5.1.1, reply=550 no, stat=Sent (250 fine), stat=User unknown",
                "ann@example.com bounced 5.1.1 550 mx.example.com - | no, stat=Sent (250 fine)",
            ),
            (
                "to=<ann@example.com>, relay=mx.example.com. [192.0.2.1], dsn=4.2.0, stat=Deferred: 450 x, stat=Sent (250 fine)",
                "ann@example.com deferred 4.2.0 450 mx.example.com - | x, stat=Sent (250 fine)",
            ),
        ]);
    }
}
