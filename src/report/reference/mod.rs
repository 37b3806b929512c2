//! A rule set as pages to read: providers, general rules, reasons, phrases, and a search that works without a server.
//!
//! Invariant: pages are made from the rules alone, the same for the same rules; what rules say is shown as text and
//! never as markup, and no page asks for anything but the files beside it.

mod condition;
mod home;
mod listing;
mod plan;
mod profile;
mod reason;
mod rule;
mod search;
mod shell;
mod written;

use crate::ruleset::RuleSet;
use crate::survey::survey;
use plan::Plan;
use written::Written;

/// A file of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name in the folder.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// The rules, and what all pages need to know of them.
struct Reference<'r> {
    rules: &'r RuleSet,
    written: Written<'r>,
    plan: Plan,
    title: &'r str,
}

/// All files of a rule set's reference, the first of them `index.html`. The title is what the rule set is called.
pub fn pages(rules: &RuleSet, title: &str) -> Vec<Page> {
    let trees = written::trees(rules);
    let reference = Reference { rules, written: Written::new(&trees), plan: Plan::new(rules), title };
    let survey = survey(rules);
    let mut pages = vec![home::page(&reference, &survey), reason::catalogue(&reference)];
    pages.extend(survey.profiles.iter().flat_map(|known| profile::pages(&reference, known)));
    pages.extend(listing::pages(&reference));
    pages.extend(reason::pages(&reference));
    pages.extend(reference.written.blocks().map(|block| listing::block(&reference, block)));
    let own = |name: &str, text: String| Page { name: name.to_owned(), text };
    pages.push(own("search.js", search::index(&reference, &survey)));
    pages.push(own("script.js", include_str!("script.js").to_owned()));
    pages.push(own("style.css", include_str!("style.css").to_owned()));
    pages
}

/// A count and its word: `1 rule`, `2 rules`.
fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
