//! Rows of comma-separated cells (RFC 4180).

use crate::intake::lines::Reshape;
use std::borrow::Cow;

/// The most lines that a row may go over. What has more is a quotation mark that nobody closed.
const MOST_LINES: usize = 16;

/// Puts each row on one line: line ends within cells become blanks, and empty lines behind the row stand for them,
/// so that the lines' numbers stay what they were.
#[derive(Debug, Default)]
pub(in crate::intake) struct Rows {
    quoted: bool,
    /// Whether the last byte was one behind which a cell begins; the input's first cell begins behind none.
    within: bool,
    /// Whether the last byte closed a cell, unless another mark follows.
    closed: bool,
    owed: usize,
}

impl Reshape for Rows {
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if self.quoted {
                let end = memchr::memchr2(b'"', b'\n', rest).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..end]);
                rest = &rest[end..];
                match rest.first() {
                    Some(b'"') => {
                        (self.quoted, self.closed) = (false, true);
                        out.push(b'"');
                    }
                    Some(_) if self.owed + 1 < MOST_LINES => {
                        self.owed += 1;
                        out.push(b' ');
                    }
                    Some(_) => {
                        self.quoted = false;
                        self.end_row(out);
                    }
                    None => return,
                }
                rest = &rest[1..];
                continue;
            }
            // Two marks in a cell stand for one: behind the first the cell seems over, and begins again.
            let again = std::mem::take(&mut self.closed);
            if *first == b'"' && (!self.within || again) {
                (self.quoted, self.within) = (true, true);
                out.push(b'"');
                rest = &rest[1..];
                continue;
            }
            // Up to the next mark, or to the line end for which others are owed.
            let mut end = 1 + memchr::memchr(b'"', &rest[1..]).unwrap_or(rest.len() - 1);
            if self.owed > 0 {
                end = memchr::memchr(b'\n', &rest[..end]).map_or(end, |at| at + 1);
            }
            let (part, behind) = rest.split_at(end);
            out.extend_from_slice(part);
            let last = part.last().copied();
            self.within = !matches!(last, Some(b',' | b'\n'));
            if last == Some(b'\n') {
                out.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut self.owed)));
            }
            rest = behind;
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.owed > 0 {
            self.end_row(out);
        }
    }
}

impl Rows {
    fn end_row(&mut self, out: &mut Vec<u8>) {
        out.extend(std::iter::repeat_n(b'\n', self.owed + 1));
        (self.owed, self.within) = (0, false);
    }
}

/// The cells of a row; `None` where a quotation mark is not closed or something stands behind the one that closes.
pub(super) fn cells(row: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let cell = match rest.strip_prefix(b"\"") {
            Some(inner) => {
                let mut whole = Vec::new();
                let mut at = 0;
                let end = loop {
                    let mark = at + memchr::memchr(b'"', &inner[at..])?;
                    if inner.get(mark + 1) != Some(&b'"') {
                        break mark;
                    }
                    whole.extend_from_slice(&inner[at..=mark]);
                    at = mark + 2;
                };
                rest = &inner[end + 1..];
                if whole.is_empty() {
                    Cow::Borrowed(&inner[..end])
                } else {
                    whole.extend_from_slice(&inner[at..end]);
                    Cow::Owned(whole)
                }
            }
            None => {
                let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                rest = after;
                Cow::Borrowed(cell)
            }
        };
        cells.push(cell);
        match rest.split_first() {
            None => return Some(cells),
            Some((b',', after)) => rest = after,
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::lines::reshaped;

    #[test]
    fn rows_come_on_a_line_each() {
        let cases = [
            ("a,b\nc,d\n", "a,b\nc,d\n"),
            ("a,\"b\nc\",d\ne\n", "a,\"b c\",d\n\ne\n"),
            ("\"a\"\"\n\"\"b\",c\r\nd\n", "\"a\"\" \"\"b\",c\r\n\nd\n"),
            ("a,5\" disk\nb\n", "a,5\" disk\nb\n"),
            ("a,\"b\n", "a,\"b \n\n"),
            ("", ""),
        ];
        for (input, expected) in cases {
            for step in [1, 2, 7, 100] {
                assert_eq!(reshaped(&mut Rows::default(), input.as_bytes(), step), expected, "{input:?} {step}");
            }
        }
        // A mark that nobody closes does not take the rest of the file with it.
        let open = format!("a,\"b\n{}", "d,e\n".repeat(40));
        let lines = reshaped(&mut Rows::default(), open.as_bytes(), 9);
        assert_eq!(lines.matches('\n').count(), 41);
        assert_eq!(lines.lines().filter(|line| *line == "d,e").count(), 25);
    }

    #[test]
    fn cells_are_taken_apart() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("a,b", Some(&["a", "b"])),
            ("", Some(&[""])),
            (",", Some(&["", ""])),
            ("\"a,b\",\"c \"\"d\"\"\",\"\"", Some(&["a,b", "c \"d\"", ""])),
            ("\"a\"\"\"", Some(&["a\""])),
            ("a \"b\" c,d", Some(&["a \"b\" c", "d"])),
            ("\"a", None),
            ("\"a\"b", None),
        ];
        for (row, expected) in cases {
            let found = cells(row.as_bytes());
            let found: Option<Vec<&str>> =
                found.as_ref().map(|cells| cells.iter().map(|cell| std::str::from_utf8(cell).unwrap()).collect());
            assert_eq!(found.as_deref(), *expected, "{row}");
        }
    }
}
