//! What stands before the message of a log line: when, where, and which process.

use crate::Time;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// A line's time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp<'l> {
    /// RFC 3339.
    Exact(&'l [u8]),
    /// `Jul  5 06:52:11`: no year, no zone.
    Yearless { month: u8, day: u8, clock: &'l [u8] },
}

/// A line of a program that is asked for, taken apart.
#[derive(Debug)]
pub(super) struct Entry<'l> {
    stamp: Option<Stamp<'l>>,
    /// What the process wrote.
    pub(super) message: &'l [u8],
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// The longest clock with a fraction, `06:52:11.123456789`.
const CLOCK_LIMIT: usize = 18;

/// Whether a line begins with a time stamp and a process, as logs do.
pub(in crate::intake) fn is_stamped(line: &[u8]) -> bool {
    let line = without_priority(line);
    if let Some(line) = line.strip_prefix(b"1 ") {
        return stamp(line).0.is_some();
    }
    let (stamp, rest) = stamp(line);
    stamp.is_some() && rest.split(|b| *b == b' ').nth(1).is_some_and(|tag| tag.ends_with(b":"))
}

/// The line as its program wrote it; `None` where it is not one of `ours`, which is told by its name or its tag.
pub(super) fn entry(line: &[u8], ours: impl Fn(&[u8]) -> bool) -> Option<Entry<'_>> {
    let line = without_priority(line.trim_ascii());
    if let Some(line) = line.strip_prefix(b"1 ").filter(|line| stamp(line).0.is_some()) {
        return structured(line).filter(|(name, _)| ours(name)).map(|(_, entry)| entry);
    }
    let ours = |tag: &[u8]| tag.strip_suffix(b":").is_some_and(&ours);
    let (stamp, rest) = stamp(line);
    if stamp.is_none() {
        // Without a stamp there may be a tag, or the message alone.
        let (first, after) = word(rest);
        return Some(Entry { stamp, message: if ours(first) { after } else { rest } });
    }
    // Some systems write the facility behind the stamp: `<mail.info>`.
    let (host, mut rest) = word(rest);
    if host.starts_with(b"<") {
        (_, rest) = word(rest);
    }
    let (tag, mut message) = word(rest);
    if message.starts_with(b"[ID ") {
        let end = memchr::memchr(b']', message)?;
        message = message[end + 1..].trim_ascii_start();
    }
    ours(tag).then_some(Entry { stamp, message })
}

/// The time from which stamps without a year are counted back.
#[derive(Debug, Clone, Copy)]
pub(in crate::intake) struct Now {
    time: Time,
    year: i16,
}

impl Now {
    /// `None` beyond the years that a calendar has.
    pub(in crate::intake) fn new(time: Time) -> Option<Now> {
        let timestamp = Timestamp::from_second(time.unix()).ok()?;
        Some(Now { time, year: Offset::UTC.to_datetime(timestamp).year() })
    }
}

impl Entry<'_> {
    /// Whether it says when it was written.
    pub(super) fn is_stamped(&self) -> bool {
        self.stamp.is_some()
    }

    /// When it was written. A stamp without a year takes the latest that does not put it more than
    /// a day after `now`; one without a zone is in UTC.
    pub(super) fn time(&self, now: Option<Now>) -> Option<Time> {
        match self.stamp? {
            Stamp::Exact(stamp) => exact(stamp).or_else(|| std::str::from_utf8(stamp).ok()?.parse().ok()),
            Stamp::Yearless { month, day, clock } => {
                const DAY: i64 = 24 * 60 * 60;
                let now = now?;
                let plain = plain_clock(clock).filter(|(_, rest)| is_fraction(rest)).map(|(clock, _)| clock);
                // The 29th of February may lie eight years back.
                (now.year - 8..=now.year + 1)
                    .rev()
                    .filter_map(|year| match plain {
                        Some(clock) => Some(Time::from_unix(date(year, month, day)? + clock)),
                        None => {
                            let clock = std::str::from_utf8(clock).ok()?;
                            format!("{year:04}-{month:02}-{day:02}T{clock}Z").parse().ok()
                        }
                    })
                    .find(|time| time.unix() <= now.time.unix() + DAY)
            }
        }
    }
}

/// An RFC 3339 stamp as nearly all are written; the few others are left to who knows all of them.
fn exact(stamp: &[u8]) -> Option<Time> {
    let year = (number(&stamp[..2])? * 100 + number(&stamp[2..4])?) as i16;
    let (month, day) = (number(&stamp[5..7])? as u8, number(&stamp[8..10])? as u8);
    let (clock, rest) = plain_clock(&stamp[11..])?;
    let zone = rest.iter().position(|b| matches!(b, b'Z' | b'+' | b'-'))?;
    // Before 1970 a fraction would count backwards.
    if stamp[7] != b'-' || year < 1970 || !is_fraction(&rest[..zone]) {
        return None;
    }
    let offset = match &rest[zone..] {
        [b'Z'] => 0,
        [sign, zone @ ..] => {
            let (hours, minutes) = (number(zone.get(..2)?)?, number(zone.get(3..5)?)?);
            if zone.len() != 5 || zone[2] != b':' || hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = (hours * 60 + minutes) * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        [] => return None,
    };
    Some(Time::from_unix(date(year, month, day)? + clock - offset))
}

/// The first second of a day.
fn date(year: i16, month: u8, day: u8) -> Option<i64> {
    if (1970..=9998).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day) {
        // The years begin in March, so that the day that not all have is their last.
        let (year, month) = (i64::from(year) - i64::from(month < 3), (i64::from(month) + 9) % 12);
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(day) - 1;
        // What lies before 1970.
        return Some((days - 719_468) * 24 * 60 * 60);
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok().map(Timestamp::as_second)
}

/// `06:52:11` at the start, as seconds of the day, and what follows.
fn plain_clock(text: &[u8]) -> Option<(i64, &[u8])> {
    let [a, b, b':', c, d, b':', e, f, rest @ ..] = text else { return None };
    let (hours, minutes, seconds) = (number(&[*a, *b])?, number(&[*c, *d])?, number(&[*e, *f])?);
    (hours < 24 && minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds, rest))
}

/// Nothing, or `.123456`.
fn is_fraction(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'.', digits @ ..] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Two digits.
fn number(digits: &[u8]) -> Option<i64> {
    let [a @ b'0'..=b'9', b @ b'0'..=b'9'] = digits else { return None };
    Some(i64::from(a - b'0') * 10 + i64::from(b - b'0'))
}

/// The program that wrote a line with a stamp.
pub(in crate::intake) fn program(line: &[u8]) -> Option<&[u8]> {
    let line = without_priority(line.trim_ascii());
    if let Some(line) = line.strip_prefix(b"1 ").filter(|line| stamp(line).0.is_some()) {
        return structured(line).map(|(name, _)| name);
    }
    let (stamp, rest) = stamp(line);
    stamp?;
    let (host, mut rest) = word(rest);
    if host.starts_with(b"<") {
        (_, rest) = word(rest);
    }
    word(rest).0.strip_suffix(b":").map(name)
}

/// RFC 5424 behind its version: stamp, host, name, process, message id, structured data.
fn structured(line: &[u8]) -> Option<(&[u8], Entry<'_>)> {
    let (stamp, rest) = stamp(line);
    let (_host, rest) = word(rest);
    let (name, rest) = word(rest);
    let (_process, rest) = word(rest);
    let (_id, rest) = word(rest);
    let message = match rest.strip_prefix(b"-") {
        Some(message) => message,
        None => &rest[memchr::memmem::find(rest, b"] ")? + 1..],
    };
    stamp.is_some().then_some((name, Entry { stamp, message: message.trim_ascii_start() }))
}

/// `<22>` before a line, as syslog sends it.
fn without_priority(line: &[u8]) -> &[u8] {
    let Some(rest) = line.strip_prefix(b"<") else { return line };
    let digits = rest.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    if (1..=3).contains(&digits) && rest.get(digits) == Some(&b'>') { &rest[digits + 1..] } else { line }
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    match &text[end..] {
        // One blank alone is what stands between nearly all.
        [b' ', rest @ ..] if rest.first().is_some_and(u8::is_ascii_graphic) => (&text[..end], rest),
        rest => (&text[..end], rest.trim_ascii_start()),
    }
}

fn stamp(line: &[u8]) -> (Option<Stamp<'_>>, &[u8]) {
    if let Some(stamped) = usual(line) {
        return stamped;
    }
    let (first, rest) = word(line);
    if first.len() >= 20 && first[4] == b'-' && first[10] == b'T' && first[..4].iter().all(u8::is_ascii_digit) {
        return (Some(Stamp::Exact(first)), rest);
    }
    let yearless = || {
        let first: &[u8; 3] = first.try_into().ok()?;
        let month = MONTHS.iter().position(|month| *month == first)? as u8 + 1;
        let (day, rest) = word(rest);
        let day = match day {
            [a @ b'1'..=b'9'] => a - b'0',
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => (a - b'0') * 10 + b - b'0',
            other => std::str::from_utf8(other).ok()?.parse().ok()?,
        };
        let (clock, rest) = word(rest);
        let shaped = clock.len() >= 8 && clock.len() <= CLOCK_LIMIT && clock[2] == b':' && clock[5] == b':';
        shaped.then_some((Stamp::Yearless { month, day, clock }, rest))
    };
    match yearless() {
        Some((stamp, rest)) => (Some(stamp), rest),
        None => (None, line),
    }
}

/// `Jul  5 06:52:11 ` as syslog writes it, each part in its place. What is not so plain may be a stamp all the same.
fn usual(line: &[u8]) -> Option<(Option<Stamp<'_>>, &[u8])> {
    let [a, b, c, b' ', tens @ (b' ' | b'0'..=b'9'), ones @ b'0'..=b'9', b' ', behind @ ..] = line else { return None };
    let (clock, rest) = behind.split_at_checked(8)?;
    let [b' ', rest @ ..] = rest else { return None };
    let blank = |b: &u8| b.is_ascii_whitespace();
    if clock[2] != b':' || clock[5] != b':' || clock.iter().any(blank) || rest.first().is_none_or(blank) {
        return None;
    }
    let month = MONTHS.iter().position(|month| *month == &[*a, *b, *c])? as u8 + 1;
    let tens = if *tens == b' ' { 0 } else { tens - b'0' };
    Some((Some(Stamp::Yearless { month, day: tens * 10 + (ones - b'0'), clock }), rest))
}

/// The program in a tag: `postfix/smtp[22030]` is of `postfix/smtp`.
pub(super) fn name(tag: &[u8]) -> &[u8] {
    memchr::memchr(b'[', tag).map_or(tag, |process| &tag[..process])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::log::postfix::is_tag;

    #[test]
    fn takes_lines_apart() {
        let message = "7EE668039: x";
        let cases: &[(&str, Option<&str>)] = &[
            ("Jul  5 06:52:11 host postfix/smtp[22030]: 7EE668039: x", Some("2026-07-05T06:52:11Z")),
            ("Jul 5 06:52:11 host postfix/smtp[22030]: 7EE668039: x", Some("2026-07-05T06:52:11Z")),
            ("Jul  5 06:52:11.123 host postfix/smtp[22030]: 7EE668039: x", Some("2026-07-05T06:52:11Z")),
            ("<22>Jul  5 06:52:11 host postfix/smtp[22030]: 7EE668039: x", Some("2026-07-05T06:52:11Z")),
            ("Jul  5 06:52:11 <mail.info> host postfix/smtp[22030]: 7EE668039: x", Some("2026-07-05T06:52:11Z")),
            (
                "Jul  5 06:52:11 host postfix/smtp[22030]: [ID 197553 mail.info] 7EE668039: x",
                Some("2026-07-05T06:52:11Z"),
            ),
            ("Dec 31 23:59:59 host postfix-out/smtp[1]: 7EE668039: x", Some("2025-12-31T23:59:59Z")),
            ("Jul  7 06:00:00 host postfix/submission/smtp[1]: 7EE668039: x", Some("2026-07-07T06:00:00Z")),
            ("Jul  7 12:00:01 host postfix/smtp[1]: 7EE668039: x", Some("2025-07-07T12:00:01Z")),
            ("Feb 29 12:00:00 host mta1/smtp[1]: 7EE668039: x", Some("2024-02-29T12:00:00Z")),
            ("Feb 30 12:00:00 host postfix/smtp[1]: 7EE668039: x", None),
            ("2026-01-02T03:04:05.678901+01:00 host postfix/lmtp[1]: 7EE668039: x", Some("2026-01-02T02:04:05Z")),
            ("2026-01-02T03:04:05Z host postfix/lmtp[1]: 7EE668039: x", Some("2026-01-02T03:04:05Z")),
            ("<22>1 2026-01-02T03:04:05Z host postfix/smtp 22030 - - 7EE668039: x", Some("2026-01-02T03:04:05Z")),
            (
                "<22>1 2026-01-02T03:04:05Z host postfix/smtp 22030 - [a b=\"c\"] 7EE668039: x",
                Some("2026-01-02T03:04:05Z"),
            ),
            ("postfix/smtp[22030]: 7EE668039: x", None),
            ("7EE668039: x", None),
        ];
        let now: Time = "2026-07-06T12:00Z".parse().unwrap();
        for (line, time) in cases {
            let entry = entry(line.as_bytes(), is_tag).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(std::str::from_utf8(entry.message).unwrap(), message, "{line}");
            assert_eq!(entry.time(Now::new(now)).map(|time| time.to_string()).as_deref(), *time, "{line}");
        }
    }

    #[test]
    fn leaves_other_processes_alone() {
        for line in [
            "Jul  5 06:52:11 host spamd[22030]: 7EE668039: x",
            "Jul  5 06:52:11 host dovecot: lmtp(1): 7EE668039: x",
            "Jul  5 06:52:11 host web/app[1]: 7EE668039: x",
            "2026-01-02T03:04:05Z host kernel: postfix/smtp[1]: 7EE668039: x",
            "<22>1 2026-01-02T03:04:05Z host app 22030 - - 7EE668039: x",
            "Jul  5 06:52:11 host",
            "Jul  5 06:52:11",
        ] {
            assert!(entry(line.as_bytes(), is_tag).is_none(), "{line}");
        }
    }

    #[test]
    fn makes_up_no_year() {
        let entry = entry(b"Jul  5 06:52:11 host postfix/smtp[22030]: x", is_tag).unwrap();
        assert_eq!(entry.time(None), None);
    }

    #[test]
    fn plain_dates_are_those_of_the_calendar() {
        for year in [1970, 1972, 1999, 2000, 2023, 2024, 2100, 2400, 9998] {
            for (month, day) in (1..=12).flat_map(|month| [1, 2, 27, 28, 29].map(|day| (month, day))) {
                let exact = format!("{year:04}-{month:02}-{day:02}").parse::<Time>().ok();
                assert_eq!(date(year, month, day).map(Time::from_unix), exact, "{year} {month} {day}");
            }
        }
    }

    #[test]
    fn plain_stamps_are_read_as_all_are() {
        let now: Time = "2026-07-06T12:00Z".parse().unwrap();
        let told = |line: &str| entry(line.as_bytes(), is_tag).and_then(|entry| entry.time(Now::new(now)));
        for stamp in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.5Z",
            "2026-01-02T03:04:05.123456789+01:00",
            "2026-12-31T23:59:59-11:30",
            "2024-02-29T00:00:00+00:00",
            "2023-02-29T00:00:00+00:00",
            "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T23:59:60Z",
            "2026-01-02T03:04:05+0100",
            "2026-01-02T03:04:05.+01:00",
            "2026-01-02T03:04:05+24:00",
            "2026-01-02T03:04:05+01:00x",
            "1969-12-31T23:59:59.5Z",
            "9999-12-31T23:59:59-23:59",
            "2026x01-02T03:04:05Z",
            "2026-01x02T03:04:05Z",
            "2026-01-02T03:04:05,5Z",
        ] {
            assert_eq!(told(&format!("{stamp} host postfix/smtp[1]: x")), stamp.parse().ok(), "{stamp}");
        }
        for start in ["Jul  5", "Jul 05", "Jul 15", "Jul 00", "Jul 32", "jul  5", "Jul   5", "Jul 5 ", "Jul \t5"] {
            let line = format!("{start} 06:52:11 host postfix/smtp[1]: x");
            let plain = usual(line.as_bytes());
            // The same stamp with a fraction is read part by part.
            let by_parts =
                entry(line.replace(":11", ":11.0").as_bytes(), is_tag).map(|entry| entry.time(Now::new(now)));
            assert_eq!(entry(line.as_bytes(), is_tag).map(|entry| entry.time(Now::new(now))), by_parts, "{line}");
            assert!(plain.is_none_or(|(stamp, rest)| stamp.is_some() && rest == b"host postfix/smtp[1]: x"), "{line}");
        }
        for clock in ["06:52:11", "06:52:11.123456789", "06:52:60", "24:00:00", "06:52:1x", "06:52:11.", "06:60:11"] {
            let exact = format!("2026-07-05T{clock}Z").parse().ok();
            assert_eq!(told(&format!("Jul  5 {clock} host postfix/smtp[1]: x")), exact, "{clock}");
        }
    }
}
