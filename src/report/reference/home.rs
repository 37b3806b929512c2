//! The first page: providers, general rules, reasons, and how to read it all.

use super::shell::{self, Body};
use super::{Page, Reference, counted, plan, written};
use crate::report::markup::{escaped, prose};
use crate::ruleset::{Category, Reason};
use crate::survey::{Known, Survey};
use std::collections::BTreeMap;

/// The page.
pub(super) fn page(reference: &Reference<'_>, survey: &Survey) -> Page {
    let rules = reference.rules;
    let all = &survey.all;
    let counts = [
        counted(all.rules.len(), "rule"),
        counted(survey.profiles.len(), "profile"),
        counted(rules.reasons.len(), "reason"),
        counted(all.examples, "example"),
    ];
    let mut main = format!(
        "<h1>{}</h1>\n<p class=\"lede\">What mail servers say, what it means, and what to do about it: {}.</p>\n",
        escaped(reference.title),
        counts.join(", ")
    );
    main.push_str(
        "<p>Look for a provider's code, some words, or paste a whole reply above. Overrides are asked first, then rules, then \
         fallbacks; within each the provider's own, then those of the profile that it extends, then the general ones; then top to \
         bottom. The first that matches wins.</p>\n",
    );
    // Those that stand in no folder come last: they are mostly there to be extended.
    let mut groups: BTreeMap<(bool, String), Vec<&Known>> = BTreeMap::new();
    for known in &survey.profiles {
        let folder = reference.folder(known);
        groups.entry((folder.is_empty(), folder)).or_default().push(known);
    }
    for ((_, folder), profiles) in &groups {
        let heading = if !folder.is_empty() {
            folder
        } else if groups.len() > 1 {
            "other profiles"
        } else {
            "profiles"
        };
        main.push_str(&format!("<h2>{}</h2>\n<ul class=\"cards\">", escaped(&capital(heading))));
        profiles.iter().for_each(|known| main.push_str(&reference.card(known)));
        main.push_str("</ul>\n");
    }
    main.push_str("<h2>Rules for any server</h2>\n<ul class=\"cards\">");
    for (file, parts) in &reference.plan.files {
        let count: usize = parts.iter().map(|part| part.rules.len()).sum();
        let about = written::comment_at_start(rules, *file).map_or(String::new(), |text| first_sentence(&text));
        main.push_str(&card(&parts[0].page, &plan::file_name(rules, *file), &about, &counted(count, "rule")));
    }
    main.push_str("</ul>\n<h2><a href=\"reasons.html\">Reasons</a></h2>\n");
    for category in Category::ALL {
        let of = |reason: &&Reason| reason.categories.first() == Some(category);
        let mut names: Vec<&str> = rules.reasons.iter().filter(of).map(|reason| reason.name.as_str()).collect();
        names.sort_unstable();
        if !names.is_empty() {
            let category = escaped(category.as_str());
            let link = |name: &&str| format!("<li><a href=\"{}\">{}</a>", escaped(&plan::reason(name)), escaped(name));
            main.push_str(&format!(
                "<div class=\"words\"><span class=\"category {category}\">{category}</span><ul>{}</ul></div>\n",
                names.iter().map(link).collect::<String>()
            ));
        }
    }
    let blocks = reference.written.blocks().map(|block| {
        let name = &block.name.text;
        format!(
            "<li><a href=\"{}\">{}</a> <span class=\"soft\">{}</span>",
            escaped(&plan::block(name)),
            escaped(name),
            block.entries.len()
        )
    });
    let blocks: String = blocks.collect();
    if !blocks.is_empty() {
        main.push_str(&format!("<h2>Phrases under a name</h2>\n<div class=\"words\"><ul>{blocks}</ul></div>\n"));
    }
    shell::page(&Body {
        page: "index.html",
        title: "Rules",
        path: &[],
        aside: "",
        main: &main,
        set: reference.title,
        version: rules.version.to_string(),
    })
}

impl Reference<'_> {
    /// The folder that a profile's file stands in, within its rule set.
    fn folder(&self, known: &Known) -> String {
        let Some(id) = known.profile else { return String::new() };
        let key = plan::file_name(self.rules, self.rules.profiles.get(id).span.file);
        key.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
    }

    fn card(&self, known: &Known) -> String {
        let Some(id) = known.profile else { return String::new() };
        let profile = self.rules.profiles.get(id);
        let about = self.comment(profile).map_or(String::new(), |text| first_sentence(&text));
        let counts = match (known.rules.len(), known.inherited.len()) {
            (0, 0) => "settings to extend".to_owned(),
            (own, 0) => counted(own, "rule"),
            (own, inherited) => format!("{}, {inherited} inherited", counted(own, "rule")),
        };
        card(self.plan.profile(id), &profile.name, &about, &counts)
    }
}

fn card(href: &str, name: &str, about: &str, counts: &str) -> String {
    let about = if about.is_empty() { String::new() } else { format!("<p>{}</p>", prose(about)) };
    format!(
        "<li><h3><a href=\"{}\">{}</a></h3>{about}<p class=\"soft\">{}</p>\n",
        escaped(href),
        escaped(name),
        escaped(counts)
    )
}

/// As far as the first point that ends a sentence; what is long is cut at a word.
fn first_sentence(text: &str) -> String {
    const MOST: usize = 140;
    let ends = |at: &usize| {
        let before = &text[..*at];
        !before.ends_with('.') && before.matches('`').count().is_multiple_of(2)
    };
    let sentence = text.match_indices(". ").map(|(at, _)| at).find(ends).map_or(text, |at| &text[..at]);
    if sentence.len() <= MOST {
        return sentence.trim_end_matches('.').to_owned();
    }
    let mut out = String::new();
    for word in sentence.split(' ') {
        if out.len() + word.len() > MOST {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    // A word of code that is cut in two is none.
    if !out.matches('`').count().is_multiple_of(2) {
        out.truncate(out.rfind('`').unwrap_or(0));
    }
    format!("{} …", out.trim_end())
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
