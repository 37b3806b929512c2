//! What is too much or not text at all is refused with a diagnostic, and nothing takes for ever.

use carom::diagnostic::Code;
use carom::{Engine, Root, Time, check};
use std::time::{Duration, Instant};

fn codes(root: &Root) -> Vec<Code> {
    let checked = check::check(root, Time::from_unix(0)).expect("the root is read");
    checked.findings.iter().map(|diagnostic| diagnostic.code()).collect()
}

fn texts(files: Vec<(String, String)>) -> Root {
    Root::Texts(files)
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let comment = "# long\n".repeat((16 << 20) / 7 + 1);
    assert_eq!(codes(&texts(vec![("root.carom".to_owned(), comment)])), [Code::E0007]);
}

#[test]
fn files_that_use_each_other_too_deep_are_refused() {
    let file = |n: usize| (format!("{n}.carom"), format!("use \"{}.carom\"\n", n + 1));
    let mut files: Vec<(String, String)> = (0..100).map(file).collect();
    files.push(("100.carom".to_owned(), String::new()));
    assert_eq!(codes(&texts(files)), [Code::E0007]);
}

#[test]
fn a_file_that_is_not_utf8_is_refused_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder for the files");
    std::fs::write(folder.path().join("root.carom"), "use \"old.carom\"\n").expect("a file is written");
    std::fs::write(folder.path().join("old.carom"), b"# fine\n# caf\xe9\n").expect("a file is written");
    let root = Root::Path(folder.path().to_owned());
    let checked = check::check(&root, Time::from_unix(0)).expect("the root is read");
    let found = &checked.findings[0];
    let at = checked.rules.sources.at(found.span());
    assert_eq!((found.code(), at.line), (Code::E0008, 2));
    assert!(at.name.ends_with("old.carom"), "{at}");
}

#[test]
fn a_root_that_is_not_there_is_named() {
    let error = Engine::from_path("no/such/folder").expect_err("there is no such folder");
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}

/// Each takes a fraction of a second; the bound only tells apart what grows by the square.
#[test]
fn hostile_texts_are_read_in_time() {
    let hostile = [
        "{".repeat(200_000),
        "rule ".repeat(40_000),
        "rule a {\n".repeat(20_000),
        "rule a { match code ".to_owned() + &"4xx, ".repeat(40_000),
        "\"".repeat(200_000),
        "rule a {\n".to_owned() + &"    match phrase \"x\n".repeat(10_000),
        "# ".repeat(100_000),
        "}\n".repeat(50_000),
        format!("rule a {{\n    match phrase \"{}\"\n}}\n", "{a:ip}".repeat(1_000)),
        format!("rule a {{\n    match phrase \"{}x\"\n}}\n", "a * ".repeat(200)),
    ];
    for text in hostile {
        let start = Instant::now();
        let shown: String = text.chars().take(40).collect();
        codes(&texts(vec![("root.carom".to_owned(), text)]));
        assert!(start.elapsed() < Duration::from_secs(20), "{shown:?} took {:?}", start.elapsed());
    }
}
