//! Diagnostics as rustc shows them: the line, what is marked in it, what to do about it.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::report::plain::is_unsafe;
use crate::report::{Color, plain};
use crate::source::{FileId, SourceMap, Span};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::borrow::Cow;
use std::ops::Range;

/// How to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colour.
    pub color: Color,
    /// The width of the terminal in columns; longer lines are cut around what is marked.
    pub width: usize,
}

/// One diagnostic, over several lines, without the last line's end.
pub fn text(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut first = level
        .primary_title(plain(diagnostic.message()))
        .id(diagnostic.code().as_str())
        .elements(snippets(diagnostic, sources));
    let mut second = None;
    match (diagnostic.help_text(), diagnostic.suggestion()) {
        (help, Some(fix)) if is_showable(fix, sources) => {
            let window = Window::around(sources, fix.span.file, [fix.span]);
            let patch = Patch::new(window.place(fix.span), shown(&fix.text).into_owned());
            let title = Level::HELP.secondary_title(plain(help.unwrap_or("write it like this")));
            second = Some(Group::with_title(title).element(window.snippet().patch(patch)));
        }
        (Some(help), _) => first = first.element(Level::HELP.message(plain(help))),
        (None, _) => {}
    }
    let groups: Vec<Group<'_>> = std::iter::once(first).chain(second).collect();
    let renderer = match style.color {
        Color::Always => Renderer::styled(),
        Color::Never => Renderer::plain(),
    };
    renderer.term_width(style.width).render(&groups)
}

/// A line that is broken in two cannot be shown as a patch that anybody would understand.
fn is_showable(fix: &Fix, sources: &SourceMap) -> bool {
    let after = &sources.file(fix.span.file).text[fix.span.end as usize..];
    !fix.text.contains('\n') || after.lines().next().unwrap_or("").trim().is_empty()
}

/// A piece of each file that has something marked, the diagnostic's own first.
fn snippets<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Snippet<'a, Annotation<'a>>> {
    let primary = (diagnostic.span(), diagnostic.label_text(), AnnotationKind::Primary);
    let others = diagnostic.others().iter().map(|(span, label)| (*span, Some(label.as_str()), AnnotationKind::Context));
    let marks: Vec<_> = std::iter::once(primary).chain(others).collect();
    let mut files: Vec<FileId> = Vec::new();
    for (span, ..) in &marks {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    let snippet = |file: FileId| {
        let here = || marks.iter().filter(move |(span, ..)| span.file == file);
        let window = Window::around(sources, file, here().map(|(span, ..)| *span));
        let annotations: Vec<_> =
            here().map(|(span, label, kind)| kind.span(window.place(*span)).label(label.map(plain))).collect();
        window.snippet().annotations(annotations)
    };
    files.into_iter().map(snippet).collect()
}

/// The lines of a file that hold some spans: a file may be large, and only these are looked at.
struct Window<'a> {
    name: &'a str,
    text: &'a str,
    start: usize,
    line: usize,
}

impl<'a> Window<'a> {
    fn around(sources: &'a SourceMap, id: FileId, spans: impl IntoIterator<Item = Span>) -> Window<'a> {
        let file = sources.file(id);
        let text = file.text.as_str();
        let (start, end) = spans
            .into_iter()
            .fold((text.len(), 0), |(start, end), span| (start.min(span.start as usize), end.max(span.end as usize)));
        let line = file.line_col(start as u32).line as usize;
        let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let end = if text[..end].ends_with('\r') && text[end..].starts_with('\n') { end + 1 } else { end };
        Window { name: &file.name, text: &text[start..end], start, line }
    }

    /// Where a span of the file stands in what is shown.
    fn place(&self, span: Span) -> Range<usize> {
        // Characters are shown one for one, so what stands before tells the place.
        let place = |offset: u32| {
            let (before, after) = self.text.split_at(offset as usize - self.start);
            let line_end = before.ends_with('\r') && after.starts_with('\n');
            shown(&before[..before.len() - usize::from(line_end)]).len()
        };
        place(span.start)..place(span.end)
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(shown(self.text)).path(plain(self.name)).line_start(self.line)
    }
}

/// The text with a sign in place of each character that a terminal would obey, so that columns stay right.
fn shown(text: &str) -> Cow<'_, str> {
    let is_kept = |c: char| matches!(c, '\n' | '\t') || !is_unsafe(c);
    if text.chars().all(is_kept) {
        return Cow::Borrowed(text);
    }
    let sign = |c: char| match c {
        _ if is_kept(c) => c,
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::REPLACEMENT_CHARACTER,
    };
    // The carriage return of a line's end is not shown.
    Cow::Owned(text.replace("\r\n", "\n").chars().map(sign).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Origin;

    const PLAIN: Style = Style { color: Color::Never, width: 100 };

    fn one(content: &str) -> (SourceMap, FileId) {
        let mut sources = SourceMap::new();
        let file = sources.add("a.carom", "a.carom", content.to_owned(), Origin::Site);
        (sources, file)
    }

    #[test]
    fn shows_all_places_in_all_files() {
        let (mut sources, first) = one("# one\nrule full {\n    then fulll\n}\n");
        let second = sources.add("b.carom", "b.carom", "\n\nreason full {\n}\n".to_owned(), Origin::Site);
        let diagnostic = Diagnostic::new(Code::E0020, Span::new(first, 27, 32), "no reason has the name `fulll`")
            .label("not known")
            .also(Span::new(second, 2, 13), "this one is near")
            .also(Span::new(first, 6, 15), "in this rule")
            .help("did you mean `full`?")
            .fix(Span::new(first, 27, 32), "full");
        let expected = "\
error[E0020]: no reason has the name `fulll`
 --> a.carom:3:10
  |
2 | rule full {
  | --------- in this rule
3 |     then fulll
  |          ^^^^^ not known
  |
 ::: b.carom:3:1
  |
3 | reason full {
  | ----------- this one is near
  |
help: did you mean `full`?
  |
3 -     then fulll
3 +     then full
  |";
        assert_eq!(text(&diagnostic, &sources, PLAIN), expected);
        let colored = text(&diagnostic, &sources, Style { color: Color::Always, ..PLAIN });
        assert!(colored.contains("\u{1b}["), "{colored}");
    }

    #[test]
    fn any_place_of_any_file_can_be_shown() {
        for content in ["", "\n", "a", "a\r\n\r\nb\r\n", "\r\r\n", "\u{9b}\u{202e}\u{1b}é\t\n\u{e0041}x", "\n\n\n"] {
            let (sources, file) = one(content);
            let places: Vec<usize> = (0..=content.len()).filter(|at| content.is_char_boundary(*at)).collect();
            for (n, start) in places.iter().enumerate() {
                for end in &places[n..] {
                    let span = Span::new(file, *start, *end);
                    let diagnostic =
                        Diagnostic::new(Code::W0001, span, "\u{1b}[2J").label("\u{202e}").fix(span, "\u{9b}\n");
                    let shown = text(&diagnostic, &sources, PLAIN);
                    assert!(!shown.chars().any(|c| c != '\n' && is_unsafe(c)), "{shown:?}");
                }
            }
        }
    }

    #[test]
    fn columns_count_characters_whatever_is_shown_for_them() {
        let (sources, file) = one("\u{9b}\u{202e}\u{1b}é x\r\n");
        let shown = text(&Diagnostic::new(Code::W0001, Span::new(file, 9, 10), "here"), &sources, PLAIN);
        assert!(shown.contains("a.carom:1:6\n"), "{shown}");
        assert!(shown.contains("1 | ��␛é x\n"), "{shown}");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let (sources, file) = one(&format!("{} here {}", "before ".repeat(200), "after ".repeat(200)));
        let shown = text(
            &Diagnostic::new(Code::W0001, Span::new(file, 1401, 1405), "x"),
            &sources,
            Style { width: 60, ..PLAIN },
        );
        assert!(shown.contains("here") && shown.lines().all(|line| line.chars().count() <= 70), "{shown}");
    }
}
