//! What the program says, as transcripts in `tests/cases/cli`, which are run where they stand; and what
//! no transcript can show: readers and writers that go away or come late.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what is said now; read the difference.
#![cfg(feature = "cli")]

mod program;

use program::{feed, text};
use regex::Regex;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn cases() -> PathBuf {
    Path::new(ROOT).join("tests/cases/cli")
}

/// The program, in the folder of the cases.
fn carom(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.args(arguments).current_dir(cases()).env_remove("NO_COLOR").env("COLUMNS", "100");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    feed(&mut carom(arguments), input)
}

#[test]
fn transcripts() {
    // Commands of a transcript are run in the folder in which it stands.
    std::env::set_current_dir(cases()).expect("the folder of the cases is there");
    let cases = trycmd::TestCases::new();
    cases.env("COLUMNS", "100").env("NO_COLOR", "1");
    cases.case(self::cases().join("*.md")).case(self::cases().join("*.toml"));
    cases.skip(self::cases().join("init.md"));
}

/// Apart from the others: it alone speaks of the shipped library.
#[test]
fn what_init_makes_holds() {
    let cases = trycmd::TestCases::new();
    cases.env("COLUMNS", "100").env("NO_COLOR", "1");
    cases.case(self::cases().join("init.md"));
}

/// What is written for programs, as it is to the letter but for what changes with the library.
#[test]
fn json() {
    let cases: &[(&str, i32, &[&str], &str)] = &[
        ("check-warned", 1, &["check", "warned", "--format", "json"], ""),
        ("check-broken", 1, &["check", "broken", "--format", "json"], ""),
        ("check-sarif", 1, &["check", "broken", "--format", "sarif"], ""),
        ("test-failing", 1, &["test", "failing", "--format", "json"], ""),
        ("table", 0, &["table", "harbour", "--json"], ""),
        (
            "explain",
            0,
            &[
                "explain",
                "552 5.2.2 Mailbox full: 2,040 MB of 2,048 MB used",
                "--rules",
                "harbour",
                "--host",
                "a.mx.harbour.example",
                "--phase",
                "rcpt",
                "--time",
                "2026-03-01",
                "--json",
            ],
            "",
        ),
        ("classify", 0, &["classify", "--rules", "harbour", "--json", "mail.log"], ""),
        ("classify-hostile", 0, &["classify", "--rules", "harbour", "--json", "hostile.log"], ""),
        (
            "classify-replies",
            0,
            &["classify", "--rules", "harbour", "--json"],
            "550 5.1.1 No such user\n452 4.2.2 Mailbox full\n",
        ),
        (
            "classify-json-lines",
            0,
            &["classify", "--rules", "harbour", "--json", "-"],
            "{\"code\":552,\"enhanced\":\"5.2.2\",\"host\":\"a.mx.harbour.example\",\"recipient\":\"ada@harbour.example\",\
             \"time\":\"2026-02-27T05:00:00Z\",\"text\":\"mailbox full\",\"sender\":{\"tenant\":\"acme\"}}\n\
             {\"text\":\"450 4.2.0 Greylisting in effect\"\n{\"code\":\"5x0\"}\n",
        ),
        ("classify-notices", 0, &["classify", "--json", "--sent", "sent.txt", "notices.mbox"], ""),
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases/cli/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let hash = Regex::new("[0-9a-f]{32}").expect("an expression");
    let place = Regex::new("prelude.carom:[0-9]+").expect("an expression");
    settings.bind(|| {
        for (name, code, arguments, input) in cases {
            let output = run(arguments, input.as_bytes());
            let (mut said, complaints) = (text(&output.stdout).to_owned(), text(&output.stderr));
            assert_eq!(output.status.code(), Some(*code), "{name}: {complaints}");
            if arguments.contains(&"sarif") {
                // The pages of all codes, which have their own tests, are left out.
                let mut log: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
                let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
                assert!(rules.as_array().is_some_and(|rules| rules.len() > 50), "{name}");
                for result in log["runs"][0]["results"].as_array_mut().expect("there are results") {
                    result["ruleIndex"].take();
                }
                log["runs"][0]["tool"]["driver"]["version"].take();
                log["runs"][0]["tool"]["driver"]["semanticVersion"].take();
                said = format!("{log:#}\n");
            }
            let separator = if complaints.is_empty() { "" } else { "--- standard error\n" };
            let said = hash.replace_all(&said, "[snapshot]");
            let said = place.replace_all(&said, "prelude.carom:[line]");
            insta::assert_snapshot!(*name, format!("{said}{separator}{complaints}"));
        }
    });
}

#[test]
fn every_shell_has_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell], b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        let script = text(&output.stdout);
        // Fish writes options without their dashes; only some know the values of arguments.
        for word in ["carom", "classify", "completions", "from"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// Runs a command of which only the beginning is read.
fn only_the_beginning(arguments: &[&str], input: Vec<u8>) {
    let mut child = carom(arguments).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it has an input");
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let mut out: ChildStdout = child.stdout.take().expect("it has an output");
    let mut first = [0; 1];
    out.read_exact(&mut first).expect("something is said");
    drop(out);
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the input is written");
    assert!(output.status.success(), "{arguments:?}: {:?}", output.status);
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
}

#[test]
fn a_reader_may_go_away() {
    let replies = b"550 5.1.1 No such user\n".repeat(20_000);
    only_the_beginning(&["classify", "--rules", "harbour", "--json", "--from", "replies", "-"], replies);
    for arguments in [
        &["table", "builtin"][..],
        &["check", "--format", "sarif", "harbour"],
        &["explain", "E0020"],
        &["completions", "bash"],
        &["--help"],
    ] {
        only_the_beginning(arguments, Vec::new());
    }
}

#[test]
fn a_log_is_read_while_it_is_written() {
    let log = std::fs::read(cases().join("mail.log")).expect("the log is there");
    let arguments = ["classify", "--rules", "harbour", "--json", "-"];
    let mut child = carom(&arguments).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it has an input");
    let mut verdicts = BufReader::new(child.stdout.take().expect("it has an output"));
    let mut verdict = String::new();
    let lines: Vec<&[u8]> = log.split_inclusive(|b| *b == b'\n').collect();
    stdin.write_all(&lines[..2].concat()).expect("the first lines are taken");
    verdicts.read_line(&mut verdict).expect("the first verdict is given");
    assert!(verdict.contains("\"source\":\"-:2\""), "{verdict}");
    verdict.clear();
    stdin.write_all(lines[2]).expect("the next line is taken");
    verdicts.read_line(&mut verdict).expect("the next verdict is given");
    assert!(verdict.contains("\"source\":\"-:3\""), "{verdict}");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn long_lines_are_cut_and_told() {
    let mut input = b"550 5.1.1 No such user ".to_vec();
    input.extend(std::iter::repeat_n(b'x', 200_000));
    input.extend(b"\n452 4.2.2 Mailbox full\n");
    let output = run(&["classify", "--rules", "harbour", "--json", "--from", "replies", "-"], &input);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert_eq!(text(&output.stderr), "note: 1 of 2 lines cut: 64 KiB of a line are looked at\n");
    // A line without an end, and bytes that are no text, in any format.
    for format in ["postfix", "replies", "jsonl"] {
        let output = run(&["classify", "--rules", "harbour", "--from", format, "-"], &[0xff; 1 << 20]);
        assert!(output.status.success(), "{format}: {:?}", output.status);
    }
}

#[test]
fn a_server_does_not_get_at_the_terminal() {
    let reply = "550 5.1.1 \u{1b}[2J\u{9b}31m\u{202e}txt.exe\u{7}";
    for arguments in
        [&["explain", reply, "--rules", "harbour"][..], &["explain", reply, "--rules", "harbour", "--json"]]
    {
        let output = run(arguments, b"");
        let shown = text(&output.stdout);
        assert!(output.status.success() && shown.contains("txt.exe"), "{shown}");
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{shown:?}");
    }
    let output = run(&["classify", "--rules", "harbour", "no\u{1b}[2Jsuch"], b"");
    assert_eq!(text(&output.stderr), "error: no\\x1b[2Jsuch: there is no such file\n");
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let plain = run(&["explain", "E0020"], b"").stdout;
    assert!(!plain.contains(&0x1b));
    let colored = run(&["explain", "E0020", "--color", "always"], b"").stdout;
    assert!(colored.contains(&0x1b));
    let error = run(&["classify", "nosuch", "--rules", "harbour", "--color", "always"], b"").stderr;
    assert!(error.starts_with(b"\x1b[1;31merror:\x1b[0m nosuch"), "{}", text(&error));
}

#[test]
fn pages_of_an_earlier_time_go_and_what_is_not_ours_stays() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let out = folder.path().join("pages");
    let written = out.display().to_string();
    assert!(run(&["doc", "--rules", "quay.carom", "--out", &written], b"").status.success());
    assert!(out.join("profile-quay.html").is_file() && out.join("search.js").is_file());
    std::fs::write(out.join("CNAME"), "rules.example\n").expect("a file is written");
    assert!(run(&["doc", "--rules", "harbour", "--out", &written], b"").status.success());
    assert!(!out.join("profile-quay.html").exists() && out.join("profile-harbour.html").is_file());
    assert!(out.join("CNAME").is_file());
    // What a list names that no page is called is not taken away.
    let other = folder.path().join("precious");
    std::fs::write(&other, "x").expect("a file is written");
    std::fs::write(out.join(".carom-doc"), "../precious\n..\n/etc/nothing\n").expect("the list is written");
    assert!(run(&["doc", "--rules", "quay.carom", "--out", &written], b"").status.success());
    assert!(other.is_file());
}
