//! A site's rules in a folder of their own, which can be changed and broken.

use carom::live::{Live, Settings};
use carom::{Reply, Root};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) struct Site {
    pub(crate) folder: TempDir,
}

/// Rules of which each number says something else: the advice and which of two reasons it is.
pub(crate) fn rules(number: usize) -> String {
    let reason = if number.is_multiple_of(2) { "mailbox-full" } else { "user-unknown" };
    format!(
        "use builtin\n\noverride ours-{number} {{\n    match    phrase \"our house is closed\"\n    then     {reason}\n    \
         say      \"Rules {number}.\"\n    example  \"550 Our house is closed\"\n}}\n"
    )
}

/// The same with a name that nothing has.
pub(crate) fn broken(number: usize) -> String {
    rules(number).replace("then     ", "then     no-such-reason-")
}

/// Rules that load, and an example that does not hold.
pub(crate) fn failing(number: usize) -> String {
    rules(number).replace("example  \"550 Our house is closed\"", "example  \"550 Our house is open\"")
}

impl Site {
    pub(crate) fn new() -> Site {
        let site = Site { folder: TempDir::new().expect("a folder is made") };
        fs::create_dir(site.rules()).expect("a folder is made");
        site.write(&rules(0));
        site
    }

    pub(crate) fn rules(&self) -> PathBuf {
        self.folder.path().join("rules")
    }

    pub(crate) fn kept(&self) -> PathBuf {
        self.folder.path().join("kept")
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.rules().join("root.carom"), text).expect("the rules are written");
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings { kept: Some(self.kept()), ..Settings::new(Root::Path(self.rules())) }
    }

    pub(crate) fn open(&self) -> Live {
        Live::open(self.settings()).expect("the rules are good")
    }
}

pub(crate) fn closed() -> Reply {
    Reply::parse("550 Our house is closed")
}

/// The rule that decides now.
pub(crate) fn rule(live: &Live) -> String {
    live.current().classify(&closed()).rule().name.clone()
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is read");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what} takes too long");
        thread::sleep(Duration::from_millis(5));
    }
}
