//! Settings: what is wrong with them, and what they come to.

use super::plain;
use crate::settings::{Origin, SettingsError, Shown, Step, written};
use serde_json::{Value, json};
use std::path::Path;

/// The column that remarks begin in, if values leave it free.
const REMARKS: usize = 44;

/// One thing that is wrong, for people.
pub fn problem_text(problem: &SettingsError) -> String {
    text_of("error", problem)
}

/// One thing that the operator should know although all can be used.
pub fn warning_text(warning: &SettingsError) -> String {
    text_of("warning", warning)
}

fn text_of(level: &str, problem: &SettingsError) -> String {
    let mut text = format!("{level}: {}\n --> {}\n", plain(&problem.message), plain(&problem.place()));
    if let Some(help) = &problem.help {
        text += &format!("help: {}\n", plain(help));
    }
    text
}

/// All that is wrong, and what else there is to say, for programs.
pub fn problems_json(path: &Path, problems: &[SettingsError], warnings: &[SettingsError]) -> Value {
    let each = |problem: &SettingsError| {
        json!({
            "key": Some(&problem.key).filter(|key| !key.is_empty()),
            "line": problem.line,
            "variable": problem.variable,
            "message": problem.message,
            "help": problem.help,
        })
    };
    let [errors, warnings] = [problems, warnings].map(|list| list.iter().map(each).collect::<Vec<Value>>());
    json!({ "v": 1, "file": path.display().to_string(), "errors": errors, "warnings": warnings })
}

/// All values, as settings that say the same; remarks tell where each came from.
pub fn values_text(path: &Path, values: &[Shown]) -> String {
    let mut text = String::new();
    let mut before: &[Step] = &[];
    for shown in values {
        let common = before.iter().zip(&shown.path).take_while(|(a, b)| a == b).count();
        let (Some(Step::Key(name)), above) = (shown.path.last(), shown.path.len() - 1) else { continue };
        let mut dash = false;
        for (depth, step) in shown.path.iter().enumerate().take(above).skip(common) {
            match step {
                Step::Key(name) => {
                    text += &format!("{}{}:\n", indent(depth, dash), plain(name));
                    dash = false;
                }
                Step::Item(_) => dash = true,
            }
        }
        before = &shown.path;
        let line = format!("{}{}: {}", indent(above, dash), plain(name), yaml(&shown.value));
        text += &match (&shown.origin, &shown.value) {
            (_, Value::Null) => format!("{}# {} is not set", indent(above, dash), plain(name)),
            (Origin::Default, _) => remark(&line, "default"),
            (Origin::File, _) => match shown.line {
                Some(at) => remark(&line, &format!("{}:{at}", plain(&path.display().to_string()))),
                None => remark(&line, &plain(&path.display().to_string())),
            },
            (Origin::Environment(name), _) => remark(&line, name),
        };
        text.push('\n');
    }
    text
}

/// All values, for programs.
pub fn values_json(path: Option<&Path>, values: &[Shown]) -> Value {
    let each = |shown: &Shown| {
        let (from, variable) = match &shown.origin {
            Origin::Default => ("default", None),
            Origin::File => ("file", None),
            Origin::Environment(name) => ("environment", Some(name)),
        };
        json!({
            "key": written(&shown.path),
            "value": shown.value,
            "from": from,
            "line": shown.line,
            "variable": variable,
        })
    };
    let values: Vec<Value> = values.iter().map(each).collect();
    json!({ "v": 1, "file": path.map(|path| path.display().to_string()), "values": values })
}

/// The blanks before a key; the first of one in a list has a dash.
fn indent(depth: usize, dash: bool) -> String {
    match dash {
        true => format!("{}- ", "  ".repeat(depth.saturating_sub(1))),
        false => "  ".repeat(depth),
    }
}

fn remark(line: &str, said: &str) -> String {
    format!("{line:<REMARKS$}  # {said}")
}

/// A value as YAML has it.
fn yaml(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(yaml).collect::<Vec<_>>().join(", ")),
        Value::String(text) if is_plain(text) => text.clone(),
        value => plain(&value.to_string()).into_owned(),
    }
}

/// Whether a text needs no quotes: it cannot be taken for a number, a list, or anything else that YAML knows.
fn is_plain(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || "_-./:+<>?=".contains(c);
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || "./<".contains(c));
    let is_number = text.parse::<f64>().is_ok();
    begins
        && !is_number
        && text.chars().all(is_word)
        && !text.ends_with(':')
        && !matches!(text, "true" | "false" | "null" | "yes" | "no" | "on")
}
