//! What is answered to what is wrong, too much or too slow.

use crate::changes::until;
use crate::client::{Refusal, Service, parse};
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn each_wrong_input_has_its_status_and_one_line() {
    let service = Service::limited(&[("BODY", "2KiB"), ("BATCH", "3")], &["--rules", "harbour"]);
    let json = "Content-Type: application/json\r\n";
    let deep = "[".repeat(1_000);
    let within = format!("{{\"text\":{deep}");
    let long = "x".repeat(2_049);
    let cases: &[(&str, &str, &str, &[u8], Refusal)] = &[
        ("POST", "/v1/classify", json, b"{\"text\":", (400, "bad-json", "the body is no JSON: EOF while parsing")),
        ("POST", "/v1/classify", json, b"", (400, "bad-json", "the body is no JSON: EOF while parsing")),
        (
            "POST",
            "/v1/classify",
            json,
            b"{\"text\":\"caf\xe9\"}",
            (400, "bad-json", "the body is not UTF-8 after byte 12"),
        ),
        ("POST", "/v1/classify", json, deep.as_bytes(), (400, "bad-json", "the body is no JSON: EOF while parsing")),
        ("POST", "/v1/classify", json, within.as_bytes(), (400, "bad-json", "the body is no JSON: recursion limit")),
        ("POST", "/v1/classify", json, b"7", (422, "bad-reply", "not a JSON object")),
        ("POST", "/v1/classify", json, b"{}", (422, "bad-reply", "none of `text`, `code`, `enhanced` and `status`")),
        (
            "POST",
            "/v1/classify",
            json,
            b"[{\"text\":\"no\"},{\"text\":1}]",
            (422, "bad-reply", "reply 2 of the list: `text` is a number, not a string"),
        ),
        (
            "POST",
            "/v1/classify",
            json,
            b"[{\"code\":550},{\"code\":550},{\"code\":550},{\"code\":550}]",
            (413, "too-large", "the list has more than 3 replies"),
        ),
        ("POST", "/v1/classify", json, b"[{\"code\":550}", (400, "bad-json", "the body is no JSON: EOF while parsing")),
        ("POST", "/v1/classify", json, b"{\"code\":550} 7", (400, "bad-json", "the body is no JSON: trailing char")),
        ("POST", "/v1/classify", "", b"{}", (415, "wrong-type", "say `Content-Type: application/json`")),
        ("POST", "/v1/classify", json, long.as_bytes(), (413, "too-large", "the body has more than 2048 bytes")),
        ("POST", "/v1/notice", "", b"", (422, "bad-mail", "there is no mail")),
        ("GET", "/v1/classify", "", b"", (405, "wrong-method", "this path does not take this method")),
        ("GET", "/v2", "", b"", (404, "no-route", "there is nothing at this path")),
        ("POST", "/v1/reload", "Origin: http://evil.example\r\n", b"", (403, "from-browser", "this service does not")),
        ("POST", "/v1/shadow", json, b"", (404, "no-candidate", "the settings name no candidate")),
        ("POST", "/v1/shadow", json, b"{\"files\":7}", (400, "bad-json", "`files` is no list")),
    ];
    for (method, path, headers, body, (status, code, message)) in cases {
        let answer = service.ask(method, path, headers, body).problem();
        assert_eq!((answer.0, answer.1.as_str()), (*status, *code), "{method} {path}: {answer:?}");
        assert!(answer.2.starts_with(message), "{method} {path}: {answer:?}");
    }
    // A body of unknown length that goes on.
    let chunk = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let head = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(parse(&service.raw(format!("{head}{chunk}").as_bytes())).status, 413);
    // A line of a stream that goes on.
    let stream = format!("{}\n{}", "{\"text\":\"no\"}", "y".repeat(70_000));
    let answer = service.ask("POST", "/v1/classify", "Content-Type: application/x-ndjson\r\n", stream.as_bytes());
    let last = answer.body.lines().last().expect("a line");
    assert!(last.contains("\"code\":\"too-large\"") && last.contains("\"line\":2"), "{last}");
    // What is no HTTP at all.
    assert!(service.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert_eq!(service.get("/healthz").status, 200);
}

#[test]
fn who_is_slow_is_told_or_closed() {
    let service = Service::limited(&[("HEAD", "300ms"), ("PATIENCE", "300ms")], &["--rules", "harbour"]);
    let closes = |written: &str| {
        let mut stream = service.connect();
        stream.write_all(written.as_bytes()).expect("it is written");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let head = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: ";
    let slow = parse(&closes(&format!("{head}application/json\r\nContent-Length: 50\r\n\r\n{{")));
    assert_eq!(slow.problem(), (408, "too-slow".to_owned(), "the body took longer than 0.3 seconds".to_owned()));
    let stream = closes(&format!("{head}application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\n\n\n\r\n"));
    assert!(stream.contains("\"code\":\"too-slow\"") && stream.contains("nothing came for 0.3 seconds"), "{stream}");
    // Half a head, nothing at all, and nothing after an answer.
    assert!(!closes("POST /v1/cl").contains("HTTP/1.1 2"));
    assert_eq!(closes(""), "");
    assert!(closes("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
    // Who does not read a long answer.
    let mut stream = service.connect();
    let reply = format!("{{\"text\":\"{}\"}}", "z".repeat(3_000));
    let body = format!("[{}]", vec![reply; 1_000].join(","));
    let head = format!("{head}application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).expect("it is written");
    until("closing", || service.metric("carom_connections") == Some(1.0));
    assert_eq!(service.metric("carom_requests_busy"), Some(0.0));
}

#[test]
fn more_than_is_taken_is_turned_away() {
    let service = Service::limited(&[("CONNECTIONS", "4"), ("REQUESTS", "1")], &["--rules", "harbour"]);
    // A request that takes its time.
    let mut busy = service.connect();
    let head =
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    busy.write_all(head.as_bytes()).expect("the head is written");
    until("the request", || service.metric("carom_requests_busy") == Some(1.0));
    let answer = service.post("/v1/classify", "{\"text\":\"no\"}");
    assert_eq!(answer.problem(), (503, "busy".to_owned(), "too many requests at once: at most 1".to_owned()));
    assert!(answer.head.to_ascii_lowercase().contains("retry-after: 1"), "{}", answer.head);
    assert_eq!(service.get("/healthz").status, 200, "how it is can be asked all the same");
    let idle: Vec<TcpStream> = (0..3).map(|_| service.connect()).collect();
    // The fourth is taken before the fifth is looked at.
    let health = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    until("the fifth", || {
        answer = service.raw(health);
        !answer.contains("200 OK")
    });
    // The kernel may drop what was said along with the connection.
    assert!(answer.is_empty() || parse(&answer).problem().1 == "busy", "{answer}");
    drop(idle);
    drop(busy);
    until("room", || service.raw(health).contains("200 OK"));
}
