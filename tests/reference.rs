//! The pages of `carom doc`: what stands on them, that their links lead somewhere, and that rules cannot get out of them.
#![cfg(feature = "cli")]

use carom::report::reference::{Page, pages};
use carom::{Engine, Root};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

fn engine(text: &str) -> Engine {
    Engine::load(&Root::Texts(vec![("root.carom".to_owned(), text.to_owned())]))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn html(pages: &[Page]) -> impl Iterator<Item = &Page> {
    pages.iter().filter(|page| page.name.ends_with(".html"))
}

#[test]
fn a_small_rule_set() {
    let pages = pages(engine(include_str!("cases/cli/quay.carom")).rules(), "Quay");
    let hash = Regex::new("<code>[0-9a-f]{32}</code>").expect("an expression");
    let own = ["script.js", "style.css"];
    let mut shown = String::new();
    for page in pages.iter().filter(|page| !own.contains(&page.name.as_str())) {
        // What all pages have is shown once.
        let text = match page.text.split_once("<main id=\"main\">").filter(|_| page.name != "index.html") {
            Some((_, main)) => main.split_once("</main>").map_or(main, |(main, _)| main),
            None => &page.text,
        };
        shown.push_str(&format!("==== {}\n{}\n", page.name, text.trim()));
    }
    let shown = hash.replace_all(&shown, "<code>[snapshot]</code>");
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("pages", shown) });
}

#[test]
fn the_same_rules_give_the_same_pages() {
    let library = || Engine::builtin().expect("the library loads");
    assert!(pages(library().rules(), "x") == pages(library().rules(), "x"));
}

#[test]
fn every_link_leads_to_a_page_and_a_place_on_it() {
    let pages = pages(Engine::builtin().expect("the library loads").rules(), "Carom's rules");
    let [id, href, source] = [" id=\"([^\"]*)\"", " href=\"([^\"]*)\"", " src=\"([^\"]*)\""]
        .map(|expression| Regex::new(expression).expect("an expression"));
    let found = |expression: &Regex, text: &str| -> Vec<String> {
        expression.captures_iter(text).map(|found| found[1].to_owned()).collect()
    };
    let names: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(names.len(), pages.len(), "two pages are called the same");
    let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for page in html(&pages) {
        let all = found(&id, &page.text);
        let once: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(all.len(), once.len(), "{}: an id stands twice", page.name);
        places.insert(&page.name, once);
    }
    let mut inner = 0;
    for page in html(&pages) {
        for link in found(&href, &page.text).into_iter().chain(found(&source, &page.text)) {
            if link.starts_with("https://") || link.starts_with("http://") || link == "data:," {
                continue;
            }
            let (to, place) = link.split_once('#').unwrap_or((&link, ""));
            let to = if to.is_empty() { &page.name } else { to };
            assert!(names.contains(to), "{}: {link} leads nowhere", page.name);
            assert!(place.is_empty() || places[to].contains(place), "{}: {link} has no such place", page.name);
            inner += 1;
        }
        assert!(page.text.len() < 300 * 1024, "{} has {} bytes", page.name, page.text.len());
    }
    assert!(inner > 1000, "the test has seen the links");
}

#[test]
fn the_search_leads_to_pages_and_knows_every_rule() {
    let engine = Engine::builtin().expect("the library loads");
    let pages = pages(engine.rules(), "Carom's rules");
    let names: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    let index = index(&pages);
    let rows = index["rows"].as_array().expect("there are rows");
    for row in rows {
        let page = row[2].as_str().unwrap_or_default();
        assert!(names.contains(page.split('#').next().unwrap_or_default()), "{row}");
    }
    let titles: BTreeSet<&str> = rows.iter().filter_map(|row| row[1].as_str()).collect();
    for rule in &engine.rules().rules {
        assert!(titles.contains(rule.name.as_str()), "{} is not found", rule.name);
    }
}

/// What the search looks in, as JSON.
fn index(pages: &[Page]) -> serde_json::Value {
    let page = pages.iter().find(|page| page.name == "search.js").expect("there is a search");
    let json = page.text.strip_prefix("CAROM = ").and_then(|text| text.strip_suffix(";\n")).expect("one statement");
    serde_json::from_str(json).expect("it is JSON")
}

#[test]
fn a_rule_cannot_get_out_of_its_page() {
    const EVIL: &str = r#"</script><script>alert(1)</script><img src=x onerror=alert(2)> ' \" {{main}} ]]> -->"#;
    let text = r#"
# EVIL
reason full {
    category soft
    fault    recipient
    scope    recipient
    advice   "EVIL"
}
phrases many {
    "EVIL" set list "EVIL" see "javascript:alert(3)"
}
# EVIL
profile evil {
    hosts "*.evil.example"
    tags  "EVIL ({tag})"
}
rule full for evil {
    match   phrase "EVIL", many
    match   text regex '.*<b>.*'
    unless  phrase "nothing <i>"
    then    full
    say     "EVIL"
    see     "javascript:alert(4)"
    source  "javascript:alert(5) EVIL" inferred
}
test "EVIL" {
    reply  "250 EVIL" from "mx.evil.example"
    expect delivered
}
"#;
    // A brace in a phrase is a gap: there it needs its escape.
    let escaped = EVIL.replace('{', "\\{").replace('}', "\\}");
    let text: String = text
        .lines()
        .map(|line| {
            let is_phrase = ["phrase", "tags", "\"EVIL\" set", "say", "see"].iter().any(|word| line.contains(word));
            line.replace("EVIL", if is_phrase { &escaped } else { EVIL }) + "\n"
        })
        .collect();
    let pages = pages(engine(&text).rules(), "<script>alert(6)</script>");
    let tag = Regex::new("<[a-zA-Z!/][^<>]*>").expect("an expression");
    let mut shown = 0;
    for page in html(&pages) {
        shown += page.text.matches("&lt;script&gt;alert(1)").count();
        for tag in tag.find_iter(&page.text).map(|found| found.as_str()) {
            let allowed = !tag.starts_with("<script") || tag == "<script src=\"script.js\">";
            assert!(allowed && !tag.starts_with("<img") && !tag.contains(" on"), "{}: {tag}", page.name);
            assert!(!tag.contains("href=\"javascript"), "{}: {tag}", page.name);
        }
        assert_eq!(page.text.matches("<main ").count(), 1, "{}", page.name);
        assert_eq!(page.text.matches("<script").count(), 1, "{}", page.name);
    }
    assert!(shown > 8, "the texts are shown, as texts: {shown}");
    let texts = index(&pages).to_string();
    assert!(texts.contains("</script><script>alert(1)"), "the search looks in what is written");
}
