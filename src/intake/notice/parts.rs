//! The parts of a mail, in their order, however deep they stand: found without recursion, and within bounds.
//!
//! A part that holds parts is cut at its boundary; what a part says is decoded only where somebody asks. mail-parser reads
//! headers and decodes texts; it is never given a mail with parts in it.

use super::bounds::{NESTING_LIMIT, PART_LIMIT, Refusal};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Header, HeaderName, HeaderValue, MessageParser, MimeHeaders, PartType};
use std::borrow::Cow;
use std::sync::LazyLock;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

/// A part that holds no parts.
pub(super) struct Part<'m> {
    /// Header and body, as they stand.
    raw: &'m [u8],
    pub(super) body: &'m [u8],
    /// `text/plain`.
    pub(super) kind: String,
    /// It says that it holds parts, and none is found.
    is_broken: bool,
}

/// A mail's own header, and its parts.
pub(super) struct Parts<'m> {
    pub(super) headers: Vec<Header<'m>>,
    pub(super) parts: Vec<Part<'m>>,
}

/// Takes a mail apart.
pub(super) fn parts(mail: &[u8]) -> Result<Parts<'_>, Refusal> {
    let mut all = Parts { headers: Vec::new(), parts: Vec::new() };
    let mut left = vec![(mail, 0)];
    let mut seen = 0;
    while let Some((raw, depth)) = left.pop() {
        seen += 1;
        if depth > NESTING_LIMIT {
            return Err(Refusal::Nesting);
        }
        if seen > PART_LIMIT {
            return Err(Refusal::Parts);
        }
        let (header, body) = split(raw);
        let mut message = PARSER.parse_headers(header).unwrap_or_default();
        let headers = match message.parts.first_mut() {
            Some(root) => std::mem::take(&mut root.headers),
            None => Vec::new(),
        };
        let content = headers.iter().rev().find(|header| header.name == HeaderName::ContentType);
        let content = content.and_then(|header| header.value.as_content_type());
        let kind = content.map_or_else(
            || "text/plain".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase(),
        );
        let boundary = content.and_then(|kind| kind.attribute("boundary")).filter(|_| kind.starts_with("multipart/"));
        let inner = boundary.map(|boundary| cut(body, boundary.as_bytes())).unwrap_or_default();
        let is_broken = kind.starts_with("multipart/");
        if inner.is_empty() {
            all.parts.push(Part { raw, body, kind, is_broken });
        }
        left.extend(inner.into_iter().rev().map(|part| (part, depth + 1)));
        if depth == 0 {
            all.headers = headers;
        }
    }
    Ok(all)
}

impl<'m> Part<'m> {
    /// What it says, decoded, up to so many bytes before that.
    pub(super) fn text(&self, limit: usize) -> Cow<'m, str> {
        let body = &self.body[..self.body.len().min(limit)];
        if self.is_broken {
            return String::from_utf8_lossy(body);
        }
        let raw = &self.raw[..self.raw.len() - self.body.len() + body.len()];
        let Some(message) = PARSER.parse(raw) else { return String::from_utf8_lossy(body) };
        match message.parts.into_iter().next().map(|part| part.body) {
            Some(PartType::Text(text) | PartType::Html(text)) => text,
            Some(PartType::Binary(bytes) | PartType::InlineBinary(bytes)) => match bytes {
                Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
                Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
            },
            _ => String::from_utf8_lossy(body),
        }
    }

    /// The mail that it is, up to so many bytes of it.
    pub(super) fn mail(&self, limit: usize) -> Cow<'m, [u8]> {
        let body = &self.body[..self.body.len().min(limit)];
        let header = &self.raw[..self.raw.len() - self.body.len()];
        let message = PARSER.parse_headers(header).unwrap_or_default();
        let encoding =
            message.parts.first().and_then(|part| part.content_transfer_encoding().map(str::to_ascii_lowercase));
        let decoded = match encoding.as_deref() {
            Some("base64") => base64_decode(body),
            Some("quoted-printable") => quoted_printable_decode(body),
            _ => None,
        };
        decoded.map_or(Cow::Borrowed(body), Cow::Owned)
    }
}

/// The value of a field as text.
pub(super) fn written<'h>(value: &'h HeaderValue<'_>) -> Cow<'h, str> {
    match value {
        HeaderValue::Text(text) => Cow::Borrowed(text),
        HeaderValue::TextList(texts) => Cow::Owned(texts.join(" ")),
        HeaderValue::Address(addresses) => {
            let written = addresses.iter().map(|address| match (address.name(), address.address()) {
                (Some(name), Some(address)) => format!("{name} <{address}>"),
                (None, Some(address)) => format!("<{address}>"),
                (name, None) => name.unwrap_or_default().to_owned(),
            });
            Cow::Owned(written.collect::<Vec<_>>().join(", "))
        }
        HeaderValue::ContentType(kind) => {
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase().into()
        }
        _ => Cow::Borrowed(""),
    }
}

/// A header, with the blank line that ends it, and what is behind that.
fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    loop {
        let end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |end| at + end + 1);
        let is_blank = matches!(&raw[at..end], b"\n" | b"\r\n");
        at = end;
        if is_blank || at == raw.len() {
            return raw.split_at(at);
        }
    }
}

/// What stands between the lines that a boundary makes; the last part may lack its end.
fn cut<'m>(body: &'m [u8], boundary: &[u8]) -> Vec<&'m [u8]> {
    if boundary.is_empty() {
        return Vec::new();
    }
    let line = [b"--", boundary].concat();
    let (mut parts, mut open) = (Vec::new(), None);
    for at in memchr::memmem::find_iter(body, &line) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let behind = &body[at + line.len()..];
        let is_end = behind.starts_with(b"--");
        let rest = behind.strip_prefix(b"--").unwrap_or(behind);
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        // A longer boundary that begins like this one is another's.
        if !rest[..end].trim_ascii().is_empty() {
            continue;
        }
        if let Some(open) = open.take() {
            let part: &[u8] = &body[open..at.max(open)];
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            parts.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        if is_end || parts.len() > PART_LIMIT {
            return parts;
        }
        open = Some((body.len() - rest.len() + end + 1).min(body.len()));
    }
    parts.extend(open.map(|open| &body[open..]));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_parts_in_their_order() {
        let mail = "Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n\none\n--a\r\n\
            Content-Type: multipart/alternative; boundary=\"ab\"\n\n--ab\nContent-Type: text/html\n\n<b>two</b>\n--ab--\n\
            --a\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==\n--a--\nepilogue\n";
        let found = parts(mail.as_bytes()).unwrap();
        let told: Vec<(&str, Cow<'_, str>)> =
            found.parts.iter().map(|part| (part.kind.as_str(), part.text(100))).collect();
        assert_eq!(told[0], ("text/plain", "one".into()));
        assert_eq!(told[1], ("text/html", "<b>two</b>".into()));
        assert_eq!(told[2].0, "message/rfc822");
        assert_eq!(found.parts[2].mail(100).as_ref(), b"Subject: x");
        assert_eq!((told.len(), found.headers.len()), (3, 1));
    }

    #[test]
    fn what_has_no_boundary_is_all_text() {
        let found = parts(b"Content-Type: multipart/report; boundary=a\n\n--b\n\nno\n--b--\n").unwrap();
        assert_eq!(found.parts[0].text(100), "--b\n\nno\n--b--\n");
        assert_eq!(parts(b"").unwrap().parts[0].text(100), "");
    }

    #[test]
    fn refuses_what_is_too_deep_or_too_wide() {
        let deep: String =
            (0..20_000).map(|n| format!("Content-Type: multipart/mixed; boundary=x{n}x\n\n--x{n}x\n")).collect();
        assert!(matches!(parts(deep.as_bytes()), Err(Refusal::Nesting)));
        let wide = format!("Content-Type: multipart/mixed; boundary=a\n\n{}", "--a\n\nx\n".repeat(20_000));
        assert!(matches!(parts(wide.as_bytes()), Err(Refusal::Parts)));
    }
}
