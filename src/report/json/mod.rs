//! JSON that may be shown on a terminal: what JSON itself lets stand raw, but a terminal obeys, is escaped.
//!
//! Invariant: who reads it gets the same values as from any other writer.

mod careful;
mod compact;

use careful::Careful;
use compact::Compact;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// A value as one line of JSON, without the line's end.
///
/// Whatever reads the line gets the same strings as from any other writer.
pub fn json_line(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write_json(value, &mut out);
    text(&out)
}

/// The same onto what `out` holds.
pub fn write_json(value: &impl Serialize, out: &mut Vec<u8>) {
    held(value.serialize(Compact::new(out)));
}

/// The same with the line's end.
pub fn write_json_line(value: &impl Serialize, out: &mut Vec<u8>) {
    write_json(value, out);
    out.push(b'\n');
}

/// The same over several lines.
pub(super) fn json_pretty(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    held(value.serialize(&mut Serializer::with_formatter(&mut out, Careful(PrettyFormatter::new()))));
    text(&out)
}

/// Reports have string keys, and a vector takes all that is written.
fn held<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        unreachable!("a report that is no JSON: {error}");
    }
}

fn text(out: &[u8]) -> String {
    String::from_utf8_lossy(out).into_owned()
}

#[cfg(test)]
mod tests;
