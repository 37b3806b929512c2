//! Asks at a steady rate, whatever the answers take: how long one took is counted from when it was due to be asked.

use crate::service::Service;
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

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// By snapshot and the number of the reply. What comes again must be the same.
    pub(crate) verdicts: HashMap<(String, usize), Value>,
    /// How many verdicts there were of each.
    pub(crate) counts: HashMap<(String, usize), u64>,
    pub(crate) failed: u64,
    /// Batches of more than one snapshot, or verdicts that one snapshot gave differently.
    pub(crate) mixed: u64,
    times: Vec<Duration>,
    took: Duration,
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

pub(crate) fn ask(service: &Service, shape: &Shape) -> Told {
    let replies = replies();
    let start = Instant::now() + Duration::from_millis(50);
    let mut all = Told::default();
    thread::scope(|scope| {
        let askers: Vec<_> = (0..shape.connections)
            .map(|number| {
                let replies = &replies;
                scope.spawn(move || asker(service, shape, replies, number, start))
            })
            .collect();
        let told: Vec<Told> =
            askers.into_iter().map(|asker| asker.join().expect("an asker goes on to the end")).collect();
        // What is put together afterwards is no part of it.
        all.took = start.elapsed();
        told.into_iter().for_each(|told| all.add(told));
    });
    all.times.sort();
    all
}

fn asker(service: &Service, shape: &Shape, replies: &[Value], number: u32, start: Instant) -> Told {
    let every = Duration::from_secs(1) * shape.connections * shape.batch as u32 / shape.rate;
    let mut told = Told::default();
    let mut stream = connect(service);
    let mut from = number as usize * 17;
    for turn in 0.. {
        let due = start + every * turn + every * number / shape.connections;
        if due > start + shape.time {
            break;
        }
        let batch: Vec<usize> = (0..shape.batch).map(|k| (from + k * 7) % replies.len()).collect();
        from += shape.batch;
        let body = Value::from(batch.iter().map(|n| replies[*n].clone()).collect::<Vec<_>>()).to_string();
        thread::sleep(due.saturating_duration_since(Instant::now()));
        match exchange(&mut stream, &body) {
            Ok((200, answer)) => {
                told.times.push(due.elapsed());
                told.note(&batch, &answer);
            }
            Ok(_) | Err(_) => {
                told.failed += 1;
                stream = connect(service);
            }
        }
    }
    told
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address).expect("it listens");
    stream.set_nodelay(true).expect("an option is set");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("an option is set");
    stream
}

/// One request on a connection that stays open.
fn exchange(stream: &mut TcpStream, body: &str) -> io::Result<(u16, Vec<u8>)> {
    let length = body.len();
    let head = format!(
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    let mut read = Vec::with_capacity(64 << 10);
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&piece[..count]);
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
        let (Some(length), Some(status)) = (length, head.split(' ').nth(1).and_then(|status| status.parse().ok()))
        else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        if read.len() >= end + 4 + length {
            return Ok((status, read.split_off(end + 4)));
        }
    }
}

impl Told {
    fn note(&mut self, batch: &[usize], answer: &[u8]) {
        let Ok(Value::Array(verdicts)) = serde_json::from_slice(answer) else {
            self.failed += 1;
            return;
        };
        let snapshot = verdicts.first().and_then(|first| first["snapshot"].as_str()).unwrap_or_default().to_owned();
        let is_whole = verdicts.len() == batch.len() && verdicts.iter().all(|one| one["snapshot"] == *snapshot);
        if !is_whole {
            self.mixed += 1;
        }
        for (number, verdict) in batch.iter().zip(verdicts) {
            self.take(&(snapshot.clone(), *number), verdict, 1);
        }
    }

    fn take(&mut self, key: &(String, usize), verdict: Value, count: u64) {
        let first = self.verdicts.entry(key.clone()).or_insert_with(|| verdict.clone());
        if *first != verdict {
            self.mixed += 1;
        }
        *self.counts.entry(key.clone()).or_default() += count;
    }

    fn add(&mut self, other: Told) {
        for (key, verdict) in other.verdicts {
            let count = other.counts[&key];
            self.take(&key, verdict, count);
        }
        self.failed += other.failed;
        self.mixed += other.mixed;
        self.times.extend(other.times);
    }

    /// What was told in two runs.
    pub(crate) fn of_both(mut first: Told, second: Told) -> Told {
        first.add(second);
        first
    }

    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        let at = (self.times.len() as f64 * percent / 100.0) as usize;
        self.times.get(at.min(self.times.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    pub(crate) fn line(&self) -> String {
        let [median, most, nearly_all] = [50.0, 99.0, 99.9].map(|percent| self.percentile(percent).as_secs_f64() * 1e3);
        let verdicts: u64 = self.counts.values().sum();
        format!(
            "{verdicts} verdicts, {:.0} a second; p50 {median:.2} ms, p99 {most:.2} ms, p99.9 {nearly_all:.2} ms; failed: {}, mixed: {}",
            verdicts as f64 / self.took.as_secs_f64(),
            self.failed,
            self.mixed
        )
    }
}
