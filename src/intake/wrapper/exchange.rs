//! Exchange and Microsoft 365.

use super::scan::leading_class;
use super::shape::{Inner, Layer, Shape, Text};

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("%host remote server returned '").quoted(b'\''),
    Shape::sure("remote server returned '").quoted(b'\''),
    Shape::sure("server at %host returned '").quoted(b'\''),
    Shape::nested("remote server returned %any -> "),
    Shape::nested("smtp;").before(MARKS),
    Shape::loose("#< #").before(MARKS),
];

/// What ends the diagnostic codes of older Exchange servers.
const MARKS: &[&str] = &["> #smtp#", ">#smtp#", "#smtp#", "##"];

/// `#550 5.1.1 RESOLVER… ##`: the reply between marks.
pub(super) fn marked<'t>(text: &Text<'t>) -> Option<Layer<'t>> {
    let inner = text.raw.strip_prefix(b"#").filter(|inner| leading_class(inner).is_some() && inner[1] != b'.')?;
    let end = memchr::memmem::find(inner, b"##").unwrap_or(inner.len());
    Some(Layer { inner: Inner::Reply(inner[..end].trim_ascii()), ..Layer::default() })
}

/// `[{LED=450 4.4.316 …};{MSG=…};{FQDN=mx.example.com};{IP=…}]`: the last error, and who said it.
pub(super) fn last_error<'t>(text: &Text<'t>) -> Option<Layer<'t>> {
    let (start, led) = field(text, "{led=")?;
    if !text.takes(led) {
        return None;
    }
    let host = field(text, "{fqdn=").map(|(_, host)| host).filter(|host| !host.is_empty());
    Some(Layer { start, inner: Inner::Reply(led), host, phase: None })
}

/// A field in braces: where it begins, and its value up to `};` or `}]`.
fn field<'t>(text: &Text<'t>, name: &str) -> Option<(usize, &'t [u8])> {
    let start = memchr::memmem::find(&text.lower, name.as_bytes())?;
    let value = &text.raw[start + name.len()..];
    let ends = |at: &usize| matches!(value.get(at + 1), None | Some(b';' | b']' | b','));
    let end = memchr::memchr_iter(b'}', value).find(ends).unwrap_or(value.len());
    Some((start, value[..end].trim_ascii()))
}
