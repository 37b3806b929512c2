//! Telling formats apart by how an input begins.

use super::log::{exim, opensmtpd, postfix, powermta, sendmail, stamp};
use super::{Format, replies};

/// How many lines are looked at.
const LINES: usize = 200;

/// The most keys that are looked at.
const KEYS: usize = 200;

/// What the beginning tells for sure.
pub(super) fn known(start: &[u8]) -> Option<Format> {
    let start = without_mark(start);
    if matches!(start.trim_ascii_start().first(), Some(b'{' | b'[')) {
        let (keys, whole) = keys(start);
        // A caller's own object may have any keys: it is known for one by all of them.
        return by_keys(&keys).or((whole && start.trim_ascii_start().starts_with(b"{")).then_some(Format::JsonLines));
    }
    let first = lines(start).next()?;
    if powermta::is_header(first) {
        return Some(Format::PowerMta);
    }
    if [&b"__CURSOR="[..], b"__REALTIME_TIMESTAMP="].iter().any(|name| first.starts_with(name)) {
        return Some(Format::Journal);
    }
    lines(start).find_map(by_delivery).or_else(|| lines(start).find_map(by_program))
}

/// What the beginning makes likely, once nothing more can come.
pub(super) fn guess(start: &[u8]) -> Option<Format> {
    let start = without_mark(start);
    if lines(start).next()?.starts_with(b"{") {
        return Some(Format::JsonLines);
    }
    if lines(start).any(stamp::is_stamped) {
        return Some(Format::Postfix);
    }
    lines(start).any(replies::is_reply).then_some(Format::Replies)
}

fn lines(start: &[u8]) -> impl Iterator<Item = &[u8]> {
    start.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).take(LINES)
}

fn without_mark(start: &[u8]) -> &[u8] {
    start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start)
}

fn by_delivery(line: &[u8]) -> Option<Format> {
    match line {
        line if postfix::is_delivery(line) => Some(Format::Postfix),
        line if exim::is_line(line) => Some(Format::Exim),
        line if sendmail::is_delivery(line) => Some(Format::Sendmail),
        line if opensmtpd::is_delivery(line) => Some(Format::OpenSmtpd),
        _ => None,
    }
}

fn by_program(line: &[u8]) -> Option<Format> {
    match stamp::program(line)? {
        name if postfix::is_program(name) => Some(Format::Postfix),
        name if exim::is_program(name) => Some(Format::Exim),
        name if sendmail::is_program(name) => Some(Format::Sendmail),
        name if opensmtpd::is_program(name) => Some(Format::OpenSmtpd),
        _ => None,
    }
}

/// What an object with these keys is, where they are those of one log or service alone.
fn by_keys(keys: &[&[u8]]) -> Option<Format> {
    let has = |name: &str| keys.contains(&name.as_bytes());
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let known: [(Format, bool); 10] = [
        (Format::JournalJson, any(&["__REALTIME_TIMESTAMP", "__CURSOR"])),
        (Format::SparkPost, has("msys")),
        (Format::Mailgun, has("event-data") || has("event") && has("delivery-status")),
        (Format::Postmark, has("RecordType") || has("TypeCode")),
        (
            Format::Ses,
            has("notificationType")
                || has("eventType") && has("mail")
                || has("TopicArn") && any(&["Message", "Subject", "SubscribeURL"])
                || has("detail-type") && has("detail"),
        ),
        (Format::SendGrid, any(&["sg_event_id", "sg_message_id"])),
        (
            Format::Haraka,
            has("type") && has("job_id") && any(&["smtp_response", "smtp_host", "dsn_action", "undelivered_reason"]),
        ),
        (
            Format::Halon,
            has("attempt") && has("message")
                || any(&["result_code", "result_enhanced", "error_message"]) && has("messageid"),
        ),
        (
            Format::KumoMta,
            has("type") && !has("text") && any(&["response", "peer_address", "egress_pool", "num_attempts"]),
        ),
        (Format::JsonLines, has("text")),
    ];
    known.into_iter().find(|(_, fits)| *fits).map(|(format, _)| format)
}

/// The keys of the first object, outermost ones alone, and whether it ends within the bytes.
fn keys(start: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut keys = Vec::new();
    let (mut depth, mut at) = (0_usize, 0);
    let mut string: Option<&[u8]> = None;
    while let Some(byte) = start.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let open = at;
                loop {
                    match start.get(at) {
                        None => return (keys, false),
                        Some(b'\\') => at += 2,
                        Some(b'"') => break,
                        Some(_) => at += 1,
                    }
                }
                string = Some(&start[open..at]);
                at += 1;
                continue;
            }
            b':' if depth == 1 && keys.len() < KEYS => keys.extend(string),
            b'{' => depth += 1,
            // A list around objects counts for nothing, one within them does.
            b'[' if depth > 0 => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' if depth == 1 => return (keys, true),
            byte if byte.is_ascii_whitespace() => continue,
            _ => {}
        }
        string = None;
    }
    (keys, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_formats() {
        let cases: &[(&[u8], Option<Format>)] = &[
            (b"", None),
            (b"\n\n", None),
            (b"Dear reader,\nnothing here.\n", None),
            (b"\xEF\xBB\xBF{\"text\":1}", Some(Format::JsonLines)),
            (b"{\"code\":550", Some(Format::JsonLines)),
            (b"[1,2]", None),
            (b"550 no\n450 later\n", Some(Format::Replies)),
            (b"\nhost mx.example.com[192.0.2.1] said: 550 no\n", Some(Format::Replies)),
            (b"connect to mx.example.com[192.0.2.1]:25: Connection refused\n", Some(Format::Replies)),
            (
                b"Jul  5 06:52:01 host spamd[1]: 550 clean\nJul  5 06:52:11 host postfix/qmgr[2]: x",
                Some(Format::Postfix),
            ),
            (b"2026-01-02T03:04:05Z host postfix/smtp[1]: warning: x", Some(Format::Postfix)),
            (b"<22>1 2026-01-02T03:04:05Z host app 1 - - x", Some(Format::Postfix)),
            (b"7EE668039: to=<a@example.com>, relay=none, dsn=4.0.0, status=deferred (x)", Some(Format::Postfix)),
        ];
        for (start, format) in cases {
            assert_eq!(Format::detect(start), *format, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn waits_for_what_could_tell_otherwise() {
        for start in [&b"Jul  5 06:52:01 host spamd[1]: x\n"[..], b"550 no\n", b"{\"x\":{", b"[", b""] {
            assert_eq!(Format::detect_early(start), None, "{}", String::from_utf8_lossy(start));
        }
        let known: [(&[u8], Format); 3] = [
            (b"{\"sg_event_id\":", Format::SendGrid),
            (b"{\"x\":{}}", Format::JsonLines),
            (b"Jul  5 06:52:01 host postfix/qmgr[1]: x\n", Format::Postfix),
        ];
        for (start, format) in known {
            assert_eq!(Format::detect_early(start), Some(format));
        }
    }

    #[test]
    fn finds_outermost_keys() {
        let cases: &[(&str, &[&str], bool)] = &[
            ("{}", &[], true),
            ("[ {\"a\":1,\"b\" : {\"c\":[{\"d\":1}]},\"e\":\"f:\\\"g\\\"\"}, {\"h\":1}]", &["a", "b", "e"], true),
            ("{\"a\":[\"b\",{\"c\":1}],\"d\":", &["a", "d"], false),
            ("{\"a", &[], false),
            ("{\"a\\", &[], false),
        ];
        for (text, expected, whole) in cases {
            let (keys, ended) = keys(text.as_bytes());
            let keys: Vec<&str> = keys.iter().map(|key| std::str::from_utf8(key).unwrap()).collect();
            assert_eq!((keys.as_slice(), ended), (*expected, *whole), "{text}");
        }
    }
}
