//! Requests that are good, all the while: each must be answered as the library answers offline.

use super::client::Talk;
use super::ground::{DEPLOY, Ground, QUEUE, bearer, request};
use crate::asking::replies;
use crate::service::{Service, put, rules};
use carom::intake::from_json;
use carom::report::attempt::record;
use carom::resolve::Held;
use carom::{Engine, Root};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BATCH: usize = 20;
/// One asks so often.
const EVERY: Duration = Duration::from_millis(25);
const LOAD: Duration = Duration::from_secs(5);

/// What is right, by snapshot: the verdicts of all replies.
pub(crate) type Right = HashMap<String, Vec<Value>>;

#[derive(Debug, Default)]
pub(crate) struct Good {
    pub(crate) times: Vec<Duration>,
    pub(crate) wrong: Vec<String>,
}

/// What both rule sets that are loaded say.
pub(crate) fn right(service: &Service) -> Right {
    let replies = replies();
    let root = service.path("rules").join("root.carom").display().to_string();
    let verdicts = |number| {
        let held = Held { files: vec![(root.clone(), rules(number))] };
        let engine = Engine::load(&Root::Held(held)).expect("good rules");
        let verdict = |reply: &Value| {
            let attempt = from_json(reply).expect("a reply");
            let verdict = engine.classify(&attempt.reply);
            serde_json::to_value(record(&attempt, verdict, None, false)).expect("it is JSON")
        };
        (engine.version().to_string(), replies.iter().map(verdict).collect())
    };
    [0, 1].map(verdicts).into()
}

/// Over one connection, which stays.
pub(crate) fn ask(ground: &Ground, right: &Right, is_over: &AtomicBool) -> Good {
    let replies = replies();
    let mut good = Good::default();
    let mut talk = Talk::open(ground.address).expect("it listens");
    let headers = format!("{}Content-Type: application/json\r\n", bearer(QUEUE));
    let mut from = 0;
    while !is_over.load(Ordering::Relaxed) {
        let numbers: Vec<usize> = (from..from + BATCH).map(|n| n * 7 % replies.len()).collect();
        from += BATCH;
        let body = Value::from(numbers.iter().map(|n| replies[*n].clone()).collect::<Vec<_>>()).to_string();
        let start = Instant::now();
        talk.say(&request("POST", "/v1/classify", &headers, body.as_bytes()));
        let answer = talk.answer().and_then(|answer| answer.json());
        good.times.push(start.elapsed());
        if let Err(why) = answer.and_then(|told| holds(&told, &numbers, right)) {
            good.wrong.push(format!("a good request: {why}"));
            let Ok(again) = Talk::open(ground.address) else { break };
            talk = again;
        }
        thread::sleep(EVERY);
    }
    good
}

fn holds(told: &Value, numbers: &[usize], right: &Right) -> Result<(), String> {
    let snapshot = told[0]["snapshot"].as_str().unwrap_or_default();
    let verdicts = right.get(snapshot).ok_or_else(|| format!("of no snapshot that was loaded: {}", told[0]))?;
    let due: Vec<&Value> = numbers.iter().map(|n| &verdicts[*n]).collect();
    let wrong = told.as_array().into_iter().flatten().zip(&due).find(|(told, due)| told != *due);
    match wrong {
        Some((told, due)) => Err(format!("{told}, in place of {due}")),
        None if told.as_array().map(Vec::len) == Some(due.len()) => Ok(()),
        None => Err(format!("another number of verdicts: {told}")),
    }
}

/// Loads the rules anew from time to time: one set, broken ones, the other set, broken ones.
pub(crate) fn load(service: &Service, ground: &Ground, is_over: &AtomicBool) -> Good {
    let mut good = Good::default();
    for turn in 1_u32.. {
        let due = Instant::now() + LOAD;
        while Instant::now() < due {
            thread::sleep(Duration::from_millis(100));
            if is_over.load(Ordering::Relaxed) {
                return good;
            }
        }
        let is_good = turn % 2 == 1;
        let text = if is_good { rules(turn.div_ceil(2) % 2) } else { "rule {".repeat(1_000) };
        put(&service.path("rules/root.carom"), text.as_bytes());
        // While all connections are taken, nobody else gets one.
        let _room = ground.room.read().expect("no case breaks");
        let start = Instant::now();
        let answer = Talk::open(ground.address).and_then(|mut talk| {
            talk.say(&request("POST", "/v1/reload", &bearer(DEPLOY), b""));
            talk.answer()
        });
        good.times.push(start.elapsed());
        let result = answer.and_then(|answer| match is_good {
            true => answer.json().map(drop),
            false => answer.refuses(422, "bad-rules"),
        });
        good.wrong.extend(result.err().map(|why| format!("a load: {why}")));
    }
    good
}

impl Good {
    pub(crate) fn add(&mut self, other: Good) {
        self.times.extend(other.times);
        self.wrong.extend(other.wrong);
    }

    /// How many there were and how long they took.
    pub(crate) fn line(&mut self) -> String {
        self.times.sort();
        let at = |percent: f64| {
            let at = (self.times.len() as f64 * percent / 100.0) as usize;
            self.times.get(at.min(self.times.len().saturating_sub(1))).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        let (count, median, most, longest) = (self.times.len(), at(50.0), at(99.0), at(100.0));
        format!(
            "{count}, {} of them wrong; p50 {median:.1} ms, p99 {most:.1} ms, at most {longest:.0} ms",
            self.wrong.len()
        )
    }
}
