//! The tree of each construct of the language.

mod writer;

use carom::source::{Origin, SourceMap};
use carom::syntax::ast::{File, Item};
use carom::syntax::parse;
use proptest::prelude::*;
use regex::{Captures, Regex};
use std::fmt::{Debug, Write};
use std::sync::LazyLock;

/// A word of a printed tree: its text, and where it stands.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"Word \{ text: ("(?:[^"\\]|\\.)*"), span: Span \{ file: FileId\(0\), start: (\d+), end: (\d+) \} \}"#)
        .unwrap()
});
static PLACE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"Place\(Span \{ file: FileId\(0\), start: (\d+), end: (\d+) \}\)").unwrap());
static PLACE_ALONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:(?:place|head): )?~(?:, )?").unwrap());

fn read(text: &str) -> (File, Vec<String>) {
    let mut sources = SourceMap::new();
    let id = sources.add("case.carom", "case.carom", text.to_owned(), Origin::Site);
    let (file, diagnostics) = parse(&sources, id);
    // The words of a diagnostic are tested where they are made.
    let told = diagnostics.iter().map(|diagnostic| {
        let place = sources.line_col(diagnostic.span());
        format!("{} at {}:{}\n", diagnostic.code(), place.line, place.column)
    });
    (file, told.collect())
}

/// A part of the tree on one line, without the places.
fn short(part: &impl Debug) -> String {
    let text = format!("{part:?}");
    let text = WORD.replace_all(&text, "$1");
    let text = PLACE.replace_all(&text, "~");
    PLACE_ALONE.replace_all(&text, "").replace(", )", ")").replace(",  }", " }")
}

fn print(file: &File) -> String {
    let mut out = String::new();
    for item in &file.items {
        match item {
            Item::Profile(profile) => block(&mut out, &format!("profile {}", short(&profile.name)), &profile.lines),
            Item::Phrases(phrases) => block(&mut out, &format!("phrases {}", short(&phrases.name)), &phrases.entries),
            Item::Reason(reason) => block(&mut out, &format!("reason {}", short(&reason.name)), &reason.lines),
            Item::Policy(policy) => block(&mut out, "policy", &policy.lines),
            Item::Rule(rule) => {
                let head = format!("{} {} for {}", rule.layer.as_str(), short(&rule.name), short(&rule.profile));
                block(&mut out, &head, &rule.lines);
            }
            Item::Change(change) => block(&mut out, &format!("change {}", short(&change.name)), &change.lines),
            Item::ChangeProfile(change) => {
                block(&mut out, &format!("change profile {}", short(&change.name)), &change.lines);
            }
            Item::Test(test) => block(&mut out, &format!("test {}", short(&test.title)), &test.lines),
            Item::Language(_) | Item::Use(_) | Item::Broken(_) => block(&mut out, &short(item), &[] as &[()]),
        }
    }
    out
}

fn block(out: &mut String, head: &str, lines: &[impl Debug]) {
    writeln!(out, "{head}").unwrap();
    for line in lines {
        writeln!(out, "    {}", short(line)).unwrap();
    }
}

/// Each word of the tree stands where it says that it does (one that the tree's builder made up for a
/// part it did not find does not), and no place reaches beyond its text.
fn check_places(text: &str, file: &File) {
    let printed = format!("{file:?}");
    let span = |found: &Captures<'_>, n: usize| {
        let number = |n: usize| found[n].parse::<usize>().unwrap();
        text.get(number(n)..number(n + 1)).expect("a span of the text").to_owned()
    };
    for found in WORD.captures_iter(&printed) {
        assert_eq!(format!("{:?}", span(&found, 2)), found[1], "another word stands there");
    }
    for found in PLACE.captures_iter(&printed) {
        let place = span(&found, 1);
        assert!(!place.is_empty() && place.trim() == place, "{place:?} is no place");
    }
}

#[test]
fn cases() {
    insta::glob!("cases/syntax/*.carom", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (file, diagnostics) = read(&text);
        check_places(&text, &file);
        insta::assert_snapshot!(print(&file) + &diagnostics.concat());
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_word_of_the_tree_stands_in_the_text(choices in proptest::collection::vec(any::<u8>(), 0..600)) {
        let text = writer::file(choices);
        let (file, diagnostics) = read(&text);
        prop_assert_eq!(diagnostics, [""; 0]);
        check_places(&text, &file);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        let (file, _) = read(&text);
        check_places(&text, &file);
    }
}
