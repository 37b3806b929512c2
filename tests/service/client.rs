//! The service in a process of its own, and a client that writes what it likes.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) struct Service {
    child: Child,
    /// What it said until it listened.
    said: String,
    pub(crate) address: SocketAddr,
    /// What it says, kept open so that it may.
    pub(crate) log: BufReader<Box<dyn Read + Send + Sync>>,
}

/// Status, word and how the sentence begins.
pub(crate) type Refusal = (u16, &'static str, &'static str);

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status, word and sentence of a refusal.
    pub(crate) fn problem(&self) -> (u16, String, String) {
        let value = self.json();
        assert_eq!((&value["v"], &value["error"]["status"]), (&1.into(), &self.status.into()), "{value}");
        let part = |name: &str| value["error"][name].as_str().expect("a string").to_owned();
        assert!(!part("message").contains('\n'));
        (self.status, part("code"), part("message"))
    }
}

impl Service {
    pub(crate) fn start(arguments: &[&str]) -> Service {
        Service::start_by(Command::new(env!("CARGO_BIN_EXE_carom")), arguments)
    }

    /// With variables of the environment, as `service.limits` has them.
    pub(crate) fn limited(limits: &[(&str, &str)], arguments: &[&str]) -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        for (name, value) in limits {
            command.env(format!("CAROM_SERVICE_LIMITS_{name}"), value);
        }
        Service::start_by(command, arguments)
    }

    /// By a command that becomes the service.
    pub(crate) fn start_by(mut command: Command, arguments: &[&str]) -> Service {
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "json"]).args(arguments);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cli"));
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the service starts");
        let log: Box<dyn Read + Send + Sync> = Box::new(child.stderr.take().expect("its log"));
        let mut log = BufReader::new(log);
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).expect("its log is read") > 0, "it ends: {said}");
            said.push_str(&line);
            let line: Value = serde_json::from_str(&line).expect("a line of the log is JSON");
            if line["event"] == "listening" {
                break line["address"].as_str().expect("an address").parse().expect("an address");
            }
        };
        Service { child, said, address, log }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Nobody reads what it says any more.
    pub(crate) fn close_log(&mut self) {
        self.log = BufReader::new(Box::new(std::io::empty()));
    }

    /// The rest of what it said, when it has ended.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).expect("its log is read");
        rest
    }

    /// Waits for its end and gives its status and the rest of its log.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let rest = self.rest();
        (self.child.wait().expect("it ends").code(), rest)
    }

    /// Waits for its end without reading what it says.
    pub(crate) fn end_unread(&mut self, most: Duration) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.code();
            }
            assert!(start.elapsed() < most, "it does not end");
            sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to end, and gives all that it said.
    pub(crate) fn stop(mut self) -> String {
        self.signal("TERM");
        let said = std::mem::take(&mut self.said);
        said + &self.end().1
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout is set");
        stream
    }

    /// Writes bytes as they are and reads until the service closes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may have closed already, which is an answer, too.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        parse(&self.raw(&[head.as_bytes(), body].concat()))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, "Content-Type: application/json\r\n", body.as_bytes())
    }

    /// A value of its metrics.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics").body;
        let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(key, _)| key == name))?;
        line.rsplit_once(' ')?.1.parse().ok()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn parse(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Answer { status, head: head.to_owned(), body: if is_chunked { unchunked(body) } else { body.to_owned() } }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        if size == 0 {
            return whole;
        }
        whole.push_str(&rest[..size]);
        body = &rest[size + 2..];
    }
    panic!("it breaks off: {whole}")
}
