//! Any bytes as a reply to one rich rule set: the table says what the oracle says.
#![no_main]

#[path = "../../oracle/mod.rs"]
mod oracle;

use carom::{Engine, EnhancedCode, Phase, Reply, ReplyCode, Time};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::from_text(include_str!("../rules.carom")).expect("the rules are valid"));

static ORACLE: LazyLock<oracle::Oracle<'static>> = LazyLock::new(|| oracle::Oracle::new(ENGINE.rules()));

const HOSTS: [&str; 8] = [
    "",
    "mx1.post.example",
    "post.example",
    "a.child.post.example",
    "child.post.example",
    "mx.other.example",
    "x.other.example",
    "192.0.2.7",
];

fuzz_target!(|input: ([u8; 6], i16, &[u8])| {
    let (choices, time, text) = input;
    let mut reply =
        if choices[0] < 128 { Reply::parse(text) } else { Reply { text: text.to_vec(), ..Reply::default() } };
    reply = reply.from_host(HOSTS[usize::from(choices[1] % 8)]).to_domain(HOSTS[usize::from(choices[1] / 8 % 8)]);
    reply.phase = Phase::ALL.get(usize::from(choices[2] % 8)).copied();
    if choices[2] >= 128 {
        reply.code = ReplyCode::new(400 + u16::from(choices[3]) % 200);
        reply.enhanced = EnhancedCode::new(choices[4] % 6, u16::from(choices[4] / 6) % 9, u16::from(choices[5]));
    }
    reply.sender.tenant = (choices[3] == 1).then(|| "acme".to_owned());
    let noon: Time = "2026-02-27T12:00Z".parse().expect("a time");
    reply.time = (time != 0).then(|| Time::from_unix(noon.unix() + i64::from(time)));

    let said = ORACLE.verdict(&reply);
    let explanation = ENGINE.explain(&reply);
    let verdict = explanation.verdict;
    assert_eq!(verdict.rule().name, said.name);
    assert_eq!(verdict.fields(), said.fields, "by {}", said.name);
    assert_eq!((&verdict.reason().name, verdict.category()), (&said.reason, said.category));
    let losers: Vec<&str> = explanation.losers.iter().map(|loser| loser.rule.name.as_str()).collect();
    assert_eq!(losers, said.losers);
});
