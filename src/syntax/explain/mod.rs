//! From pest's words about a mistake to ours.
//!
//! pest tells the furthest place that it reached and the rules that it tried there. That is enough
//! to say what was expected and what stands there instead; the common slips get an answer of their own.

mod slips;
mod words;

use super::parse::Rule as G;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::spelling::nearest;
use pest::error::{Error, ErrorVariant, InputLocation};
use words::{ACTIONS, COLUMNS, described, hint, keyword, known_in, listed};

/// What is wrong with `text`, which begins at `offset` of the file.
pub(super) fn explain(file: FileId, offset: usize, text: &str, error: &Error<G>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at.min(text.len()),
    };
    let expected: &[G] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let mistake = Mistake { file, offset, text, at, expected };
    mistake
        .unclosed_string()
        .or_else(|| mistake.unclosed_block())
        .or_else(|| mistake.comment_sign())
        .or_else(|| mistake.missing_open_brace())
        .or_else(|| mistake.stray_brace())
        .or_else(|| mistake.comma_before())
        .or_else(|| mistake.unknown_item())
        .or_else(|| mistake.unknown_line())
        .or_else(|| mistake.after_block())
        .or_else(|| mistake.second_line())
        .or_else(|| mistake.unknown_column())
        .unwrap_or_else(|| mistake.out_of_place())
}

/// A broken item in which nothing wrong is found.
pub(super) fn unexplained(file: FileId, offset: usize, text: &str) -> Diagnostic {
    let first = text.lines().next().unwrap_or("");
    Diagnostic::new(Code::E0001, Span::new(file, offset, offset + first.len()), "this item is not understood")
}

struct Mistake<'a> {
    file: FileId,
    /// Where `text` begins in the file.
    offset: usize,
    /// The broken item, from its first character.
    text: &'a str,
    /// The furthest place reached in `text`.
    at: usize,
    expected: &'a [G],
}

impl<'a> Mistake<'a> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset + start, self.offset + end)
    }

    /// The word or character that stands at `at`; nothing at the end of a line or before a comment.
    fn found(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
        let width = match rest.chars().next() {
            _ if word > 0 => word,
            None | Some('\n' | '\r' | '#') => 0,
            Some(c) => c.len_utf8(),
        };
        &rest[..width]
    }

    fn found_span(&self) -> Span {
        self.span(self.at, self.at + self.found().len())
    }

    /// The string that begins at `at`, with its quotes, if it is closed on its line.
    fn found_string(&self, open: &[char], close: &[char]) -> Option<&'a str> {
        let line = self.text[self.at..].lines().next()?;
        let inside = line.strip_prefix(open)?;
        let end = line.len() - inside.len() + inside.find(close)?;
        Some(&line[..end + line[end..].chars().next()?.len_utf8()])
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// The line of `at`, without its end.
    fn line(&self) -> &'a str {
        self.text[self.line_start()..].lines().next().unwrap_or("")
    }

    fn at_line_start(&self) -> bool {
        self.text[self.line_start()..self.at].trim().is_empty()
    }

    fn is_inside_block(&self) -> bool {
        self.text[..self.at].contains('{')
    }

    /// What kind of block the item is, as its lines are known.
    fn block(&self) -> &'a str {
        let mut words = self.text.split_whitespace();
        match (words.next(), words.next()) {
            (Some("change"), Some("profile")) => "change profile",
            (first, _) => first.unwrap_or("file"),
        }
    }

    fn expected_keywords(&self) -> Vec<&'static str> {
        // `time` and `connection` are forms of other keywords.
        let forms = [G::kw_time, G::kw_connection];
        self.expected.iter().filter(|kind| !forms.contains(kind)).filter_map(|kind| keyword(*kind)).collect()
    }

    /// A word where an item should begin.
    fn unknown_item(&self) -> Option<Diagnostic> {
        if self.is_inside_block() || !self.text[..self.at].trim().is_empty() {
            return None;
        }
        let (found, known) = (self.found(), known_in("file"));
        let diagnostic = Diagnostic::new(Code::E0002, self.found_span(), format!("`{found}` begins no item"));
        Some(match nearest(found, known.iter().copied()) {
            Some(near) if near != found => {
                diagnostic.help(format!("did you mean `{near}`?")).fix(self.found_span(), near)
            }
            _ => diagnostic.help(format!("known here: {}", listed(known))),
        })
    }

    /// A line that begins with a word that this block does not know.
    fn unknown_line(&self) -> Option<Diagnostic> {
        let (found, block) = (self.found(), self.block());
        let keywords = self.expected_keywords();
        let is_word = found.starts_with(|c: char| c.is_ascii_alphabetic());
        let knows_words = !keywords.is_empty() || block == "phrases";
        if !self.is_inside_block() || !self.at_line_start() || !is_word || !knows_words {
            return None;
        }
        let span = self.found_span();
        let known = known_in(block);
        if known.contains(&found) && self.text[self.at + found.len()..].starts_with([':', '=']) {
            let sign = self.span(self.at + found.len(), self.at + found.len() + 1);
            let message = format!("behind `{found}` stands a sign");
            let help = "a keyword and its value stand side by side, without a sign between";
            return Some(Diagnostic::new(Code::E0001, sign, message).help(help).fix(sign, ""));
        }
        let diagnostic = Diagnostic::new(Code::E0002, span, format!("`{found}` is no line of a `{block}` block"));
        Some(match (hint(found, block), nearest(found, known.iter().copied())) {
            (Some(hint), _) => diagnostic.help(hint),
            (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
            (None, None) => diagnostic.help(format!("known here: {}", listed(known))),
        })
    }

    /// `match enhnaced …`
    fn unknown_column(&self) -> Option<Diagnostic> {
        let found = self.found();
        if !self.expected.contains(&G::column) || !found.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let span = self.found_span();
        let diagnostic = Diagnostic::new(Code::E0040, span, format!("`{found}` is nothing that rules can match"));
        Some(match nearest(found, COLUMNS.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
            None => diagnostic.help(format!("known here: {}", listed(COLUMNS))),
        })
    }

    /// Anything else: what was expected, and what stands there.
    fn out_of_place(&self) -> Diagnostic {
        let found = self.found();
        let string = self.found_string(&['"'], &['"']).map(|whole| self.span(self.at, self.at + whole.len()));
        let span = string.unwrap_or(self.found_span());
        let rest = &self.text[self.at..];
        let what = match found {
            "" if rest.is_empty() => "the end of the file".to_owned(),
            "" => "the end of the line".to_owned(),
            "\"" => "a string".to_owned(),
            other if other.trim().is_empty() => "a blank of another kind".to_owned(),
            other => format!("`{other}`"),
        };
        let names = self.expected_names();
        let message = match names.as_slice() {
            [] => format!("expected the end of the line, found {what}"),
            [one] => format!("expected {one}, found {what}"),
            [first @ .., last] => format!("expected {} or {last}, found {what}", first.join(", ")),
        };
        let diagnostic = Diagnostic::new(Code::E0001, span, message);
        if let Some(mended) = self.slip(&diagnostic) {
            return mended;
        }
        let keywords = self.expected_keywords();
        match (nearest(found, keywords.iter().copied()), keywords.as_slice()) {
            (Some(near), _) if !found.is_empty() => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
            (_, [only]) if found.is_empty() && names.len() == 1 => {
                diagnostic.help(format!("add `{only}`")).fix(span, format!(" {only}"))
            }
            _ if !self.is_complete() && self.expects_action() => {
                diagnostic.help(format!("actions are {}", listed(ACTIONS)))
            }
            _ => diagnostic,
        }
    }

    fn expects_action(&self) -> bool {
        self.expected.contains(&G::kw_suppress) && self.expected.contains(&G::kw_gate)
    }

    /// What was expected, each thing once, in the grammar's order.
    fn expected_names(&self) -> Vec<String> {
        if self.at_line_start() && self.expected_keywords().len() > 4 {
            return vec![format!("a line of the `{}` block", self.block())];
        }
        let mut names: Vec<String> = Vec::new();
        if self.expects_action() {
            names.push("an action".to_owned());
        }
        for kind in self.expected.iter().filter(|kind| !matches!(kind, G::kw_time | G::kw_connection)) {
            let name = described(*kind);
            let is_action = self.expects_action() && keyword(*kind).is_some_and(|word| ACTIONS.contains(&word));
            if !name.is_empty() && !is_action && !names.contains(&name) {
                names.push(name);
            }
        }
        // A comment can stand where a line can end.
        if !names.is_empty() && self.expected.contains(&G::comment) {
            names.push("the end of the line".to_owned());
        }
        names
    }
}
