//! Verdicts as JSON hold to `docs/verdict.schema.json`, and the schema to the words of the crate.
#![cfg(feature = "cli")]

use carom::ruleset::Trust;
use carom::{Category, Engine, Fault, Phase, Scope};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/verdict.schema.json")).expect("the schema is JSON")
}

fn validator() -> Validator {
    let schema = schema();
    jsonschema::meta::validate(&schema).expect("the schema is one");
    jsonschema::draft202012::new(&schema).expect("the schema can be used")
}

#[test]
fn what_changes_holds_to_its_own() {
    let schema: Value = serde_json::from_str(include_str!("../docs/diff.schema.json")).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is one");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema can be used");
    // What is done is described with the verdicts.
    let actions = json!({ "$defs": self::schema()["$defs"], "type": "array", "items": { "$ref": "#/$defs/action" } });
    let actions = jsonschema::draft202012::new(&actions).expect("the schema can be used");
    let mut seen = 0;
    for (old, new, input, status) in [
        ("tests/cases/cli/harbour", "tests/cases/cli/harbour-new", Some("samples/mail.log"), 1),
        ("tests/cases/cli/harbour", "tests/cases/cli/empty", Some("tests/cases/cli/hostile.log"), 1),
        ("tests/cases/cli/harbour", "tests/cases/cli/harbour", Some("samples/mail.log"), 0),
        ("tests/cases/cli/empty", "tests/cases/cli/harbour", None, 1),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        command.args(["diff", old, new, "--format", "json"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = command.args(input.iter().flat_map(|log| ["--input", log])).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(status), "{old} {new}: {}", String::from_utf8_lossy(&output.stderr));
        let written = std::str::from_utf8(&output.stdout).expect("it is UTF-8");
        assert_eq!(written.lines().count(), 1, "one object");
        let found: Value = serde_json::from_str(written).expect("it is JSON");
        holds(&validator, &found);
        assert_eq!(found["changes"], status == 1);
        assert_eq!(found["input"].is_null(), input.is_none());
        let groups = found["input"]["groups"].as_array().into_iter().flatten();
        for change in found["cells"].as_array().expect("cells are a list").iter().chain(groups) {
            for side in ["old", "new"] {
                holds(&actions, &change[side]["actions"]);
                seen += 1;
            }
            if let Some(recipient) = change["recipient"].as_str() {
                assert!(recipient.starts_with("*@"), "{recipient}");
            }
        }
    }
    assert!(seen > 40, "the changes were looked at: {seen}");
}

fn holds(validator: &Validator, verdict: &Value) {
    let wrong: Vec<String> =
        validator.iter_errors(verdict).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{verdict:#}");
}

/// What names an action's form: its properties.
fn forms(verdict: &Value) -> Vec<String> {
    let form = |action: &Value| {
        let action = action.as_object().expect("an action is an object");
        let others: BTreeSet<&str> = action.keys().map(String::as_str).filter(|key| *key != "do").collect();
        let first = action["do"].as_str().expect("an action says what to do");
        std::iter::once(first).chain(others).collect::<Vec<_>>().join(" ")
    };
    verdict["actions"].as_array().expect("actions are a list").iter().map(form).collect()
}

#[test]
fn every_action_is_described() {
    let validator = validator();
    let engine = Engine::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema/actions.carom"))
        .expect("the rules are in order");
    let mut seen = BTreeSet::new();
    for example in engine.rules().rules.iter().flat_map(|rule| &rule.examples) {
        let verdict = serde_json::to_value(engine.classify(&example.reply)).expect("a verdict is JSON");
        holds(&validator, &verdict);
        seen.extend(forms(&verdict));
    }
    let expected = [
        "alert",
        "gate",
        "ignore",
        "no-retry",
        "pause",
        "pause after for within",
        "pause for",
        "retry after",
        "retry after times",
        "retry after times until",
        "retry by",
        "suppress",
        "suppress for",
        "throttle connections for of",
        "throttle for of rate",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(engine.test().failures.is_empty());
}

#[test]
fn the_program_holds_to_it() {
    let validator = validator();
    for arguments in [
        &["classify", "--json", "samples/mail.log"][..],
        &["classify", "--json", "--rules", "tests/cases/cli/harbour", "samples/mail.log"],
        &["classify", "--json", "--rules", "tests/cases/cli/harbour", "tests/cases/cli/hostile.log"],
        &[
            "classify",
            "--json",
            "tests/cases/formats/powermta.csv",
            "tests/cases/formats/kumomta.jsonl",
            "tests/cases/formats/ses.json",
            "tests/cases/formats/sendgrid.json",
        ],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_carom"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{arguments:?}");
        let lines: Vec<&str> = std::str::from_utf8(&output.stdout).expect("it is UTF-8").lines().collect();
        assert!(!lines.is_empty());
        for line in lines {
            holds(&validator, &serde_json::from_str(line).expect("a line is JSON"));
        }
    }
}

#[test]
fn what_is_no_verdict_is_refused() {
    let validator = validator();
    let engine = Engine::builtin().expect("the library loads");
    let reply = carom::Reply::parse("552 5.2.2 Mailbox full");
    let verdict = serde_json::to_value(engine.classify(&reply)).expect("a verdict is JSON");
    holds(&validator, &verdict);
    for (pointer, wrong) in [
        ("/v", json!(2)),
        ("/category", json!("Soft")),
        ("/fault", json!("nobody")),
        ("/scope", json!("mailbox")),
        ("/rule", json!("a.b.c")),
        ("/fields", json!({ "wait": 5 })),
        ("/actions", json!([{ "do": "retry" }])),
        ("/actions", json!([{ "do": "gate", "for": "1h" }])),
        ("/actions", json!([{ "do": "pause", "after": 5 }])),
        ("/actions", json!([{ "do": "suppress", "for": "soon" }])),
        ("/reply/code", json!(199)),
        ("/reply/enhanced", json!("3.1.1")),
        ("/reply/phase", json!("helo")),
        ("/reply/time", json!("2026-02-27")),
        ("/snapshot", json!("")),
        ("/sender", json!({ "ip": null, "pool": null, "campaign": null, "tenant": null, "name": null })),
    ] {
        let mut changed = verdict.clone();
        *changed.pointer_mut(pointer).expect("it is there") = wrong.clone();
        assert!(!validator.is_valid(&changed), "{pointer}: {wrong}");
    }
    for name in verdict.as_object().expect("a verdict is an object").keys() {
        let mut less = verdict.clone();
        less.as_object_mut().expect("a verdict is an object").remove(name);
        assert!(!validator.is_valid(&less), "without `{name}`");
    }
    let mut more = verdict;
    more["extra"] = json!(1);
    assert!(!validator.is_valid(&more));
}

#[test]
fn words_are_those_of_the_crate() {
    let schema = schema();
    let words = |pointer: &str| -> Vec<Value> {
        let words = schema.pointer(pointer).and_then(Value::as_array).expect("the words are there");
        words.iter().filter(|word| !word.is_null()).cloned().collect()
    };
    let all = |words: Vec<String>| words.into_iter().map(Value::from).collect::<Vec<_>>();
    assert_eq!(words("/properties/category/enum"), all(Category::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("/properties/fault/enum"), all(Fault::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("/properties/scope/enum"), all(Scope::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("/properties/trust/enum"), all(Trust::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(
        words("/properties/reply/properties/phase/enum"),
        all(Phase::ALL.iter().map(ToString::to_string).collect())
    );
    // Every word and every property is described.
    fn undescribed(value: &Value, path: &str, found: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object).filter(|_| !path.contains("oneOf"))
        {
            for (name, property) in properties {
                if property.get("description").is_none() {
                    found.push(format!("{path}/{name}"));
                }
                undescribed(property, &format!("{path}/{name}"), found);
            }
        }
    }
    let mut found = Vec::new();
    undescribed(&schema, "", &mut found);
    assert!(found.is_empty(), "{found:?}");
}
