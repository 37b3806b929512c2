//! Any bytes as a reply: read, folded and classified by the shipped library.
#![no_main]

use carom::reply::{Folded, TEXT_LIMIT, fold};
use carom::{Category, Engine, Phase, Reply, Time};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::builtin().expect("the library loads"));

fuzz_target!(|input: (&str, u8, i64, &[u8])| {
    let (host, phase, time, bytes) = input;
    let mut reply = Reply::parse(bytes).from_host(host).to_domain(host);
    reply.phase = Phase::ALL.get(usize::from(phase) % 8).copied();
    reply.time = (phase < 128).then(|| Time::from_unix(time));

    let text = String::from_utf8_lossy(&reply.text);
    let mut folded = String::new();
    fold(&text, &mut folded);
    let with_places = Folded::new(&text);
    assert_eq!(folded, with_places.text(), "both ways of folding agree");
    assert!(folded.len() <= TEXT_LIMIT);
    for (at, c) in folded.char_indices() {
        assert!(text.get(with_places.original(at..at + c.len_utf8())).is_some(), "a place in the original");
    }

    let verdict = ENGINE.classify(&reply);
    assert!(!(verdict.category() == Category::Hard && reply.class() == Some(4)), "a 4xx is never hard");
    assert_eq!(verdict.category() == Category::Delivered, reply.class() == Some(2));
    assert!(!verdict.actions().is_empty());
    let explanation = ENGINE.explain(&reply);
    assert_eq!(explanation.verdict.rule().name, verdict.rule().name);
    verdict.say();
    verdict.see();
});
