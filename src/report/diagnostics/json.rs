//! A diagnostic as a line of JSON, for editors and scripts. Lines and columns count from 1, columns in characters.

use crate::diagnostic::{Diagnostic, Fix};
use crate::report::json_line;
use crate::source::{LineCol, SourceMap, Span};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One diagnostic as one line, without the line's end.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    json_line(&Line { diagnostic, sources })
}

/// One diagnostic as a value, in what it is made part of.
pub fn value(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    // It has string keys alone.
    serde_json::to_value(Line { diagnostic, sources }).unwrap_or_default()
}

struct Line<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Line { diagnostic, sources } = *self;
        let related: Vec<_> = diagnostic.others().iter().map(|(span, label)| Related(sources, *span, label)).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &1)?;
        map.serialize_entry("code", diagnostic.code().as_str())?;
        map.serialize_entry("severity", &diagnostic.severity().to_string())?;
        map.serialize_entry("message", diagnostic.message())?;
        place(&mut map, sources, diagnostic.span())?;
        map.serialize_entry("label", &diagnostic.label_text())?;
        map.serialize_entry("help", &diagnostic.help_text())?;
        map.serialize_entry("fix", &diagnostic.suggestion().map(|fix| Replacement(sources, fix)))?;
        map.serialize_entry("related", &related)?;
        map.serialize_entry("page", &format!("carom explain {}", diagnostic.code()))?;
        map.end()
    }
}

fn place<M: SerializeMap>(map: &mut M, sources: &SourceMap, span: Span) -> Result<(), M::Error> {
    let file = sources.file(span.file);
    let (start, end) = (file.line_col(span.start), file.line_col(span.end));
    map.serialize_entry("file", &file.name)?;
    map.serialize_entry("line", &start.line)?;
    map.serialize_entry("column", &start.column)?;
    map.serialize_entry("end_line", &end.line)?;
    map.serialize_entry("end_column", &end.column)
}

struct Related<'a>(&'a SourceMap, Span, &'a str);

impl Serialize for Related<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        place(&mut map, self.0, self.1)?;
        map.serialize_entry("label", self.2)?;
        map.end()
    }
}

struct Replacement<'a>(&'a SourceMap, &'a Fix);

impl Serialize for Replacement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Replacement(sources, Fix { span, text }) = self;
        let file = sources.file(span.file);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("file", &file.name)?;
        map.serialize_entry("start", &Position(file.line_col(span.start)))?;
        map.serialize_entry("end", &Position(file.line_col(span.end)))?;
        map.serialize_entry("text", text)?;
        map.end()
    }
}

struct Position(LineCol);

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("line", &self.0.line)?;
        map.serialize_entry("column", &self.0.column)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Origin;

    #[test]
    fn one_line_with_all_that_is_known() {
        let mut sources = SourceMap::new();
        let first = sources.add("rules/a.carom", "a.carom", "é then full\n".to_owned(), Origin::Site);
        let second = sources.add("rules/b.carom", "b.carom", "reason fulll {\n}\n".to_owned(), Origin::Site);
        let span = Span::new(first, 8, 12);
        let bare = Diagnostic::new(Code::W0001, span, "a \u{202e} message");
        assert_eq!(
            json(&bare, &sources),
            concat!(
                r#"{"v":1,"code":"W0001","severity":"warning","message":"a \u202e message","file":"rules/a.carom","#,
                r#""line":1,"column":8,"end_line":1,"end_column":12,"label":null,"help":null,"fix":null,"related":[],"#,
                r#""page":"carom explain W0001"}"#
            )
        );
        let whole = Diagnostic::new(Code::E0020, span, "no reason has the name `full`")
            .label("unknown")
            .also(Span::new(second, 7, 16), "this one is near")
            .help("did you mean `fulll`?")
            .fix(span, "fulll");
        assert_eq!(
            json(&whole, &sources),
            concat!(
                r#"{"v":1,"code":"E0020","severity":"error","message":"no reason has the name `full`","#,
                r#""file":"rules/a.carom","line":1,"column":8,"end_line":1,"end_column":12,"label":"unknown","#,
                r#""help":"did you mean `fulll`?","fix":{"file":"rules/a.carom","start":{"line":1,"column":8},"#,
                r#""end":{"line":1,"column":12},"text":"fulll"},"related":[{"file":"rules/b.carom","line":1,"column":8,"#,
                r#""end_line":2,"end_column":2,"label":"this one is near"}],"page":"carom explain E0020"}"#
            )
        );
    }
}
