//! What all pages have: the head, the search, the way back.

use super::Page;
use crate::report::markup::escaped;

const SHELL: &str = include_str!("page.html");

/// What stands on a page.
pub(super) struct Body<'b> {
    /// The name of its file.
    pub(super) page: &'b str,
    pub(super) title: &'b str,
    /// The names and pages above it, from the first page down.
    pub(super) path: &'b [(String, String)],
    /// What stands beside it, as HTML: a list of what is on the page.
    pub(super) aside: &'b str,
    /// The page itself, as HTML.
    pub(super) main: &'b str,
    /// What rule set it is.
    pub(super) set: &'b str,
    pub(super) version: String,
}

/// The whole page.
pub(super) fn page(body: &Body<'_>) -> Page {
    let up = body.path.iter().map(|(name, href)| format!("<a href=\"{}\">{}</a>", escaped(href), escaped(name)));
    let up = up.collect::<Vec<_>>().join(" <span aria-hidden=\"true\">/</span> ");
    let path =
        if up.is_empty() { String::new() } else { format!("<nav class=\"path\" aria-label=\"Path\">{up}</nav>") };
    let (class, aside) = match body.aside {
        "" => ("alone", String::new()),
        list => {
            let aside = format!("<aside><nav aria-label=\"On this page\"><h2>On this page</h2>{list}</nav></aside>");
            ("", aside)
        }
    };
    let text = filled(|name| match name {
        "title" => escaped(body.title),
        "set" => escaped(body.set),
        "version" => escaped(&body.version),
        "class" => class.to_owned(),
        "path" => path.clone(),
        "aside" => aside.clone(),
        "main" => body.main.to_owned(),
        _ => String::new(),
    });
    Page { name: body.page.to_owned(), text }
}

/// The shell with its places filled in; what is filled in is not looked into.
fn filled(value: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = SHELL;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, behind)| Some((before, behind.split_once("}}")?)))
    {
        out.push_str(before);
        out.push_str(&value(name));
        rest = after;
    }
    out + rest
}
