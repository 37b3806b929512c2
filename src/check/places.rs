//! Where the alternatives of a line stand in the text of its rule.

use crate::ruleset::{Column, Condition, RuleSet, TagSet, TagTest};
use crate::source::Span;

/// Where each alternative of a line about the text stands; none for those that stand in a block of phrases.
pub(super) fn of(rules: &RuleSet, condition: &Condition) -> Vec<Option<Span>> {
    let line = rules.sources.text(condition.span);
    // What is written twice stands at two places.
    let mut done = 0;
    let mut place = |line: &str, written: &str| {
        let at = done + line.get(done..)?.find(written)?;
        done = at + written.len();
        let start = condition.span.start as usize + at;
        Some(Span::new(condition.span.file, start, start + written.len()))
    };
    let mut places: Vec<Option<Span>> = Vec::new();
    match &condition.column {
        Column::Phrase(alternatives) | Column::Text(alternatives, _) => {
            for alternative in alternatives {
                let written = &rules.pattern(alternative.pattern).written;
                let quoted = [format!("\"{written}\""), format!("'{written}'")];
                places.push(quoted.iter().find_map(|quoted| place(line, quoted)));
            }
        }
        Column::Tag(set) => {
            // Tags are kept in lower case.
            let line = line.to_ascii_lowercase();
            for test in &set.tests {
                places.push(match test {
                    TagTest::Exact(tag) | TagTest::Prefix(tag) => place(&line, tag),
                    TagTest::Range { .. } => Some(condition.span),
                });
            }
        }
        _ => {}
    }
    if matches!(&condition.column, Column::Text(_, true) | Column::Tag(TagSet { none: true, .. })) {
        places.push(place(line, "none"));
    }
    places
}
