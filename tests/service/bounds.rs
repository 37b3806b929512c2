//! What is answered to what is wrong, too much or too slow.

use crate::changes::until;
use crate::client::{Refusal, Service, parse};
use std::io::{Read, Write};
use std::net::TcpStream;

const PACKED: Refusal = (415, "wrong-type", "Content-Encoding gzip is not taken: send it as it is");

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
        // What is not understood changes nothing.
        (
            "POST",
            "/v1/shadow",
            json,
            b"{\"file\":[{\"name\":\"root.carom\",\"text\":\"\"}]}",
            (400, "bad-json", "there is no key `file` in the body: did you mean `files`?"),
        ),
        (
            "POST",
            "/v1/shadow",
            json,
            b"{\"files\":[{\"name\":\"root.carom\",\"text\":\"\",\"mode\":1}]}",
            (400, "bad-json", "there is no key `mode` in one of the `files`: there may be `name`, `text`"),
        ),
        (
            "POST",
            "/v1/rollback",
            json,
            b"{\"too\":\"951c\"}",
            (400, "bad-json", "there is no key `too` in the body: did you mean `to`?"),
        ),
        (
            "POST",
            "/v1/reload",
            json,
            b"{\"rules\":\"ours\"}",
            (400, "bad-json", "there is no key `rules` in the body: this request takes no body"),
        ),
        ("POST", "/v1/shadow/promote", json, b"[]", (400, "bad-json", "the body is no JSON object")),
        (
            "POST",
            "/v1/classify",
            json,
            b"\xef\xbb\xbf{\"code\":550}",
            (400, "bad-json", "the body begins with a byte order mark (EF BB BF): leave it out"),
        ),
        // What is packed is not taken for what it is not.
        ("POST", "/v1/notice", "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08", PACKED),
        ("POST", "/v1/classify", "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n", b"", PACKED),
        ("POST", "/v1/classify", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", b"", PACKED),
        (
            "POST",
            "/v1/rollback",
            "Content-Encoding: identity, gzip\r\n",
            b"",
            (415, "wrong-type", "Content-Encoding id"),
        ),
        ("POST", "/v1/events/ses", "Content-Encoding: gzip\r\n", b"", PACKED),
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
    assert_eq!(service.get("/healthz").status, 200);
}

#[test]
fn what_is_no_request_is_told_why() {
    let service = Service::start(&["--rules", "harbour"]);
    let long = format!("GET /healthz HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(200_000));
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
    let cases: &[(&[u8], Refusal)] = &[
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", (400, "bad-head", "this is no request")),
        (b"no\r\n\r\n", (400, "bad-head", "this is no request of HTTP/1.1")),
        (b"GET /healthz HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", (400, "bad-head", "this is no request")),
        (long.as_bytes(), (431, "large-head", "the head has more than 65536 bytes, or 100 fields")),
        (many.as_bytes(), (431, "large-head", "the head has more than 65536 bytes, or 100 fields")),
    ];
    for (bytes, (status, code, message)) in cases {
        let answer = parse(&service.raw(bytes)).problem();
        assert_eq!((answer.0, answer.1.as_str()), (*status, *code), "{answer:?}");
        assert!(answer.2.starts_with(message), "{answer:?}");
    }
    // What was answered before stands as it is.
    let both = service.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nno\r\n\r\n");
    let (first, second) = both.split_once("ok\n").expect("the first answer");
    assert!(first.starts_with("HTTP/1.1 200 "), "{first}");
    assert_eq!(parse(second).problem().1, "bad-head");
}

/// A connection that is closed while something comes is reset, and many a client has lost the answer by then: so what
/// comes is read for a while.
#[test]
fn who_writes_on_is_told_all_the_same() {
    let service = Service::limited(&[("BODY", "2KiB")], &["--rules", "harbour"]);
    let body = vec![b' '; 1 << 20];
    let head = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
    for _ in 0..20 {
        let mut stream = service.connect();
        let request = [format!("{head}{}\r\n\r\n", body.len()).as_bytes(), &body].concat();
        stream.write_all(&request).expect("it is taken to the end");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it ends, and is not reset");
        assert_eq!(parse(&answer).problem().1, "too-large");
    }
    until("closing", || service.metric("carom_connections") == Some(1.0));
}

#[test]
fn what_is_told_is_one_line_without_control_characters() {
    let service = Service::start(&["--rules", "harbour"]);
    for text in ["\0", "\u{1b}[2J", "\u{202e}rule", "a\nb", "use \u{7}"] {
        let body = serde_json::json!({ "files": [{ "name": "root.carom", "text": text }] }).to_string();
        let (status, code, message) = service.post("/v1/shadow", &body).problem();
        assert_eq!((status, code.as_str()), (422, "bad-rules"));
        assert!(!message.chars().any(|c| c.is_control() || c == '\u{202e}'), "{message:?}");
    }
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
    let mut idle: Vec<TcpStream> = (0..3).map(|_| service.connect()).collect();
    // The fourth is taken before the fifth is looked at.
    let health = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    until("the fifth", || {
        answer = service.raw(health);
        let is_taken = answer.contains("200 OK");
        // One of the idle ones came while the connection before it was not yet let go of, and was turned away itself.
        idle.extend(is_taken.then(|| service.connect()));
        !is_taken
    });
    // The kernel may drop what was said along with the connection.
    assert!(answer.is_empty() || parse(&answer).problem().1 == "busy", "{answer}");
    drop(idle);
    drop(busy);
    until("room", || service.raw(health).contains("200 OK"));
}
