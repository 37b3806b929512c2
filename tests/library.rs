//! What the shipped library promises as a whole.

use carom::engine::Tested;
use carom::ruleset::{Action, Category, Fault};
use carom::source::builtin_files;
use carom::{Engine, Root, Time, check};
use std::collections::BTreeSet;
use std::path::Path;

fn library() -> Engine {
    Engine::builtin().unwrap_or_else(|error| panic!("{error}"))
}

/// The keys of the files below a folder.
fn keys(folder: &Path, before: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the library is read") {
        let entry = entry.expect("an entry of the library is read");
        let key = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            keys(&entry.path(), &format!("{key}/"), found)
        } else if key.ends_with(".carom") {
            found.insert(key);
        }
    }
}

#[test]
fn the_program_holds_every_file_of_the_folder() {
    let mut on_disk = BTreeSet::new();
    keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), "", &mut on_disk);
    let held: BTreeSet<String> = builtin_files().iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(held, on_disk);
}

#[test]
fn every_example_and_test_holds() {
    let engine = library();
    let Tested { examples, tests, failures } = engine.test();
    let shown: Vec<String> = failures.iter().map(|each| each.one_line(&engine.rules().sources).to_string()).collect();
    assert!(shown.is_empty(), "{shown:#?}");
    assert!(examples > 500 && tests > 50, "{examples} examples and {tests} tests were run");
}

#[test]
fn nothing_is_to_be_said_of_it() {
    let checked = check::check(&Root::Builtin, Time::now()).expect("the library is read");
    let sources = &checked.rules.sources;
    let shown: Vec<String> = checked.findings.iter().map(|each| each.one_line(sources).to_string()).collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

#[test]
fn every_rule_says_what_happened_and_where_it_is_known_from() {
    let engine = library();
    let prelude = |rule: &carom::ruleset::Rule| {
        engine.rules().sources.at(rule.span).to_string().starts_with("rules/prelude.carom:")
    };
    for rule in engine.rules().rules.iter().filter(|rule| !prelude(rule)) {
        assert!(!rule.examples.is_empty(), "{} has no example", rule.name);
        assert!(!rule.sources.is_empty(), "{} has no source", rule.name);
        assert!(rule.outcomes.iter().all(|outcome| outcome.say.is_some()), "{} says nothing", rule.name);
    }
}

#[test]
fn only_the_recipients_fault_suppresses() {
    let engine = library();
    let rules = engine.rules();
    for rule in &rules.rules {
        for outcome in &rule.outcomes {
            let suppresses = |actions: &[Action]| actions.iter().any(|action| matches!(action, Action::Suppress(_)));
            let reason = rules.reason(outcome.reason);
            if suppresses(&outcome.actions) {
                assert_eq!(reason.fault, Some(Fault::Recipient), "{} suppresses for {}", rule.name, reason.name);
            }
            assert!(!suppresses(&outcome.lowered), "{} suppresses on a 4xx", rule.name);
            assert!(
                outcome.category != Category::Hard || reason.fault == Some(Fault::Recipient),
                "{} is hard",
                rule.name
            );
        }
    }
}
