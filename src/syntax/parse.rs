//! The call into the generated parser.

use super::ast::{Broken, File, Item, Word};
use super::build;
use super::explain;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, SourceMap, Span};
use pest::Parser;
use pest_derive::Parser;

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
    let mut diagnostics = Vec::new();
    if text.len() > FILE_LIMIT {
        let message = format!("the file has {} bytes; at most {FILE_LIMIT} are read", text.len());
        let help = "split it into several files, and name them by `use`";
        diagnostics.push(Diagnostic::new(Code::E0007, Span::new(id, 0, 0), message).help(help));
        return (File::default(), diagnostics);
    }
    let items = match Grammar::parse(Rule::file, text) {
        Ok(mut pairs) => pairs.next().map(|file| file.into_inner()),
        Err(error) => {
            diagnostics.push(explain::explain(id, 0, text, &error));
            None
        }
    };
    let mut file = File::default();
    for pair in items.into_iter().flatten() {
        match pair.as_rule() {
            Rule::comment | Rule::EOI => {}
            Rule::broken => {
                let (start, broken) = (pair.as_span().start(), pair.as_str());
                let broken = broken.trim_end_matches([' ', '\t', '\r', '\n']);
                diagnostics.push(match Grammar::parse(Rule::only_item, broken) {
                    Err(error) => explain::explain(id, start, broken, &error),
                    // Whatever is whole alone would not be broken; should it be so all the same, it is told.
                    Ok(_) => explain::unexplained(id, start, broken),
                });
                file.items.push(Item::Broken(broken_item(id, start, broken)));
            }
            _ => file.items.push(build::item(id, pair)),
        }
    }
    (file, diagnostics)
}

/// What a broken item would have declared.
fn broken_item(id: FileId, start: usize, text: &str) -> Broken {
    let words: Vec<Word> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|word| !word.is_empty())
        .take(4)
        .map(|word| {
            let at = start + (word.as_ptr() as usize - text.as_ptr() as usize);
            Word { text: word.to_owned(), span: Span::new(id, at, at + word.len()) }
        })
        .collect();
    let mut words = words.into_iter();
    let keyword = words.next().map(|word| word.text);
    let name = words.next();
    let profile = words.next().filter(|word| word.text == "for").and_then(|_| words.next());
    Broken { keyword, name, profile }
}
