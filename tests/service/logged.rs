//! What the service says of itself: to who reads it, to who does not, and to nobody.

use crate::client::Service;
use serde_json::Value;
use std::io::BufRead;
use std::process::{Command, Stdio};
use std::time::Duration;

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

#[test]
fn an_address_on_the_command_line_is_told_as_the_settings_tell_it() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    let output = command.args(["serve", "--listen", "localhost:8027"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("write one such as 127.0.0.1:8025") && said.contains("are not looked up"), "{said}");
}
