//! What is no HTTP, and what is just so.

use super::client::{Answer, Talk};
use super::ground::{BODY, Case, Chance, Ground, QUEUE, bearer, head};

const HOUSE: &str = r#"{"text":"550 Our house is closed"}"#;
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";

pub(crate) const CASES: &[Case] = &[
    ("bytes by chance", random),
    ("TLS where none is spoken", tls),
    ("HTTP/2 where none is spoken", http2),
    ("no request", no_request),
    ("a head that is too large", large_head),
    ("a head without an end", endless_head),
    ("too many fields", many_fields),
    ("a body of two lengths", two_lengths),
    ("chunks of impossible sizes", bad_chunks),
    ("requests in a row", pipelined),
    ("a request and then none", pipelined_garbage),
    ("100-continue", expects),
    ("100-continue, too large", expects_too_much),
    ("HTTP/1.0", old_version),
    ("HEAD", head_alone),
    ("another host's address", absolute),
];

fn said(ground: &Ground, bytes: &[u8]) -> Result<Talk, String> {
    let mut talk = ground.open()?;
    talk.say(bytes);
    Ok(talk)
}

fn random(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let count = 1 + chance.below(4_000);
    // No method begins so.
    let bytes = [b"\xfe".as_slice(), &chance.bytes(count), b"\r\n\r\n"].concat();
    said(ground, &bytes)?.answer()?.refuses(400, "bad-head")
}

fn tls(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let hello = [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), &chance.bytes(506)].concat();
    said(ground, &hello)?.answer()?.refuses(400, "bad-head")
}

fn http2(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    // What would answer in HTTP/1.1 is no good to who speaks HTTP/2: it is closed.
    said(ground, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")?.closes()
}

fn no_request(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let start = chance.one(&[
        "GET /healthz\r\n\r\n",
        "GET /healthz HTTP/0.9\r\n\r\n",
        "GET /healthz HTTP/3.7\r\n\r\n",
        "GET  /healthz HTTP/1.1\r\n\r\n",
        "G@T /healthz HTTP/1.1\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nA b: c\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nA: \0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n: b\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST /v1/classify HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]);
    said(ground, start.as_bytes())?.answer()?.refuses(400, "bad-head")
}

fn large_head(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let long = "x".repeat(200_000 + chance.below(1_000_000));
    let head = chance.one(&["GET /healthz HTTP/1.1\r\nA: ", "GET /", "GET /healthz?", ""]);
    said(ground, format!("{head}{long} HTTP/1.1\r\n\r\n").as_bytes())?.answer()?.refuses(431, "large-head")
}

fn endless_head(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = said(ground, b"GET /healthz HTTP/1.1\r\n")?;
    let line = "A: b\r\n".repeat(1_000);
    let _ = (0..1_000).all(|_| talk.say(line.as_bytes()));
    talk.answer()?.refuses(431, "large-head")
}

fn many_fields(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let fields = "A: b\r\n".repeat(150 + chance.below(5_000));
    said(ground, format!("{HEALTH}{fields}\r\n").as_bytes())?.answer()?.refuses(431, "large-head")
}

/// Which of the two counts is where requests are smuggled: the chunks, and the connection is not used again.
fn two_lengths(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let head = head("application/json");
    let size = HOUSE.len();
    let body = format!("{size:x}\r\n{HOUSE}\r\n0\r\n\r\n");
    let smuggled = "GET /v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut talk = said(
        ground,
        format!("{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{body}{smuggled}").as_bytes(),
    )?;
    verdict(&talk.answer()?)?;
    talk.closes()
}

fn bad_chunks(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let size = chance.one(&[
        "FFFFFFFFFFFFFFFFF\r\n",
        "10000000000000000\r\n",
        "-1\r\n",
        "xyz\r\n",
        "\r\n",
        "1\r\nab\r\n",
        " 1 2\r\n",
        "5\r\nabc\r\n0\r\n\r\n.......",
    ]);
    let head = head("application/json");
    let mut talk = said(ground, format!("{head}Transfer-Encoding: chunked\r\n\r\n{size}").as_bytes())?;
    talk.answer()?.refuses(400, "bad-body")
}

fn pipelined(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    let (mut bytes, mut right) = (String::new(), Vec::new());
    for _ in 0..50 {
        let kind = chance.below(4);
        let length = HOUSE.len();
        match kind {
            0 => bytes.push_str(&format!("{}Content-Length: {length}\r\n\r\n{HOUSE}", head("application/json"))),
            1 => bytes.push_str(&format!("{HEALTH}\r\n")),
            2 => bytes.push_str("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            _ => bytes.push_str(&format!("{}Content-Length: 1\r\n\r\n{{", head("application/json"))),
        }
        right.push(kind);
    }
    talk.say(bytes.as_bytes());
    for kind in right {
        let answer = talk.answer()?;
        match kind {
            0 => verdict(&answer)?,
            1 => answer.is(200)?,
            2 => answer.refuses(404, "no-route")?,
            _ => answer.refuses(400, "bad-json")?,
        }
    }
    Ok(())
}

fn pipelined_garbage(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let bytes = [HEALTH.as_bytes(), b"\r\n\xff", &chance.bytes(500), b"\r\n\r\n"].concat();
    let mut talk = said(ground, &bytes)?;
    talk.answer()?.is(200)?;
    talk.answer()?.refuses(400, "bad-head")
}

fn expects(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let (head, length) = (head("application/json"), HOUSE.len());
    let mut talk = said(ground, format!("{head}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
    talk.answer()?.is(100)?;
    talk.say(HOUSE.as_bytes());
    verdict(&talk.answer()?)
}

fn expects_too_much(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let (head, length) = (head("application/json"), BODY + 1);
    let mut talk = said(ground, format!("{head}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
    // It is told before it has sent anything.
    talk.answer()?.refuses(413, "too-large")
}

fn old_version(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let (bearer, length) = (bearer(QUEUE), HOUSE.len());
    let head = format!(
        "POST /v1/classify HTTP/1.0\r\n{bearer}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut talk = said(ground, format!("{head}{HOUSE}").as_bytes())?;
    verdict(&talk.answer()?)?;
    talk.closes()
}

fn head_alone(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = said(ground, b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    talk.answer_to(false)?.is(200)?;
    talk.closes()
}

fn absolute(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = said(ground, b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n")?;
    talk.answer()?.is(200)
}

fn verdict(answer: &Answer) -> Result<(), String> {
    let told = answer.json()?;
    match told["rule"].as_str().is_some_and(|rule| rule.starts_with("ours-")) {
        true => Ok(()),
        false => Err(format!("another verdict: {told}")),
    }
}
