//! `carom diff` over the revisions of a git repository, which the tests make.
#![cfg(feature = "cli")]

mod program;

use program::{feed, text};
use std::path::Path;
use std::process::{Command, Output};

const REASONS: &str = "reason mailbox-full {
    category soft
    fault    recipient
    scope    recipient
    advice   \"Try again.\"
}
";

fn root(phrase: &str) -> String {
    format!(
        "language 1
use \"../shared/reasons.carom\"
rule full {{
    match    phrase \"{phrase}\"
    then     mailbox-full
    example  \"552 5.2.2 {phrase}\"
}}
"
    )
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@x.example", "-c", "commit.gpgsign=false"]);
    let output = command.arg("-C").arg(folder).args(arguments).output().expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("the folder is made");
    std::fs::write(file, text).expect("the file is written");
}

/// Two commits of a rule set in a folder, which uses a file beside the folder; and a change that is not committed.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    git(top, &["init", "--quiet", "--initial-branch", "main"]);
    write(top, "shared/reasons.carom", REASONS);
    write(top, "rules/root.carom", &root("over quota"));
    write(top, "other/notes.carom", "\u{feff}no rules at all");
    std::fs::write(top.join("other/latin.carom"), b"bo\xeete").expect("the file is written");
    git(top, &["add", "."]);
    git(top, &["commit", "--quiet", "-m", "first"]);
    git(top, &["tag", "first"]);
    write(top, "rules/root.carom", &root("quota exceeded"));
    git(top, &["commit", "--quiet", "-am", "second"]);
    write(top, "rules/root.carom", &root("mailbox full"));
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    feed(command.arg("diff").args(arguments).current_dir(folder).env("NO_COLOR", "1"), b"")
}

#[test]
fn revisions_are_read_wherever_one_stands() {
    let folder = repository();
    let top = folder.path();
    let rules = top.join("rules");
    let whole = rules.to_str().expect("a plain name");
    for (here, arguments, gone, new) in [
        (top, &["HEAD~1", "HEAD", "rules/"][..], "over quota", "quota exceeded"),
        (top, &["first", "main", "rules/root.carom"], "over quota", "quota exceeded"),
        (&rules, &["HEAD~1", "HEAD", "."], "over quota", "quota exceeded"),
        (Path::new("/"), &["HEAD~1", "HEAD", whole], "over quota", "quota exceeded"),
        (top, &["HEAD~1:rules", "HEAD:rules"], "over quota", "quota exceeded"),
        (&rules, &["HEAD~1:", "HEAD:../rules/root.carom"], "over quota", "quota exceeded"),
        (top, &["HEAD", "rules"], "quota exceeded", "mailbox full"),
        (top, &["first", "rules/"], "over quota", "mailbox full"),
        (top, &["first:rules", "rules"], "over quota", "mailbox full"),
        (top, &["rules", "first:rules"], "mailbox full", "over quota"),
    ] {
        let output = diff(here, arguments);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
        let changes = [
            format!("550 \"{gone}\"\n    was soft mailbox-full by full"),
            format!("550 \"{new}\"\n    was unknown by unknown: try again later\n    is  soft mailbox-full by full"),
        ];
        assert!(changes.iter().all(|change| said.contains(change)), "{arguments:?}: {said}");
    }
    // What is deleted now was there once; and a revision and itself do not differ.
    std::fs::remove_dir_all(&rules).expect("the folder is removed");
    assert_eq!(diff(top, &["first", "main", "rules"]).status.code(), Some(1));
    let same = diff(top, &["first", "HEAD~1", "rules"]);
    assert_eq!((same.status.code(), text(&same.stderr)), (Some(0), ""));
}

#[test]
fn what_git_cannot_give_is_told() {
    let folder = repository();
    let top = folder.path();
    write(top, "rules/root.carom", "rule");
    git(top, &["commit", "--quiet", "-am", "broken"]);
    std::fs::write(top.join("rules/latin.carom"), b"bo\xeete").expect("the file is written");
    git(top, &["add", "."]);
    git(top, &["commit", "--quiet", "-am", "no text"]);
    for (arguments, complaint) in [
        (&["nosuch", "HEAD", "rules"][..], "nosuch:rules: git knows no revision `nosuch` here"),
        (&["first", "--", "-x", "rules"], "-x:rules: `-x` is no git revision"),
        (&["first", "HEAD~1", "nosuch"], "first:nosuch: nosuch is not there, or holds no rule files"),
        (&["first", "HEAD~1", "shared"], "first:shared: there is no root.carom in shared"),
        (&["first", "HEAD~1", "rules"], "HEAD~1:rules: the rules cannot be used; nothing was done"),
        (&["first", "HEAD", "rules"], "HEAD:rules: rules/latin.carom: the file is not utf-8"),
        (&["first:rules", "HEAD:"], "there is no root.carom in ."),
        (&["nosuch", "first:rules"], "nosuch: there is no such file or folder; a git revision is named with its path"),
        (&["rules", "first"], "first: there is no such file or folder; a git revision is named with its path"),
    ] {
        let output = diff(top, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(complaint), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    let output = diff(elsewhere.path(), &["HEAD~1", "HEAD", "rules"]);
    assert!(text(&output.stderr).contains("it is in no git repository"), "{}", text(&output.stderr));
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    let output = feed(command.args(["diff", "first", "main", "rules"]).current_dir(top).env("PATH", ""), b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("by `git`, which is not installed here"), "{}", text(&output.stderr));
}
