//! Words that several mailers use, and the last resort for those that nobody has described.

use super::scan::leading_class;
use super::shape::{Inner, LOOK_LIMIT, Layer, Shape, Text};

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("the remote server responded:"),
    Shape::sure("the remote server responded with:"),
    Shape::sure("remote server said:"),
    Shape::sure("host %host says:"),
    Shape::sure("server %host failed with:"),
    Shape::nested("from mta(%any): "),
    Shape::nested("remote said \"").quoted(b'"'),
    Shape::nested("with the following error message: [").quoted(b']'),
    Shape::loose("%host said:").in_reply_to(),
    Shape::loose("said:").in_reply_to(),
    Shape::loose("failed with:"),
    Shape::loose("because of "),
    Shape::loose("user unknown: "),
    Shape::loose("remote protocol error: "),
    Shape::loose("remote protocol error: %any: "),
    Shape::loose("reason: "),
    Shape::prefix("smtp; "),
    Shape::prefix("smtp;"),
];

/// A reply code and an enhanced code of one class side by side, behind a mark, in a text that
/// begins with neither: nobody writes that by chance.
pub(super) fn code_pair<'t>(text: &Text<'t>) -> Option<Layer<'t>> {
    if text.class.is_some() {
        return None;
    }
    let lower = &text.lower[..text.lower.len().min(LOOK_LIMIT)];
    let start = (1..lower.len()).find(|at| {
        let marked = match lower[at - 1] {
            b'"' | b'\'' | b'[' | b'(' | b'\n' | b':' => true,
            b' ' => *at >= 2 && matches!(lower[at - 2], b':' | b'<' | b'-' | b'>' | b';'),
            _ => false,
        };
        marked && matches!(lower[*at], b'4' | b'5') && is_pair(&lower[*at..])
    })?;
    Some(Layer { start, inner: Inner::Reply(&text.raw[start..]), host: None, phase: None })
}

fn is_pair(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    digits == 3
        && matches!(text.get(3), Some(b' ' | b'-'))
        && text.get(5) == Some(&b'.')
        && leading_class(&text[4..]) == leading_class(text)
}
