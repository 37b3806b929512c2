//! What vendors use: the guest library and its ABI, the commands of `carom plugin`, the plugins of the tree.
#![cfg(feature = "cli")]

mod abi;
mod commands;
#[path = "../program/mod.rs"]
mod program;
mod shipped;

use program::{feed, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A command without what the outer cargo has set for its own, and without a network for the inner one.
pub(crate) fn nested(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_outer = name.to_str().is_some_and(|name| name.starts_with("CARGO_") && name != "CARGO_HOME");
        if is_outer {
            command.env_remove(&name);
        }
    }
    command.env_remove("RUSTFLAGS").env("CARGO_NET_OFFLINE", "true").env("COLUMNS", "100").current_dir(folder);
    command
}

/// What the program came to.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) errors: String,
}

/// Runs the program in a folder.
pub(crate) fn carom(folder: &Path, arguments: &[&str]) -> Said {
    let output = feed(nested(env!("CARGO_BIN_EXE_carom"), folder).args(arguments), b"");
    let Output { status, stdout, stderr } = output;
    Said { status: status.code().unwrap_or(-1), out: text(&stdout).to_owned(), errors: text(&stderr).to_owned() }
}

/// The same, where it must go well.
pub(crate) fn done(folder: &Path, arguments: &[&str]) -> String {
    let said = carom(folder, arguments);
    assert_eq!(said.status, 0, "carom {}: {}{}", arguments.join(" "), said.out, said.errors);
    said.out
}

/// A line of JSON that the program writes.
pub(crate) fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let said = carom(folder, arguments);
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("no JSON: {}{}", said.out, said.errors))
}

pub(crate) fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Whether a program is on this machine.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
