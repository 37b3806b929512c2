//! The ten hardest constructs of the language, each with replies that show what it comes to.

mod catching;
mod deciding;

use carom::{Engine, Reply};
use serde_json::Value;

/// What every case here says of its reasons.
const REASONS: &str = r#"
policy {
    retry    10m, 1h until 48h
    soft     retry by profile, pause after 5 within 72h
    deferred retry by profile
    hard     suppress
    block    gate
}
reason greylisted    { category deferred
    fault provider
    scope message
    advice "Wait." }
reason mailbox-full  { category soft
    fault recipient
    scope recipient
    advice "Wait for some days." }
reason user-unknown  { category hard
    fault recipient
    scope recipient
    advice "Take it off." }
reason ip-blocked    { category block
    fault sender
    scope ip
    advice "Ask them."
    do gate, alert }
reason trouble       { category deferred
    fault provider
    scope provider
    advice "Wait."
    do retry 30m until 24h }
"#;

/// An engine of the reasons above and these rules.
fn engine(rules: &str) -> Engine {
    Engine::from_text(format!("{REASONS}{rules}")).unwrap_or_else(|error| panic!("{error}"))
}

fn verdict(engine: &Engine, reply: &Reply) -> Value {
    serde_json::to_value(engine.classify(reply)).expect("a verdict is JSON")
}

/// The rule, the category and the fields of a reply.
fn said(engine: &Engine, reply: &Reply) -> (String, String, Value) {
    let verdict = verdict(engine, reply);
    let word = |name: &str| verdict[name].as_str().expect("a word").to_owned();
    (word("rule"), word("category"), verdict["fields"].clone())
}

/// The rule that decides.
fn rule(engine: &Engine, raw: &str) -> String {
    engine.classify(&Reply::parse(raw)).rule().name.clone()
}

fn on(raw: &str, time: &str) -> Reply {
    Reply::parse(raw).on(time.parse().expect("a time"))
}
