//! What is answered to what is right.

use crate::client::Service;
use serde_json::{Value, json};
use std::process::Command;

const FULL: &str = r#"{"text":"452 4.2.2 Mailbox full","recipient":"ann@example.com","time":"2026-03-01T00:00:00Z"}"#;
const GONE: &str = r#"{"text":"550 5.1.1 Go away","host":"a.mx.harbour.example","time":1772323200,"source":"queue/7"}"#;

/// What the command line says of the same lines.
fn by_command_line(lines: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder is made");
    let file = folder.path().join("replies.jsonl");
    std::fs::write(&file, lines).expect("the file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_carom"))
        .args(["classify", "--json", "--from", "jsonl", "--rules", "harbour"])
        .arg(&file)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/cli"))
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// Without the place, which the command line knows of each line.
fn without_source(mut value: Value) -> Value {
    value["source"] = Value::Null;
    value
}

#[test]
fn one_many_and_a_stream_say_what_the_command_line_says() {
    let service = Service::start(&["--rules", "harbour"]);
    let lines = format!("{FULL}\n{GONE}\n");
    let expected: Vec<Value> = by_command_line(&lines).into_iter().map(without_source).collect();
    assert_eq!(expected.len(), 2);

    let one = service.post("/v1/classify", FULL);
    assert_eq!((one.status, without_source(one.json())), (200, expected[0].clone()));
    assert_eq!(one.json()["source"], Value::Null);
    let many = service.post("/v1/classify", &format!("[{FULL},{GONE}]"));
    let values = many.json().as_array().expect("a list").clone();
    assert_eq!(values[1]["source"], "queue/7");
    assert_eq!(values.into_iter().map(without_source).collect::<Vec<_>>(), expected);
    assert_eq!(service.post("/v1/classify", "[]").json(), json!([]));

    let stream = service.ask("POST", "/v1/classify", "Content-Type: application/x-ndjson\r\n", lines.as_bytes());
    let told: Vec<Value> = stream.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(told.into_iter().map(without_source).collect::<Vec<_>>(), expected);
    assert_eq!(service.metric("carom_verdicts_total{category=\"soft\"}"), Some(3.0));
    assert_eq!(service.metric("carom_verdicts_by_rule_total{rule=\"mailbox-full\"}"), Some(3.0));
}

#[test]
fn a_stream_says_which_lines_are_wrong_and_goes_on() {
    let service = Service::start(&["--rules", "harbour"]);
    let lines = format!("{FULL}\n\n{{\"code\":99}}\nno\n{FULL}");
    let answer = service.ask("POST", "/v1/classify", "Content-Type: application/x-ndjson\r\n", lines.as_bytes());
    let told: Vec<Value> = answer.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let shown: Vec<Value> =
        told.iter().map(|value| json!([value["line"], value["error"]["code"], value["rule"]])).collect();
    let expected = json!([
        [null, null, "mailbox-full"],
        [3, "bad-reply", null],
        [4, "bad-reply", null],
        [null, null, "mailbox-full"]
    ]);
    assert_eq!(Value::from(shown), expected);
    assert_eq!(told[1]["error"]["message"], "`code` is 99, not a reply code from 200 to 599");
}

#[test]
fn mails_explanations_rules_and_status() {
    let service = Service::start(&["--rules", "harbour"]);
    let mail = b"From: MAILER-DAEMON@example.net\nSubject: failure notice\n\nHi. This is the qmail-send program at \
example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ann@example.com>:\n\
192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\nGiving up on 192.0.2.1.\n";
    let told = service.ask("POST", "/v1/notice", "Content-Type: message/rfc822\r\n", mail).json();
    assert_eq!((&told[0]["recipient"], &told[0]["rule"]), (&"ann@example.com".into(), &"no-such-mailbox".into()));
    assert_eq!(told[0]["tied"], "none");
    let letter = service.ask("POST", "/v1/notice", "", b"From: ann@example.com\nSubject: hello\n\nHow are you?\n");
    assert_eq!(letter.json(), json!([]));

    let why = service.post("/v1/explain", FULL).json();
    assert_eq!((&why["v"], &why["verdict"]["rule"]), (&1.into(), &"mailbox-full".into()));
    assert!(why["losers"].as_array().is_some_and(|losers| !losers.is_empty()), "{why}");

    let rules = service.get("/v1/rules").json();
    assert!(rules.as_array().expect("a list").iter().any(|rule| rule["rule"] == "greylisted"));
    let status = service.get("/v1/status").json();
    assert_eq!((&status["v"], &status["came"], &status["trouble"]), (&1.into(), &"root".into(), &Value::Null));
    assert_eq!(status["snapshot"], why["verdict"]["snapshot"]);
    assert_eq!((service.get("/healthz").body.as_str(), service.get("/readyz").body.as_str()), ("ok\n", "ready\n"));
    let metrics = service.get("/metrics").body;
    assert!(
        metrics.contains("\ncarom_request_seconds_bucket{route=\"/v1/notice\",method=\"POST\",le=\"+Inf\"} 2\n"),
        "{metrics}"
    );
}

#[test]
fn tokens_and_their_scopes() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (asker, reader) = ("a-token-of-the-mail-queue", "a-token-of-the-monitoring");
    let hash = |token: &str| {
        let hash = hmac_sha256::Hash::hash(token.as_bytes());
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let settings = folder.path().join("carom.yaml");
    let text = format!(
        "service:\n  tokens:\n    - {{ name: queue, hash: {}, scopes: [classify] }}\n    - {{ name: monitoring, hash: {}, scopes: [read] }}\n",
        hash(asker),
        hash(reader)
    );
    std::fs::write(&settings, text).expect("the settings are written");
    let service = Service::start(&["--rules", "harbour", "--settings", settings.to_str().expect("a path")]);
    let ask = |method: &str, path: &str, token: &str| {
        let header = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        service.ask(method, path, &format!("{header}Content-Type: application/json\r\n"), FULL.as_bytes())
    };
    assert_eq!(ask("POST", "/v1/classify", asker).status, 200);
    assert_eq!(ask("GET", "/v1/status", reader).status, 200);
    for (method, path, token, expected) in [
        ("POST", "/v1/classify", "", (401, "no-token", "say `Authorization: Bearer` and a token")),
        ("POST", "/v1/classify", "a-token-that-nobody-has", (401, "no-token", "no such token")),
        ("POST", "/v1/classify", reader, (403, "wrong-scope", "this token lacks the scope `classify`")),
        ("POST", "/v1/reload", asker, (403, "wrong-scope", "this token lacks the scope `reload`")),
        ("GET", "/metrics", asker, (403, "wrong-scope", "this token lacks the scope `read`")),
    ] {
        let (status, code, message) = ask(method, path, token).problem();
        assert_eq!((status, code.as_str(), message.as_str()), expected, "{method} {path}");
    }
    // How it is, anybody may ask.
    assert_eq!(service.get("/healthz").status, 200);
}
