//! A mail taken apart as far as notices need it: what is written for people, the report, the returned mail's header.

use super::bounds::{self, Refusal};
use super::fields::{self, field_name};
use super::parts::{self, Parts, written};
use super::sender;
use crate::Time;
use mail_parser::decoders::html::html_to_text;
use mail_parser::{Header, HeaderName};
use std::borrow::Cow;

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
    /// The mail that stands in this one.
    brings: Option<&'m [u8]>,
}

impl<'m> Mail<'m> {
    /// Takes a mail apart; a text without a header is all text. Of a mail that says nothing itself, and brings
    /// another, that other is meant.
    pub(super) fn open(mail: &'m [u8]) -> Result<Mail<'m>, Refusal> {
        bounds::check(mail)?;
        let mut mail = behind_envelope(mail);
        for _ in 0..FORWARDS {
            let opened = Mail::parts(mail)?;
            match opened.brings.filter(|_| opened.is_silent()) {
                Some(inner) => mail = behind_envelope(inner),
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
        let Parts { headers, parts } = parts::parts(mail)?;
        let mut opened = Mail { headers, ..Mail::default() };
        let (mut texts, mut page) = (Vec::new(), None);
        for part in &parts {
            let is_before_original = opened.original.is_none();
            match part.kind.as_str() {
                "message/delivery-status" | "message/global-delivery-status" => {
                    let report = opened.report.get_or_insert_default();
                    if report.len() < REPORT_LIMIT {
                        report.push_str("\n\n");
                        report.push_str(&part.text(REPORT_LIMIT));
                    }
                }
                "message/feedback-report" => opened.feedback = Some(part.text(TEXT_LIMIT).into_owned()),
                "message/disposition-notification" | "message/global-disposition-notification" => {
                    opened.is_receipt = true
                }
                "message/rfc822" | "message/global" if is_before_original => {
                    let inner = part.mail(2 * HEADER_LIMIT);
                    let header = String::from_utf8_lossy(&inner[..inner.len().min(HEADER_LIMIT)]).into_owned();
                    opened.original = Some(header);
                    opened.brings = matches!(inner, Cow::Borrowed(_)).then_some(part.body);
                }
                "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers" if is_before_original => {
                    opened.original = Some(part.text(HEADER_LIMIT).into_owned());
                }
                "text/html" if is_before_original => page = page.or(Some(part)),
                kind if is_before_original && (kind.starts_with("text/") || kind.starts_with("multipart/")) => {
                    texts.extend(Some(part.text(2 * TEXT_LIMIT)).filter(|text| !text.trim().is_empty()));
                }
                _ => {}
            }
        }
        opened.text = match (texts.len(), page) {
            (0, Some(page)) => {
                limited_text(html_to_text(&cells_apart(limited(&page.text(TEXT_LIMIT), TEXT_LIMIT))).into())
            }
            (0, None) => Cow::Borrowed(""),
            (1, _) => limited_text(texts.remove(0)),
            _ => {
                limited_text(texts.iter().map(|text| limited(text, TEXT_LIMIT)).collect::<Vec<_>>().join("\n\n").into())
            }
        };
        // What people forward is theirs, whatever it holds.
        if sender::is_system(&opened) {
            opened.report_within();
        }
        Ok(opened)
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
        Some(written(&header.value))
    }

    /// When the mail was written.
    pub(super) fn date(&self) -> Option<Time> {
        let header = self.headers.iter().find(|header| header.name == HeaderName::Date)?;
        header.value.as_datetime()?.to_rfc3339().parse().ok()
    }
}

/// A page with blanks between the cells of its tables, which stand side by side without one.
fn cells_apart(page: &str) -> Cow<'_, str> {
    const CELLS: [(&str, &str); 6] = [
        ("</td>", " </td>"),
        ("</TD>", " </TD>"),
        ("</th>", " </th>"),
        ("</TH>", " </TH>"),
        ("</tr>", "</tr><br>"),
        ("</TR>", "</TR><br>"),
    ];
    CELLS.iter().fold(Cow::Borrowed(page), |page, (end, apart)| match page.contains(end) {
        true => Cow::Owned(page.replace(end, apart)),
        false => page,
    })
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
