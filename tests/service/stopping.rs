//! How it stops: who sends requests here learns of it first, where that is wanted.

use crate::changes::until;
use crate::client::{Service, parse};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const ASK: &str = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Asks on a connection that is kept, and reads the head and what is there of the body.
fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("it is written");
    let mut answer = String::new();
    while !answer.contains("\r\n\r\n") || !answer.ends_with('\n') || answer.ends_with("\r\n") {
        let mut room = [0; 4096];
        let count = stream.read(&mut room).expect("it is answered");
        assert!(count > 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&room[..count]));
    }
    answer
}

fn closes(answer: &str) -> bool {
    parse(answer).head.to_ascii_lowercase().contains("\r\nconnection: close")
}

#[test]
fn it_goes_on_for_a_while_and_says_that_it_is_not_ready() {
    let mut service = Service::limited(&[("DRAIN", "60s")], &["--rules", "harbour"]);
    let mut kept = service.connect();
    let answer = ask(&mut kept, ASK);
    assert!(parse(&answer).status == 200 && !closes(&answer), "{answer}");
    service.signal("TERM");
    until("draining", || service.get("/readyz").status == 503);
    // A connection that was kept, and new ones: all are answered.
    let body = "{\"text\":\"550 5.1.1 No such user\"}";
    let length = body.len();
    let asked = format!(
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = ask(&mut kept, &asked);
    assert!(parse(&answer).status == 200 && closes(&answer), "{answer}");
    assert_eq!(kept.read(&mut [0; 8]).expect("it is closed"), 0);
    let mut other = service.connect();
    assert!(closes(&ask(&mut other, &asked)));
    assert_eq!((service.get("/healthz").status, service.post("/v1/classify", body).status), (200, 200));
    // A second signal ends it at once.
    service.signal("INT");
    assert_eq!(service.end_unread(Duration::from_secs(20)), Some(0));
    let log = service.rest();
    assert!(log.contains("\"event\":\"draining\"") && log.contains("\"event\":\"stopped\""), "{log}");
}

#[test]
fn it_stops_by_itself_when_the_while_is_over() {
    let mut service = Service::limited(&[("DRAIN", "1s")], &["--rules", "harbour"]);
    let start = Instant::now();
    service.signal("TERM");
    assert_eq!(service.end_unread(Duration::from_secs(20)), Some(0));
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn what_is_answered_while_it_stops_says_that_it_closes() {
    let service = Service::start(&["--rules", "harbour"]);
    let mut stream = service.connect();
    let head =
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("the head is written");
    until("the request", || service.metric("carom_requests_busy") == Some(1.0));
    service.signal("TERM");
    std::thread::sleep(Duration::from_millis(200));
    let answer = ask(&mut stream, "{\"code\":550}");
    assert!(parse(&answer).status == 200 && closes(&answer), "{answer}");
    assert_eq!(service.end().0, Some(0));
}
