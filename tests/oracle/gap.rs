//! What gaps catch, by asking of every length whether it is one.

use carom::reply::{ADDRESS, is_letter};

/// The most bytes that are looked at for digits, for a word and for a host name.
const DIGITS: usize = 64;
const WORD: usize = 128;
const HOST: usize = 253;

/// Where a gap may end that begins at `at`, the longest first.
pub(super) fn ends(kind: &str, text: &[char], at: usize) -> Vec<usize> {
    let (is_one, part, limit): (fn(&str) -> bool, fn(char) -> bool, usize) = match kind {
        "ip" => (is_ip, |c| c.is_ascii_hexdigit() || c == '.' || c == ':', 64),
        "host" => (is_host, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'), HOST),
        "number" => (is_number, |c| c.is_ascii_digit() || c == '.' || c == ',', DIGITS),
        "digits" => (is_digits, |c| c.is_ascii_digit(), DIGITS),
        "duration" => (is_duration, |c| c.is_ascii_alphanumeric() || c == ' ' || c == ':', 32),
        "address" => (|text| text.chars().eq([ADDRESS]), |c| c == ADDRESS, 1),
        "word" => (|text| !text.is_empty(), |c| is_letter(c) || c == '_' || c == '-', WORD),
        "tag" => (|text| !text.is_empty(), |c| c.is_ascii_alphanumeric() || c == '_' || c == '-', WORD),
        other => panic!("`{other}` is no type of gap"),
    };
    let mut bytes = 0;
    let within = |c: &&char| {
        bytes += c.len_utf8();
        part(**c) && bytes <= limit
    };
    let longest = text[at..].iter().take_while(within).count();
    let candidates = (at..=at + longest).rev();
    candidates.filter(|end| is_one(&text[at..*end].iter().collect::<String>())).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    text.split(['.', ',']).all(is_digits)
}

fn is_ip(text: &str) -> bool {
    let octet = |part: &str| is_digits(part) && part.len() <= 3 && part.parse::<u16>().is_ok_and(|n| n <= 255);
    let v4 = text.split('.').count() == 4 && text.split('.').all(octet);
    v4 || text.parse::<std::net::Ipv6Addr>().is_ok()
}

fn is_host(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let whole = edge(text.chars().next()) && edge(text.chars().last());
    whole && text.contains('.') && text.split('.').all(|label| !label.is_empty())
}

fn is_duration(text: &str) -> bool {
    const UNITS: &[&str] = &[
        "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour",
        "hours", "d", "day", "days",
    ];
    let clock: Vec<&str> = text.split(':').collect();
    if let [parts @ .., last] = clock.as_slice()
        && matches!(parts.len(), 1 | 2)
    {
        return parts.iter().chain([last]).all(|part| is_digits(part) && part.len() <= 4);
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=10).contains(&(text.len() - unit.len())) && UNITS.contains(&unit.strip_prefix(' ').unwrap_or(unit))
}
