//! JSON that may be shown on a terminal: what JSON itself lets stand raw, but a terminal obeys, is escaped.

use super::plain::is_unsafe;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// A value as one line of JSON, without the line's end.
///
/// Whatever reads the line gets the same strings as from any other writer.
pub fn json_line(value: &impl Serialize) -> String {
    written(value, Careful(CompactFormatter))
}

/// The same onto what `out` holds.
pub fn write_json(value: &impl Serialize, out: &mut Vec<u8>) {
    write(value, Careful(CompactFormatter), out);
}

/// The same with the line's end.
pub fn write_json_line(value: &impl Serialize, out: &mut Vec<u8>) {
    write_json(value, out);
    out.push(b'\n');
}

/// The same over several lines.
pub(super) fn json_pretty(value: &impl Serialize) -> String {
    written(value, Careful(PrettyFormatter::new()))
}

fn written(value: &impl Serialize, formatter: impl Formatter) -> String {
    let mut out = Vec::new();
    write(value, formatter, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn write(value: &impl Serialize, formatter: impl Formatter, out: &mut Vec<u8>) {
    if let Err(error) = value.serialize(&mut Serializer::with_formatter(out, formatter)) {
        // Reports have string keys and finite numbers, and a vector takes all that is written.
        unreachable!("a report that is no JSON: {error}");
    }
}

struct Careful<F>(F);

macro_rules! pass_on {
    ($($method:ident($($name:ident: $kind:ty),*))*) => {
        $(fn $method<W: ?Sized + Write>(&mut self, writer: &mut W $(, $name: $kind)*) -> io::Result<()> {
            self.0.$method(writer $(, $name)*)
        })*
    };
}

impl<F: Formatter> Formatter for Careful<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all is plain ASCII, and need not be looked at letter by letter.
        let mut rest = fragment;
        if fragment.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    pass_on! {
        begin_array() end_array() begin_array_value(first: bool) end_array_value()
        begin_object() end_object() begin_object_key(first: bool) end_object_key() begin_object_value() end_object_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn escapes_what_a_terminal_would_obey_and_keeps_the_value() {
        let value = json!({ "text": "a\u{1b}\u{7f}\u{9b}\u{202e}\u{e0041}é\"\\\n", "list": [1, 2] });
        for written in [json_line(&value), json_pretty(&value)] {
            assert!(!written.chars().any(|c| is_unsafe(c) && c != '\n'), "{written:?}");
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        }
        assert_eq!(json_line(&json!(["\u{9b}", 1])), r#"["\u009b",1]"#);
    }
}
