//! The whole way: built, wrapped, compiled, described, asked.

use crate::{guests::guest, host};
use carom::plugin::Options;
use carom::{Engine, Reply, Root};

#[test]
fn a_component_answers() {
    let component = guest("plugins", "tidewater");
    let host = host();
    for reuse in [false, true] {
        let loaded = host.load(&component, Options { reuse, ..Options::default() }).expect("it is one of ours");
        assert_eq!(loaded.description.name, "tidewater");
        assert_eq!(loaded.description.hosts, ["*.tidewater.example"]);
        let engine = Engine::load_with(&Root::Builtin, vec![loaded.seat(false)]).expect("its rules are in order");
        let said = |text: &str| {
            let now = "2026-03-28T04:45Z".parse().expect("a time");
            Reply::parse(text).from_host("mx.tidewater.example").on(now)
        };
        for _ in 0..3 {
            let reply = said("450 4.7.1 Quota spent, gate opens 2026-087T06:30 LT");
            let verdict = engine.classify(&reply);
            assert_eq!(verdict.rule().name, "tidewater.gate-closed", "{:?}", engine.explain(&reply).asked);
            let json = serde_json::to_value(&verdict).expect("a verdict is JSON");
            assert_eq!(json["actions"][0]["after"], serde_json::json!(["45m"]));
            assert_eq!(json["fields"]["opens"], "2026-03-28 05:30 UTC");
            let reply = said("450 4.7.1 Greylisted");
            assert_eq!(engine.classify(&reply).rule().name, "greylisted");
        }
    }
}
