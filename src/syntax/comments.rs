//! The comments of a file, and what each stands above.

use super::format::scan::{self, Block, Entry, Line, Part};
use std::ops::Range;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Where it stands, from its `#` on.
    pub(crate) place: Range<usize>,
    /// To what it belongs.
    pub(crate) of: Of,
}

/// To what a comment belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    /// It stands on a line of its own, above this item, this line, or this line of a list.
    Below(Range<usize>),
    /// It stands on a line of its own, and nothing follows.
    Nothing,
    /// It ends a line on which something else stands.
    Beside,
}

/// The comments of a file without mistakes, in order.
pub(crate) fn comments(text: &str) -> Vec<Comment> {
    let mut found = Finder { text, comments: Vec::new() };
    found.entries(&scan::file(text));
    found.comments.sort_by_key(|comment| comment.place.start);
    found.comments
}

struct Finder<'a> {
    text: &'a str,
    comments: Vec<Comment>,
}

impl Finder<'_> {
    /// Where a piece of the text stands.
    fn place(&self, piece: &str) -> Range<usize> {
        let start = piece.as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + piece.len()
    }

    fn push(&mut self, comment: &str, of: Of) {
        self.comments.push(Comment { place: self.place(comment), of });
    }

    fn entries(&mut self, entries: &[Entry<'_>]) {
        for (n, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Blank => {}
                Entry::Comment(comment) => {
                    let below = entries[n..].iter().find_map(|entry| match entry {
                        Entry::Line(line) => self.line_place(line),
                        _ => None,
                    });
                    self.push(comment, below.map_or(Of::Nothing, Of::Below));
                }
                Entry::Line(line) => self.line(line),
            }
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        for (n, part) in line.parts.iter().enumerate() {
            part.beside.iter().for_each(|comment| self.push(comment, Of::Beside));
            let rest = self.parts_place(self.on_one_line(&line.parts[n + 1..]));
            part.below.iter().for_each(|comment| self.push(comment, rest.clone().map_or(Of::Nothing, Of::Below)));
        }
        if let Some(Block { comment, entries }) = &line.block {
            comment.iter().for_each(|comment| self.push(comment, Of::Beside));
            self.entries(entries);
        }
        line.comment.iter().for_each(|comment| self.push(comment, Of::Beside));
    }

    /// The first of some parts, and those on the line where it ends.
    fn on_one_line<'p>(&self, parts: &'p [Part<'p>]) -> &'p [Part<'p>] {
        let ends_line = |[part, next]: &[Part<'_>; 2]| {
            let places = (self.parts_place(std::slice::from_ref(part)), self.parts_place(std::slice::from_ref(next)));
            matches!(places, (Some(part), Some(next)) if self.text[part.end..next.start].contains(['\n', '\r']))
        };
        let count = parts.array_windows().position(ends_line).map_or(parts.len(), |last| last + 1);
        &parts[..count]
    }

    /// From the first word of a line to its last, which may stand in its block.
    fn line_place(&self, line: &Line<'_>) -> Option<Range<usize>> {
        let head = self.parts_place(&line.parts)?;
        let lines = line.block.iter().flat_map(|block| block.entries.iter().rev());
        let last = lines.filter_map(|entry| match entry {
            Entry::Line(line) => self.line_place(line),
            _ => None,
        });
        let end = last.map(|place| place.end).next().unwrap_or(head.end);
        Some(head.start..end)
    }

    fn parts_place(&self, parts: &[Part<'_>]) -> Option<Range<usize>> {
        let mut words = parts.iter().flat_map(|part| &part.words);
        let first = self.place(words.next()?);
        let end = words.next_back().map_or(first.end, |last| self.place(last).end);
        Some(first.start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comment_knows_what_is_below_it() {
        let text = "\u{FEFF}# a\n\n# b\nrule full { # c\n    # d\n    match code 452, # e\n        # f\n        552,553,\n        554\n    \
                    then full # g\n    # h\n}\n# i\nphrases p {\n    # j\n    \"# x\", \"y\"\n}\n# k\n";
        let shown: Vec<(&str, &str)> = comments(text)
            .into_iter()
            .map(|Comment { place, of }| {
                let of = match of {
                    Of::Below(below) => &text[below],
                    Of::Nothing => "nothing",
                    Of::Beside => "beside",
                };
                (&text[place], of.split('\n').next().unwrap_or(of))
            })
            .collect();
        let expected = [
            ("# a", "rule full { # c"),
            ("# b", "rule full { # c"),
            ("# c", "beside"),
            ("# d", "match code 452, # e"),
            ("# e", "beside"),
            ("# f", "552,553"),
            ("# g", "beside"),
            ("# h", "nothing"),
            ("# i", "phrases p {"),
            ("# j", "\"# x\""),
            ("# k", "nothing"),
        ];
        assert_eq!(shown, expected);
        let item = comments(text).remove(0).of;
        assert!(matches!(item, Of::Below(below) if text[below.clone()].ends_with("then full")));
    }
}
