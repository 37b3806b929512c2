//! Diagnostics as a SARIF 2.1.0 log, which code hosts show beside the lines.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::json::json_pretty;
use crate::source::{FileId, SourceMap, Span};
use serde_json::{Value, json};

/// All diagnostics as one log, over several lines.
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    json_pretty(&log(diagnostics, sources))
}

fn log(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, sources)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "carom",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            // Spans count characters; the format's default is UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": level(code) },
    })
}

fn level(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let code = diagnostic.code();
    let mut text = diagnostic.message().to_owned();
    if let Some(help) = diagnostic.help_text() {
        text.push_str(&format!(" (help: {help})"));
    }
    let mut location = json!({ "physicalLocation": physical(sources, diagnostic.span()) });
    if let Some(label) = diagnostic.label_text() {
        location["message"] = json!({ "text": label });
    }
    let mut result = json!({
        "ruleId": code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|known| *known == code),
        "level": level(code),
        "message": { "text": text },
        "locations": [location],
    });
    let related = diagnostic.others().iter().enumerate().map(|(n, (span, label))| {
        json!({ "id": n + 1, "physicalLocation": physical(sources, *span), "message": { "text": label } })
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if let Some(fix) = diagnostic.suggestion() {
        result["fixes"] = json!([{
            "description": { "text": diagnostic.help_text().unwrap_or("as it should stand") },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(sources, fix.span.file) },
                "replacements": [{
                    "deletedRegion": region(sources, fix.span),
                    "insertedContent": { "text": fix.text },
                }],
            }],
        }]);
    }
    result
}

fn physical(sources: &SourceMap, span: Span) -> Value {
    json!({ "artifactLocation": { "uri": uri(sources, span.file) }, "region": region(sources, span) })
}

fn region(sources: &SourceMap, span: Span) -> Value {
    let file = sources.file(span.file);
    let (start, end) = (file.line_col(span.start), file.line_col(span.end));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// The file as a URI: relative as its name is, so that the log holds in any checkout.
fn uri(sources: &SourceMap, file: FileId) -> String {
    let name = sources.file(file).name.as_str();
    let name = name.strip_prefix("./").unwrap_or(name);
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "" });
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // A colon too: in the first part of a relative URI it would end a scheme.
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Origin;

    fn sources(name: &str) -> (SourceMap, FileId) {
        let mut sources = SourceMap::new();
        let file = sources.add(name, name, "über full\nnext\n".to_owned(), Origin::Site);
        (sources, file)
    }

    #[test]
    fn a_result_has_places_in_characters_and_its_fix() {
        let (sources, file) = sources("./my rules/é.carom");
        let span = Span::new(file, 6, 10);
        let diagnostic = Diagnostic::new(Code::E0020, span, "no reason has that name")
            .label("unknown")
            .also(Span::new(file, 11, 15), "this one is near")
            .help("write the other")
            .fix(span, "next");
        let log: Value = serde_json::from_str(&sarif(&[diagnostic], &sources)).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), Code::ALL.len());
        let result = &run["results"][0];
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let uri = "my%20rules/%C3%A9.carom";
        let region = json!({ "startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 10 });
        let physical = json!({ "artifactLocation": { "uri": uri }, "region": region });
        assert_eq!(result["locations"], json!([{ "physicalLocation": physical, "message": { "text": "unknown" } }]));
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 2);
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["artifactLocation"]["uri"], uri);
        assert_eq!(
            change["replacements"][0],
            json!({ "deletedRegion": region, "insertedContent": { "text": "next" } })
        );
    }

    #[test]
    fn names_become_uris() {
        for (name, expected) in [
            ("rules/root.carom", "rules/root.carom"),
            ("../ours.carom", "../ours.carom"),
            ("/etc/carom/root.carom", "file:///etc/carom/root.carom"),
            ("a:b?c#d%.carom", "a%3Ab%3Fc%23d%25.carom"),
        ] {
            let (sources, file) = sources(name);
            assert_eq!(uri(&sources, file), expected);
        }
    }
}
