//! A mail taken apart as far as notices need it: what is written for people, the report, the returned mail's header.

use super::bounds::{self, Refusal};
use super::fields::{self, field_name};
use crate::Time;
use mail_parser::decoders::html::html_to_text;
use mail_parser::{Header, HeaderName, HeaderValue, MessageParser, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;
use std::ops::Range;

/// How much of a text, a report or a header is looked at, in bytes; a report may name many recipients.
const TEXT_LIMIT: usize = 256 << 10;
const REPORT_LIMIT: usize = 8 << 20;
const HEADER_LIMIT: usize = 64 << 10;

/// How often a notice may have been forwarded as a whole.
const FORWARDS: usize = 3;

/// A mail taken apart.
#[derive(Default)]
pub(super) struct Mail<'m> {
    headers: Vec<Header<'m>>,
    /// What is written for people, before the returned mail.
    pub(super) text: Cow<'m, str>,
    /// The machine's part of a delivery report (RFC 3464).
    pub(super) report: Option<String>,
    /// The machine's part of a feedback report (RFC 5965).
    pub(super) feedback: Option<String>,
    /// It is a receipt (RFC 8098).
    pub(super) is_receipt: bool,
    /// The header of the returned mail.
    pub(super) original: Option<String>,
    /// Where a mail stands in this one.
    brings: Option<Range<usize>>,
}

impl<'m> Mail<'m> {
    /// Takes a mail apart; a text without a header is all text. Of a mail that says nothing itself, and brings
    /// another, that other is meant.
    pub(super) fn open(mail: &'m [u8]) -> Result<Mail<'m>, Refusal> {
        bounds::check(mail)?;
        let mut mail = behind_envelope(mail);
        for _ in 0..FORWARDS {
            let opened = Mail::parts(mail)?;
            match opened.brings.clone().filter(|_| opened.is_silent()) {
                Some(inner) => mail = &mail[inner],
                None => return Ok(opened),
            }
        }
        Mail::parts(mail)
    }

    fn is_silent(&self) -> bool {
        self.text.trim().is_empty() && self.report.is_none() && self.feedback.is_none()
    }

    fn parts(mail: &'m [u8]) -> Result<Mail<'m>, Refusal> {
        if !has_header(mail) {
            return Ok(Mail { text: limited_text(String::from_utf8_lossy(mail)), ..Mail::default() });
        }
        let Some(message) = MessageParser::default().parse(mail) else { return Err(Refusal::Broken) };
        let mut opened = Mail::default();
        let (mut texts, mut pages) = (Vec::new(), Vec::new());
        for (number, part) in message.parts.into_iter().enumerate() {
            let kind = media_type(&part);
            let is_before_original = opened.original.is_none();
            let MessagePart { headers, body, offset_body, offset_end, .. } = part;
            if number == 0 {
                opened.headers = headers;
            }
            match body {
                PartType::Text(text) if kind == "text/rfc822-headers" => {
                    opened.original.get_or_insert_with(|| limited(&text, HEADER_LIMIT).to_owned());
                }
                PartType::Text(text) if is_before_original => texts.push(text),
                PartType::Html(page) if is_before_original => pages.push(page),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => opened.keep(&kind, &bytes),
                PartType::Message(inner) if is_before_original => {
                    let here = mail.get(offset_body as usize..offset_end as usize).filter(|here| !here.is_empty());
                    opened.brings = here.map(|_| offset_body as usize..offset_end as usize);
                    let raw = here.unwrap_or(&inner.raw_message);
                    let raw = &raw[..raw.len().min(HEADER_LIMIT)];
                    opened.original = Some(String::from_utf8_lossy(raw).into_owned());
                }
                _ => {}
            }
        }
        let is_blank = |text: &Cow<'_, str>| text.trim().is_empty();
        texts.retain(|text| !is_blank(text));
        opened.text = match texts.len() {
            0 => match pages.first() {
                Some(page) => limited_text(html_to_text(limited(page, TEXT_LIMIT)).into()),
                None => Cow::Borrowed(""),
            },
            1 => limited_text(texts.remove(0)),
            _ => {
                limited_text(texts.iter().map(|text| limited(text, TEXT_LIMIT)).collect::<Vec<_>>().join("\n\n").into())
            }
        };
        opened.report_within();
        Ok(opened)
    }

    /// Keeps a part by what it is.
    fn keep(&mut self, kind: &str, bytes: &[u8]) {
        let text = || String::from_utf8_lossy(&bytes[..bytes.len().min(REPORT_LIMIT)]).into_owned();
        match kind {
            "message/delivery-status" | "message/global-delivery-status" => match &mut self.report {
                Some(report) if report.len() < REPORT_LIMIT => {
                    report.push_str("\n\n");
                    report.push_str(&text());
                }
                Some(_) => {}
                None => self.report = Some(text()),
            },
            "message/feedback-report" => self.feedback = Some(text()),
            "message/disposition-notification" | "message/global-disposition-notification" => self.is_receipt = true,
            "message/rfc822-headers" | "message/global-headers" => {
                self.original.get_or_insert_with(|| limited(&text(), HEADER_LIMIT).to_owned());
            }
            _ => {}
        }
    }

    /// Servers that get MIME wrong, and those that do not know it, leave the report in the text.
    fn report_within(&mut self) {
        if self.report.is_some() || self.feedback.is_some() {
            return;
        }
        let Some((start, end)) = report_in(&self.text) else { return };
        self.report = Some(self.text[start..end].to_owned());
        if self.original.is_none() {
            self.original = Some(limited(&self.text[end..], HEADER_LIMIT).trim_start().to_owned());
        }
        self.text = Cow::Owned(self.text[..start].to_owned());
    }

    /// Whether it has no header.
    pub(super) fn is_bare(&self) -> bool {
        self.headers.is_empty()
    }

    /// The first value of a field of the mail's header.
    pub(super) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let header = self.headers.iter().find(|header| header.name.as_str().eq_ignore_ascii_case(name))?;
        Some(match &header.value {
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
            _ => Cow::Borrowed(""),
        })
    }

    /// When the mail was written.
    pub(super) fn date(&self) -> Option<Time> {
        let header = self.headers.iter().find(|header| header.name == HeaderName::Date)?;
        header.value.as_datetime()?.to_rfc3339().parse().ok()
    }
}

/// The type of a part, in small letters.
fn media_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

/// A mail without the line that mailboxes put before it.
fn behind_envelope(mail: &[u8]) -> &[u8] {
    let mail = mail.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(mail);
    let mail = mail.trim_ascii_start();
    if !mail.starts_with(b"From ") {
        return mail;
    }
    memchr::memchr(b'\n', mail).map_or(mail, |end| &mail[end + 1..])
}

/// Whether a text begins with the fields of a mail's header. A sentence with a colon is none.
pub(super) fn has_header(mail: &[u8]) -> bool {
    let end = memchr::memchr(b'\n', mail).unwrap_or(mail.len());
    std::str::from_utf8(&mail[..end]).is_ok_and(|line| field_name(line).is_some_and(|(name, _)| !name.contains(' ')))
}

/// Where a report stands in a text, from its first field to the end of its last block.
fn report_in(text: &str) -> Option<(usize, usize)> {
    let starts = |line: &str, names: &[&str]| {
        names.iter().any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    let (mut start, mut end, mut named) = (None, 0, false);
    let mut at = 0;
    let mut in_report = false;
    for line in text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        let first = line.bytes().next().unwrap_or(b'\n');
        if starts(line, &["reporting-mta:", "final-recipient:", "original-recipient:"]) {
            start.get_or_insert(here);
            in_report = true;
            named |= !starts(line, &["reporting-mta:"]);
        } else if in_report && matches!(first, b'\n' | b'\r') {
            in_report = false;
        } else if start.is_some()
            && !in_report
            && !(starts(line, &["action:", "status:", "arrival-date:", "x-postfix", "received-from-mta:"]))
        {
            break;
        } else if start.is_some() {
            in_report = true;
        }
        if start.is_some() {
            end = at;
        }
    }
    start.filter(|_| named).map(|start| (start, end))
}

fn limited(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn limited_text(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(limited(text, TEXT_LIMIT)),
        Cow::Owned(mut text) => {
            text.truncate(limited(&text, TEXT_LIMIT).len());
            Cow::Owned(text)
        }
    }
}

/// A field of the returned mail's header, wherever in a text that begins.
pub(super) fn of_original(text: &str, names: &[&str]) -> Option<String> {
    let mut rest = text;
    // Some words may stand before it.
    for _ in 0..4 {
        let (fields, behind) = fields::block(rest);
        if let Some(value) = names.iter().find_map(|name| fields::value(&fields, name)) {
            return Some(value.to_owned());
        }
        rest = behind.trim_start_matches(['\r', '\n']);
    }
    None
}
