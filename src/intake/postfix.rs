//! Deliveries in a log of Postfix.
//!
//! A line is read from its start, field by field; what stands in an address or in a reply is never
//! taken for a field. Lines of other programs, and of Postfix refusing mail to itself, are nothing.

use super::attempt::{Attempt, Logged, domain_of, host_of, lossy};
use super::found::Found;
use super::stamp::{self, Now};
use super::wrapper::{Unwrapped, unwrap};
use crate::reply::enhanced_alone;
use crate::{EnhancedCode, Reply};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The fields of a delivery, as they stand in the line.
#[derive(Debug, Default)]
struct Fields<'l> {
    id: &'l [u8],
    to: Option<&'l [u8]>,
    original: Option<&'l [u8]>,
    relay: Option<&'l [u8]>,
    dsn: Option<&'l [u8]>,
    status: &'l [u8],
    text: &'l [u8],
    /// An address stood unquoted: an older log, in which it may hold anything.
    unquoted: bool,
}

/// What every delivery holds: a line without it is nothing, and need not be read.
pub(super) static MARK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" status="));

/// Reads a line. Without `words` it gives the reply alone: what stands around it is looked at, and not kept.
pub(super) fn read(line: &[u8], now: Option<Now>, words: bool) -> Found<'_> {
    let Some(entry) = stamp::entry(line) else { return Found::Nothing };
    let Some(fields) = fields(entry.message) else { return Found::Nothing };
    let Some(to) = fields.to.filter(|to| !to.is_empty()) else { return Found::Nameless };
    // Logs that write addresses as they are cannot be told from a reply that looks like fields:
    // neither the address nor the reply may decide which it is.
    let looks_like_fields = |rest: &[u8]| rest.starts_with(b">, relay=") || rest.starts_with(b">, orig_to=");
    if fields.unquoted && memchr::memchr_iter(b'>', fields.text).any(|at| looks_like_fields(&fields.text[at..])) {
        return Found::Wrong("the recipient cannot be told from the reply".to_owned());
    }
    let logged = match fields.status {
        b"sent" => Logged::Sent,
        other => Logged::read(&lossy(other)),
    };
    let Unwrapped { mut reply, via } = said(fields.text, &logged);
    reply.status = fields.dsn.and_then(enhanced_alone);
    reply.domain = domain_of(to);
    if reply.host.is_none() {
        reply.host = fields.relay.and_then(host_of);
    }
    reply.time = entry.time(now);
    if !words {
        return Found::Attempt(Attempt { reply, ..Attempt::default() });
    }
    Found::Attempt(Attempt {
        source: Cow::Borrowed(""),
        message: Some(lossy(fields.id)),
        recipient: Some(lossy(to)),
        original_recipient: fields.original.map(lossy),
        reply,
        via,
        logged: Some(logged),
        tied: None,
    })
}

/// Whether a message, with or without what logs put before it, is about a delivery.
pub(super) fn is_delivery(line: &[u8]) -> bool {
    stamp::entry(line).is_some_and(|entry| fields(entry.message).is_some())
}

/// The reply in a delivery's text. Postfix knows whether it handed the message over: a text that
/// says otherwise is another program's chatter, and its codes do not count.
fn said<'l>(text: &'l [u8], logged: &Logged) -> Unwrapped<'l> {
    let delivered = |class: u8| class == 2;
    match logged.is_success() {
        Some(true) => {
            let mut reply = Reply::parse(text);
            reply.code = reply.code.filter(|code| delivered(code.class()));
            reply.enhanced = reply.enhanced.filter(|code| delivered(code.class()));
            Unwrapped { reply, via: None }
        }
        Some(false) => {
            let unwrapped = unwrap(text);
            let failed = |class: u8| class >= 4;
            let reply = &unwrapped.reply;
            if reply.code.is_none_or(|code| failed(code.class()))
                && reply.enhanced.is_none_or(|code: EnhancedCode| failed(code.class()))
            {
                return unwrapped;
            }
            Unwrapped { reply: Reply { text: text.trim_ascii().to_vec(), ..Reply::default() }, via: None }
        }
        None => unwrap(text),
    }
}

/// The fields of a message that ends in `status=…`.
fn fields(message: &[u8]) -> Option<Fields<'_>> {
    let length = memchr::memchr(b':', &message[..message.len().min(LONGEST_ID + 1)])?;
    // Short ids are hexadecimal, long ones a time and an inode to the base 52.
    let is_id = length >= 5 && message[..length].iter().all(|b| IN_IDS[usize::from(*b)]);
    let mut rest = message[length..].strip_prefix(b": ").filter(|_| is_id)?;
    let mut fields = Fields { id: &message[..length], ..Fields::default() };
    loop {
        let (name, value) = field(rest)?;
        let end = match name {
            Name::Status => {
                let word = value.iter().take_while(|b| IN_IDS[usize::from(**b)] || **b == b'-').count();
                fields.status = &value[..word];
                fields.text = in_parentheses(&value[word..]);
                return (word > 0).then_some(fields);
            }
            Name::To | Name::Original | Name::From => {
                let address = address(value)?;
                let bare = value[..address.length].strip_prefix(b"<").and_then(|path| path.strip_suffix(b">"));
                let bare = bare.unwrap_or(&value[..address.length]);
                match name {
                    Name::To => fields.to = fields.to.or(Some(bare)),
                    Name::Original => fields.original = Some(bare),
                    _ => {}
                }
                fields.unquoted |= !address.quoted;
                address.length
            }
            Name::Relay | Name::Dsn | Name::Other => {
                let end = comma(value)?;
                match name {
                    Name::Relay => fields.relay = Some(&value[..end]),
                    Name::Dsn => fields.dsn = Some(&value[..end]),
                    _ => {}
                }
                end
            }
        };
        rest = value[end..].strip_prefix(b", ")?;
    }
}

/// The longest id of a message.
const LONGEST_ID: usize = 25;

/// The bytes that ids are made of: letters and digits.
const IN_IDS: [bool; 256] = {
    let (mut set, mut byte) = ([false; 256], 0);
    while byte < 256 {
        set[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    set
};

/// What a field is called.
#[derive(Clone, Copy)]
enum Name {
    To,
    Original,
    From,
    Relay,
    Dsn,
    Status,
    Other,
}

/// The name of the field that begins here, and what stands behind its `=`.
#[inline]
fn field(rest: &[u8]) -> Option<(Name, &[u8])> {
    Some(match rest {
        [b't', b'o', b'=', value @ ..] => (Name::To, value),
        [b'r', b'e', b'l', b'a', b'y', b'=', value @ ..] => (Name::Relay, value),
        [b'd', b's', b'n', b'=', value @ ..] => (Name::Dsn, value),
        [b's', b't', b'a', b't', b'u', b's', b'=', value @ ..] => (Name::Status, value),
        [b'f', b'r', b'o', b'm', b'=', value @ ..] => (Name::From, value),
        [b'o', b'r', b'i', b'g', b'_', b't', b'o', b'=', value @ ..] => (Name::Original, value),
        // Nearly all have these as well, and nobody asks for them.
        [b'd', b'e', b'l', b'a', b'y', b'=', value @ ..] => (Name::Other, value),
        [b'd', b'e', b'l', b'a', b'y', b's', b'=', value @ ..] => (Name::Other, value),
        _ => {
            let length = rest.iter().take(20).take_while(|b| b.is_ascii_lowercase() || **b == b'_').count();
            (Name::Other, rest[length..].strip_prefix(b"=").filter(|_| length > 0)?)
        }
    })
}

/// Where a field's value ends: at a comma with a blank behind it.
fn comma(value: &[u8]) -> Option<usize> {
    // Most values are shorter than it takes to set out on a search in strides.
    const SHORT: usize = 8;
    let mut at = value.iter().take(SHORT).position(|b| *b == b',').unwrap_or(SHORT.min(value.len()));
    loop {
        at += memchr::memchr(b',', &value[at..])?;
        if value.get(at + 1) == Some(&b' ') {
            return Some(at);
        }
        at += 1;
    }
}

/// How far an address goes.
struct Address {
    length: usize,
    quoted: bool,
}

/// An address at the start: in angle brackets, quoted or as it is, or bare up to the next field.
fn address(value: &[u8]) -> Option<Address> {
    let open = usize::from(value.starts_with(b"<"));
    let ends = |at: usize| value[at..].is_empty() || value[at..].starts_with(b", ");
    if value.get(open) == Some(&b'"') {
        let after = quoted_end(value, open);
        let close = after.and_then(|after| {
            let end = if open == 1 { b'>' } else { b',' };
            memchr::memchr(end, &value[after..]).map(|at| after + at + open)
        });
        if let Some(length) = close.filter(|at| ends(*at)) {
            return Some(Address { length, quoted: true });
        }
    }
    let length = if open == 1 {
        let mut at = 0;
        loop {
            at += memchr::memchr(b'>', &value[at..])? + 1;
            if ends(at) {
                break at;
            }
        }
    } else {
        let next = |name: &[u8]| memchr::memmem::find(value, name);
        [next(b", relay="), next(b", orig_to=")].into_iter().flatten().min()?
    };
    Some(Address { length, quoted: false })
}

/// The end of a quoted local part that opens at `open`; a domain must follow.
fn quoted_end(value: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match value.get(at)? {
            b'\\' => at += 2,
            b'"' => return (value.get(at + 1) == Some(&b'@')).then_some(at + 1),
            _ => at += 1,
        }
    }
}

/// What stands between the first parenthesis, which must come at once, and the last; up to the end
/// where the line was cut.
fn in_parentheses(text: &[u8]) -> &[u8] {
    let Some(open) = text.strip_prefix(b" (") else { return &[] };
    &open[..memchr::memrchr(b')', open).unwrap_or(open.len())]
}

#[cfg(test)]
#[path = "postfix_tests.rs"]
mod tests;
