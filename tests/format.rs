//! The layout of files: what it looks like, and that it keeps what a file says.

mod writer;

use carom::source::{Origin, SourceMap};
use carom::syntax::ast::File;
use carom::syntax::{format, parse};
use proptest::prelude::*;

fn tree(text: &str) -> (File, Vec<String>) {
    let mut sources = SourceMap::new();
    let id = sources.add("case.carom", "case.carom", text.to_owned(), Origin::Site);
    let (file, diagnostics) = parse(&sources, id);
    (file, diagnostics.iter().map(|diagnostic| diagnostic.one_line(&sources).to_string()).collect())
}

/// The comments of a text: what stands from a `#` outside a string to the line's end.
fn comments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some('"'), '\\') => drop(characters.next()),
            (Some(open), _) if open == c => quote = None,
            (None, '#') => {
                let mut comment = String::from(c);
                while let Some(c) = characters.next_if(|c| !matches!(c, '\r' | '\n')) {
                    comment.push(c);
                }
                found.push(comment.trim_end_matches([' ', '\t']).to_owned());
            }
            _ => {}
        }
    }
    found
}

/// Lays out a file without mistakes, and checks that it still says what it said.
fn laid_out(text: &str) -> String {
    let (before, mistakes) = tree(text);
    assert_eq!(mistakes, [""; 0], "in:\n{text}");
    let out = format(text).expect("a file without mistakes");
    let (after, mistakes) = tree(&out);
    assert_eq!(mistakes, [""; 0], "in the layout:\n{out}");
    assert_eq!(before, after, "another tree; the layout:\n{out}");
    assert_eq!(comments(text), comments(&out), "other comments; the layout:\n{out}");
    assert_eq!(format(&out).as_deref(), Ok(out.as_str()), "not the same twice");
    let blank_end = out.lines().find(|line| line.ends_with([' ', '\t']));
    assert_eq!(blank_end, None, "a blank at a line's end");
    assert!(
        !out.contains("\n\n\n") && !out.starts_with('\n') && !out.ends_with("\n\n"),
        "too many blank lines:\n{out}"
    );
    assert!(out.is_empty() || out.ends_with('\n'), "no end of the last line");
    out
}

#[test]
fn cases() {
    insta::glob!("cases/format/*.carom", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        insta::assert_snapshot!(laid_out(&text));
    });
}

#[test]
fn a_file_in_the_layout_stays_as_it_is() {
    let text = include_str!("cases/format/canonical.carom");
    assert_eq!(laid_out(text), text);
}

#[test]
fn a_file_with_a_mistake_is_left_alone() {
    let text = "rule  good{gate}\n\nrule bad {\n  when code 550\n}\n";
    let mistakes = format(text).unwrap_err();
    assert_eq!(mistakes.len(), 1);
    assert_eq!(mistakes[0].code().as_str(), "E0002");
}

#[test]
fn the_shipped_files_keep_their_meaning() {
    for (_, text) in carom::source::builtin_files() {
        laid_out(text);
    }
}

/// The examples of the reference are read, and stand in the layout.
#[test]
fn the_examples_of_the_reference_are_laid_out() {
    let page = include_str!("../docs/language.md");
    let mut rest = page;
    let mut count = 0;
    while let Some((_, after)) = rest.split_once("```carom\n") {
        let (example, after) = after.split_once("```").expect("an end of the example");
        assert_eq!(laid_out(example), example);
        count += 1;
        rest = after;
    }
    assert!(count > 10, "{count} examples");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_keeps_its_meaning(choices in proptest::collection::vec(any::<u8>(), 0..1500)) {
        laid_out(&writer::file(choices));
    }

    #[test]
    fn any_text_is_taken(text in "\\PC*") {
        let _ = format(&text);
    }

    #[test]
    fn any_text_of_the_languages_own_pieces_is_taken(pieces in proptest::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        if let Ok(out) = format(&text) {
            prop_assert_eq!(&laid_out(&text), &out);
        }
    }

    /// A file with one character out or in is still laid out without loss, or refused.
    #[test]
    fn any_file_with_a_slip_is_taken(
        choices in proptest::collection::vec(any::<u8>(), 0..300),
        at in any::<proptest::sample::Index>(),
        slip in prop_oneof![Just(""), Just("\n"), Just("{"), Just("}"), Just(","), Just("\""), Just("'"), Just("#"), Just("\r"), Just("\u{FEFF}")],
    ) {
        let text = writer::file(choices);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        if !starts.is_empty() {
            let start = starts[at.index(starts.len())];
            let end = start + text[start..].chars().next().map_or(0, char::len_utf8);
            for end in [start, end] {
                let slipped = format!("{}{slip}{}", &text[..start], &text[end..]);
                if format(&slipped).is_ok() {
                    laid_out(&slipped);
                }
            }
        }
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "rule x",
        " {",
        "}",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "#",
        "# c\n",
        ",",
        "\"",
        "\"a\"",
        "'",
        "'r'",
        "regex ",
        "match ",
        "phrase ",
        "code ",
        "550",
        "phrases p",
        "set a ",
        "see ",
        "retry ",
        "after ",
        "{wait}",
        "1h",
        "until ",
        "gate",
        "no ",
        "policy",
        "hard ",
        "language 1",
        "use ",
        "builtin",
        "test ",
        "expect ",
        "by ",
        "\\",
        "é",
        "\u{FEFF}",
    ])
}
