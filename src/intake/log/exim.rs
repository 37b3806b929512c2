//! Deliveries in the main log of Exim: written by itself, or by way of syslog.
//!
//! A line is a stamp, a message id, a flag, the address, fields of which the most are one capital letter and `=`, and for
//! what failed a colon and a text. The address behind the flag is the one that was delivered to; where it is another
//! than the one that came in, that one follows in angle brackets.

use super::fields::{address_end, bare, quoted_end, take};
use super::stamp::{self, Now};
use super::{said, status_of};
use crate::Time;
use crate::intake::attempt::{Attempt, Logged, domain_of, host_of, lossy};
use crate::intake::found::Found;
use crate::intake::when;

/// What becomes of a recipient, as a line tells it.
#[derive(Debug, Default)]
struct Fields<'l> {
    id: &'l [u8],
    flag: &'l [u8],
    /// Where it went: an address, a local part, a file or a command.
    to: &'l [u8],
    /// The address that came in, where it is another.
    original: Option<&'l [u8]>,
    host: Option<&'l [u8]>,
    interface: Option<&'l [u8]>,
    /// The server's answer, or what went wrong.
    text: &'l [u8],
}

/// Reads a line.
pub(in crate::intake) fn read(line: &[u8], now: Option<Now>) -> Found<'_> {
    let Some((time, message)) = message(line, now) else { return Found::Nothing };
    let Some(fields) = fields(message) else { return Found::Nothing };
    let logged = match fields.flag {
        b"**" if fields.text.starts_with(b"retry timeout exceeded") => Logged::Expired,
        b"**" => Logged::Bounced,
        b"==" => Logged::Deferred,
        _ => Logged::Sent,
    };
    // What went into a file or a command was for the address in brackets.
    let is_address = memchr::memchr(b'@', fields.to).is_some() && !matches!(fields.to.first(), Some(b'/' | b'|'));
    let (to, original) = match fields.original {
        Some(original) if is_address => (fields.to, Some(original)),
        Some(original) => (original, None),
        None => (fields.to, None),
    };
    if to.is_empty() {
        return Found::Nameless;
    }
    let unwrapped = said(fields.text, &logged);
    let mut reply = unwrapped.reply;
    reply.host = reply.host.or_else(|| fields.host.and_then(host_of));
    reply.domain = domain_of(to);
    reply.time = time;
    reply.sender.ip = fields.interface.and_then(address_in_brackets);
    if reply.class().is_none() {
        reply.status = status_of(&logged);
    }
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

/// Whether a line is one of this log: by the id of a message, or by what it says of a client.
pub(in crate::intake) fn is_line(line: &[u8]) -> bool {
    let Some((_, message)) = message(line, None) else { return false };
    let about = |words: &[u8]| memchr::memmem::find(message, words).is_some();
    id_length(message).is_some()
        || message.starts_with(b"H=") && about(b" rejected ")
        || about(b" authenticator failed for ")
        || message.starts_with(b"exim ") && about(b" daemon started: pid=")
        || message.starts_with(b"Start queue run: pid=")
}

fn is_tag(tag: &[u8]) -> bool {
    is_program(stamp::name(tag))
}

/// Whether a program is Exim.
pub(in crate::intake) fn is_program(name: &[u8]) -> bool {
    matches!(name, b"exim" | b"exim4")
}

/// The line without what stands before the id: its own stamp, that of syslog, or both, and the process.
fn message(line: &[u8], now: Option<Now>) -> Option<(Option<Time>, &[u8])> {
    let line = line.trim_ascii_end();
    let (time, rest) = match own_stamp(line) {
        Some((time, rest)) => (Some(time), rest),
        None => {
            let entry = stamp::entry(line, is_tag)?;
            // A line that no program put its name to is not taken for this one's.
            let time = entry.is_stamped().then(|| entry.time(now))?;
            match own_stamp(entry.message) {
                Some((own, rest)) => (time.or(Some(own)), rest),
                None => (time, entry.message),
            }
        }
    };
    let process = rest.strip_prefix(b"[").and_then(|process| {
        let digits = process.iter().take_while(|b| b.is_ascii_digit()).count();
        process[digits..].strip_prefix(b"] ").filter(|_| digits > 0)
    });
    Some((time, process.unwrap_or(rest)))
}

/// `2026-01-02 03:04:05`, perhaps with a fraction and a zone.
fn own_stamp(line: &[u8]) -> Option<(Time, &[u8])> {
    let shape = b"dddd-dd-dd dd:dd:dd";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    if line.len() <= shape.len() || !line.iter().zip(shape).all(fits) {
        return None;
    }
    let mut end = line.iter().position(|b| *b == b' ')? + 1;
    end += memchr::memchr(b' ', &line[end..]).unwrap_or(line.len() - end);
    if let Some([b' ', b'+' | b'-', zone @ ..]) = line.get(end..end + 6)
        && zone.iter().all(u8::is_ascii_digit)
    {
        end += 6;
    }
    let time = when::read(std::str::from_utf8(&line[..end]).ok()?)?;
    Some((time, line[end..].strip_prefix(b" ").unwrap_or(&line[end..])))
}

/// The length of a message id, which a blank follows: six, six or eleven, and two or four letters and digits.
fn id_length(message: &[u8]) -> Option<usize> {
    [[6, 6, 2], [6, 11, 4]].into_iter().find_map(|[first, second, third]| {
        let (end, dashes) = (first + second + third + 2, [first, first + 1 + second]);
        let id = message.get(..end)?;
        let fits = id.iter().enumerate().all(|(at, b)| match dashes.contains(&at) {
            true => *b == b'-',
            false => b.is_ascii_alphanumeric(),
        });
        (fits && matches!(message.get(end), None | Some(b' '))).then_some(end)
    })
}

/// The fields of a line about a recipient; others have none.
fn fields(message: &[u8]) -> Option<Fields<'_>> {
    let mut rest = message;
    let id = take(id_length(message)?, &mut rest);
    rest = rest.strip_prefix(b" ")?;
    let flag = rest.get(..2)?;
    // `*>` is a delivery that was not carried out.
    if !matches!(flag, b"=>" | b"->" | b">>" | b"**" | b"==") {
        return None;
    }
    rest = rest[2..].strip_prefix(b" ")?;
    let mut fields = Fields { id, flag, ..Fields::default() };
    let failed = matches!(flag, b"**" | b"==");
    fields.to = match rest.first()? {
        // A file or a command, with arguments of its own: the address behind it ends it.
        b'|' | b'/' => {
            let end = memchr::memmem::find(rest, b" <").unwrap_or_else(|| address_end(rest).unwrap_or(0));
            take(end, &mut rest)
        }
        _ => take(address_end(rest)?, &mut rest),
    };
    if let Some(to) = fields.to.strip_suffix(b":").filter(|_| failed) {
        fields.to = bare(to);
        fields.text = rest.trim_ascii();
        return Some(fields);
    }
    fields.to = bare(fields.to);
    while let Some(after) = rest.strip_prefix(b" ") {
        rest = after;
        match rest.first() {
            Some(b'<') => fields.original = Some(bare(take(address_end(rest)?, &mut rest))),
            // Addresses on the way to this one.
            Some(b'(') => rest = &rest[memchr::memchr(b')', rest)? + 1..],
            _ if rest.starts_with(b"defer (") => rest = &rest[memchr::memchr(b')', rest)? + 1..],
            _ => {
                let Some((name, value)) = field(&mut rest) else { break };
                match name {
                    b"H" => fields.host = Some(value),
                    b"I" => fields.interface = Some(value),
                    b"C" if !failed => fields.text = value,
                    _ => {}
                }
            }
        }
        if let Some(text) = rest.strip_prefix(b":").filter(|text| failed && matches!(text.first(), None | Some(b' '))) {
            fields.text = text.trim_ascii();
            break;
        }
    }
    Some(fields)
}

/// The next field and its value, which may be empty; a colon behind it stays.
fn field<'l>(rest: &mut &'l [u8]) -> Option<(&'l [u8], &'l [u8])> {
    let length = rest.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count();
    let name = take(length, rest);
    if length == 0 {
        return None;
    }
    let Some(value) = rest.strip_prefix(b"=") else {
        // A mark such as `L` or `PRDR`.
        return matches!(rest.first(), None | Some(b' ' | b':' | b'*')).then_some((name, &[][..]));
    };
    *rest = value;
    let ended = |at: usize| matches!(value.get(at), None | Some(b' ')) || is_colon(&value[at..]);
    let end = match (name, value.first()) {
        // The last field that a server fills: it may hold quotation marks.
        (b"C", Some(b'"')) => memchr::memrchr(b'"', value).filter(|at| *at > 0)? + 1,
        (b"F" | b"P", Some(b'<')) => {
            let after = if value.get(1) == Some(&b'"') { quoted_end(value, 1).unwrap_or(1) } else { 1 };
            after + memchr::memchr(b'>', &value[after..])? + 1
        }
        (_, Some(b'"')) => memchr::memchr_iter(b'"', &value[1..]).map(|at| at + 2).find(|at| ended(*at))?,
        (b"H", _) => {
            let bracket = memchr::memchr(b']', value).filter(|at| !value[..*at].windows(2).any(is_colon));
            let start = bracket.map_or(0, |at| at + 1);
            (start..=value.len()).find(|at| ended(*at))?
        }
        _ => (0..=value.len()).find(|at| ended(*at))?,
    };
    let value = take(end, rest);
    let inner = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
    Some((name, inner.unwrap_or(value)))
}

/// A colon that ends a field, and is not in the midst of one.
fn is_colon(text: &[u8]) -> bool {
    text.first() == Some(&b':') && matches!(text.get(1), None | Some(b' '))
}

/// The address in `[192.0.2.1]:25`.
fn address_in_brackets(written: &[u8]) -> Option<String> {
    let inner = written.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', inner)?;
    Some(lossy(&inner[..end]).into_owned())
}

#[cfg(test)]
#[path = "exim_tests.rs"]
mod tests;
