//! Text from outside, made safe for a terminal.
//!
//! A server may say anything: an escape sequence that clears the screen, an override that turns a
//! line round. Such characters are shown by their number. This is for reading, not for reading
//! back: a `\` of the text itself stays as it is.

use crate::reply::is_format;
use std::borrow::Cow;
use std::fmt::Write;

/// The text with control, format and bidirectional characters as visible escapes; it is one line.
pub fn plain(text: &str) -> Cow<'_, str> {
    let Some((first, _)) = text.char_indices().find(|(_, c)| is_unsafe(*c)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    push(&mut out, &text[first..]);
    Cow::Owned(out)
}

/// The same for bytes; what is not UTF-8 is shown byte by byte, as `\xff`.
pub fn plain_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        push(&mut out, chunk.valid());
        for byte in chunk.invalid() {
            escape(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal may do something else with a character than show it.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_format(c)
}

fn push(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{7F}' if c.is_control() => escape(out, format_args!("\\x{:02x}", u32::from(c))),
            _ if is_unsafe(c) => escape(out, format_args!("\\u{{{:x}}}", u32::from(c))),
            _ => out.push(c),
        }
    }
}

fn escape(out: &mut String, number: std::fmt::Arguments<'_>) {
    // Writing into a string does not fail.
    let _ = out.write_fmt(number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_terminal_would_obey() {
        for (text, shown) in [
            ("Mailbox full, déjà vu, 満杯", "Mailbox full, déjà vu, 満杯"),
            ("\u{1b}[2Jgone", "\\x1b[2Jgone"),
            ("a\0b\u{7}c\u{7f}", "a\\x00b\\x07c\\x7f"),
            ("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}txt.exe\u{2069}", "\\u{202e}txt.exe\\u{2069}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            (r"C:\x1b", r"C:\x1b"),
            ("", ""),
        ] {
            assert_eq!(plain(text), shown);
        }
    }

    #[test]
    fn borrows_what_is_harmless() {
        assert!(matches!(plain("Mailbox full"), Cow::Borrowed(_)));
        assert!(matches!(plain_bytes(b"Mailbox full"), Cow::Borrowed(_)));
    }

    #[test]
    fn shows_bytes_that_are_no_text() {
        for (bytes, shown) in [
            (&b"bo\xeete pleine"[..], "bo\\xeete pleine"),
            (b"cut \xe2\x82", "cut \\xe2\\x82"),
            (b"\xff\x1b\xc3\xa9", "\\xff\\x1bé"),
            // The bytes of a surrogate, and of a slash in two bytes.
            (b"\xed\xa0\x80 \xc0\xaf", "\\xed\\xa0\\x80 \\xc0\\xaf"),
        ] {
            assert_eq!(plain_bytes(bytes), shown);
        }
    }

    #[test]
    fn never_leaves_an_unsafe_character() {
        for c in ('\0'..='\u{3000}').chain('\u{FE00}'..='\u{FFFF}').chain('\u{E0000}'..='\u{E0200}') {
            let text = c.to_string();
            assert!(!plain(&text).chars().any(is_unsafe), "{c:?}");
        }
    }
}
