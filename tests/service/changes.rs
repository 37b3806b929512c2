//! Rules that change under a running service, and its end.

use crate::client::{Service, parse};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CLOSED: &str = r#"{"text":"550 Our house is closed"}"#;

pub(crate) fn rules(number: usize) -> String {
    format!(
        "use builtin\n\noverride ours-{number} {{\n    match    phrase \"our house is closed\"\n    then     mailbox-full\n    \
         example  \"550 Our house is closed\"\n}}\n"
    )
}

pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    pub(crate) fn new() -> Site {
        let site = Site { folder: tempfile::tempdir().expect("a folder is made") };
        fs::create_dir(site.path("rules")).expect("a folder is made");
        site.write(&rules(0));
        site
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.path("rules/root.carom"), text).expect("the rules are written");
    }

    pub(crate) fn start(&self, more: &[&str]) -> Service {
        self.start_by(Command::new(env!("CARGO_BIN_EXE_carom")), more)
    }

    pub(crate) fn start_by(&self, command: Command, more: &[&str]) -> Service {
        self.start_in(command, &self.path("kept"), more)
    }

    /// With another folder for what is kept.
    pub(crate) fn start_in(&self, command: Command, kept: &Path, more: &[&str]) -> Service {
        let rules = self.path("rules");
        let own = ["--rules", rules.to_str().expect("a path"), "--kept", kept.to_str().expect("a path")];
        Service::start_by(command, &[&own[..], more].concat())
    }
}

pub(crate) fn rule(service: &Service) -> Value {
    service.post("/v1/classify", CLOSED).json()["rule"].clone()
}

pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} takes too long");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn loading_going_back_and_a_restart() {
    let site = Site::new();
    let service = site.start(&["--watch", "0"]);
    assert_eq!(rule(&service), "ours-0");
    assert_eq!(service.post("/v1/reload", "").json()["result"], "same");
    site.write(&rules(1));
    assert_eq!(service.post("/v1/reload", "").json()["result"], "swapped");
    assert_eq!(rule(&service), "ours-1");

    site.write(&rules(2).replace("then     mailbox-full", "then     mailbox-ful"));
    let refused = service.post("/v1/reload", "");
    let (status, code, message) = refused.problem();
    assert_eq!((status, code.as_str()), (422, "bad-rules"));
    assert!(message.starts_with("the rules cannot be used, and nothing has changed: "), "{message}");
    assert!(message.contains("root.carom:5:14: error[E0020]"), "{message}");
    assert_eq!(refused.json()["error"]["diagnostics"][0]["help"], "did you mean `mailbox-full`?");
    assert_eq!((rule(&service), service.metric("carom_rules_refused")), ("ours-1".into(), Some(1.0)));
    let trouble = service.get("/v1/status").json()["trouble"].clone();
    assert_eq!((&trouble["times"], &trouble["diagnostics"][0]["code"]), (&1.into(), &"E0020".into()));
    assert_eq!(service.get("/readyz").status, 200, "what is active is as good as before");

    // The broken rules are still there.
    drop(service);
    let service = site.start(&["--watch", "0"]);
    let status = service.get("/v1/status").json();
    assert_eq!((&status["came"], rule(&service)), (&"kept".into(), "ours-1".into()));
    assert_eq!(status["trouble"]["times"], 1);
    assert_eq!(service.post("/v1/rollback", "").json()["result"], "swapped");
    assert_eq!(rule(&service), "ours-0");
    let (status, code, message) = service.post("/v1/rollback", "{}").problem();
    let expected = (409, "no-way-back", "no snapshot was kept from before the active one");
    assert_eq!((status, code.as_str(), message.as_str()), expected);
    let (status, code, _) = service.post("/v1/rollback", "{\"to\":\"yesterday\"}").problem();
    assert_eq!((status, code.as_str()), (400, "bad-json"));
}

#[test]
fn files_that_change_and_hanging_up() {
    let site = Site::new();
    let service = site.start(&["--watch", "0.05"]);
    site.write(&rules(1));
    until("watching", || rule(&service) == "ours-1");
    drop(service);
    let service = site.start(&["--watch", "0"]);
    site.write(&rules(2));
    service.signal("HUP");
    until("hanging up", || rule(&service) == "ours-2");
}

/// Who starts a service may hang up on it before it has read anything.
#[test]
fn hanging_up_at_once_and_for_nothing() {
    let site = Site::new();
    // Settings that are read only when somebody writes them: until then the service has not got far.
    let pipe = site.path("carom.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let mut command = Command::new("sh");
    command
        .args(["-c", "echo $$ > \"$ID\"; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_carom")])
        .env("ID", site.path("id"));
    let service = thread::scope(|scope| {
        let path = pipe.to_str().expect("a path");
        let starting = scope.spawn(|| site.start_by(command, &["--watch", "0", "--settings", path]));
        // This waits for who reads.
        let mut settings = fs::OpenOptions::new().write(true).open(&pipe).expect("the service reads");
        let id = fs::read_to_string(site.path("id")).expect("it says who it is");
        assert!(Command::new("kill").args(["-HUP", id.trim()]).status().expect("kill runs").success());
        thread::sleep(Duration::from_millis(100));
        fs::write(site.path("next.yaml"), "").expect("the settings are written");
        fs::rename(site.path("next.yaml"), &pipe).expect("they are put in place");
        settings.write_all(b"\n").expect("the settings are written");
        drop(settings);
        starting.join().expect("it listens")
    });
    assert_eq!(rule(&service), "ours-0");
    service.signal("HUP");
    until("a load", || service.get("/v1/status").json()["loads"]["same"].as_u64() > Some(0));
    let said = service.stop();
    assert!(said.contains("asked by SIGHUP: the rules are the same"), "{said}");
}

#[test]
fn an_emptied_file_changes_nothing() {
    let site = Site::new();
    let service = site.start(&["--watch", "0.05"]);
    site.write("");
    until("an emptied file", || service.metric("carom_rules_refused") == Some(1.0));
    assert_eq!(rule(&service), "ours-0");
    let (status, _, message) = service.post("/v1/reload", "").problem();
    assert!(status == 422 && message.contains("error[E0029]: no rule stands in these files"), "{message}");
    let body = json!({ "files": [{ "name": "root.carom", "text": "" }] }).to_string();
    assert_eq!(service.post("/v1/shadow", &body).problem().1, "bad-rules");
    // Most of them are gone.
    let few = "reason full {\n    category soft\n    fault    recipient\n    scope    recipient\n    advice   \"Wait.\"\n}\n\
        rule full {\n    match    code 550\n    then     full\n    example  \"550 Full\"\n}\n";
    site.write(few);
    until("few rules", || rule(&service) == "full");
    assert!(service.stop().contains("\"shrunk\""));
}

#[test]
fn the_command_goes_back() {
    let site = Site::new();
    let service = site.start(&["--watch", "0.05"]);
    site.write(&rules(1));
    until("watching", || service.get("/v1/status").json()["kept"].as_array().is_some_and(|kept| kept.len() == 2));
    assert_eq!(rule(&service), "ours-1");
    let rollback = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        let output = command.arg("rollback").arg("--kept").arg(site.path("kept")).args(more).output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, listed, _) = rollback(&["--list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        (status, lines.len(), lines[0].contains("active"), lines[1].ends_with("  active")),
        (Some(0), 2, false, true)
    );
    let (status, told, _) = rollback(&["--json"]);
    let told: Value = serde_json::from_str(&told).expect("it is JSON");
    assert_eq!((status, told["snapshot"].as_str(), &told["active"]), (Some(0), lines[0].get(..32), &true.into()));
    until("going back", || rule(&service) == "ours-0");
    until("a note of it", || service.get("/v1/status").json()["pinned"] == true);
    let (status, _, said) = rollback(&[]);
    assert_eq!((status, said.as_str()), (Some(2), "error: no snapshot was kept from before the active one\n"));
    let (status, _, said) = rollback(&["--to", "xyz"]);
    let why = "error: no snapshot that begins with `xyz` was kept: `--list` prints those that were\n";
    assert_eq!((status, said.as_str()), (Some(2), why));
    assert_eq!(rollback(&["--to", &lines[1][..12]]).0, Some(0));
    until("going on", || rule(&service) == "ours-1");
}

#[test]
fn a_candidate_in_the_shadow() {
    let site = Site::new();
    let service = site.start(&[]);
    assert_eq!(service.get("/v1/shadow").problem().1, "no-candidate");
    let candidate = rules(1).replace("mailbox-full", "user-unknown");
    let body = json!({ "files": [{ "name": "root.carom", "text": candidate }] }).to_string();
    assert_eq!(service.post("/v1/shadow", &body).status, 200);
    let broken = json!({ "files": [{ "name": "root.carom", "text": "rule {" }] }).to_string();
    assert_eq!(service.post("/v1/shadow", &broken).problem().1, "bad-rules");
    let asked =
        format!("[{CLOSED},{{\"text\":\"550 5.1.1 <ann@example.com> our house is closed\"}},{{\"text\":\"250 ok\"}}]");
    for _ in 0..3 {
        let told = service.post("/v1/classify", &asked).json();
        assert_eq!(told[0]["rule"], "ours-0", "the active rules answer");
    }
    until("the shadow", || service.get("/v1/shadow").json()["replies"] == 9);
    let told = service.get("/v1/shadow").json();
    assert_eq!((&told["disagreements"], &told["shed"], &told["broken"]), (&6.into(), &0.into(), &0.into()));
    let pair = &told["pairs"][0];
    assert_eq!(
        (&pair["active"], &pair["candidate"], &pair["replies"]),
        (&"ours-0".into(), &"ours-1".into(), &6.into())
    );
    assert_eq!(pair["samples"][1]["text"], "<<address>> our house is closed");
    assert_eq!(pair["samples"][0]["differs"][0], "category");
    assert_eq!(service.post("/v1/shadow/promote", "").json()["result"], "swapped");
    assert_eq!(rule(&service), "ours-1");
    assert_eq!(service.post("/v1/shadow/promote", "").problem().1, "no-candidate");
    // It stays over a restart, until the files change.
    drop(service);
    let service = site.start(&[]);
    assert_eq!((rule(&service), &service.get("/v1/status").json()["pinned"]), ("ours-1".into(), &true.into()));
}

/// While rules change many times no request fails, and no batch is a mixture.
#[test]
fn batches_while_rules_change() {
    let site = Site::new();
    let service = site.start(&["--watch", "0"]);
    let batch = format!("[{}]", [CLOSED; 50].join(","));
    let is_over = AtomicBool::new(false);
    let ask = || {
        let mut asked = 0;
        while !is_over.load(Ordering::Relaxed) {
            let answer = service.post("/v1/classify", &batch);
            assert_eq!(answer.status, 200);
            let told = answer.json();
            let first = (&told[0]["snapshot"], &told[0]["rule"]);
            let all = told.as_array().expect("a list");
            assert!(all.len() == 50 && all.iter().all(|one| (&one["snapshot"], &one["rule"]) == first));
            asked += 1;
        }
        asked
    };
    let asked: u32 = thread::scope(|scope| {
        let askers: Vec<_> = (0..2).map(|_| scope.spawn(ask)).collect();
        let load = |number: usize| {
            site.write(&if number.is_multiple_of(3) { "rule {".to_owned() } else { rules(number) });
            (number.is_multiple_of(3), service.post("/v1/reload", "").status)
        };
        let loads: Vec<_> = (1..=30).map(load).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(loads.iter().all(|(is_broken, status)| *status == if *is_broken { 422 } else { 200 }), "{loads:?}");
        askers.into_iter().map(|asker| asker.join().expect("no batch is a mixture")).sum()
    });
    assert!(asked > 0);
    let loads = service.get("/v1/status").json()["loads"].clone();
    assert_eq!((&loads["swapped"], &loads["refused"]), (&21.into(), &10.into()));
}

#[test]
fn what_was_accepted_is_finished() {
    let service = Service::start(&["--rules", "harbour"]);
    let mut stream = service.connect();
    let mut idle = service.connect();
    let head = format!(
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        CLOSED.len()
    );
    stream.write_all(head.as_bytes()).expect("the head is written");
    stream.write_all(&CLOSED.as_bytes()[..10]).expect("half the body is written");
    // The service has taken it up once it knows of two connections and this one.
    until("the connections", || service.metric("carom_connections") == Some(3.0));
    until("the request", || service.metric("carom_requests_busy") == Some(1.0));
    service.signal("TERM");
    thread::sleep(Duration::from_millis(200));
    stream.write_all(&CLOSED.as_bytes()[10..]).expect("the rest is written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    assert_eq!(parse(&answer).status, 200);
    assert_eq!(idle.read(&mut [0; 8]).expect("it is closed"), 0);
    let (status, log) = service.end();
    assert_eq!(status, Some(0));
    let last: Value = serde_json::from_str(log.lines().last().expect("a line")).expect("it is JSON");
    assert_eq!((&last["event"], &last["level"]), (&"stopped".into(), &"info".into()), "{log}");
}
