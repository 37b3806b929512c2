//! A rule set of many files is the same whenever it is loaded, whoever read which file first.

use carom::check::{self, Checked};
use carom::ruleset::RuleSet;
use carom::source::{FileId, builtin_files};
use carom::{Engine, Root, Time};
use std::fmt::Write;

/// A file that names others, with rules, whole and broken; each folder up uses two files further down.
fn file(n: usize) -> (String, String) {
    let mut text = format!("# file {n}\n");
    for down in [n * 2 + 1, n * 2 + 2] {
        match down {
            ..60 => writeln!(text, "use \"f{down}.carom\"").unwrap(),
            // Files that are not there, a circle, and one that was read before.
            _ => writeln!(text, "use \"f{}.carom\"", [n, n / 2, 1_000 + n][down % 3]).unwrap(),
        }
    }
    for rule in 0..14 {
        write!(text, "rule r{n}-{rule} {{\n    match code 550\n    match phrase \"number {n} and {rule}\"\n").unwrap();
        match rule % 20 {
            // What the guess takes for a `use` line, in an item that is broken.
            3 if n.is_multiple_of(7) => text.push_str("    use \"f59.carom\"\n    then made-up\n}\n"),
            7 => text.push_str("    then nothing-at-all\n}\n"),
            9 => text.push_str("    match phrase regex '('\n    then made-up\n}\n"),
            11 => text.push_str("    then made-up\n"),
            _ => text.push_str("    then made-up\n    example \"550 as usual\"\n}\n"),
        }
    }
    (format!("f{n}.carom"), text)
}

fn broken() -> Vec<(String, String)> {
    let reason = "reason made-up {\n category soft\n fault provider\n scope message\n advice \"Wait.\"\n}\n";
    let mut files: Vec<(String, String)> = (0..60).map(file).collect();
    files[0].1.push_str(reason);
    files
}

fn names(rules: &RuleSet) -> Vec<&str> {
    rules.sources.files().map(|(_, file)| file.name.as_str()).collect()
}

/// All that is said, with all places in numbers.
fn said(root: &Root) -> (RuleSet, String) {
    let Checked { rules, findings, .. } = check::check(root, Time::from_unix(0)).expect("the root is read");
    let mut said = String::new();
    for diagnostic in &findings {
        writeln!(said, "{}\n{diagnostic:?}", diagnostic.one_line(&rules.sources)).unwrap();
    }
    (rules, said)
}

#[test]
fn a_broken_set_is_told_alike_twenty_times() {
    let folder = tempfile::tempdir().expect("a folder for the files");
    let mut files = broken();
    for (name, text) in &files {
        std::fs::write(folder.path().join(name), text).expect("a file is written");
    }
    let on_disk = Root::Path(folder.path().join("f0.carom"));
    let (rules, first) = said(&on_disk);
    assert!(first.lines().count() > 300, "{first}");
    for _ in 0..20 {
        let (again, told) = said(&on_disk);
        assert_eq!(told, first);
        assert_eq!((names(&again), again.version), (names(&rules), rules.version));
        assert_eq!(format!("{:?}", again.rules), format!("{:?}", rules.rules));
    }
    // Nor does it matter in which order they are given.
    let in_memory = said(&Root::Texts(files.clone()));
    files[1..].reverse();
    assert_eq!(said(&Root::Texts(files)).1, in_memory.1);
}

#[test]
fn files_are_numbered_in_the_order_of_their_use() {
    let (rules, _) = said(&Root::Texts(broken()));
    fn walk(name: &str, files: &[(String, String)], order: &mut Vec<String>) {
        let Some((_, text)) = files.iter().find(|(known, _)| known == name) else { return };
        if !order.iter().any(|known| known == name) {
            order.push(name.to_owned());
            let used = text.lines().filter_map(|line| line.strip_prefix("use \"")?.strip_suffix('"'));
            used.for_each(|name| walk(name, files, order));
        }
    }
    let mut order = Vec::new();
    walk("f0.carom", &broken(), &mut order);
    order.push("rules/prelude.carom".to_owned());
    assert_eq!(names(&rules), order);
    let ids: Vec<FileId> = rules.sources.files().map(|(id, _)| id).collect();
    assert!(ids.is_sorted());
    for rule in rules.rules.iter().filter(|rule| rules.sources.file(rule.span.file).key.starts_with('f')) {
        assert_eq!(rules.sources.text(rule.span), format!("rule {}", rule.name), "a place in its own file");
    }
}

#[test]
fn the_library_read_from_texts_is_the_library() {
    let mut files: Vec<(String, String)> =
        builtin_files().iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    files.sort_by_key(|(key, _)| key != "root.carom");
    let texts = Engine::load(&Root::Texts(files)).unwrap_or_else(|error| panic!("{error}"));
    let library = Engine::builtin().unwrap_or_else(|error| panic!("{error}"));
    let rules = |engine: &Engine| -> Vec<String> {
        let own = engine.rules().rules.iter().filter(|rule| {
            let is_kind = carom::reply::Kind::ALL.iter().any(|kind| kind.as_str() == rule.name);
            !is_kind && rule.name != "unknown"
        });
        own.map(|rule| format!("{} {:?}", rule.name, rule.conditions.len())).collect()
    };
    assert_eq!(rules(&texts), rules(&library));
}

/// One long file is cut where its items begin; a place in the last of them is right.
#[test]
fn a_long_file_keeps_its_places() {
    let (_, mut text) = file(1_000);
    let reason = "reason made-up {\n category soft\n fault provider\n scope message\n advice \"Wait.\"\n}\n";
    for n in 0..6_000 {
        write!(
            text,
            "rule long-{n} {{\n  match phrase \"é number {n}\"\n then made-up\n example \"550 é number {n}\"\n}}\n"
        )
        .unwrap();
    }
    let (rules, _) = said(&Root::Texts(vec![("root.carom".to_owned(), format!("{reason}{text}"))]));
    let long: Vec<_> = rules.rules.iter().filter(|rule| rule.name.starts_with("long-")).collect();
    assert_eq!(long.len(), 6_000);
    let after = |line: &str| text.lines().position(|found| found == line).expect("a line of the file") + 7;
    for (n, rule) in long.iter().enumerate().step_by(997) {
        assert_eq!(rule.name, format!("long-{n}"));
        let head = format!("rule long-{n} {{");
        assert_eq!(rules.sources.line_col(rule.span).line as usize, after(&head));
    }
}
