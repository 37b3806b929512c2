//! The insides of strings: escapes, and fields in them.

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::Template;
use crate::source::Span;
use crate::syntax::ast::Quoted;

/// A character of a string, and whether it was escaped (then it stands for itself).
#[derive(Debug, Clone, Copy)]
pub(super) struct Character {
    pub(super) c: char,
    pub(super) escaped: bool,
    /// Its bytes in the string's inside.
    pub(super) at: usize,
}

/// The characters of a string, with its escapes taken off; unknown ones are reported and kept as they are.
pub(super) fn characters(quoted: &Quoted, diagnostics: &mut Vec<Diagnostic>) -> Vec<Character> {
    let word = &quoted.0;
    let mut out = Vec::with_capacity(word.text.len());
    let mut chars = word.text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(Character { c, escaped: false, at });
            continue;
        }
        let next = chars.next().map_or(' ', |(_, c)| c);
        match next {
            '"' | '\\' | '*' | '{' | '}' => out.push(Character { c: next, escaped: true, at }),
            'n' => out.push(Character { c: '\n', escaped: true, at }),
            other => {
                let start = word.span.start as usize + at;
                let span = Span::new(word.span.file, start, start + 1 + other.len_utf8());
                let diagnostic = Diagnostic::new(Code::E0004, span, format!("`\\{other}` is no escape"))
                    .help("known are `\\\"`, `\\\\`, `\\n`, `\\*`, `\\{` and `\\}`; a backslash itself is `\\\\`")
                    .fix(span, format!("\\\\{other}"));
                diagnostics.push(diagnostic);
                out.push(Character { c: other, escaped: true, at });
            }
        }
    }
    out
}

/// Whether a string has none of these characters in it, and so says what it means, as nearly all do.
pub(super) fn is_plain(quoted: &Quoted, marks: &[u8]) -> bool {
    !quoted.0.text.bytes().any(|byte| marks.contains(&byte))
}

/// The string that is meant.
pub(super) fn unescape(quoted: &Quoted, diagnostics: &mut Vec<Diagnostic>) -> String {
    if is_plain(quoted, b"\\") {
        return quoted.0.text.clone();
    }
    characters(quoted, diagnostics).into_iter().map(|character| character.c).collect()
}

impl Resolver<'_> {
    pub(super) fn plain(&mut self, quoted: &Quoted) -> String {
        unescape(quoted, &mut self.diagnostics)
    }

    /// A text with `{field}`s in it.
    pub(super) fn template(&mut self, quoted: &Quoted) -> Template {
        if is_plain(quoted, b"\\{") && !quoted.0.text.is_empty() {
            return Template { parts: vec![(quoted.0.text.clone(), None)] };
        }
        let characters = characters(quoted, &mut self.diagnostics);
        let mut template = Template::default();
        let mut text = String::new();
        let mut rest = characters.iter();
        while let Some(character) = rest.next() {
            if character.escaped || character.c != '{' {
                text.push(character.c);
                continue;
            }
            let name: String = rest.by_ref().take_while(|c| c.c != '}').map(|c| c.c).collect();
            template.parts.push((std::mem::take(&mut text), Some(name)));
        }
        if !text.is_empty() {
            template.parts.push((text, None));
        }
        template.parts.shrink_to_fit();
        template
    }
}
