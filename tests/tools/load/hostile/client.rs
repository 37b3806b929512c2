//! A client that writes what it likes, and takes answers apart.

use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// So long is an answer waited for: loads give way to all else, and take their time.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection, and what came over it and was not yet taken.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Talk {
    pub(crate) fn open(address: SocketAddr) -> Result<Talk, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("no connection: {error}"))?;
        let set = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(PATIENCE)));
        set.and_then(|()| stream.set_write_timeout(Some(PATIENCE))).map_err(|error| error.to_string())?;
        Ok(Talk { stream, read: Vec::new() })
    }

    /// Writes as much as is taken: it may be closed already, which the answer tells. Says whether all was.
    pub(crate) fn say(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// No more will come from here.
    pub(crate) fn hush(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Result<Answer, String> {
        self.answer_to(true)
    }

    /// The next answer, of which `HEAD` gets no body.
    pub(crate) fn answer_to(&mut self, has_body: bool) -> Result<Answer, String> {
        let end = loop {
            match self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.more()?,
            }
        };
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        self.read.drain(..end);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| format!("no status: {head}"))?;
        let low = head.to_ascii_lowercase();
        let body = if low.contains("transfer-encoding: chunked") {
            self.chunks()?
        } else if has_body && status != 100 {
            let length = low.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            self.take(length.unwrap_or(0))?
        } else {
            Vec::new()
        };
        Ok(Answer { status, head, body })
    }

    fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut whole = Vec::new();
        loop {
            let end = loop {
                match self.read.windows(2).position(|window| window == b"\r\n") {
                    Some(end) => break end,
                    None => self.more()?,
                }
            };
            let size = String::from_utf8_lossy(&self.read[..end]).into_owned();
            let size = usize::from_str_radix(&size, 16).map_err(|_| format!("no chunk's size: {size}"))?;
            self.read.drain(..end + 2);
            whole.extend_from_slice(&self.take(size)?);
            self.take(2)?;
            if size == 0 {
                return Ok(whole);
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<Vec<u8>, String> {
        while self.read.len() < count {
            self.more()?;
        }
        let rest = self.read.split_off(count);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    fn more(&mut self) -> Result<(), String> {
        let mut piece = [0; 16 << 10];
        match self.stream.read(&mut piece) {
            Ok(0) => Err("closed without an answer".to_owned()),
            Ok(count) => {
                self.read.extend_from_slice(&piece[..count]);
                Ok(())
            }
            Err(error) => Err(format!("no answer: {error}")),
        }
    }

    /// Reads to the end, whatever comes; an error where it does not come.
    pub(crate) fn end(mut self) -> Result<Vec<u8>, String> {
        loop {
            match self.more() {
                Ok(()) => {}
                Err(why) if why.starts_with("closed") => return Ok(self.read),
                Err(_) if is_over(&self.stream) => return Ok(self.read),
                Err(why) => return Err(format!("it is not closed: {why}")),
            }
        }
    }

    /// It is closed, and nothing was said.
    pub(crate) fn closes(self) -> Result<(), String> {
        match self.end()?.as_slice() {
            b"" => Ok(()),
            said => Err(format!("it is answered: {}", shown(said))),
        }
    }
}

/// Whether a connection was reset.
fn is_over(mut stream: &TcpStream) -> bool {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(1)));
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

impl Answer {
    /// It is a problem with that status and that word, in one line.
    pub(crate) fn refuses(&self, status: u16, code: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{what}, in place of {status} {code}: {}", self.shown()));
        if self.status != status {
            return wrong("another status");
        }
        let is_line = self.body.iter().position(|byte| *byte == b'\n') == Some(self.body.len().wrapping_sub(1));
        if !is_line || !self.head.to_ascii_lowercase().contains("content-type: application/json\r\n") {
            return wrong("no line of JSON");
        }
        let Ok(value) = serde_json::from_slice::<Value>(&self.body) else { return wrong("no JSON") };
        is_problem(&value, status, code).or_else(|what| wrong(&what))
    }

    pub(crate) fn is(&self, status: u16) -> Result<(), String> {
        match self.status == status {
            true => Ok(()),
            false => Err(format!("another status, in place of {status}: {}", self.shown())),
        }
    }

    pub(crate) fn json(&self) -> Result<Value, String> {
        self.is(200)?;
        serde_json::from_slice(&self.body).map_err(|error| format!("no JSON ({error}): {}", self.shown()))
    }

    /// The lines of a stream.
    pub(crate) fn lines(&self) -> Result<Vec<Value>, String> {
        self.is(200)?;
        let lines = self.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let read = |line| serde_json::from_slice(line).map_err(|error| format!("no JSON ({error}): {}", self.shown()));
        lines.map(read).collect()
    }

    fn shown(&self) -> String {
        format!("{}{}", self.head.replace("\r\n", " | "), shown(&self.body))
    }
}

/// A problem with that status and that word, whose sentence is one line.
pub(crate) fn is_problem(value: &Value, status: u16, code: &str) -> Result<(), String> {
    let error = &value["error"];
    if (&value["v"], &error["status"], &error["code"]) != (&1.into(), &status.into(), &code.into()) {
        return Err(format!("another problem ({value})"));
    }
    let message = error["message"].as_str().unwrap_or_default();
    match message.is_empty() || message.chars().any(char::is_control) || message.len() > 2_000 {
        true => Err(format!("no line that says why ({value})")),
        false => Ok(()),
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(500)]).into_owned()
}
