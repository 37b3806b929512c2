//! What the program says of plugins.

use crate::guests::guest;
use crate::program::{feed, text};
use std::fs;
use std::process::Command;

/// A folder with the hostile plugin and settings for it.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    write("hostile.wasm", &guest("tests/plugin/guests", "hostile"));
    write(
        "carom.yaml",
        b"cache: cache\nplugins:\n  - file: hostile.wasm\n    unsigned: true\n    hosts: \"*.hostile.example\"\n    may: suppress\n",
    );
    folder
}

fn carom(site: &tempfile::TempDir, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.args(arguments).current_dir(site.path()).env("NO_COLOR", "1").env("COLUMNS", "100");
    let output = feed(&mut command, input.as_bytes());
    (output.status.code(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
}

fn line(text: &str) -> String {
    format!("{{\"code\":450,\"host\":\"mx.hostile.example\",\"text\":\"{text}\"}}\n")
}

#[test]
fn a_summary_names_the_plugin_that_failed() {
    let site = site();
    let input: String = ["count", "panic", "loop", "panic", "other"].iter().map(|text| line(text)).collect();
    let (status, out, err) = carom(&site, &["classify", "--settings", "carom.yaml", "--jobs", "1", "-"], &input);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains("hostile"), "{out}");
    assert!(err.contains("warning: plugin hostile failed on 3 replies: it panicked or gave up"), "{err}");
    let by_name = ["classify", "--json", "-"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.args(by_name).current_dir(site.path()).env("CAROM_SETTINGS", "carom.yaml");
    let output = feed(&mut command, line("count").as_bytes());
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    assert_eq!(verdict["rule"], "hostile.limited");
    assert_eq!(verdict["fields"]["wait"], "1");
}

#[test]
fn explain_says_what_it_was_asked_and_said() {
    let site = site();
    let explain = |text: &str, more: &[&str]| {
        let arguments = ["explain", text, "--code", "450", "--host", "mx.hostile.example", "--settings", "carom.yaml"];
        let (status, out, err) = carom(&site, &[&arguments, more].concat(), "");
        assert_eq!((status, &*err), (Some(0), ""), "{out}");
        out
    };
    let out = explain("count", &[]);
    assert!(out.contains("decided by rule hostile.limited (plugin hostile:1)"), "{out}");
    assert!(out.contains("plugin hostile, asked since no rule of its profile decided"), "{out}");
    assert!(out.contains("  said     limited, wait \"1\"\n") && out.contains("  took     "), "{out}");
    let out = explain("talk", &[]);
    assert!(out.contains("  said     nothing: it leaves the reply to the rules\n  logged   line 0\n"), "{out}");
    let json: serde_json::Value = serde_json::from_str(&explain("panic", &["--json"])).expect("JSON");
    let failure = json["plugin"]["failure"].as_str().unwrap_or_default();
    assert!(failure.starts_with("it panicked or gave up (`panicked at "), "{json}");
    assert_eq!(json["plugin"]["log"].as_array().map(Vec::len), Some(1));
}

#[test]
fn settings_that_do_not_hold_are_an_error() {
    let site = site();
    fs::write(site.path().join("wrong.yaml"), "plugins:\n  - fil: x.wasm\n").expect("a file");
    let (status, out, err) = carom(&site, &["classify", "--settings", "wrong.yaml", "-"], &line("count"));
    assert_eq!((status, &*out), (Some(2), ""));
    assert_eq!(err, "error: wrong.yaml:2: there is no key `fil` in `plugins[0]`: did you mean `file`?\n");
    let (status, _, err) = carom(&site, &["check", "builtin", "--settings", "none.yaml"], "");
    assert_eq!((status, &*err), (Some(2), "error: none.yaml: there is no such file\n"));
    let (status, out, err) = carom(&site, &["test", "builtin", "--settings", "carom.yaml"], "");
    assert_eq!((status, &*err), (Some(0), ""), "{out}");
}

#[test]
fn the_compiler_is_no_command_for_people() {
    let site = site();
    let (status, out, err) = carom(&site, &["plugin", "compile"], "");
    assert_eq!((status, &*out), (Some(1), ""));
    assert_eq!(err, "a plugin's host starts this, and tells it what to do");
}
