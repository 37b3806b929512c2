//! Shapes of wrapping: words with holes, matched on bytes.
//!
//! A blank in a shape is any run of white space, so that joined and broken lines match alike.
//! `%host` is a host as mailers write it (`mx.example.com[192.0.2.1]:25`), `%step` names what the
//! client was doing, `%any` is a stretch of up to [`STRETCH`] bytes; both end at the nearest place
//! where the shape goes on, and step over `<addresses>` as a whole.

use super::scan::{find_words, host_before, host_ends, leading_class, path_end, words_at};
use super::step::{phase_of, trailing_step};
use crate::Phase;
use std::ops::Range;

/// How far into a text shapes are looked for; the reply that one opens may go on beyond.
pub(super) const LOOK_LIMIT: usize = 8 * 1024;

/// The longest stretch that `%any` and `%step` take.
pub(super) const STRETCH: usize = 600;

/// What it takes for a shape to count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Words that nobody uses by chance: in a text without a code of its own any reply may follow.
    Sure,
    /// A reply with a code must follow.
    Nested,
    /// A reply with a code must follow, and the text must have none of its own.
    Loose,
    /// The mailer's own words, at the start of a text without a code: there is no reply in them.
    Own,
    /// Words before a shape, at the start of a text without a code.
    Prefix,
}

/// Where the reply that a shape opens ends.
#[derive(Clone, Copy)]
enum End {
    Text,
    InReplyTo,
    Before(&'static [&'static str]),
    Quote(u8),
}

/// One shape: lower case, see the module's page.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    words: &'static str,
    kind: Kind,
    phase: Option<Phase>,
    end: End,
}

impl Shape {
    const fn new(words: &'static str, kind: Kind) -> Shape {
        Shape { words, kind, phase: None, end: End::Text }
    }

    pub(super) const fn sure(words: &'static str) -> Shape {
        Shape::new(words, Kind::Sure)
    }

    pub(super) const fn nested(words: &'static str) -> Shape {
        Shape::new(words, Kind::Nested)
    }

    pub(super) const fn loose(words: &'static str) -> Shape {
        Shape::new(words, Kind::Loose)
    }

    pub(super) const fn own(words: &'static str) -> Shape {
        Shape::new(words, Kind::Own)
    }

    pub(super) const fn prefix(words: &'static str) -> Shape {
        Shape::new(words, Kind::Prefix)
    }

    pub(super) const fn at(self, phase: Phase) -> Shape {
        Shape { phase: Some(phase), ..self }
    }

    /// The reply ends at `(in reply to … command)`.
    pub(super) const fn in_reply_to(self) -> Shape {
        Shape { end: End::InReplyTo, ..self }
    }

    /// The reply ends before the first of these.
    pub(super) const fn before(self, ends: &'static [&'static str]) -> Shape {
        Shape { end: End::Before(ends), ..self }
    }

    /// The reply ends at a closing quote or bracket.
    pub(super) const fn quoted(self, quote: u8) -> Shape {
        Shape { end: End::Quote(quote), ..self }
    }
}

/// A text and what looking for shapes needs of it.
pub(super) struct Text<'t> {
    pub(super) raw: &'t [u8],
    /// Its start in lower case, byte for byte.
    pub(super) lower: Vec<u8>,
    /// The class of the code it begins with.
    pub(super) class: Option<u8>,
}

impl<'t> Text<'t> {
    pub(super) fn new(raw: &'t [u8]) -> Text<'t> {
        let raw = raw.trim_ascii();
        let lower = raw[..raw.len().min(LOOK_LIMIT)].to_ascii_lowercase();
        Text { raw, lower, class: leading_class(raw) }
    }

    /// Whether a reply of this text may be the inner one of a text with that class: what failed
    /// was not accepted further in, nor the other way round; and who says "later" has not given up.
    pub(super) fn takes(&self, inner: &[u8]) -> bool {
        let failed = |class: u8| class >= 4;
        match (self.class, leading_class(inner)) {
            (Some(4), Some(5)) => false,
            (Some(outer), Some(inner)) => failed(outer) == failed(inner),
            (_, inner) => inner.is_some(),
        }
    }
}

/// What one layer of wrapping tells.
#[derive(Debug, Default)]
pub(super) struct Layer<'t> {
    /// Where it begins; of several the first is the outermost.
    pub(super) start: usize,
    pub(super) inner: Inner<'t>,
    pub(super) host: Option<&'t [u8]>,
    pub(super) phase: Option<Phase>,
}

/// What is inside a layer.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Inner<'t> {
    /// Nothing: these are the mailer's own words.
    #[default]
    Nothing,
    /// A reply.
    Reply(&'t [u8]),
    /// Words that may be a layer themselves.
    More(&'t [u8]),
}

#[derive(Default)]
struct Caught {
    host: Option<Range<usize>>,
    step: Option<Range<usize>>,
}

impl Shape {
    /// The rarest of its words, which is the longest that a colon ends, or that there is: a text without it has not
    /// this shape.
    pub(super) fn anchor(&self) -> &'static str {
        let literal = |piece: &'static str| {
            let hole = ["host", "step", "any"].into_iter().find(|hole| piece.starts_with(hole));
            hole.map_or(piece, |hole| &piece[hole.len()..])
        };
        let words = self.words.split('%').map(literal).flat_map(|piece| piece.split(' '));
        words.max_by_key(|word| (word.len() > 3 && word.ends_with(':'), word.len())).unwrap_or_default()
    }

    /// Whether a text that begins with a code may have this shape.
    pub(super) fn stands_beside_code(&self) -> bool {
        matches!(self.kind, Kind::Sure | Kind::Nested)
    }

    /// The first place where the text has this shape.
    pub(super) fn find<'t>(&self, text: &Text<'t>) -> Option<Layer<'t>> {
        if text.class.is_some() && !self.stands_beside_code() {
            return None;
        }
        if matches!(self.kind, Kind::Own | Kind::Prefix) {
            return self.read(text, 0);
        }
        let (led, rest) = match self.words.strip_prefix("%host") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, self.words),
        };
        let word = rest.split([' ', '%']).next().unwrap_or(rest);
        memchr::memmem::find_iter(&text.lower, word.as_bytes()).find_map(|at| {
            if led {
                host_before(&text.lower, at).and_then(|start| self.read(text, start))
            } else if at > 0 && text.lower[at - 1].is_ascii_alphanumeric() && word.as_bytes()[0].is_ascii_alphanumeric()
            {
                None
            } else {
                self.read(text, at)
            }
        })
    }

    /// The layer, if the text begins with this shape, which has to be one that counts in any text.
    pub(super) fn at_start<'t>(&self, text: &Text<'t>) -> Option<Layer<'t>> {
        (self.kind == Kind::Sure).then(|| self.read(text, 0)).flatten()
    }

    /// Reads the shape at a place.
    fn read<'t>(&self, text: &Text<'t>, start: usize) -> Option<Layer<'t>> {
        let mut caught = Caught::default();
        let end = follow(&text.lower, start, self.words, &mut caught)?;
        let host = caught.host.map(|range| &text.raw[range]);
        let told = caught.step.and_then(|range| phase_of(&text.lower[range]));
        let rest = text.raw[end..].trim_ascii();
        let (rest, closing) = self.end.cut(rest);
        let inner = match self.kind {
            Kind::Own => Inner::Nothing,
            _ if rest.is_empty() => return None,
            Kind::Prefix => Inner::More(rest),
            Kind::Sure if text.class.is_none() => Inner::Reply(rest),
            _ if text.takes(rest) => Inner::Reply(rest),
            _ => return None,
        };
        Some(Layer { start, inner, host, phase: self.phase.or(told).or(closing) })
    }
}

impl End {
    /// The reply without what ends it, and the phase that the end tells.
    fn cut(self, rest: &[u8]) -> (&[u8], Option<Phase>) {
        let lower = || rest[..rest.len().min(LOOK_LIMIT)].to_ascii_lowercase();
        match self {
            End::Text => (rest, None),
            End::InReplyTo => trailing_step(rest),
            End::Before(ends) => {
                let lower = lower();
                let end = ends.iter().filter_map(|end| find_words(&lower, end)).min().unwrap_or(rest.len());
                (rest[..end].trim_ascii_end(), None)
            }
            End::Quote(quote) => (&rest[..closing_quote(rest, quote)], None),
        }
    }
}

/// Where a quoted reply ends: at a quote with which the text ends, or after which a list goes on
/// with a date; else at the last one, since a reply may hold apostrophes.
fn closing_quote(rest: &[u8], quote: u8) -> usize {
    let ends = |at: &usize| match &rest[at + 1..] {
        [] => true,
        [blank, digit, ..] => blank.is_ascii_whitespace() && digit.is_ascii_digit(),
        _ => false,
    };
    let found = memchr::memchr_iter(quote, rest).find(ends);
    found.or_else(|| memchr::memrchr(quote, rest)).unwrap_or(rest.len())
}

/// The end of `words` at `at`, holes filled.
fn follow(text: &[u8], at: usize, words: &'static str, caught: &mut Caught) -> Option<usize> {
    if words.is_empty() {
        return Some(at);
    }
    if let Some(rest) = words.strip_prefix("%host") {
        // A code is no host.
        let mut ends = host_ends(text, at).filter(|end| leading_class(&text[at..*end]).is_none());
        let (end, done) = ends.find_map(|end| Some((end, follow(text, end, rest, caught)?)))?;
        caught.host = Some(at..end);
        return Some(done);
    }
    for (hole, is_step) in [("%step", true), ("%any", false)] {
        if let Some(rest) = words.strip_prefix(hole) {
            let (end, done) = stretch(text, at, rest, caught)?;
            if is_step {
                caught.step = Some(at..end);
            }
            return Some(done);
        }
    }
    let literal = words.find('%').map_or(words, |hole| &words[..hole]);
    let end = words_at(text, at, literal)?;
    follow(text, end, &words[literal.len()..], caught)
}

/// The nearest end of a stretch after which the shape goes on, and the shape's end.
fn stretch(text: &[u8], at: usize, rest: &'static str, caught: &mut Caught) -> Option<(usize, usize)> {
    let limit = text.len().min(at + STRETCH);
    if rest.is_empty() {
        return Some((limit, limit));
    }
    let mut here = at;
    while here <= limit {
        if let Some(done) = follow(text, here, rest, caught) {
            return Some((here, done));
        }
        here = text.get(here).filter(|b| **b == b'<').and_then(|_| path_end(text, here)).unwrap_or(here + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catches_hosts_as_mailers_write_them() {
        let hosts = [
            "mx.example.com[192.0.2.1]",
            "mx.example.com[192.0.2.1]:25",
            "mx.example.com [192.0.2.1]",
            "mx.example.com (192.0.2.1)",
            "mx.example.com.",
            "mx.example.com[private/dovecot-lmtp]",
            "[2001:db8::1]",
            "2001:db8::1",
            "192.0.2.1",
        ];
        for host in hosts {
            let text = format!("by {host}: 550 gone");
            let text = Text::new(text.as_bytes());
            let layer = Shape::sure("by %host:").find(&text).unwrap();
            assert_eq!(std::str::from_utf8(layer.host.unwrap()).unwrap(), host);
            let text = format!("x, {host} hates us: 550 gone");
            let text = Text::new(text.as_bytes());
            let layer = Shape::sure("%host hates us:").find(&text).unwrap();
            assert_eq!(std::str::from_utf8(layer.host.unwrap()).unwrap(), host);
        }
    }

    #[test]
    fn steps_over_addresses() {
        let text = Text::new(b"after RCPT TO:<\"a: 250 b>\"@example.com>: 550 gone");
        let layer = Shape::sure("after %step:").find(&text).unwrap();
        assert!(matches!(layer.inner, Inner::Reply(b"<\"a: 250 b>\"@example.com>: 550 gone")));
        let layer = Shape::sure("after %step: ").find(&text).unwrap();
        assert!(matches!(layer.inner, Inner::Reply(b"550 gone")));
        assert_eq!(layer.phase, Some(Phase::Rcpt));
    }
}
