//! PowerMTA's accounting files: CSV, in which a header says what the columns are.
//!
//! A file may hold several headers, where files were joined; each counts up to the next. Blocks of rows are read side by
//! side, so each carries the header that stands before it ([`last_header`]).

use super::csv::cells;
use crate::Sender;
use crate::intake::attempt::{Attempt, Logged, Reported, lossy};
use crate::intake::event::{Event, leading_status, without_type};
use crate::intake::found::Found;
use crate::intake::{LINE_LIMIT, when};
use crate::reply::Kind;
use std::borrow::Cow;

/// The columns that are asked for.
const NAMES: [&str; 20] = [
    "type",
    "timeLogged",
    "rcpt",
    "orcpt",
    "dsnAction",
    "dsnStatus",
    "dsnDiag",
    "dsnMta",
    "bounceCat",
    "dlvSourceIp",
    "vmta",
    "vmtaPool",
    "jobId",
    "msgId",
    "messageId",
    "header_Message-Id",
    "envId",
    "feedbackType",
    "origRcptTo",
    "originalRcptTo",
];

/// Where each column stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::intake) struct Columns {
    count: usize,
    places: [Option<usize>; NAMES.len()],
}

impl Columns {
    /// Reads a header.
    pub(in crate::intake) fn of(header: &[u8]) -> Option<Columns> {
        let cells = cells(header).filter(|_| is_header(header))?;
        let places = NAMES.map(|name| cells.iter().position(|cell| cell.trim_ascii() == name.as_bytes()));
        Some(Columns { count: cells.len(), places })
    }
}

/// The cells of a row by their names.
struct Row<'l, 'c> {
    columns: &'c Columns,
    cells: Vec<Cow<'l, [u8]>>,
}

impl<'l> Row<'l, '_> {
    /// What a column holds; an empty cell holds nothing.
    fn get(&self, name: &str) -> Option<Cow<'l, str>> {
        let at = self.columns.places[NAMES.iter().position(|known| *known == name)?]?;
        let cell = match self.cells.get(at)? {
            Cow::Borrowed(cell) => lossy(cell),
            Cow::Owned(cell) => Cow::Owned(lossy(cell).into_owned()),
        };
        (!cell.trim().is_empty()).then_some(cell)
    }

    fn first(&self, names: &[&str]) -> Option<Cow<'l, str>> {
        names.iter().find_map(|name| self.get(name))
    }
}

/// Whether a line is a header: the first column is always the record's type.
pub(in crate::intake) fn is_header(line: &[u8]) -> bool {
    let starts = line.starts_with(b"type,") || line.starts_with(b"\"type\",");
    let names = |name: &[u8]| memchr::memmem::find(line, name).is_some();
    starts && (names(b"timeLogged") || names(b"rcpt") || names(b"bounceCat") || names(b"dsnStatus"))
}

/// The last header in a block of lines, if there is one: what reading the block line by line would come to.
pub(in crate::intake) fn last_header(lines: &[u8], is_first: bool) -> Option<&[u8]> {
    let whole = |at: usize| {
        let end = memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |end| at + end);
        &lines[at..end]
    };
    let line = |at: usize| whole(at).strip_suffix(b"\r").unwrap_or(whole(at));
    let counts = |at: &usize| whole(*at).len() <= LINE_LIMIT && Columns::of(line(*at)).is_some();
    let later = |start: &[u8]| memchr::memmem::rfind_iter(lines, start).map(|at| at + 1).find(counts);
    let mark = if is_first && lines.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let last = later(b"\ntype,").max(later(b"\n\"type\",")).or_else(|| Some(mark).filter(counts))?;
    Some(line(last))
}

/// Reads a row; a header takes the place of the one before it.
pub(in crate::intake) fn read<'l>(line: &'l [u8], columns: &mut Option<Columns>) -> Found<'l> {
    if line.trim_ascii().is_empty() {
        return Found::Nothing;
    }
    if let Some(header) = Columns::of(line) {
        *columns = Some(header);
        return Found::Nothing;
    }
    let Some(columns) = columns else { return Found::Wrong("no header stands before this row".to_owned()) };
    let Some(cells) = cells(line) else { return Found::Wrong("a quotation mark of this row is not closed".to_owned()) };
    if cells.len() < columns.count || cells[columns.count..].iter().any(|cell| !cell.is_empty()) {
        let (has, names) = (cells.len(), columns.count);
        return Found::Wrong(format!("the row has {has} cells, and the header {names}"));
    }
    let row = Row { columns, cells };
    let kind = row.get("type").unwrap_or_default();
    let (logged, kind) = match &*kind {
        "d" | "delivered" | "delivery" => (Some(Logged::Sent), None),
        "b" | "bounced" | "bounce" | "rb" | "remote-bounce" => (Some(Logged::Bounced), None),
        "t" | "transient" => (Some(Logged::Deferred), None),
        "rs" | "remote-status" => (status(&row), None),
        "f" | "feedback" | "feedback-loop" => (None, Some(Kind::Complaint)),
        // Received, and what happened to a whole queue: neither tells of a recipient.
        _ => return Found::Nothing,
    };
    Found::Attempt(attempt(&row, logged, kind))
}

/// What a remote server's notice says became of the message.
fn status(row: &Row<'_, '_>) -> Option<Logged> {
    Some(match &*row.get("dsnAction")? {
        "failed" => Logged::Bounced,
        "delayed" => Logged::Deferred,
        "delivered" | "relayed" | "expanded" => Logged::Sent,
        _ => return None,
    })
}

fn attempt<'l>(row: &Row<'l, '_>, logged: Option<Logged>, kind: Option<Kind>) -> Attempt<'l> {
    let said = row.get("dsnDiag").unwrap_or_default();
    let mta = row.get("dsnMta").unwrap_or_default();
    let owned = |name: &str| row.get(name).map(Cow::into_owned);
    let reported = match kind {
        Some(_) => Some(Reported {
            class: row.first(&["feedbackType"]).unwrap_or(Cow::Borrowed("feedback")),
            category: Some("complaint"),
        }),
        None => row.get("bounceCat").map(|class| Reported { category: category(&class), class }),
    };
    let event = Event {
        message: row.first(&["msgId", "messageId", "header_Message-Id", "envId"]).map(plain),
        recipient: row.first(&["rcpt", "origRcptTo", "originalRcptTo"]).map(plain),
        original: row.get("orcpt").map(|address| plain(strip_address_type(address))),
        text: Cow::Owned(without_type(said.as_bytes()).to_vec()),
        status: row.get("dsnStatus").and_then(|status| leading_status(status.trim().as_bytes())),
        host: Some(without_address_type(&mta)),
        time: row.get("timeLogged").and_then(|time| when::read(&time)),
        sender: Sender {
            ip: owned("dlvSourceIp"),
            pool: owned("vmtaPool").or_else(|| owned("vmta")),
            campaign: owned("jobId"),
            tenant: None,
        },
        logged,
        kind,
        reported,
        ..Event::default()
    };
    event.attempt().into_owned()
}

fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    Cow::Owned(text.trim().to_owned())
}

/// `rfc822;ann@example.com`: the address.
fn strip_address_type(address: Cow<'_, str>) -> Cow<'_, str> {
    Cow::Owned(without_address_type(&address).to_owned())
}

fn without_address_type(text: &str) -> &str {
    ["rfc822;", "utf-8;", "dns;"].iter().find_map(|kind| text.strip_prefix(kind)).unwrap_or(text).trim()
}

/// What a bounce category stands for, of those that stand for one.
fn category(class: &str) -> Option<&'static str> {
    Some(match class {
        "success" => "delivered",
        "bad-mailbox" | "bad-domain" | "inactive-mailbox" => "hard",
        "quota-issues" | "message-expired" | "no-answer-from-host" | "bad-connection" => "soft",
        "spam-related" | "policy-related" | "virus-related" | "content-related" | "invalid-sender" => "block",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::log::told;

    const HEADER: &str =
        "type,timeLogged,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,dlvSourceIp,vmta,jobId,queue";

    fn row(text: &str) -> String {
        told(read(text.as_bytes(), &mut Columns::of(HEADER.as_bytes())))
    }

    #[test]
    fn reads_rows() {
        let cases = [
            (
                "d,2026-01-02 04:04:05+0100,me@example.org,ann@example.com,,relayed,2.0.0 (success),\"smtp;250 2.0.0 Ok, queued\",mx.example.com (192.0.2.1),,198.51.100.7,mta1,spring,example.com/mta1",
                "ann@example.com sent 2.0.0 250 mx.example.com - | Ok, queued",
            ),
            (
                "b,1767323045,me@example.org,ann@example.com,rfc822;a@example.net,failed,5.1.1 (bad destination mailbox address),\"smtp;550 5.1.1 \"\"ann\"\" unknown\",mx.example.com (192.0.2.1),bad-mailbox,198.51.100.7,mta1,spring,example.com/mta1",
                "ann@example.com bounced 5.1.1 550 mx.example.com - | \"ann\" unknown",
            ),
            (
                "t,1767323045,me@example.org,ann@example.com,,delayed,4.0.0 (undefined status),smtp;450 later,mx.example.com (192.0.2.1),,,,,",
                "ann@example.com deferred 4.0.0 450 mx.example.com - | later",
            ),
            (
                "rb,1767323045,me@example.org,ann@example.com,,failed,5.2.2,smtp;552 full,dns;mx.example.com,quota-issues,,,,",
                "ann@example.com bounced 5.2.2 552 mx.example.com - | full",
            ),
            ("rs,1767323045,,ann@example.com,,delayed,4.4.1,x,,,,,,", "ann@example.com deferred 4.4.1 - - - | x"),
            ("f,1767323045,,ann@example.com,,,,,,,,,,", "ann@example.com - - - - - | "),
            ("b,1767323045,,ann@example.com,,,,,,,,,,", "ann@example.com bounced 5.0.0 - - - | "),
            ("tq,1767323045,,,,,4.4.1,x,,,,,,", "Nothing"),
            ("r,1767323045,me@example.org,ann@example.com,,,,,,,,,,", "Nothing"),
            ("", "Nothing"),
            (HEADER, "Nothing"),
            ("b,1", "Wrong(\"the row has 2 cells, and the header 14\")"),
            ("b,1767323045,,ann@example.com,,,,,,,,,,,,", "ann@example.com bounced 5.0.0 - - - | "),
            ("b,\"1", "Wrong(\"a quotation mark of this row is not closed\")"),
        ];
        for (text, expected) in cases {
            assert_eq!(row(text), expected, "{text}");
        }
        assert_eq!(told(read(b"b,1", &mut None)), "Wrong(\"no header stands before this row\")");
    }

    #[test]
    fn the_header_decides() {
        let mut columns = None;
        let rows: [(&[u8], &str); 4] = [
            (b"type,bounceCat,rcpt,dsnDiag", "Nothing"),
            (b"b,spam-related,ann@example.com,554 spam", "ann@example.com bounced - 554 - - | spam"),
            (b"\"type\",\"rcpt\",\"dsnDiag\"", "Nothing"),
            (b"b,ann@example.com,554 spam", "ann@example.com bounced - 554 - - | spam"),
        ];
        for (row, expected) in rows {
            assert_eq!(told(read(row, &mut columns)), expected);
        }
    }

    #[test]
    fn keeps_the_sender_and_the_class() {
        let line = b"b,1767323045,me@example.org,ann@example.com,a@example.net,failed,5.1.1 (x),550 no,mx.example.com (192.0.2.1),bad-mailbox,198.51.100.7,mta1,spring,q";
        let Found::Attempt(attempt) = read(line, &mut Columns::of(HEADER.as_bytes())) else { panic!() };
        let Sender { ip, pool, campaign, tenant } = attempt.reply.sender;
        assert_eq!([ip, pool, campaign, tenant].map(Option::unwrap_or_default), ["198.51.100.7", "mta1", "spring", ""]);
        let reported = attempt.reported.unwrap();
        assert_eq!((&*reported.class, reported.category), ("bad-mailbox", Some("hard")));
        assert_eq!(attempt.original_recipient.as_deref(), Some("a@example.net"));
        assert_eq!(attempt.reply.time.unwrap().unix(), 1_767_323_045);
    }

    #[test]
    fn a_block_tells_its_last_header() {
        let cases: &[(&str, Option<&str>)] = &[
            ("", None),
            ("d,1,x\n", None),
            ("type,rcpt\nd,1\n", Some("type,rcpt")),
            ("\u{feff}type,rcpt\r\nd,1\n", Some("type,rcpt")),
            ("type,rcpt\nd,1\ntype,timeLogged,rcpt\nd,1,2\n", Some("type,timeLogged,rcpt")),
            ("d,1\n\"type\",\"rcpt\"\nd,1", Some("\"type\",\"rcpt\"")),
            ("d,1\ntype,x\nd", None),
            ("type,rcpt\ntype,\"rcpt\nd", Some("type,rcpt")),
            ("type,rcpt,a\n\"type\",rcpt\ntype,rcpt,b\"c\nd", Some("type,rcpt,b\"c")),
            ("type,rcpt\n\"type\",rcpt,x\nd", Some("\"type\",rcpt,x")),
        ];
        for (lines, header) in cases {
            assert_eq!(last_header(lines.as_bytes(), true), header.map(str::as_bytes), "{lines:?}");
        }
    }
}
