//! The service under load, on the first processor, and its files.

use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) struct Service {
    child: Child,
    pub(crate) program: PathBuf,
    pub(crate) address: SocketAddr,
    folder: TempDir,
}

/// Rules of which each number says something else.
pub(crate) fn rules(number: u32) -> String {
    let reason = if number.is_multiple_of(2) { "mailbox-full" } else { "user-unknown" };
    format!(
        "use builtin\n\noverride ours-{number} {{\n    match    phrase \"our house is closed\"\n    then     {reason}\n    \
         say      \"Rules {number}.\"\n    example  \"550 Our house is closed\"\n}}\n"
    )
}

pub(crate) const SETTINGS: &str = "plugins:\n  - file: plugin.wasm\n    unsigned: true\n    hosts: [\"*.tidewater.example\"]\n    domains: [tidewater.example]\n";

impl Service {
    /// Starts it with the first rules, these settings, and files that these name.
    pub(crate) fn start(program: &Path, settings: &str, files: &[(&str, &[u8])]) -> Service {
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("rules")).expect("a folder is made");
        put(&path("rules/root.carom"), rules(0).as_bytes());
        files.iter().for_each(|(name, bytes)| put(&path(name), bytes));
        put(&path("carom.yaml"), settings.as_bytes());
        let log = File::create(path("log")).expect("a log is made");
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program).args(["serve", "--listen", "127.0.0.1:0", "--threads", "1"]);
        command.args(["--watch", "0", "--log", "json", "--rules"]).arg(path("rules"));
        command.arg("--kept").arg(path("kept")).arg("--settings").arg(path("carom.yaml"));
        let child = command.stderr(log).spawn().expect("the service starts (taskset pins it)");
        let address = listening(&path("log"));
        Service { child, program: program.to_owned(), address, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A request by itself, and its status and answer.
    pub(crate) fn post(&self, path: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("it is asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).expect("it is JSON"))
    }

    /// What it takes now, and took at most.
    pub(crate) fn memory(&self) -> String {
        let [now, most] = ["VmRSS", "VmHWM"].map(|name| self.kibibytes(name).unwrap_or_default() / 1024);
        format!("memory {now} MB, at most {most} MB")
    }

    /// A line of what the kernel knows of it; nothing once it is gone.
    pub(crate) fn kibibytes(&self, name: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Asks it to end, and gives its exit status and all that it said.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "it is told to end");
        let status = self.child.wait().expect("it ends").code();
        (status, fs::read_to_string(self.path("log")).unwrap_or_default())
    }
}

/// Puts a file in its place whole, as editors do.
pub(crate) fn put(path: &Path, text: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, text).expect("it is written");
    fs::rename(&new, path).expect("it is put in place");
}

fn listening(log: &Path) -> SocketAddr {
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(log).expect("its log is read");
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let address = lines.filter_map(|line| line["address"].as_str()?.parse().ok()).next();
        if let Some(address) = address {
            return address;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it does not listen: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
