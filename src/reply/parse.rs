//! Taking a reply apart: code, enhanced code, text; continuation prefixes go, also where lines were joined.

use super::{EnhancedCode, Reply, ReplyCode};

impl Reply {
    /// Reads a reply as a server wrote it: one line or many, with or without codes, any bytes.
    ///
    /// Wrappers such as Postfix's `host … said:` are not looked into: that is intake's work.
    ///
    /// ```
    /// use carom::Reply;
    /// let reply = Reply::parse("550 sorry, user over quota (#5.1.1)");
    /// assert_eq!(reply.enhanced.unwrap().to_string(), "5.1.1");
    /// assert_eq!(Reply::parse("Sorry, no mailbox here").code, None);
    /// ```
    pub fn parse(raw: impl AsRef<[u8]>) -> Reply {
        let (code, enhanced, text) = split_codes(raw.as_ref());
        Reply { code, enhanced, text, ..Reply::default() }
    }
}

/// The code, the enhanced code and the text of a reply.
pub fn split_codes(raw: &[u8]) -> (Option<ReplyCode>, Option<EnhancedCode>, Vec<u8>) {
    if memchr::memchr(b'\n', raw).is_none()
        && let Some(parts) = single_line(raw.trim_ascii())
    {
        return parts;
    }
    let mut lines = raw.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return (None, None, Vec::new()) };
    let head = Head::read(first);
    if head.continued
        && head.code.is_some_and(|code| code.class() == 2)
        && let Some(refusal) = refusal_behind(raw)
    {
        return split_codes(&raw[refusal..]);
    }
    let mut text = first[head.length..].to_vec();
    for line in lines {
        let same = head.code.and_then(|code| prefix_length(line, code));
        if !text.is_empty() {
            text.push(b' ');
        }
        text.extend_from_slice(&line[same.unwrap_or(0)..]);
    }
    if let (Some(code), true) = (head.code, head.continued) {
        text = without_joined_prefixes(&text, code, head.enhanced);
    }
    text.truncate(text.trim_ascii_end().len());
    let blanks = text.len() - text.trim_ascii_start().len();
    text.drain(..blanks);
    let enhanced = head.enhanced.or_else(|| misplaced(&text, head.code.map(ReplyCode::class)));
    (head.code, enhanced, text)
}

/// The same of a line that is neither continued nor joined from such.
fn single_line(line: &[u8]) -> Option<(Option<ReplyCode>, Option<EnhancedCode>, Vec<u8>)> {
    let head = Head::read(line);
    let text = line[head.length..].trim_ascii();
    let enhanced = head.enhanced.or_else(|| misplaced(text, head.code.map(ReplyCode::class)));
    (!head.continued).then(|| (head.code, enhanced, text.to_vec()))
}

/// Where a refusal begins behind the banner of a greeting: `220-mx.example.com 421 4.2.1 Try later`. Its
/// code counts, since the last line's does (RFC 5321 §4.2.1).
fn refusal_behind(raw: &[u8]) -> Option<usize> {
    let starts =
        raw.iter().enumerate().skip(1).filter(|(at, b)| matches!(b, b'4' | b'5') && raw[at - 1].is_ascii_whitespace());
    starts.map(|(at, _)| at).find(|at| {
        let head = Head::read(&raw[*at..]);
        let own_line = raw[at - 1] == b'\n';
        let classes = (head.code.map(ReplyCode::class), head.enhanced.map(EnhancedCode::class));
        matches!(classes, (Some(code), Some(enhanced)) if code == enhanced) || (own_line && head.code.is_some())
    })
}

/// What stands before the text of a line.
struct Head {
    code: Option<ReplyCode>,
    enhanced: Option<EnhancedCode>,
    /// `550-`: more lines follow.
    continued: bool,
    length: usize,
}

impl Head {
    fn read(line: &[u8]) -> Head {
        let (code, mut length) = leading_code(line).map_or((None, 0), |(code, length)| (Some(code), length));
        let continued = code.is_some() && line.get(3) == Some(&b'-');
        let rest = &line[length..];
        let enhanced = leading_enhanced(rest).map(|(enhanced, width)| {
            length += width;
            enhanced
        });
        length += line[length..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        Head { code, enhanced, continued, length }
    }
}

/// An enhanced code and nothing else, as it is read from a text; this way is shorter, for what logs hold many of.
pub(crate) fn enhanced_alone(text: &[u8]) -> Option<EnhancedCode> {
    let (class, end) = digits_at(text, 0)?;
    let (subject, end) = digits_at(text, point_at(text, end)?)?;
    let (detail, end) = digits_at(text, point_at(text, end)?)?;
    let class = u8::try_from(class).ok().filter(|_| end == text.len())?;
    EnhancedCode::new(class, subject, detail)
}

/// A reply code at the start, bare (`550 `, `550-`, `550:`) or in brackets, with its separator.
fn leading_code(line: &[u8]) -> Option<(ReplyCode, usize)> {
    let open = usize::from(matches!(line.first(), Some(b'[' | b'(' | b'<')));
    let (number, end) = digits_at(line, open)?;
    let code = ReplyCode::new(number).filter(|_| end == open + 3)?;
    let after = open + 3;
    if open == 1 {
        return matches!(line.get(after), Some(b']' | b')' | b'>')).then_some((code, after + 1));
    }
    match line.get(after) {
        None | Some(b'#') => Some((code, after)),
        Some(b' ' | b'\t' | b'-' | b':' | b';' | b',') => Some((code, after + 1)),
        _ => None,
    }
}

/// An enhanced code at the start: `5.1.1 `, `#5.1.1 `, `(#5.1.1)`, `[5.1.1]`, `5.1.1:`.
fn leading_enhanced(rest: &[u8]) -> Option<(EnhancedCode, usize)> {
    let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let marks = rest[blanks..].iter().take_while(|b| matches!(b, b'#' | b'(' | b'[')).count();
    if marks > 2 {
        return None;
    }
    let start = blanks + marks;
    let (code, width) = enhanced_at(rest, start)?;
    let mut end = start + width;
    while marks > 0 && matches!(rest.get(end), Some(b')' | b']')) {
        end += 1;
    }
    if matches!(rest.get(end), Some(b':' | b',' | b';')) {
        end += 1;
    }
    Some((code, end))
}

/// An enhanced code that stands alone at `start`: no further digits or labels touch it. Its width as well.
fn enhanced_at(text: &[u8], start: usize) -> Option<(EnhancedCode, usize)> {
    let (class, end) = digits_at(text, start)?;
    let (subject, end) = digits_at(text, point_at(text, end)?)?;
    let (detail, end) = digits_at(text, point_at(text, end)?)?;
    let is_more = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    match text.get(end) {
        // A sentence may end behind it.
        Some(b'.') if text.get(end + 1).is_some_and(is_more) => return None,
        Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@') => return None,
        _ => {}
    }
    let class = u8::try_from(class).ok().filter(|class| *class < 10)?;
    EnhancedCode::new(class, subject, detail).map(|code| (code, end - start))
}

/// One to three digits, and where they end.
fn digits_at(text: &[u8], start: usize) -> Option<(u16, usize)> {
    let digits = text.get(start..)?.iter().take(4).take_while(|byte| byte.is_ascii_digit());
    let (number, width) =
        digits.fold((0, 0), |(number, width), digit| (number * 10 + u16::from(digit - b'0'), width + 1));
    (1..=3).contains(&width).then_some((number, start + width))
}

/// The place behind a point.
fn point_at(text: &[u8], at: usize) -> Option<usize> {
    (text.get(at) == Some(&b'.')).then_some(at + 1)
}

/// An enhanced code further on in the text: in brackets, behind `#`, or bare among blanks; of the
/// reply code's class, so that a version or an address is not taken for one.
fn misplaced(text: &[u8], class: Option<u8>) -> Option<EnhancedCode> {
    // Its first point is easier to find than its first digit.
    let starts = memchr::memchr_iter(b'.', text).filter_map(|point| point.checked_sub(1)).filter(|at| {
        matches!(text[*at], b'2' | b'4' | b'5')
            && (*at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'#' | b'(' | b'[' | b':' | b';' | b','))
    });
    starts
        .filter_map(|at| enhanced_at(text, at).map(|(code, _)| code))
        .find(|code| code.subject() <= 7 && class.map_or(code.class() != 2, |class| class == code.class()))
}

/// The length of `550-`, `550 5.1.1 ` or their like at the start of a line, if its code is `code`.
fn prefix_length(line: &[u8], code: ReplyCode) -> Option<usize> {
    let head = Head::read(line);
    (head.code == Some(code) && line.first() != Some(&b'[')).then_some(head.length)
}

/// Takes out the prefixes of lines that were joined, by blanks or as logs write the end of a line (`\\n`), where they
/// equal the first.
fn without_joined_prefixes(text: &[u8], code: ReplyCode, enhanced: Option<EnhancedCode>) -> Vec<u8> {
    let mark = code.to_string();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for found in memchr::memmem::find_iter(text, mark.as_bytes()) {
        let before = &text[..found];
        let line = before.strip_suffix(br"\n").map(|line| line.strip_suffix(br"\r").unwrap_or(line));
        if found < at || (line.is_none() && before.last().is_some_and(|b| *b != b' ')) {
            continue;
        }
        let head = Head::read(&text[found..]);
        let plain = head.enhanced.is_none();
        let same = head.code == Some(code)
            && (line.is_some() || head.enhanced == enhanced || (plain && head.continued))
            && matches!(text.get(found + 3), None | Some(b'-' | b' '));
        if same {
            out.extend_from_slice(&text[at..line.unwrap_or(before).len().max(at)]);
            if line.is_some() && out.last().is_some_and(|b| *b != b' ') {
                out.push(b' ');
            }
            at = found + head.length;
        }
    }
    out.extend_from_slice(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(raw: &str) -> (Option<u16>, Option<String>, String) {
        let (code, enhanced, text) = split_codes(raw.as_bytes());
        (code.map(ReplyCode::get), enhanced.map(|e| e.to_string()), String::from_utf8(text).unwrap())
    }

    #[test]
    fn reads_replies_as_servers_write_them() {
        let cases: &[(&str, Option<u16>, Option<&str>, &str)] = &[
            ("550 5.1.1 No such user", Some(550), Some("5.1.1"), "No such user"),
            ("550-5.1.1 No\r\n550-5.1.1 such\r\n550 5.1.1 user", Some(550), Some("5.1.1"), "No such user"),
            ("550-5.1.1 No 550-5.1.1 such 550 5.1.1 user", Some(550), Some("5.1.1"), "No such user"),
            (
                "421-4.7.0 [192.0.2.1 15] Rate 421-4.7.0 limited 421 4.7.0 now",
                Some(421),
                Some("4.7.0"),
                "[192.0.2.1 15] Rate limited now",
            ),
            (
                r"552-5.2.2 out of storage\n552-5.2.2 space\r\n552 5.2.2  now",
                Some(552),
                Some("5.2.2"),
                "out of storage space now",
            ),
            (r"550-no such\n550-\n550 user\n551 there", Some(550), None, r"no such user\n551 there"),
            ("550-Mailbox 550 unknown", Some(550), None, "Mailbox unknown"),
            ("550 see 550 Main Street", Some(550), None, "see 550 Main Street"),
            ("550 sorry, no mailbox (#5.1.1)", Some(550), Some("5.1.1"), "sorry, no mailbox (#5.1.1)"),
            ("550 #5.1.0 Address rejected.", Some(550), Some("5.1.0"), "Address rejected."),
            ("550 [5.1.1] gone", Some(550), Some("5.1.1"), "gone"),
            ("[550] [5.1.1] gone", Some(550), Some("5.1.1"), "gone"),
            ("550 <a@b.example>: 5.1.1 gone", Some(550), Some("5.1.1"), "<a@b.example>: 5.1.1 gone"),
            ("451 cuda_nsu 4.4.3 Temporary", Some(451), Some("4.4.3"), "cuda_nsu 4.4.3 Temporary"),
            ("5.1.1 gone", None, Some("5.1.1"), "gone"),
            ("552 4.2.2 full", Some(552), Some("4.2.2"), "full"),
            ("550 version 4.2.1 refused 192.0.2.5", Some(550), None, "version 4.2.1 refused 192.0.2.5"),
            ("550 from 5.1.1.7", Some(550), None, "from 5.1.1.7"),
            ("550e8400 is an id", None, None, "550e8400 is an id"),
            ("999 what", None, None, "999 what"),
            ("550", Some(550), None, ""),
            ("", None, None, ""),
            ("550:5.7.1: no", Some(550), Some("5.7.1"), "no"),
            ("220-mx.example.com 421 4.2.1 Try later", Some(421), Some("4.2.1"), "Try later"),
            ("220-mx.example.com\r\n554 Go away", Some(554), None, "Go away"),
            ("250-mx.example.com 550 of 600 250 ok", Some(250), None, "mx.example.com 550 of 600 ok"),
        ];
        for (raw, code, enhanced, text) in cases {
            assert_eq!(parts(raw), (*code, enhanced.map(str::to_owned), (*text).to_owned()), "{raw:?}");
        }
    }

    #[test]
    fn an_enhanced_code_alone_is_read_as_from_a_text() {
        for text in
            ["5.1.1", "2.0.0", "4.999.12", "05.1.1", "300.1.1", "5.1", "5.1.1.", "5.1.1 ", "5.1.1234", "3.1.1", ""]
        {
            assert_eq!(enhanced_alone(text.as_bytes()), text.parse().ok(), "{text:?}");
        }
    }

    #[test]
    fn takes_any_bytes() {
        for raw in [&b"\xff\xfe"[..], b"550\0", b"550-\xe9", b"550-\n550", b"\n\n", b"(#", b"[5"] {
            split_codes(raw);
        }
    }
}
