//! Who is slow, or does not listen: each holds a connection for seconds, and then no longer.

use super::client::{Talk, is_problem};
use super::ground::{Case, Chance, DEPLOY, Ground, HEAD, PATIENCE, bearer, head};
use serde_json::Value;
use std::time::{Duration, Instant};

/// So much later may it happen where there is much to do.
const LATE: Duration = Duration::from_secs(10);

pub(crate) const CASES: &[Case] = &[
    ("a body that stops", body_stops),
    ("a body, byte by byte", body_drips),
    ("a head, byte by byte", head_drips),
    ("lines that stop", lines_stop),
    ("who is silent after an answer", silent),
    ("who does not read the answers", deaf),
    ("who does not read the verdicts of lines", deaf_to_lines),
];

/// That something took about so long.
fn within(start: Instant, limit: Duration) -> Result<(), String> {
    let took = start.elapsed();
    match took + Duration::from_millis(200) >= limit && took <= limit + LATE {
        true => Ok(()),
        false => Err(format!("after {:.1} s, in place of {:.1} s", took.as_secs_f32(), limit.as_secs_f32())),
    }
}

/// Byte after byte, until it is answered or closed.
fn drip(talk: &mut Talk, every: Duration) -> Result<(), String> {
    talk.stream.set_read_timeout(Some(every)).map_err(|error| error.to_string())?;
    let start = Instant::now();
    while start.elapsed() < HEAD + PATIENCE + LATE {
        if !talk.say(b"x") || talk.stream.peek(&mut [0]).is_ok() {
            break;
        }
    }
    talk.stream.set_read_timeout(Some(LATE)).map_err(|error| error.to_string())
}

fn body_stops(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let start = Instant::now();
    let mut talk = ground.open()?;
    talk.say(format!("{}Content-Length: 50\r\n\r\n{{", head("application/json")).as_bytes());
    talk.answer()?.refuses(408, "too-slow")?;
    within(start, PATIENCE)
}

fn body_drips(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let start = Instant::now();
    let mut talk = ground.open()?;
    talk.say(format!("{}Content-Length: 5000\r\n\r\n{{", head("application/json")).as_bytes());
    drip(&mut talk, Duration::from_millis(300))?;
    talk.answer()?.refuses(408, "too-slow")?;
    within(start, PATIENCE)
}

fn head_drips(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let start = Instant::now();
    let mut talk = ground.open()?;
    talk.say(b"GET /healthz HTTP/1.1\r\nA: ");
    drip(&mut talk, Duration::from_millis(300))?;
    talk.closes()?;
    within(start, HEAD)
}

fn lines_stop(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let start = Instant::now();
    let mut talk = ground.open()?;
    let line = "{\"text\":\"550 Our house is closed\"}\n";
    let (head, length) = (head("application/x-ndjson"), line.len());
    talk.say(format!("{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{line}\r\n").as_bytes());
    let lines = talk.answer()?.lines()?;
    let is_verdict = |line: &Value| line["rule"].as_str().is_some_and(|rule| rule.starts_with("ours-"));
    if lines.len() != 2 || !is_verdict(&lines[0]) {
        return Err(format!("a verdict and a problem are due: {lines:?}"));
    }
    is_problem(&lines[1], 408, "too-slow")?;
    within(start, PATIENCE)
}

fn silent(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    talk.say(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    talk.answer()?.is(200)?;
    let start = Instant::now();
    talk.closes()?;
    within(start, HEAD)
}

/// More answers than there is room for on the way, so that the service waits for who asks.
fn deaf(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    const TIMES: usize = 60;
    let mut talk = ground.open()?;
    let one = format!("GET /v1/rules HTTP/1.1\r\nHost: localhost\r\n{}\r\n", bearer(DEPLOY));
    talk.say(one.repeat(TIMES).as_bytes());
    std::thread::sleep(PATIENCE * 2);
    let read = talk.end()?;
    let answers = read.windows(13).filter(|window| window == b"HTTP/1.1 200 ").count();
    match answers {
        1..TIMES => Ok(()),
        _ => Err(format!("{answers} of {TIMES} answers were kept for who does not read them: {} bytes", read.len())),
    }
}

fn deaf_to_lines(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    talk.say(format!("{}Transfer-Encoding: chunked\r\n\r\n", head("application/x-ndjson")).as_bytes());
    let line = "{\"code\":550}\n".repeat(1_000);
    let chunk = format!("{:x}\r\n{line}\r\n", line.len());
    let _ = talk.stream.set_write_timeout(Some(PATIENCE + LATE));
    let start = Instant::now();
    // What is not read by the one is not written by the other: it is closed before all was taken.
    match (0..10_000).all(|_| talk.say(chunk.as_bytes())) {
        true => Err("all lines were taken, and nobody read the verdicts".to_owned()),
        false if start.elapsed() > PATIENCE + LATE => Err("it goes on waiting".to_owned()),
        false => Ok(()),
    }
}
