//! A condition in words that somebody reads who has not learnt the language.

use super::plan;
use super::written::Written;
use crate::report::markup::escaped;
use crate::syntax::ast::{Cell, Condition, Pattern};

/// So many alternatives are shown at once; those of a longer line behind a click.
const SHOWN: usize = 12;

/// What is asked about, and the alternatives, as HTML.
pub(super) fn row(condition: &Condition, written: &Written<'_>) -> String {
    let column = condition.column.text.as_str();
    let (is_phrase, name) = match column {
        "code" => (false, "code"),
        "enhanced" => (false, "enhanced code"),
        "status" => (false, "status"),
        "host" => (false, "said by"),
        "domain" => (false, "recipient at"),
        "phase" => (false, "answers"),
        "phrase" => (true, "says"),
        "text" => (true, "says exactly"),
        "tag" => (false, "tag"),
        "tenant" => (false, "sent for"),
        other => (false, other),
    };
    let cells: Vec<String> = condition.cells.iter().map(|cell| self::cell(cell, is_phrase, written)).collect();
    let (class, unless) = if condition.unless { (" class=\"unless\"", "unless ") } else { ("", "") };
    let values = if cells.len() > SHOWN {
        let (shown, more) = cells.split_at(SHOWN - 2);
        let more_count = more.len();
        format!("{}<details><summary>or {more_count} more</summary>{}</details>", listed(shown), listed(more))
    } else {
        listed(&cells)
    };
    format!("<div{class}><dt>{unless}{}</dt><dd>{values}</dd></div>", escaped(name))
}

fn listed(cells: &[String]) -> String {
    format!("<ul class=\"or\"><li>{}</ul>", cells.join("<li>"))
}

fn cell(cell: &Cell, is_phrase: bool, written: &Written<'_>) -> String {
    match cell {
        Cell::Word(word) if word.text == "none" => "<em>none at all</em>".to_owned(),
        Cell::Word(word) if is_phrase => {
            let name = escaped(&word.text);
            match written.block(&word.text) {
                Some(block) => format!(
                    "<a href=\"{}\">one of {} phrases</a> <span class=\"soft\">{name}</span>",
                    escaped(&plan::block(&word.text)),
                    block.entries.len()
                ),
                None => format!("<code>{name}</code>"),
            }
        }
        Cell::Word(word) => format!("<code>{}</code>", escaped(&word.text)),
        Cell::Pattern(pattern) => self::pattern(pattern, is_phrase),
    }
}

/// A phrase in quotes, an expression as such, any other text as it is.
pub(super) fn pattern(pattern: &Pattern, is_phrase: bool) -> String {
    match pattern {
        Pattern::Phrase(text) if is_phrase => format!("<q>{}</q>", escaped(&text.0.text)),
        Pattern::Phrase(text) => format!("<code>{}</code>", escaped(&text.0.text)),
        Pattern::Regex(text) => format!("<span class=\"soft\">expression</span> <code>{}</code>", escaped(&text.text)),
    }
}
