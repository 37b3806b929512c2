//! Unwrapping: mail servers tell a reply in words of their own; the innermost reply is what was said.
//!
//! Invariant: a text that is no wrapper is read as it stands, and no reply loses its own code to
//! words that it merely mentions: an inner part counts only if it begins with a code that fits the
//! outer one, or if the words around it are unmistakable. What another server said of the sender's
//! address, when the receiving one asked it, is never the reply: it is not about the recipient.

mod exchange;
mod exim;
mod generic;
mod google;
mod known;
mod postfix;
mod qmail;
mod scan;
mod sendmail;
mod shape;
mod step;

use super::attempt::{host_of, lossy};
use crate::{Phase, Reply};
use shape::{Inner, Layer, Text};
use std::borrow::Cow;
#[cfg(feature = "notices")]
pub(super) use step::phase_of;

/// How many layers are taken off; what is wrapped deeper stays as it is.
const DEPTH: usize = 8;

/// A reply out of its wrapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unwrapped<'t> {
    /// The innermost reply, with host and phase as far as the words around it tell them.
    pub reply: Reply,
    /// The whole text, where something was unwrapped.
    pub via: Option<Cow<'t, str>>,
}

/// Takes a reply out of the words that mail servers wrap around it.
///
/// What a mail server says for itself (`connect to … timed out`) has no reply in it: the whole text
/// stays, with the host and phase that it names.
///
/// ```
/// let text = b"host mx.example.com[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO command)";
/// let unwrapped = carom::intake::unwrap(text);
/// assert_eq!(unwrapped.reply.code.unwrap().get(), 550);
/// assert_eq!(unwrapped.reply.host.unwrap().as_str(), "mx.example.com");
/// assert_eq!(unwrapped.reply.phase, Some(carom::Phase::Rcpt));
/// assert_eq!(unwrapped.reply.text, b"No such user");
/// ```
pub fn unwrap(text: &[u8]) -> Unwrapped<'_> {
    let whole = text.trim_ascii();
    let (mut reply, mut rest) = (whole, whole);
    let (mut host, mut phase): (Option<&[u8]>, Option<Phase>) = (None, None);
    let mut wrapped = false;
    for _ in 0..DEPTH {
        let Some(layer) = outermost(rest) else { break };
        if is_of_a_sender(rest, layer.start) {
            break;
        }
        // Another host has another conversation, of which only this layer tells the phase.
        phase = if layer.host.is_some() { layer.phase } else { layer.phase.or(phase) };
        host = layer.host.or(host);
        match layer.inner {
            Inner::Nothing => break,
            Inner::More(inner) => rest = inner,
            Inner::Reply(inner) => {
                (reply, rest) = (inner, inner);
                wrapped = true;
            }
        }
    }
    let (bare, told) = step::trailing_step(reply);
    if bare.len() < reply.trim_ascii_end().len() {
        // Where two of them stand there, that of the outer reply was taken off with its layer.
        (reply, phase, wrapped) = (bare, phase.or(told), true);
    }
    if wrapped {
        reply = without_doubled_code(reply);
    }
    let reply = if wrapped { sendmail::without_marks(reply) } else { Cow::Borrowed(reply) };
    let host = host.and_then(host_of);
    Unwrapped { reply: Reply { host, phase, ..Reply::parse(&reply) }, via: wrapped.then(|| lossy(whole)) }
}

/// The layer that begins first; of those that begin together the one described first.
fn outermost(text: &[u8]) -> Option<Layer<'_>> {
    if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"host"))
        && let Some(layer) = known::usual(&Text::new(text))
    {
        return Some(layer);
    }
    let coded = scan::leading_class(text).is_some() && !text.starts_with(b"#");
    // Most replies are in no wrapper, and cost no more than this.
    if coded && known::is_bare(text) {
        return None;
    }
    let candidates = known::candidates(text);
    if coded && candidates == 0 {
        return None;
    }
    let text = &Text::new(text);
    let read = [exchange::last_error, exchange::marked, sendmail::transcript];
    let layers = known::layers(candidates, text).chain(read.into_iter().filter_map(|read| read(text)));
    let mut first: Option<Layer<'_>> = None;
    for layer in layers {
        let at_start = layer.start == 0;
        if first.as_ref().is_none_or(|first| layer.start < first.start) {
            first = Some(layer);
        }
        if at_start {
            // None can begin before it.
            break;
        }
    }
    first.or_else(|| generic::code_pair(text))
}

/// Whether the words of a reply before a layer tell of the sender's address, which the server has verified elsewhere.
fn is_of_a_sender(text: &[u8], layer: usize) -> bool {
    const WORDS: &[&str] = &["sender address rejected", "sender verif", "verification failed", "callout", "callback"];
    let text = text.trim_ascii();
    let before = &text[..layer.min(text.len())];
    scan::leading_class(before).is_some()
        && WORDS.iter().any(|words| scan::find_words(&before.to_ascii_lowercase(), words).is_some())
}

/// `550 550 5.1.1 …`: a wrapper that repeats the code before the reply.
fn without_doubled_code(reply: &[u8]) -> &[u8] {
    match reply {
        [a, b, c, b' ', rest @ ..] if rest.starts_with(&[*a, *b, *c]) && scan::leading_class(rest).is_some() => rest,
        _ => reply,
    }
}

#[cfg(test)]
mod tests;
