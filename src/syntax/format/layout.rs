//! From lines and comments to text.
//!
//! A block has its keywords in one column and their arguments in another. The second is fixed, as
//! nearly all keywords fit before it: a line that is added seldom moves the others.

use super::scan::{Block, Entry, Line, Part};
use std::iter::repeat_n;

const INDENT: usize = 4;
/// Where arguments begin, counted from the keyword.
const ARGUMENTS: usize = 9;
/// What stands between the longest keyword and its argument where [`ARGUMENTS`] is too near.
const GAP: usize = 2;
/// What stands between the columns of a `phrases` block.
const PHRASE_GAP: usize = 3;
/// A cell of a `phrases` block that is longer than this moves nothing but its own line.
const PHRASE_LIMIT: usize = 60;
/// A list that goes beyond this column is broken.
const WIDTH: usize = 100;

pub(super) fn file(entries: &[Entry<'_>]) -> String {
    let mut text = Text::default();
    let mut blank = false;
    for (n, entry) in entries.iter().enumerate() {
        if matches!(entry, Entry::Blank) {
            blank = true;
            continue;
        }
        if (blank || parted(&entries[..n], &entries[n..])) && !text.out.is_empty() {
            text.end_line();
        }
        blank = false;
        match entry {
            Entry::Blank => {}
            Entry::Comment(comment) => text.own_line(0, comment),
            Entry::Line(item) => text.item(item),
        }
    }
    text.out
}

/// Whether a blank line has to stand between two items; a comment belongs to the item right below it.
fn parted(above: &[Entry<'_>], below: &[Entry<'_>]) -> bool {
    let Some(Entry::Line(above)) = above.last() else { return false };
    let below = below.iter().find(|entry| !matches!(entry, Entry::Comment(_)));
    match below {
        Some(Entry::Line(below)) => above.block.is_some() || below.block.is_some(),
        _ => above.block.is_some(),
    }
}

#[derive(Default)]
struct Text {
    out: String,
    /// Characters on the line so far.
    column: usize,
}

impl Text {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Goes on to a column of the line.
    fn pad_to(&mut self, column: usize) {
        self.out.extend(repeat_n(' ', column.saturating_sub(self.column)));
        self.column = self.column.max(column);
    }

    fn end_line(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn own_line(&mut self, column: usize, text: &str) {
        self.pad_to(column);
        self.push(text);
        self.end_line();
    }

    /// Ends a line by the comment that stands on it, if one does.
    fn end_with(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.push("  ");
            self.push(comment);
        }
        self.end_line();
    }

    fn item(&mut self, item: &Line<'_>) {
        let is_phrases = item.parts[0].words.first() == Some(&"phrases");
        self.parts(&item.parts, None);
        if let Some(block) = &item.block {
            self.push(" {");
            self.end_with(block.comment);
            let columns = if is_phrases { phrase_columns(block) } else { vec![argument_column(block)] };
            for (n, entry) in block.entries.iter().enumerate() {
                match entry {
                    Entry::Blank if n == 0 => {}
                    Entry::Blank => self.end_line(),
                    Entry::Comment(comment) => self.own_line(INDENT, comment),
                    Entry::Line(line) => {
                        self.pad_to(INDENT);
                        if is_phrases {
                            self.phrase(line, &columns)
                        } else {
                            self.parts(&line.parts, Some(columns[0]))
                        }
                        self.end_with(line.comment);
                    }
                }
            }
            self.push("}");
        }
        self.end_with(item.comment);
    }

    /// A keyword and its arguments; `column` is where the arguments of the block begin.
    fn parts(&mut self, parts: &[Part<'_>], column: Option<usize>) {
        let mut list = self.column + INDENT;
        for (n, part) in parts.iter().enumerate() {
            let last = n + 1 == parts.len();
            let mut words = part.words.as_slice();
            if let (0, Some(column), Some(keyword)) = (n, column, keyword(part)) {
                self.push(keyword);
                self.pad_to(column);
                words = &words[1..];
                // A list stands below its first alternative, which `match` and `unless` name a column for.
                let named = if matches!(keyword, "match" | "unless") { width(words[0]) + 1 } else { 0 };
                list = column + named;
            }
            let text = words.join(" ") + if last { "" } else { "," };
            if n > 0 && self.column == 0 {
                self.pad_to(list);
            } else if n > 0 && self.column + 1 + width(&text) > WIDTH {
                self.end_line();
                self.pad_to(list);
            } else if n > 0 {
                self.push(" ");
            }
            self.push(&text);
            if part.beside.is_some() || !part.below.is_empty() {
                self.end_with(part.beside);
                part.below.iter().for_each(|comment| self.own_line(list, comment));
            }
        }
    }

    /// A phrase with what it sets, each part in its column.
    fn phrase(&mut self, line: &Line<'_>, widths: &[usize]) {
        let cells = phrase_cells(line);
        let mut column = self.column;
        for (n, cell) in cells.iter().enumerate() {
            self.push(cell);
            if n + 1 < cells.len() {
                column = self.column.max(column + widths[n]) + PHRASE_GAP;
                self.pad_to(column);
            }
        }
    }
}

/// The word that a line begins with, if arguments follow it.
fn keyword<'a>(part: &Part<'a>) -> Option<&'a str> {
    let is_alone = part.words.len() < 2 || part.words[0] == "no";
    if is_alone { None } else { Some(part.words[0]) }
}

/// Where the arguments of a block's lines begin.
fn argument_column(block: &Block<'_>) -> usize {
    let lines = block.entries.iter().filter_map(|entry| match entry {
        Entry::Line(line) => keyword(&line.parts[0]).map(width),
        _ => None,
    });
    let (count, longest) = lines.fold((0, 0), |(count, longest), width| (count + 1, longest.max(width)));
    INDENT
        + match longest {
            // One line alone has nothing to stand below.
            _ if count == 1 => longest + 1,
            _ if longest < ARGUMENTS => ARGUMENTS,
            _ => longest + GAP,
        }
}

/// How wide each column of a `phrases` block is, the last cell of a line not counted.
fn phrase_columns(block: &Block<'_>) -> Vec<usize> {
    let mut widths = Vec::new();
    for entry in &block.entries {
        let Entry::Line(line) = entry else { continue };
        let cells = phrase_cells(line);
        widths.resize(widths.len().max(cells.len()), 0);
        for (n, cell) in cells.iter().enumerate().take(cells.len() - 1) {
            if width(cell) <= PHRASE_LIMIT {
                widths[n] = widths[n].max(width(cell));
            }
        }
    }
    widths
}

/// The phrase, and each `set` and `see` after it.
fn phrase_cells(line: &Line<'_>) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    // How many words the last cell still takes.
    let mut left = 0;
    for word in &line.parts[0].words {
        match cells.last_mut().filter(|_| left > 0) {
            Some(cell) => {
                cell.push(' ');
                cell.push_str(word);
                left -= 1;
            }
            None => {
                cells.push((*word).to_owned());
                left = match *word {
                    "set" => 2,
                    "see" | "regex" => 1,
                    _ => 0,
                };
            }
        }
    }
    cells
}

fn width(text: &str) -> usize {
    text.chars().count()
}
