//! Asks at a steady rate, whatever the answers take: how long one took is counted from when it was due to be asked.
//!
//! Who asks has one processor, and must not be what is waited for: requests are made beforehand, answers are kept as
//! they are, each once, and read when all is over.

use crate::service::Service;
use crate::told::Told;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) connections: u32,
    /// Verdicts a second.
    pub(crate) rate: u32,
    pub(crate) batch: usize,
    pub(crate) time: Duration,
}

/// Replies for what a sender meets in a day, for rules that change, and for the plugin.
pub(crate) fn replies() -> Vec<Value> {
    let texts = [
        ("550 Our house is closed", "mx.house.example"),
        ("550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown", "mx1.example.com"),
        ("452 4.2.2 The email account that you tried to reach is over quota", "gmail-smtp-in.l.google.com"),
        ("421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred", "mta5.am0.yahoodns.net"),
        ("250 2.0.0 OK queued as 4Fxyz", "mx.example.org"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.8] blocked using zen.spamhaus.org", "mx.example.net"),
        ("450 4.7.1 Quota spent, gate opens 2026-087T06:30 LT", "mx1.tidewater.example"),
        ("450 4.3.2 Works on the quay, gate opens 2026-091T08:00 LT", "mx2.tidewater.example"),
        ("550 5.4.1 Recipient address rejected: Access denied", "example-com.mail.protection.outlook.com"),
        ("450 4.2.0 <dan@example.com>: Greylisted, see http://postgrey.example/", "mx2.example.com"),
    ];
    let numbered = |n: usize| {
        let (text, host) = texts[n % texts.len()];
        json!({
            "text": format!("{text} q{n}"), "host": host, "recipient": format!("r{n}@{}", &host[host.find('.').map_or(0, |dot| dot + 1)..]),
            "message": format!("M{n:04}"), "time": "2026-03-28T04:45:00Z",
        })
    };
    (0..200).map(numbered).collect()
}

/// The answers of one kind of request: each once, and how often it came.
pub(crate) type Answers = HashMap<Vec<u8>, u64>;

/// What came to an asker.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// By the first reply of the batch.
    pub(crate) answers: HashMap<usize, Answers>,
    pub(crate) failed: u64,
    pub(crate) times: Vec<Duration>,
}

/// The replies of the batch that begins with this one.
pub(crate) fn batch(from: usize, size: usize, of: usize) -> impl Iterator<Item = usize> {
    (0..size).map(move |k| (from + k * 7) % of)
}

pub(crate) fn ask(service: &Service, shape: &Shape) -> Told {
    let replies = replies();
    let request = |from| {
        let asked: Vec<_> = batch(from, shape.batch, replies.len()).map(|n| replies[n].clone()).collect();
        let body = Value::from(asked).to_string();
        let length = body.len();
        format!(
            "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let requests: Vec<String> = (0..replies.len()).map(request).collect();
    let start = Instant::now() + Duration::from_millis(50);
    let (heard, took) = thread::scope(|scope| {
        let askers: Vec<_> = (0..shape.connections)
            .map(|number| {
                let requests = &requests;
                scope.spawn(move || asker(service, shape, requests, number, start))
            })
            .collect();
        let heard: Vec<Heard> =
            askers.into_iter().map(|asker| asker.join().expect("an asker goes on to the end")).collect();
        // What is read of it afterwards is no part of it.
        (heard, start.elapsed())
    });
    Told::of(heard, shape.batch, replies.len(), took)
}

fn asker(service: &Service, shape: &Shape, requests: &[String], number: u32, start: Instant) -> Heard {
    let every = Duration::from_secs(1) * shape.connections * shape.batch as u32 / shape.rate;
    let mut heard = Heard::default();
    let mut stream = connect(service);
    let mut read = vec![0; 256 << 10];
    let mut from = number as usize * 17;
    for turn in 0.. {
        let due = start + every * turn + every * number / shape.connections;
        if due > start + shape.time {
            break;
        }
        from = (from + shape.batch) % requests.len();
        thread::sleep(due.saturating_duration_since(Instant::now()));
        match exchange(&mut stream, &requests[from], &mut read) {
            Ok((200, answer)) => {
                heard.times.push(due.elapsed());
                let answers = heard.answers.entry(from).or_default();
                match answers.get_mut(answer) {
                    Some(count) => *count += 1,
                    None => drop(answers.insert(answer.to_vec(), 1)),
                }
            }
            Ok(_) | Err(_) => {
                heard.failed += 1;
                stream = connect(service);
            }
        }
    }
    heard
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address).expect("it listens");
    stream.set_nodelay(true).expect("an option is set");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("an option is set");
    stream
}

/// One request on a connection that stays open: the status and the body.
fn exchange<'r>(stream: &mut TcpStream, request: &str, read: &'r mut [u8]) -> io::Result<(u16, &'r [u8])> {
    stream.write_all(request.as_bytes())?;
    let mut filled = 0;
    let mut whole = None;
    loop {
        let count = stream.read(&mut read[filled..])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += count;
        if whole.is_none() {
            let Some(end) = read[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length =
                head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
            let (Some(length), Some(status)) = (length, head.split(' ').nth(1).and_then(|status| status.parse().ok()))
            else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            whole = Some((status, end + 4, end + 4 + length));
        }
        if let Some((status, start, end)) = whole.filter(|(.., end)| filled >= *end) {
            return Ok((status, &read[start..end]));
        }
    }
}
