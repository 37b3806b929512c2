//! Any bytes as a mail: taken apart, read by the shipped layouts, tied, classified.
#![no_main]

use carom::intake::Tied;
use carom::intake::notice::{Reader, Ties};
use carom::{Category, Engine, Kind};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::builtin().expect("the library loads"));
static READER: LazyLock<Reader<'static>> = LazyLock::new(|| Reader {
    layouts: None,
    ties: Ties {
        addresses: vec!["bounces+{recipient}-{mac}@example.org".parse().expect("a form")],
        ids: vec!["{id}.{mac}@example.org".parse().expect("a form")],
        key: Some(b"0123456789abcdef".to_vec()),
        sent: Some(HashSet::from(["1@example.org".to_owned()])),
    },
});

fuzz_target!(|mail: &[u8]| {
    let Ok(attempts) = READER.read(mail) else { return };
    for attempt in &attempts {
        let tied = attempt.tied.expect("a notice is tied, or not");
        assert!(tied != Tied::Known || attempt.message.as_deref() == Some("1@example.org"));
        assert!(attempt.recipient.as_ref().is_none_or(|recipient| recipient.contains('@')));
        let verdict = ENGINE.classify(&attempt.reply);
        let is_complaint = matches!(attempt.reply.kind, Some(Kind::Complaint | Kind::Authentication));
        assert_eq!(verdict.category() == Category::Complaint, is_complaint);
        assert!(attempt.reply.kind != Some(Kind::Delayed) || verdict.category() == Category::Deferred);
        assert!(!verdict.actions().is_empty());
    }
});
