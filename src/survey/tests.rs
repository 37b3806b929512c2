use super::*;
use crate::Engine;

const RULES: &str = r#"
reason full {
    category soft
    fault    recipient
    scope    recipient
    advice   "Wait."
}
profile parent {
    retry 1h
}
profile child {
    extends parent
    hosts   "*.child.example"
    domains "child.example"
}
rule first for parent {
    match   phrase "first"
    then    full
    source  "a page" documented 2024-05-01
    source  "a log" observed
    example "450 first" from "mx.child.example"
}
rule second for child {
    match   phrase "second"
    then    full
    source  "a page" documented 2026-02-03T04:05Z
    source  "a guess" inferred 2025-01-01
    example "450 second"
    example "452 second"
}
rule third {
    match   phrase "third"
    then    full
}
test "of the child" {
    reply   "450 first" from "mx.child.example"
    reply   "450 third" to "child.example"
    expect  full
}
test "of nobody" {
    reply   "450 third"
    expect  full
}
"#;

#[test]
fn what_stands_in_the_rules_is_counted() {
    let engine = Engine::from_text(RULES).expect("rules");
    let rules = engine.rules();
    let Survey { profiles, general, all } = survey(rules);
    let names = |ids: &[RuleId]| ids.iter().map(|id| rules.rule(*id).name.clone()).collect::<Vec<_>>();
    let [child, parent] = profiles.as_slice() else { panic!("{profiles:?}") };
    assert_eq!(name(rules, child), "child");
    assert_eq!(
        (names(&child.rules), names(&child.inherited)),
        (vec!["child.second".into()], vec!["parent.first".into()])
    );
    assert_eq!((names(&parent.rules), names(&parent.inherited)), (vec!["parent.first".into()], vec![]));
    assert_eq!((child.examples, &*child.tests, parent.examples, &*parent.tests), (2, &[0][..], 1, &[][..]));
    assert_eq!((names(&general.rules), &*general.tests), (vec!["third".into()], &[1][..]));
    let Facts { documented, observed, inferred, dated, oldest, newest } = child.facts;
    assert_eq!((documented, observed, inferred, dated), (1, 0, 1, 2));
    let day = |time: Option<Time>| time.map(Time::day);
    assert_eq!((day(oldest).as_deref(), day(newest).as_deref()), (Some("2025-01-01"), Some("2026-02-03")));
    assert_eq!((parent.facts.all(), parent.facts.dated), (2, 1));
    assert_eq!((all.rules.len(), all.examples, all.tests.len(), all.facts.all()), (3, 3, 2, 4));
    assert_eq!(general.facts, Facts::default());
}

#[test]
fn a_profile_is_found_by_what_it_is_known_by() {
    let engine = Engine::from_text(RULES).expect("rules");
    let found = |name| named(engine.rules(), name).map(|(_, profile)| profile.name.as_str());
    assert_eq!(found("child"), Some("child"));
    assert_eq!(found("mx7.child.example"), Some("child"));
    assert_eq!(found("child.example"), Some("child"));
    assert_eq!(found("other.example"), None);
    assert_eq!(found("chil"), None);
    assert_eq!(nearest(engine.rules(), "chil"), Some("child"));
}
