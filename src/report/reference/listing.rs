//! The pages of general rules by file, and of phrases under a name.

use super::shell::{self, Body};
use super::written::unquoted;
use super::{Page, Reference, condition, counted, plan, written};
use crate::report::markup::{escaped, linked, prose};
use crate::ruleset::RuleId;
use crate::source::FileId;
use crate::syntax::ast::{Cell, Phrases, RuleLine};

/// The general rules of each file, in the order in which they are asked, with the tests of the file that are of no profile.
pub(super) fn pages(reference: &Reference<'_>) -> Vec<Page> {
    let of_file = |(file, parts): &(FileId, Vec<plan::Part>)| {
        let name = plan::file_name(reference.rules, *file);
        let page = |(n, part): (usize, &plan::Part)| {
            let mut main = format!("<h1>{}</h1>\n", escaped(&name));
            if let Some(text) = written::comment_at_start(reference.rules, *file).filter(|_| n == 0) {
                main.push_str(&format!("<p class=\"lede\">{}</p>\n", prose(&text)));
            }
            main.push_str(
                "<p class=\"soft\">General rules: they are asked of every reply, after those of its provider.</p>\n",
            );
            main.push_str(&reference.parts(parts, n));
            main.push_str(&reference.folded_contents(&part.rules));
            part.rules.iter().for_each(|id| main.push_str(&reference.rule(*id)));
            if n + 1 == parts.len() {
                main.push_str(&reference.tests(&reference.general_tests(*file)));
            }
            reference.shell(&part.page, &name, &reference.contents(&part.rules), &main)
        };
        parts.iter().enumerate().map(page).collect::<Vec<_>>()
    };
    reference.plan.files.iter().flat_map(of_file).collect()
}

/// The phrases under a name, and the rules that ask for them.
pub(super) fn block(reference: &Reference<'_>, block: &Phrases) -> Page {
    let name = block.name.text.as_str();
    let mut main = format!("<h1>{}</h1>\n<p class=\"lede\">", escaped(name));
    main.push_str(&format!("{} under one name.</p>\n", counted(block.entries.len(), "phrase")));
    let users = reference.users(name);
    if !users.is_empty() {
        main.push_str(&format!("<h2>Asked for by</h2>\n{}", reference.rule_list(&users)));
    }
    main.push_str("<h2>Phrases</h2>\n<ul class=\"phrases\">");
    for entry in &block.entries {
        main.push_str(&format!("<li>{}", condition::pattern(&entry.pattern, true)));
        for (field, value) in &entry.sets {
            main.push_str(&format!(
                " <span class=\"soft\">{}: {}</span>",
                escaped(&field.text),
                escaped(&unquoted(value))
            ));
        }
        for see in &entry.see {
            let text = unquoted(see);
            let shown = if text.contains('{') { format!("<code>{}</code>", escaped(&text)) } else { linked(&text) };
            main.push_str(&format!("<br>{shown}"));
        }
        main.push('\n');
    }
    main.push_str("</ul>\n");
    reference.shell(&plan::block(name), name, "", &main)
}

impl Reference<'_> {
    /// A page below the first.
    pub(super) fn shell(&self, page: &str, title: &str, aside: &str, main: &str) -> Page {
        let path = [(self.title.to_owned(), "index.html".to_owned())];
        let version = self.rules.version.to_string();
        shell::page(&Body { page, title, path: &path, aside, main, set: self.title, version })
    }

    /// The tests of a file of whose replies none belongs to a profile.
    fn general_tests(&self, file: FileId) -> Vec<usize> {
        let tests = self.rules.tests.iter().enumerate().filter(|(_, test)| {
            let of_profile = test.replies.iter().any(|said| self.rules.profiles.of(&said.reply).is_some());
            test.span.file == file && !of_profile
        });
        tests.map(|(n, _)| n).collect()
    }

    /// The rules that ask for the phrases under a name.
    pub(super) fn users(&self, name: &str) -> Vec<RuleId> {
        let asks = |line: &RuleLine| match line {
            RuleLine::Condition(condition) if matches!(condition.column.text.as_str(), "phrase" | "text") => {
                condition.cells.iter().any(|cell| matches!(cell, Cell::Word(word) if word.text == name))
            }
            _ => false,
        };
        let rules = self
            .rules
            .numbered_rules()
            .filter(|(_, rule)| self.written.rule(rule).is_some_and(|written| written.lines.iter().any(asks)));
        rules.map(|(id, _)| id).collect()
    }
}
