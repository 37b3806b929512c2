//! Times as logs and services write them.

use crate::Time;

/// Seconds, milliseconds or microseconds since 1970, by their size; or a date and a time, with `T` or a blank
/// between them and a zone in any of its forms. Without a zone it is in UTC.
pub(super) fn read(text: &str) -> Option<Time> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return text.parse().ok().and_then(since_1970);
    }
    let (date, rest) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes()[10], b'T' | b't' | b' ') {
        return None;
    }
    let zone = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, zone) = (&rest[..zone], rest[zone..].trim());
    let zone = match zone.as_bytes() {
        [] | b"Z" | b"z" | b"UTC" | b"GMT" => "Z".to_owned(),
        [b'+' | b'-', a, b, c, d] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => {
            format!("{}:{}", &zone[..3], &zone[3..])
        }
        _ => zone.to_owned(),
    };
    format!("{date}T{clock}{zone}").parse().ok()
}

/// A point in time by a number of which nobody says what it counts.
pub(super) fn since_1970(number: f64) -> Option<Time> {
    let seconds = match number {
        n if !(0.0..1e17).contains(&n) => return None,
        n if n < 1e11 => n,
        n if n < 1e14 => n / 1e3,
        n => n / 1e6,
    };
    Some(Time::from_unix(seconds.floor() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times() {
        let cases = [
            ("1767323045", "2026-01-02T03:04:05Z"),
            ("1767323045.678", "2026-01-02T03:04:05Z"),
            ("1767323045678", "2026-01-02T03:04:05Z"),
            ("1767323045678901", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05.678", "2026-01-02T03:04:05Z"),
            ("2026-01-02 04:04:05+0100", "2026-01-02T03:04:05Z"),
            ("2026-01-02 04:04:05 +0100", "2026-01-02T03:04:05Z"),
            ("2026-01-01T22:04:05.1234567-05:00", "2026-01-02T03:04:05Z"),
        ];
        for (text, time) in cases {
            assert_eq!(read(text).map(|time| time.to_string()).as_deref(), Some(time), "{text}");
        }
        for text in
            ["", ".", "soon", "2026-01-02", "2026-01-02x03:04:05", "2026-13-02 03:04:05", "99999999999999999999"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
