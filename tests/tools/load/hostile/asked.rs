//! Requests of those who may not ask, for what is not there, and for changes that cannot be.

use super::client::Answer;
use super::ground::{Case, Chance, DEPLOY, Ground, MAILGUN, POSTMARK, QUEUE, WINDOW, bearer, digits, unix};
use serde_json::json;

const JSON: &str = "Content-Type: application/json\r\n";
const HOUSE: &[u8] = br#"{"text":"550 Our house is closed"}"#;

pub(crate) const CASES: &[Case] = &[
    ("no token", no_token),
    ("a wrong token", wrong_token),
    ("a wrong scope", wrong_scope),
    ("a web page that asks", web_page),
    ("an unknown path", unknown_path),
    ("a wrong method", wrong_method),
    ("an event that is signed", good_event),
    ("an event that comes again", replayed_event),
    ("an event with a bad signature", bad_event),
    ("an event that is too old", old_event),
    ("an event of a service that is not expected", unexpected_event),
    ("a wrong password of Postmark's", bad_postmark),
    ("a way back that is none", no_way_back),
    ("a candidate that is no rules", bad_candidate),
    ("a long candidate that is no rules", long_candidate),
];

fn no_token(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let header =
        chance.one(&["", "Authorization: Basic cXVldWU6eA==\r\n", "Authorization: \u{ff}\r\n", "Authorization:\r\n"]);
    let (method, path) = chance.one(&[
        ("POST", "/v1/classify"),
        ("POST", "/v1/notice"),
        ("GET", "/v1/status"),
        ("GET", "/metrics"),
        ("POST", "/v1/reload"),
    ]);
    ground.ask(method, path, &format!("{header}{JSON}"), HOUSE)?.refuses(401, "no-token")
}

fn wrong_token(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let long = "x".repeat(20_000);
    let token =
        chance.one(&["", "x", "a-token-of-the-mail-queuf", "a-token-of-the-mail-queue,", "\u{ff}\u{fe}", &long]);
    ground.ask("POST", "/v1/classify", &format!("{}{JSON}", bearer(token)), HOUSE)?.refuses(401, "no-token")
}

fn wrong_scope(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let (token, method, path) = chance.one(&[
        (QUEUE, "GET", "/v1/status"),
        (QUEUE, "GET", "/v1/rules"),
        (QUEUE, "GET", "/metrics"),
        (QUEUE, "POST", "/v1/reload"),
        (QUEUE, "POST", "/v1/rollback"),
        (QUEUE, "DELETE", "/v1/shadow"),
        (DEPLOY, "POST", "/v1/classify"),
        (DEPLOY, "POST", "/v1/notice"),
        (DEPLOY, "POST", "/v1/explain"),
    ]);
    ground.ask(method, path, &format!("{}{JSON}", bearer(token)), HOUSE)?.refuses(403, "wrong-scope")
}

fn web_page(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let path = chance.one(&["/v1/classify", "/v1/reload", "/v1/events/mailgun", "/healthz", "/nothing"]);
    let headers = format!("Origin: http://evil.example\r\n{}{JSON}", bearer(QUEUE));
    ground.ask("POST", path, &headers, HOUSE)?.refuses(403, "from-browser")
}

fn unknown_path(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let long = format!("/{}", "a/".repeat(10_000));
    let path = chance.one(&[
        "/",
        "/v2/classify",
        "/v1/classify/",
        "//v1/classify",
        "/v1/../v1/classify",
        "/v1/%63lassify",
        "/v1/classify%00",
        "/v1/events/",
        "/v1/events/ses/x",
        "/../../etc/passwd",
        &long,
    ]);
    ground.post(path, "application/json", HOUSE)?.refuses(404, "no-route")
}

fn wrong_method(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let method = chance.one(&["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "post"]);
    ground.ask(method, "/v1/classify", &format!("{}{JSON}", bearer(QUEUE)), HOUSE)?.refuses(405, "wrong-method")
}

/// An event as Mailgun posts it.
fn event(token: &str, key: &str, time: u64) -> Vec<u8> {
    let signature = digits(&hmac_sha256::HMAC::mac(format!("{time}{token}").as_bytes(), key.as_bytes()));
    let event = json!({
        "signature": { "timestamp": time.to_string(), "token": token, "signature": signature },
        "event-data": {
            "event": "failed", "severity": "permanent", "timestamp": time, "recipient": "ann@example.com",
            "delivery-status": { "code": 550, "message": "5.1.1 No such user" },
        },
    });
    event.to_string().into_bytes()
}

fn posted(ground: &Ground, service: &str, headers: &str, body: &[u8]) -> Result<Answer, String> {
    ground.ask("POST", &format!("/v1/events/{service}"), &format!("{headers}{JSON}"), body)
}

fn token(chance: &mut Chance) -> String {
    format!("{:x}{:x}", chance.next(), chance.next())
}

fn good_event(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    took(&posted(ground, "mailgun", "", &event(&token(chance), MAILGUN, unix()))?)
}

fn took(answer: &Answer) -> Result<(), String> {
    let told = answer.json()?;
    match told[0]["category"] == "hard" {
        true => Ok(()),
        false => Err(format!("another verdict: {told}")),
    }
}

fn replayed_event(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let event = event(&token(chance), MAILGUN, unix());
    took(&posted(ground, "mailgun", "", &event)?)?;
    posted(ground, "mailgun", "", &event)?.refuses(409, "replayed")
}

fn bad_event(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let now = unix();
    let good = String::from_utf8(event(&token(chance), MAILGUN, now)).expect("text");
    let bodies = [
        event(&token(chance), "another-key", now),
        // Another time than was signed.
        good.replace(&format!("\"{now}\""), &format!("\"{}\"", now - 1)).into_bytes(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"no".to_vec(),
        b"\xff\xff".to_vec(),
        b"{\"signature\":7}".to_vec(),
        b"{\"signature\":{\"timestamp\":\"1e9\",\"token\":\"x\",\"signature\":\"y\"}}".to_vec(),
        b"{\"signature\":{\"timestamp\":99999999999999999999,\"token\":\"x\",\"signature\":\"y\"}}".to_vec(),
        format!("{{\"signature\":{{\"timestamp\":{now},\"token\":\"x\",\"signature\":\"{}\"}}}}", "\u{e9}".repeat(32))
            .into_bytes(),
        format!("{{\"signature\":{}", "[".repeat(100_000)).into_bytes(),
    ];
    posted(ground, "mailgun", "", &bodies[chance.below(bodies.len())])?.refuses(403, "unverified")
}

fn old_event(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    // Ahead by more than a clock may go wrong is as bad.
    let time = chance.one(&[unix() - WINDOW - 60, 0, unix() + 3_600, i64::MAX as u64]);
    posted(ground, "mailgun", "", &event(&token(chance), MAILGUN, time))?.refuses(403, "unverified")
}

fn unexpected_event(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let (service, code) = chance.one(&[
        ("ses", "not-expected"),
        ("sendgrid", "not-expected"),
        ("sendmail", "no-route"),
        ("%FF", "no-route"),
    ]);
    posted(ground, service, "", b"[]")?.refuses(404, code)
}

fn bad_postmark(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let name = POSTMARK.len().to_string();
    let shown =
        chance.one(&["", "Authorization: Basic !!!\r\n", "Authorization: Basic cG9zdG1hcms6eA==\r\n", "X-Password: "]);
    let shown = if shown.ends_with(' ') { format!("{shown}{name}\r\n") } else { shown.to_owned() };
    posted(ground, "postmark", &shown, b"{\"RecordType\":\"Bounce\"}")?.refuses(403, "unverified")
}

fn no_way_back(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let (body, status, code) = chance.one(&[
        ("{\"to\":\"00000000000000000000000000000000\"}", 409, "no-way-back"),
        ("{\"to\":\"../../etc/passwd\"}", 400, "bad-json"),
        ("{\"to\":7}", 400, "bad-json"),
        ("[]", 400, "bad-json"),
        ("{", 400, "bad-json"),
    ]);
    ground.change("POST", "/v1/rollback", body.as_bytes())?.refuses(status, code)
}

fn candidate(ground: &Ground, text: &str) -> Result<(), String> {
    let body = json!({ "files": [{ "name": "root.carom", "text": text }] }).to_string();
    ground.change("POST", "/v1/shadow", body.as_bytes())?.refuses(422, "bad-rules")
}

fn bad_candidate(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let rule =
        |lines: &str| format!("rule house {{\n    {lines}\n    then     mailbox-full\n    example  \"550 no\"\n}}\n");
    let texts = [
        "rule {".to_owned(),
        "\0\0\0".to_owned(),
        "\u{202e}\u{feff}".to_owned(),
        "use nowhere\n".to_owned(),
        "use ../../../../etc/passwd\n".to_owned(),
        rule("match phrase \"((((\""),
        rule("match regex \"(((((a{1000}){1000}){1000}){1000}){1000}\""),
        rule("match code 99"),
        rule(&format!("match phrase \"{}\"", "* ".repeat(5_000))),
        rule("match phrase \"yes\""),
    ];
    candidate(ground, &texts[chance.below(texts.len())])
}

fn long_candidate(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let texts = ["{".repeat(300_000), "rule a {\n".repeat(30_000), "\"".repeat(300_000), "rule ".repeat(60_000)];
    candidate(ground, &texts[chance.below(texts.len())])
}
