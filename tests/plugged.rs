//! A plugin beside the rules: when it is asked, what it may name, and what it may bring along.

use carom::diagnostic::Code;
use carom::engine::{Answer, Plugin, Question};
use carom::resolve::Contributed;
use carom::{Category, Engine, LoadError, Reply, Root};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A plugin that gives one answer, and counts how often it is asked.
#[derive(Debug)]
struct Fixed {
    answer: Answer,
    asked: AtomicUsize,
}

impl Fixed {
    fn new(answer: Answer) -> Arc<Fixed> {
        Arc::new(Fixed { answer, asked: AtomicUsize::new(0) })
    }
}

impl Plugin for Fixed {
    fn ask(&self, _: &Question<'_>) -> Answer {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.answer.clone()
    }
}

const RULES: &str = r#"
profile acme {
    retry    20m, 1h until 24h
}

rule full for acme {
    match    phrase "no room"
    then     mailbox-full
}

rule window for acme {
    then     deferred rate-limited
    retry    after {wait} else 1h
    say      "Acme is closed until {until}."
}
"#;

fn contributed(rules: &str) -> Contributed {
    Contributed {
        name: "acme".to_owned(),
        hosts: vec!["*.acme.example".to_owned()],
        rules: rules.to_owned(),
        ..Contributed::default()
    }
}

fn engine(rules: &str, plugin: Arc<Fixed>) -> Result<Engine, LoadError> {
    Engine::load_with(&Root::Builtin, vec![(contributed(rules), plugin)])
}

fn codes(rules: &str) -> Vec<Code> {
    match engine(rules, Fixed::new(Answer::Abstains)) {
        Ok(_) => Vec::new(),
        Err(error) => error.diagnostics.iter().map(|diagnostic| diagnostic.code()).collect(),
    }
}

fn window(fields: &[(&str, &str)]) -> Answer {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer::Names { rule: "window".to_owned(), fields }
}

#[test]
fn it_is_asked_for_its_hosts_where_no_rule_of_its_own_decides() {
    let plugin = Fixed::new(window(&[("wait", "3h"), ("until", "noon")]));
    let engine = engine(RULES, plugin.clone()).expect("the rules are in order");
    let asked = || plugin.asked.load(Ordering::Relaxed);

    let elsewhere = Reply::parse("450 4.7.1 Greylisted").from_host("mx.example.com");
    assert_eq!(engine.classify(&elsewhere).reason().name, "greylisted");
    let own_rule = Reply::parse("552 no room").from_host("mx.acme.example");
    assert_eq!(engine.classify(&own_rule).rule().name, "acme.full");
    let taken = Reply::parse("250 2.0.0 Ok").from_host("mx.acme.example");
    assert_eq!(engine.classify(&taken).category(), Category::Delivered);
    assert_eq!(asked(), 0);

    let reply = Reply::parse("450 4.7.1 Greylisted").from_host("mx.acme.example");
    let verdict = engine.classify(&reply);
    assert_eq!(asked(), 1);
    let json = serde_json::to_value(&verdict).expect("a verdict is JSON");
    assert_eq!(json["rule"], "acme.window");
    assert_eq!(json["category"], "deferred");
    assert_eq!(json["say"], "Acme is closed until noon.");
    assert_eq!(json["actions"][0]["after"], serde_json::json!(["3h"]), "{json}");
    assert_eq!(json["fields"], serde_json::json!({"wait": "3h", "until": "noon"}));
    assert_eq!(asked(), 1, "what it found is kept");
}

#[test]
fn what_it_breaks_is_its_own_answer() {
    let reply = Reply::parse("450 4.7.1 Greylisted").from_host("mx.acme.example");
    let unknown = Answer::Names { rule: "nonesuch".to_owned(), fields: Vec::new() };
    // A rule that the table decides is not for its code to give.
    let of_table = Answer::Names { rule: "full".to_owned(), fields: Vec::new() };
    for answer in [Answer::Abstains, Answer::Fails("it trapped".to_owned()), unknown, of_table] {
        let engine = engine(RULES, Fixed::new(answer.clone())).expect("the rules are in order");
        assert_eq!(engine.classify(&reply).rule().name, "greylisted", "{answer:?}");
        let asked = engine.explain(&reply).asked.expect("it was asked");
        assert_eq!(asked.plugin, "acme");
        assert_eq!(matches!(asked.answer, Answer::Abstains), answer == Answer::Abstains);
    }
}

#[test]
fn it_brings_along_rules_of_its_own_and_nothing_else() {
    assert_eq!(codes(RULES), []);
    assert_eq!(codes(""), []);
    for foreign in [
        "rule general { match code 550\n then refused\n}",
        "rule other for google { match code 550\n then refused\n}",
        "override gone for acme { match code 550\n then refused\n}",
        "fallback rest for acme { then refused\n}",
        "reason mine {\n category block\n fault sender\n scope ip\n advice \"No.\"\n}",
        "policy {\n block gate\n}",
        "profile google {\n retry 1h\n}",
        "profile acme {\n hosts \"*.elsewhere.example\"\n}",
        "change google.over-quota {\n then mailbox-full\n}",
        "use builtin",
    ] {
        assert!(codes(foreign).contains(&Code::E0090), "{foreign}: {:?}", codes(foreign));
    }
    assert_eq!(codes("rule x for acme {\n then nonesuch\n}"), [Code::E0020]);
}

#[test]
fn it_suppresses_where_that_was_granted() {
    let rules = "rule gone for acme {\n then user-unknown\n}";
    assert_eq!(codes(rules), [Code::E0091]);
    let granted = Contributed { may_suppress: true, ..contributed(rules) };
    let answer = Answer::Names { rule: "gone".to_owned(), fields: Vec::new() };
    let engine = Engine::load_with(&Root::Builtin, vec![(granted, Fixed::new(answer))]).expect("it is granted");
    let reply = Reply::parse("550 x7").from_host("mx.acme.example");
    assert_eq!(engine.classify(&reply).category(), Category::Hard);
    let for_now = Reply::parse("450 x7").from_host("mx.acme.example");
    let verdict = engine.classify(&for_now);
    assert!(verdict.category() == Category::Soft && verdict.lowered(), "a 4xx is never hard");
    // Nobody's fault but the sender's: that rule is refused whatever is granted.
    let wrong =
        Contributed { may_suppress: true, ..contributed("rule x for acme {\n then rate-limited\n suppress\n}") };
    let error = Engine::load_with(&Root::Builtin, vec![(wrong, Fixed::new(Answer::Abstains))]).expect_err("E0065");
    assert_eq!(error.diagnostics[0].code(), Code::E0065);
}

#[test]
fn one_host_has_one_plugin() {
    let two = ["acme", "zenith"].map(|name| {
        let plugin: Arc<dyn Plugin> = Fixed::new(Answer::Abstains);
        (Contributed { name: name.to_owned(), ..contributed("") }, plugin)
    });
    let error = Engine::load_with(&Root::Builtin, two.into()).expect_err("both claim *.acme.example");
    assert_eq!(error.diagnostics[0].code(), Code::E0027);
    let library = Contributed { hosts: vec!["*.yahoodns.net".to_owned()], ..contributed("") };
    let error = Engine::load_with(&Root::Builtin, vec![(library, Fixed::new(Answer::Abstains))]).expect_err("E0027");
    assert_eq!(error.diagnostics[0].code(), Code::E0027);
}

#[test]
fn a_claim_is_text_and_not_rules() {
    let sly =
        Contributed { hosts: vec!["x\"\n}\nrule y { match code 550\n then refused\n}".to_owned()], ..contributed("") };
    let error = Engine::load_with(&Root::Builtin, vec![(sly, Fixed::new(Answer::Abstains))]).expect_err("no host");
    assert_eq!(error.diagnostics.iter().map(|d| d.code()).collect::<Vec<_>>(), [Code::E0034]);
}
