//! Bodies that are too much, cut off, too deep, or of another kind than was said.

use super::client::is_problem;
use super::ground::{BATCH, BODY, Case, Chance, Ground, head};
use serde_json::Value;

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";

/// A reply that is good, and decided by the rules that are loaded.
const HOUSE: &str = r#"{"text":"550 Our house is closed","recipient":"ann@example.com"}"#;

pub(crate) const CASES: &[Case] = &[
    ("a body that says it is too large", said_too_large),
    ("a body that is too large", too_large),
    ("chunks without an end", chunks_without_end),
    ("a body that breaks off", broken_off),
    ("a body that is shut off", shut_off),
    ("brackets, 100,000 deep", deep_list),
    ("brackets in an object", deep_in_object),
    ("brackets where nobody looks", deep_and_passed_over),
    ("values of another type", wrong_types),
    ("another content type", wrong_content_type),
    ("bytes that are no UTF-8", not_utf8),
    ("no JSON", no_json),
    ("a list that is too long", long_list),
    ("lines, some of them bad", bad_lines),
    ("a line that is too long", long_line),
    ("lines that break off", lines_shut_off),
];

fn said_too_large(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let said = chance.one(&[BODY as u64 + 1, 1 << 40, i64::MAX as u64]);
    let mut talk = ground.open()?;
    talk.say(format!("{}Content-Length: {said}\r\n\r\n{{", head(JSON)).as_bytes());
    talk.answer()?.refuses(413, "too-large")
}

fn too_large(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let body = vec![b' '; BODY + 1 + chance.below(2 * BODY)];
    let path = chance.one(&["/v1/classify", "/v1/notice", "/v1/explain", "/v1/events/mailgun"]);
    ground.post(path, JSON, &body)?.refuses(413, "too-large")
}

fn chunks_without_end(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    talk.say(format!("{}Transfer-Encoding: chunked\r\n\r\n", head(JSON)).as_bytes());
    let chunk = [b"8000\r\n".as_slice(), &[b' '; 0x8000], b"\r\n"].concat();
    // It goes on until nobody listens any more, or long after.
    let _ = (0..256).all(|_| talk.say(&chunk));
    talk.answer()?.refuses(413, "too-large")
}

fn broken_off(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    let kind = chance.one(&[JSON, LINES]);
    let length = if chance.below(2) == 0 { "Content-Length: 9000" } else { "Transfer-Encoding: chunked" };
    talk.say(format!("{}{length}\r\n\r\n100\r\n{{\"text\":", head(kind)).as_bytes());
    // Nobody is left to answer.
    Ok(())
}

fn shut_off(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    let length = if chance.below(2) == 0 { "Content-Length: 9000" } else { "Transfer-Encoding: chunked" };
    talk.say(format!("{}{length}\r\n\r\n100\r\n{{\"text\":", head(JSON)).as_bytes());
    talk.hush();
    talk.answer()?.refuses(400, "bad-body")
}

fn deep_list(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let open = chance.one(&["[", "{\"text\":", "{\"sender\":"]).repeat(100_000);
    ground.post("/v1/classify", JSON, open.as_bytes())?.refuses(400, "bad-json")
}

fn deep_in_object(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let depth = 200 + chance.below(100_000);
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    let path = chance.one(&["/v1/classify", "/v1/explain"]);
    ground.post(path, JSON, format!("{{\"text\":{open}{close}}}").as_bytes())?.refuses(400, "bad-json")
}

/// What is not read needs no stack.
fn deep_and_passed_over(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let body = format!("{{\"text\":\"550 Our house is closed\",\"other\":{open}{close}}}");
    decides(&ground.post("/v1/classify", JSON, body.as_bytes())?.json()?)
}

fn wrong_types(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let body = chance.one(&[
        r#"{"text":7}"#,
        r#"{"text":["550 no"]}"#,
        r#"{"text":{"text":"550 no"}}"#,
        r#"{"text":true}"#,
        r#"{"text":null}"#,
        r#"{"code":550.5}"#,
        r#"{"code":-1}"#,
        r#"{"code":-550.0}"#,
        r#"{"code":18446744073709551615}"#,
        r#"{"code":"5\u00000"}"#,
        r#"{"code":550,"enhanced":5.1}"#,
        r#"{"code":550,"enhanced":"5.1.99999"}"#,
        r#"{"code":550,"host":[]}"#,
        r#"{"code":550,"recipient":{}}"#,
        r#"{"code":550,"time":9223372036854775807}"#,
        r#"{"code":550,"time":-1e300}"#,
        r#"{"code":550,"time":"\u001b[2J"}"#,
        r#"{"code":550,"phase":"\u2028"}"#,
        r#"{"code":550,"sender":"me"}"#,
        r#"{"code":550,"sender":{"ip":4}}"#,
        "null",
        "7",
        "\"550 no\"",
        "true",
        "[[]]",
        "[null]",
        "[7]",
        "{}",
        r#"[{"code":550},{"code":"x"}]"#,
    ]);
    ground.post("/v1/classify", JSON, body.as_bytes())?.refuses(422, "bad-reply")
}

fn wrong_content_type(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let kind = chance.one(&["text/plain", "application/xml", "application/json-seq", "", ";;;", "\u{ff}", "a/b;c=\"d"]);
    let path = chance.one(&["/v1/classify", "/v1/explain"]);
    ground.post(path, kind, HOUSE.as_bytes())?.refuses(415, "wrong-type")
}

fn not_utf8(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let bytes =
        chance.one(&[b"\xff".as_slice(), b"caf\xe9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x82"]);
    let body = [b"{\"text\":\"550 ".as_slice(), bytes, b"\"}"].concat();
    ground.post("/v1/classify", JSON, &body)?.refuses(400, "bad-json")
}

fn no_json(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let body = chance.one(&[
        "",
        "{",
        "{\"text\":",
        "[{\"code\":550}",
        "{\"code\":550} 7",
        "{\"code\":1e999}",
        "{'text':'no'}",
        "{\"text\":\"\\ud800\"}",
        "{\"text\":\"a\nb\"}",
        "{\"text\":\"\\x\"}",
        "text=550",
        "NaN",
        "\u{feff}{}",
        "\0",
    ]);
    ground.post("/v1/classify", JSON, body.as_bytes())?.refuses(400, "bad-json")
}

fn long_list(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let body = format!("[{}]", vec!["{\"code\":550}"; BATCH + 1].join(","));
    ground.post("/v1/classify", JSON, body.as_bytes())?.refuses(413, "too-large")
}

/// The bad ones are answered by problems with their numbers, and the good ones by verdicts.
fn bad_lines(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let deep = "[".repeat(30_000);
    let deep_text = format!("{{\"text\":{deep}");
    let bad = ["7", "[]", "{}", "{\"code\":99}", "{\"text\":7}", "no", "{", &deep, &deep_text];
    let (mut body, mut right) = (String::new(), Vec::new());
    for number in 1..=20 {
        let is_bad = chance.below(2) == 0;
        body.push_str(if is_bad { chance.one(&bad) } else { HOUSE });
        body.push('\n');
        right.push(is_bad.then_some(number));
    }
    let lines = ground.post("/v1/classify", LINES, body.as_bytes())?.lines()?;
    if lines.len() != right.len() {
        return Err(format!("{} lines were answered by {}", right.len(), lines.len()));
    }
    for (line, right) in lines.iter().zip(right) {
        match right {
            Some(number) if line["line"] != number => return Err(format!("not of line {number}: {line}")),
            Some(_) => is_problem(line, 422, "bad-reply")?,
            None => decides(line)?,
        }
    }
    Ok(())
}

fn long_line(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let body = format!("{HOUSE}\n{{\"text\":\"{}\"}}\n{HOUSE}\n", "x".repeat(200_000));
    let lines = ground.post("/v1/classify", LINES, body.as_bytes())?.lines()?;
    decides(lines.first().unwrap_or(&Value::Null))?;
    // The end of such a line is not looked for.
    is_problem(lines.get(1).unwrap_or(&Value::Null), 413, "too-large").map_err(|why| format!("{why}: {lines:?}"))
}

fn lines_shut_off(ground: &Ground, _: &mut Chance) -> Result<(), String> {
    let mut talk = ground.open()?;
    talk.say(format!("{}Content-Length: 9000\r\n\r\n{HOUSE}\n{{", head(LINES)).as_bytes());
    talk.hush();
    let lines = talk.answer()?.lines()?;
    decides(lines.first().unwrap_or(&Value::Null))?;
    is_problem(lines.last().unwrap_or(&Value::Null), 400, "bad-body")
}

fn decides(verdict: &Value) -> Result<(), String> {
    let rule = verdict["rule"].as_str().unwrap_or_default();
    match rule.starts_with("ours-") {
        true => Ok(()),
        false => Err(format!("another verdict: {verdict}")),
    }
}
