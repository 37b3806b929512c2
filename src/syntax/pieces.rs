//! Many files at once, on all processors; long files in pieces.
//!
//! An item is read the same whatever stands before it, so the text of a file can be read from several places at
//! once, if an item begins at each. A line that begins with an item's keyword is only likely to begin one: a piece
//! counts where the one before it ends at its start, and else its text is read again from there. So the trees are
//! those of [`parse`](super::parse()), however the text was cut.

use super::ast::{File, Item};
use super::parse::{Piece, parse_piece, too_long, with_newlines};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::spread::{WORTH_A_THREAD, spread};
use std::borrow::Cow;
use std::ops::Range;

/// About how long a piece is, in bytes: some milliseconds of work.
const PIECE: usize = 64 << 10;

/// Reads files, each as [`parse`](super::parse()) does.
pub(crate) fn parse_all(files: &[(FileId, &str)]) -> Vec<(File, Vec<Diagnostic>)> {
    parse_cut(files, PIECE)
}

fn parse_cut(files: &[(FileId, &str)], length: usize) -> Vec<(File, Vec<Diagnostic>)> {
    let inputs: Vec<Cow<'_, str>> = files.iter().map(|(_, text)| with_newlines(text)).collect();
    let pieces: Vec<(usize, Range<usize>)> = files
        .iter()
        .enumerate()
        .filter(|(_, (id, text))| too_long(*id, text).is_none())
        .flat_map(|(n, (_, text))| cut(text, length).into_iter().map(move |range| (n, range)))
        .collect();
    let read = |(n, range): &(usize, Range<usize>)| {
        let (id, text) = files[*n];
        parse_piece(id, text, &inputs[*n], range.clone())
    };
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let found = if bytes < WORTH_A_THREAD { pieces.iter().map(read).collect() } else { spread(&pieces, read) };
    let mut all: Vec<(File, Vec<Diagnostic>)> =
        files.iter().map(|(id, text)| (File::default(), Vec::from_iter(too_long(*id, text)))).collect();
    let mut ends = vec![0; files.len()];
    for ((n, range), piece) in pieces.iter().zip(found) {
        let ((file, diagnostics), end) = (&mut all[*n], &mut ends[*n]);
        let right = if *end == range.start { piece } else { read(&(*n, *end..range.end.max(*end))) };
        let Piece { items, diagnostics: found, end: next } = right;
        append(&mut file.items, items);
        diagnostics.extend(found);
        *end = next;
    }
    all
}

/// The first piece's items stay where they are.
fn append(all: &mut Vec<Item>, items: Vec<Item>) {
    if all.is_empty() { *all = items } else { all.extend(items) }
}

/// Cuts a text into pieces of about that length, before lines that look like the start of an item.
fn cut(text: &str, length: usize) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut from = length;
    while from < text.len() {
        let lines = memchr::memchr_iter(b'\n', &text.as_bytes()[from..]).map(|at| from + at + 1);
        let Some(start) = lines.take(1_000).find(|start| begins_item(&text.as_bytes()[*start..])) else { break };
        starts.push(start);
        from = start + length;
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn begins_item(line: &[u8]) -> bool {
    [&b"rule "[..], b"override ", b"fallback ", b"profile ", b"reason ", b"phrases ", b"change ", b"test "]
        .iter()
        .any(|keyword| line.starts_with(keyword))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::parse_cut;
    use crate::source::{Origin, SourceMap};

    /// Whole items, broken ones, and lines within an item that look like the start of one.
    const PARTS: &[&str] = &[
        "# a comment\n",
        "rule a {\n    match phrase \"full\"\n    then b\n}\n",
        "rule a {\n    match phrase \"full\"\n",
        "rule a for b {\nmatch phrase a,\nrule ,\ntest \n}\n",
        "rule a { match phrase \"x\\\"y\\\\\"\r\n then b }\r\n\r\n",
        "phrases p {\n\"rule \",\n\"a\"\n}\n",
        "test \"it\" {\n    reply \"550\r no\"\n    expect b\n}\r",
        "reason b {\n  category soft }   # behind\n",
        "use \"other.carom\"\n\t\n",
        "    rule x {\n",
        "}\n",
        "rule a { match phrase \"open\n",
        "\r",
        "  \u{FEFF}",
        "rule é {}\n",
    ];

    #[test]
    fn pieces_make_the_tree_of_the_whole() {
        let mut state = 1_u64;
        let mut cut = 0;
        for _ in 0..400 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(PARTS[(state >> 33) as usize % PARTS.len()]);
            }
            let mut sources = SourceMap::new();
            let id = sources.add("root.carom", "root.carom", text.clone(), Origin::Site);
            let whole = parse(&sources, id);
            for length in [1, 30, 100] {
                let pieces = parse_cut(&[(id, &text)], length).remove(0);
                // The debug form has all places.
                assert_eq!(format!("{pieces:?}"), format!("{whole:?}"), "in pieces of {length}: {text:?}");
                cut += usize::from(super::cut(&text, length).len() > 2);
            }
        }
        assert!(cut > 400, "most texts were cut: {cut}");
    }
}
