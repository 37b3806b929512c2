//! The whole way: built, wrapped, compiled, described, asked.

use crate::{guests::guest, host};
use carom::plugin::Options;
use carom::{Engine, Reply, Root};

#[test]
fn a_component_answers() {
    let component = guest("plugins", "window");
    let host = host();
    for reuse in [false, true] {
        let loaded = host.load(&component, Options { reuse, ..Options::default() }).expect("it is one of ours");
        assert_eq!(loaded.description.name, "window");
        assert_eq!(loaded.description.hosts, ["*.window.example"]);
        let engine = Engine::load_with(&Root::Builtin, vec![loaded.seat(false)]).expect("its rules are in order");
        for _ in 0..3 {
            let reply = Reply::parse("450 4.7.1 w/45").from_host("mx.window.example");
            let verdict = engine.classify(&reply);
            assert_eq!(verdict.rule().name, "window.closed", "{:?}", engine.explain(&reply).asked);
            let json = serde_json::to_value(&verdict).expect("a verdict is JSON");
            assert_eq!(json["actions"][0]["after"], serde_json::json!(["45m"]));
            assert_eq!(json["fields"]["host"], "mx.window.example");
            let reply = Reply::parse("450 4.7.1 Greylisted").from_host("mx.window.example");
            assert_eq!(engine.classify(&reply).rule().name, "greylisted");
        }
    }
}
