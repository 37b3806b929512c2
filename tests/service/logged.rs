//! What the service says of itself: to who reads it, to who does not, and to nobody.

use crate::client::Service;
use serde_json::Value;
use std::fs;
use std::io::BufRead;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const GONE: &str = r#"{"text":"550 5.1.1 No such user","recipient":"ann@example.com"}"#;

/// A service that logs a line for each verdict.
fn talkative() -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.env("CAROM_SERVICE_LOG_VERDICTS", "true").env("CAROM_SERVICE_LOG_ADDRESSES", "true");
    command.env("CAROM_SERVICE_LOG_REQUESTS", "true").env("CAROM_SERVICE_LIMITS_STOP", "2s");
    Service::start_by(command, &["--rules", "harbour"])
}

/// Asks until lines are dropped: nobody reads them.
fn flood(service: &Service) {
    let batch = format!("[{}]", vec![GONE; 1_000].join(","));
    for _ in 0..30 {
        assert_eq!(service.post("/v1/classify", &batch).status, 200);
        if service.metric("carom_log_dropped_total").is_some_and(|dropped| dropped > 0.0) {
            return;
        }
    }
    panic!("nothing is dropped");
}

#[test]
fn a_reader_that_stands_still_costs_lines_and_nothing_else() {
    let mut service = talkative();
    flood(&service);
    assert_eq!(service.get("/healthz").status, 200);
    assert_eq!(service.post("/v1/classify", GONE).status, 200);
    service.signal("TERM");
    assert_eq!(service.end_unread(Duration::from_secs(20)), Some(0));
}

#[test]
fn a_reader_that_goes_on_is_told_of_what_it_missed() {
    let mut service = talkative();
    flood(&service);
    let mut line = String::new();
    let told = loop {
        line.clear();
        assert!(service.log.read_line(&mut line).expect("its log is read") > 0, "nothing is said of it");
        let said: Value = serde_json::from_str(&line).expect("each line is whole");
        if said["event"] == "dropped" {
            break said;
        }
    };
    assert!(told["count"].as_u64().is_some_and(|count| count > 0), "{told}");
    assert!(told["message"].as_str().is_some_and(|message| message.contains(" lines were dropped")), "{told}");
    // The last words are said to the end.
    let said = service.stop();
    assert!(said.trim_end().lines().last().is_some_and(|line| line.contains("\"event\":\"stopped\"")), "{said}");
}

#[test]
fn a_reader_that_went_away_costs_nothing() {
    let mut service = talkative();
    service.close_log();
    for _ in 0..20 {
        assert_eq!(service.post("/v1/classify", GONE).status, 200);
    }
    assert!(service.metric("carom_log_dropped_total").is_some_and(|dropped| dropped > 0.0));
    service.signal("TERM");
    assert_eq!(service.end_unread(Duration::from_secs(20)), Some(0));
}

#[test]
fn what_keeps_it_from_starting_is_said_in_its_form() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/cli");
    for arguments in [
        &["--rules", "no-such-folder"][..],
        &["--rules", "broken"],
        &["--settings", "no-such.yaml"],
        &["--rules", "harbour", "--listen", "192.0.2.77:1"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        command.args(["serve", "--log", "json"]).args(arguments).current_dir(here).stdin(Stdio::null());
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).expect("it is text");
        let lines: Vec<Value> =
            said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{said}"))).collect();
        let last = lines.last().expect("something is said");
        assert_eq!((&last["level"], &last["event"]), (&"error".into(), &"failed".into()), "{said}");
    }
}

/// Lines of a log by what happened.
fn events(log: &str, event: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    lines.filter(|line| line["event"] == event).collect()
}

fn settings(folder: &TempDir, text: &str) -> String {
    let path = folder.path().join("carom.yaml");
    fs::write(&path, text).expect("the settings are written");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn who_asked_is_told() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let hash = |token: &str| {
        let hash = hmac_sha256::Hash::hash(token.as_bytes());
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let text = format!(
        "service:\n  log: {{ requests: true }}\n  tokens:\n    - {{ name: queue, hash: {}, scopes: [classify] }}\n    \
         - {{ name: deploy, hash: {}, scopes: [read, reload] }}\n  webhooks:\n    mailgun: {{ key: a-key-that-mailgun-knows }}\n",
        hash("a-token-of-the-queue"),
        hash("a-token-of-who-deploys")
    );
    let service = Service::start(&["--rules", "harbour", "--settings", &settings(&folder, &text)]);
    let ask = |method: &str, path: &str, token: &str, body: &str| {
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        service.ask(method, path, &headers, body.as_bytes()).status
    };
    assert_eq!(ask("POST", "/v1/classify", "a-token-of-the-queue", GONE), 200);
    assert_eq!(ask("POST", "/v1/reload", "a-token-of-who-deploys", ""), 200);
    assert_eq!(ask("POST", "/v1/rollback", "a-token-of-who-deploys", ""), 409);
    for _ in 0..5 {
        assert_eq!(ask("POST", "/v1/reload", "a-token-of-the-queue", ""), 403);
        assert_eq!(ask("POST", "/v1/reload", "a-token-of-nobody", ""), 401);
    }
    assert_eq!(ask("POST", "/v1/events/mailgun", "", "{}"), 403);
    let metrics = service.ask("GET", "/metrics", "Authorization: Bearer a-token-of-who-deploys\r\n", b"").body;
    assert!(metrics.contains("\ncarom_events_total{service=\"mailgun\",status=\"4xx\"} 1\n"), "{metrics}");
    let log = service.stop();
    let requests = events(&log, "request");
    assert_eq!((&requests[0]["token"], &requests[0]["path"]), (&"queue".into(), &"/v1/classify".into()));
    assert!(requests[0]["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{}", requests[0]);
    assert!(requests[0]["message"].as_str().is_some_and(|told| told.contains(" by queue from 127.0.0.1:")), "{log}");
    assert!(requests.iter().any(|line| line["path"] == "/v1/events/mailgun" && line["status"] == 403), "{log}");
    let changes = events(&log, "change");
    let told: Vec<_> = changes.iter().map(|line| (&line["path"], &line["token"], &line["level"])).collect();
    assert_eq!(
        told,
        [
            (&"/v1/reload".into(), &"deploy".into(), &"info".into()),
            (&"/v1/rollback".into(), &"deploy".into(), &"warning".into())
        ]
    );
    assert!(changes[0]["outcome"].as_str().is_some_and(|outcome| outcome.starts_with("same, snapshot ")), "{log}");
    // Who is refused asks as often as he likes, and is told of seldom.
    let refused = events(&log, "turned-away");
    assert!(!refused.is_empty() && refused.len() <= 5, "{log}");
    assert_eq!((&refused[0]["token"], &refused[0]["level"]), (&"queue".into(), &"warning".into()), "{log}");
    assert!(!log.contains("a-token-of"), "tokens are nobody's business");
}

#[test]
fn a_line_of_a_verdict_says_what_to_do() {
    let service = talkative();
    let asked = r#"{"text":"550 5.1.1 No such user","recipient":"ann@example.com","message":"4711@example.org"}"#;
    assert_eq!(service.post("/v1/classify", asked).status, 200);
    let log = service.stop();
    let line = &events(&log, "verdict")[0];
    assert_eq!((&line["message_id"], &line["recipient"]), (&"4711@example.org".into(), &"ann@example.com".into()));
    assert!(line["actions"].as_array().is_some_and(|actions| !actions.is_empty()), "{line}");
    assert_eq!(line["withheld"], Value::Array(vec![]), "{line}");
}

/// Names of other sites may be led to this machine; addresses and `localhost` may not.
#[test]
fn without_tokens_it_is_asked_by_names_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = settings(&folder, "service: { hosts: carom.example.org }\n");
    let service = Service::start(&["--rules", "harbour", "--settings", &path]);
    let ask = |host: &str, path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        crate::client::parse(&service.raw(request.as_bytes()))
    };
    for host in ["localhost:8025", "127.0.0.1", "[::1]:8025", "carom.example.org"] {
        assert_eq!(ask(host, "/v1/status").status, 200, "{host}");
    }
    assert_eq!(ask("evil.example:8025", "/v1/status").problem().1, "wrong-host");
    assert_eq!(ask("evil.example", "/healthz").status, 200);
}

#[test]
fn other_rules_of_the_settings_want_a_restart() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/cli");
    let path = settings(&folder, &format!("rules: {here}/harbour\n"));
    let service = Service::start(&["--watch", "0", "--settings", &path]);
    assert_eq!(service.post("/v1/reload", "").json()["note"], Value::Null);
    settings(&folder, &format!("rules: {here}/harbour-new\n"));
    let told = service.post("/v1/reload", "").json();
    let note = told["note"].as_str().expect("a note");
    assert_eq!(told["result"], "same");
    assert!(note.contains("names other rules by now") && note.ends_with(": a restart takes them"), "{note}");
    assert!(service.stop().contains("names other rules by now"));
}

#[test]
fn settings_that_lie_there_unused_are_told_of() {
    let folder = tempfile::tempdir().expect("a folder is made");
    settings(&folder, "service: { listen: 127.0.0.1:0 }\n");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null());
        let output = command.output().expect("it runs");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let said = run(&["config", "check"]);
    assert!(said.contains("carom.yaml: no errors\n") && said.contains("carom serve --settings carom.yaml"), "{said}");
    assert!(!run(&["config", "check", "carom.yaml"]).contains("carom serve"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut lines = std::io::BufReader::new(child.stderr.take().expect("its log")).lines();
    let first = lines.next().expect("a line").expect("it is text");
    child.kill().expect("it is ended");
    child.wait().expect("it has ended");
    assert!(first.ends_with("carom.yaml is here but not used: `--settings carom.yaml` takes it"), "{first}");
}

#[test]
fn an_address_on_the_command_line_is_told_as_the_settings_tell_it() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    let output = command.args(["serve", "--listen", "localhost:8027"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("write one such as 127.0.0.1:8025") && said.contains("are not looked up"), "{said}");
}
