//! The examples of layouts: what each page says that its mails give.

use super::layout::{Layouts, PageError};
use super::reading::read_by;
use crate::intake::attempt::Attempt;
use std::fmt::Write;

/// Reads the examples of all layouts, and says which of them do not hold.
pub fn failing_examples(layouts: &Layouts) -> Vec<PageError> {
    let mut failing = Vec::new();
    for layout in layouts.iter() {
        for example in layout.examples() {
            let wrong = match read_by(example.mail.as_bytes(), layouts) {
                Err(refusal) => Some(format!("this mail is refused: {refusal}")),
                Ok((attempts, by)) => wrong(layout.name(), &example.gives, &attempts, by),
            };
            failing.extend(wrong.map(|message| PageError {
                file: layout.file().to_owned(),
                line: example.line,
                message,
            }));
        }
    }
    failing
}

fn wrong(name: &str, gives: &[String], attempts: &[Attempt<'_>], by: Option<&str>) -> Option<String> {
    let told: Vec<String> = attempts.iter().map(told).collect();
    match by {
        Some(by) if by == name => {}
        Some(by) => {
            return Some(format!(
                "this mail is read by `{by}`: narrow its `known` lines by an `unless`, or those here"
            ));
        }
        None => {
            let help = "widen its `known` lines, and where no mail system has sent it, say by `known sender` who did";
            return Some(format!("this mail is read by no layout: {help}"));
        }
    }
    if told != gives {
        let quoted = told.iter().map(|told| format!("{told:?}")).collect::<Vec<_>>().join(", ");
        return Some(format!("this mail gives {quoted}"));
    }
    None
}

/// An attempt in the words of a `gives` line.
fn told(attempt: &Attempt<'_>) -> String {
    let reply = &attempt.reply;
    let mut parts = Vec::new();
    let mut said = String::new();
    // Writing to a string does not fail.
    let _ = reply.code.iter().try_for_each(|code| write!(said, "{code} "));
    let _ = reply.enhanced.iter().try_for_each(|code| write!(said, "{code} "));
    said.push_str(&String::from_utf8_lossy(&reply.text));
    parts.extend(Some(said).filter(|said| !said.is_empty()));
    parts.extend(reply.host.as_ref().map(|host| format!("by {host}")));
    parts.extend(reply.phase.map(|phase| format!("at {phase}")));
    parts.extend(reply.kind.map(|kind| kind.to_string()));
    format!("{}: {}", attempt.recipient.as_deref().unwrap_or("nobody"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_that_ships_holds() {
        let pages = Layouts::pages();
        let read = Layouts::builtin().iter().count();
        assert_eq!(
            read,
            pages.len(),
            "{:?}",
            pages.iter().find_map(|(file, text)| super::super::Layout::read(file, text).err())
        );
        let failing = failing_examples(Layouts::builtin());
        let failing = failing.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(failing.is_empty(), "{}", failing.join("\n"));
    }

    #[test]
    fn the_page_in_the_reference_holds() {
        let reference = include_str!("../../../docs/notices.md");
        let page = reference.split("```\n").find(|block| block.starts_with("# The mail system")).unwrap();
        let layouts = Layouts::with_pages(&[("harbour.layout".to_owned(), page.to_owned())]).unwrap();
        assert_eq!(failing_examples(&layouts), []);
    }

    #[test]
    fn every_page_of_the_folder_ships() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/layouts");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.map(|name| format!("rules/layouts/{name}")).collect();
        names.sort();
        assert_eq!(names, Layouts::pages().iter().map(|(file, _)| (*file).to_owned()).collect::<Vec<_>>());
    }
}
