//! Sendmail: a transcript of the session, or one line about it.

use super::scan::{find_words, leading_class};
use super::shape::{Inner, Layer, Shape, Text};
use super::step::phase_of;
use crate::Phase;
use std::borrow::Cow;

/// What stands before the server's lines in a transcript.
const MARK: &[u8] = b"<<<";

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("%host did not like our %step:"),
    Shape::loose("deferred:"),
    Shape::own("deferred: connection refused by %host").at(Phase::Connect),
    Shape::own("deferred: connection timed out with %host").at(Phase::Connect),
    Shape::own("deferred: connection reset by %host"),
    Shape::own("deferred: %host: no route to host").at(Phase::Connect),
    Shape::own("deferred: name server: %host: host name lookup failure"),
    Shape::own("reply: read error from %host"),
    Shape::loose("<<<"),
    Shape::prefix("<%any>... "),
    Shape::prefix("stat="),
];

/// `... while talking to mx.example.com.:`, then `>>> RCPT To:<…>` and `<<< 550 5.1.1 …`, in lines
/// or joined. Later commands follow from the first that failed, so the first refusal counts.
pub(super) fn transcript<'t>(text: &Text<'t>) -> Option<Layer<'t>> {
    if text.class.is_some() {
        return None;
    }
    let talking = "while talking to ";
    let start = find_words(&text.lower, talking)?;
    let named = start + talking.len();
    let rest = text.raw.get(named..)?;
    let host = rest.split(|b| b.is_ascii_whitespace()).next()?.strip_suffix(b":")?;
    let mut at = named + host.len();
    loop {
        let said = at + memchr::memmem::find(text.lower.get(at..)?, MARK)?;
        let asked = memchr::memmem::rfind(&text.lower[named..said], b">>>").map(|at| named + at + 3);
        let phase = asked.and_then(|asked| phase_of(&text.lower[asked..said]));
        let reply = answer(&text.raw[said + MARK.len()..]);
        if matches!(leading_class(reply.trim_ascii()), Some(4 | 5)) {
            return Some(Layer { start, inner: Inner::Reply(reply.trim_ascii()), host: Some(host), phase });
        }
        at = said + MARK.len();
    }
}

/// The server's lines: one, and those that continue it, each behind its mark.
fn answer(rest: &[u8]) -> &[u8] {
    let mut end = 0;
    loop {
        let line = &rest[end..];
        let ends = [memchr::memchr(b'\n', line), memchr::memmem::find(line, MARK), memchr::memmem::find(line, b">>>")];
        let length = ends.into_iter().flatten().min().unwrap_or(line.len());
        let continued = line.trim_ascii_start().get(3) == Some(&b'-');
        end += length;
        let blanks = rest[end..].len() - rest[end..].trim_ascii_start().len();
        if !continued || !rest[end + blanks..].starts_with(MARK) {
            return &rest[..end];
        }
        end += blanks + MARK.len();
    }
}

/// The lines of a server without the marks between them.
pub(super) fn without_marks(reply: &[u8]) -> Cow<'_, [u8]> {
    if !memchr::memchr_iter(MARK[0], reply).any(|at| reply[at..].starts_with(MARK)) {
        return Cow::Borrowed(reply);
    }
    let mut out = Vec::with_capacity(reply.len());
    let mut at = 0;
    for mark in memchr::memmem::find_iter(reply, MARK) {
        out.extend_from_slice(&reply[at..mark]);
        at = mark + MARK.len();
    }
    out.extend_from_slice(&reply[at..]);
    Cow::Owned(out)
}
