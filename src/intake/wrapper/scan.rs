//! Finding hosts, addresses, codes and words in bytes.

use super::shape::STRETCH;

/// The longest host with its address.
const HOST_LIMIT: usize = 320;

/// The end of an address in angle brackets, quotes respected.
pub(super) fn path_end(text: &[u8], open: usize) -> Option<usize> {
    let mut quoted = false;
    let mut at = open + 1;
    let limit = text.len().min(open + STRETCH);
    while at < limit {
        match text[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at + 1),
            b'\n' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The end of literal words at `at`; a blank among them is any run of white space.
pub(super) fn words_at(text: &[u8], at: usize, words: &str) -> Option<usize> {
    let mut at = at;
    for byte in words.bytes() {
        if byte == b' ' {
            let blanks = text.get(at..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
            if blanks == 0 {
                return None;
            }
            at += blanks;
        } else if text.get(at) == Some(&byte) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// The first place of literal words.
pub(super) fn find_words(text: &[u8], words: &str) -> Option<usize> {
    let first = words.split(' ').next().unwrap_or(words);
    memchr::memmem::find_iter(text, first.as_bytes()).find(|at| words_at(text, *at, words).is_some())
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':') || byte >= 0x80
}

/// Where a host that begins at `at` may end, the longest first.
pub(super) fn host_ends(text: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let limit = text.len().min(at + HOST_LIMIT);
    let run = |from: usize| text[from.min(limit)..limit].iter().take_while(|b| is_of_host(**b)).count();
    let bare = at + run(at);
    let group = group_end(text, bare).or_else(|| {
        let blank = text.get(bare).is_some_and(u8::is_ascii_whitespace) && bare > at;
        blank.then(|| group_end(text, bare + 1)).flatten()
    });
    let port = group.map(|end| match text.get(end) {
        Some(b':') => end + 1 + text[end + 1..].iter().take(5).take_while(|b| b.is_ascii_digit()).count(),
        _ => end,
    });
    let short = text[at..bare].iter().rev().take_while(|b| matches!(b, b':' | b'.')).count();
    let shorter = (1..=short.min(2)).map(move |less| bare - less);
    port.into_iter().chain(group).chain(Some(bare)).chain(shorter).filter(move |end| *end > at)
}

/// The end of `[…]` or `(…)` at `at`.
fn group_end(text: &[u8], at: usize) -> Option<usize> {
    let close = match text.get(at)? {
        b'[' => b']',
        b'(' => b')',
        _ => return None,
    };
    let limit = text.len().min(at + HOST_LIMIT);
    let length = memchr::memchr(close, &text[at..limit])?;
    (!text[at..at + length].contains(&b' ')).then_some(at + length + 1)
}

/// The start of the host that ends before the blanks before `at`.
pub(super) fn host_before(text: &[u8], at: usize) -> Option<usize> {
    let end = text[..at].trim_ascii_end().len();
    let text = &text[end.saturating_sub(HOST_LIMIT)..end];
    let floor = end - text.len();
    let port = text.iter().rev().take(5).take_while(|b| b.is_ascii_digit()).count();
    let group = text[..text.len() - port].strip_suffix(b":").filter(|rest| rest.ends_with(b"]")).unwrap_or(text);
    let open = match group.last() {
        Some(b']') => memchr::memrchr(b'[', group),
        Some(b')') => memchr::memrchr(b'(', group),
        _ => None,
    };
    // An address in brackets may stand alone, or behind a name.
    let named = text[..open.unwrap_or(text.len())].trim_ascii_end();
    let length = named.iter().rev().take_while(|b| is_of_host(**b)).count();
    let start = if length > 0 { named.len() - length } else { open? };
    let alone = start == 0 || text[start - 1].is_ascii_whitespace() || matches!(text[start - 1], b'(' | b'"' | b'/');
    alone.then_some(floor + start)
}

/// The class of the reply code or enhanced code that a text begins with.
pub(super) fn leading_class(text: &[u8]) -> Option<u8> {
    let text = text.strip_prefix(b"#").unwrap_or(text);
    let class = text.first().filter(|b| (b'2'..=b'5').contains(*b)).map(|b| b - b'0')?;
    let digits = |text: &[u8]| text.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    match digits(text) {
        3 if matches!(text.get(3), None | Some(b' ' | b'-' | b'\t' | b'\r' | b'\n' | b':' | b';' | b',' | b'#')) => {
            Some(class)
        }
        1 if class != 3 && text.get(1) == Some(&b'.') => {
            let subject = digits(&text[2..]);
            let rest = &text[2 + subject..];
            let detail = rest.strip_prefix(b".").map_or(0, digits);
            let after = rest.get(1 + detail);
            let alone = after.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_'))
                && !(after == Some(&b'.') && rest.get(2 + detail).is_some_and(u8::is_ascii_digit));
            ((1..=3).contains(&subject) && (1..=3).contains(&detail) && alone).then_some(class)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_begins_with_a_code() {
        let cases: &[(&str, Option<u8>)] = &[
            ("550 no", Some(5)),
            ("550", Some(5)),
            ("450-4.2.0 wait", Some(4)),
            ("550:5.7.1 no", Some(5)),
            ("5.1.1 gone", Some(5)),
            ("#5.1.0 no", Some(5)),
            ("5.1.1.7 is an address", None),
            ("5.7.1: no", Some(5)),
            ("5.7.606.", Some(5)),
            ("550e8400", None),
            ("5500 boxes", None),
            ("650 no", None),
            ("3.1.1 no", None),
            ("2001:db8::1 hung up", None),
            ("", None),
        ];
        for (text, class) in cases {
            assert_eq!(leading_class(text.as_bytes()), *class, "{text}");
        }
    }
}
