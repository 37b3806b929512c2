//! The call into the generated parser, item by item.

use super::ast::{Broken, File, Item, Word};
use super::build::{self, Base};
use super::explain;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, SourceMap, Span};
use pest::Parser;
use pest_derive::Parser;
use std::borrow::Cow;
use std::ops::Range;

/// The longest rule file, in bytes.
pub const FILE_LIMIT: usize = 16 << 20;

#[allow(missing_docs, reason = "the generated rules are named by the grammar, where they are explained")]
mod generated {
    use super::Parser;

    #[derive(Parser)]
    #[grammar = "../grammar/carom.pest"]
    pub(crate) struct Grammar;
}

pub(super) use generated::{Grammar, Rule};

/// Reads a file: its tree, and what is wrong with it.
pub fn parse(sources: &SourceMap, id: FileId) -> (File, Vec<Diagnostic>) {
    let text = sources.file(id).text.as_str();
    if let Some(diagnostic) = too_long(id, text) {
        return (File::default(), vec![diagnostic]);
    }
    let Piece { items, diagnostics, .. } = parse_piece(id, text, &with_newlines(text), 0..text.len());
    (File { items }, diagnostics)
}

/// What is said of a file that is too long to be read.
pub(super) fn too_long(id: FileId, text: &str) -> Option<Diagnostic> {
    (text.len() > FILE_LIMIT).then(|| {
        let message = format!("the file has {} bytes; at most {FILE_LIMIT} are read", text.len());
        let help = "split it into several files, and name them by `use`";
        Diagnostic::new(Code::E0007, Span::new(id, 0, 0), message).help(help)
    })
}

/// The items that begin in a part of a file.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) items: Vec<Item>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where the next item begins, or the end of the text.
    pub(super) end: usize,
}

/// Reads the items that begin in `range`, at whose start one must begin. What stands before it changes nothing, and
/// what follows is seen: the last item may reach beyond the range. `input` is the text [`with_newlines`].
pub(super) fn parse_piece(id: FileId, text: &str, input: &str, range: Range<usize>) -> Piece {
    let mut piece = Piece { end: range.start, ..Piece::default() };
    if piece.end == 0 {
        piece.end = Grammar::parse(Rule::start, input).map_or(0, |pairs| pairs.as_str().len());
    }
    while piece.end < range.end && !input[piece.end..].trim_start_matches([' ', '\t']).is_empty() {
        let base = Base { file: id, offset: piece.end };
        let next = match Grammar::parse(Rule::next_item, &input[base.offset..]) {
            Ok(mut pairs) => pairs.next(),
            Err(error) => {
                piece.diagnostics.push(explain::explain(id, base.offset, &text[base.offset..], &error));
                None
            }
        };
        let Some(next) = next else {
            // Whatever stands there, `broken` takes it.
            piece.end = text.len();
            break;
        };
        piece.end += next.as_span().end();
        for pair in next.into_inner() {
            match pair.as_rule() {
                Rule::comment | Rule::EOI => {}
                Rule::broken => {
                    let start = base.offset + pair.as_span().start();
                    let broken = pair.as_str().trim_end_matches([' ', '\t', '\r', '\n']);
                    let (item, diagnostic) = broken_item(id, start, broken, &text[start..start + broken.len()]);
                    piece.diagnostics.push(diagnostic);
                    piece.items.push(Item::Broken(item));
                }
                _ => piece.items.push(build::item(base, pair)),
            }
        }
    }
    piece
}

/// A carriage return that stands alone as the line's end that it is, so that the grammar has to look for one
/// character less in every string; all places stay.
pub(super) fn with_newlines(text: &str) -> Cow<'_, str> {
    let lone = |at: &usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', text.as_bytes()).any(|at| lone(&at)) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'\r', text.as_bytes()).filter(lone) {
        whole.push_str(&text[done..at]);
        whole.push('\n');
        done = at + 1;
    }
    whole.push_str(&text[done..]);
    Cow::Owned(whole)
}

/// What a broken item would have declared, and what is wrong with it; `written` is `broken` as the file has it.
fn broken_item(id: FileId, start: usize, broken: &str, written: &str) -> (Broken, Diagnostic) {
    let diagnostic = match Grammar::parse(Rule::only_item, broken) {
        Err(error) => explain::explain(id, start, written, &error),
        // Whatever is whole alone would not be broken; should it be so all the same, it is told.
        Ok(_) => explain::unexplained(id, start, written),
    };
    let words: Vec<Word> = written
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|word| !word.is_empty())
        .take(4)
        .map(|word| {
            let at = start + (word.as_ptr() as usize - written.as_ptr() as usize);
            Word { text: word.to_owned(), span: Span::new(id, at, at + word.len()) }
        })
        .collect();
    let mut words = words.into_iter();
    let keyword = words.next().map(|word| word.text);
    let name = words.next();
    let profile = words.next().filter(|word| word.text == "for").and_then(|_| words.next());
    (Broken { keyword, name, profile }, diagnostic)
}
