//! Components that are made to do harm before they are asked anything.

use crate::guests::{REPLY, component_of, core_of, described};
use crate::{host, refused, shortest};
use carom::diagnostic::Code;
use carom::plugin::{Limits, Options, WIT};
use carom::{Engine, Root};
use std::time::Duration;

/// A core module of the world, whose rules and whose additions are as given; it abstains.
fn core(rules: &str, more: &str) -> Vec<u8> {
    core_of(&described("acme", "1.0.0", &["*.acme.example"], &[], rules), more)
}

fn component(rules: &str, more: &str) -> Vec<u8> {
    component_of(WIT, &core(rules, more))
}

/// One that brings along rules, and names none.
pub(crate) fn with_rules(rules: &str) -> Vec<u8> {
    component(rules, "")
}

/// One with that name that claims that host.
pub(crate) fn claiming(name: &str, host: &str) -> Vec<u8> {
    let data = described(name, "1.0.0", &[host], &[], "");
    component_of(WIT, &core_of(&data, ""))
}

/// One that does nothing wrong.
pub(crate) fn plain() -> Vec<u8> {
    component("", "")
}

#[test]
fn the_plain_one_is_in_order() {
    let loaded = host().load(&plain(), Options::default()).expect("it abstains");
    assert_eq!(loaded.description.hosts, ["*.acme.example"]);
    Engine::load_with(&Root::Builtin, vec![loaded.seat(false)]).expect("no rules are in order");
}

#[test]
fn a_start_that_does_not_end_is_ended() {
    let component = component("", "(func $start (loop (br 0))) (start $start)");
    assert_eq!(refused(&component), "it cannot be asked what it is: it used up its steps");
    let limits = Limits { fuel: u64::MAX, ..Limits::default() };
    let host = host();
    let load = || host.load(&component, Options { limits, ..Options::default() });
    let why = load().expect_err("it does not end").to_string();
    assert_eq!(why, "it cannot be asked what it is: it ran past its deadline");
    let took = shortest(|| drop(load()));
    // Compiling it is part of this.
    assert!(took < limits.deadline + Duration::from_millis(250), "{took:?}");
}

#[test]
fn memory_and_tables_are_bounded_from_the_start() {
    for (what, more, said) in [
        ("a large table", "(table 50000000 funcref)", "its code cannot be used here: "),
        ("many tables", &"(table 1000 funcref)".repeat(40), "its code cannot be used here: "),
        (
            "a table that grows",
            "(table $t 1 funcref)
            (func $start (loop (drop (table.grow $t (ref.null func) (i32.const 1000000))) (br 0))) (start $start)",
            "it used up its tables",
        ),
        (
            "memory that grows",
            "(func $start (loop (drop (memory.grow (i32.const 1000))) (br 0))) (start $start)",
            "it used up its memory",
        ),
    ] {
        let why = refused(&component("", more));
        assert!(why.contains(said), "{what}: {why}");
    }
}

#[test]
fn what_lies_outside_of_the_world_cannot_be_imported() {
    let wit = WIT.replace("import host;", "import host;\n import evil: interface { reach: func(); }");
    assert_ne!(wit, WIT);
    let data = described("acme", "1.0.0", &["*.acme.example"], &[], "");
    let module = format!(
        r#"(module
            (import "evil" "reach" (func))
            (memory (export "memory") 2)
            (data (i32.const 1024) "{data}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "carom:plugin/provider@1.0.0#describe") (result i32) (call 0) (i32.const 1024))
            (func (export "carom:plugin/provider@1.0.0#classify") {REPLY} (result i32) (i32.const 512)))"#
    );
    let component = component_of(&wit, &wat::parse_str(module).expect("the text of a module"));
    let why = refused(&component);
    assert!(why.starts_with("it imports what no plugin may: ") && why.contains("evil"), "{why}");
}

#[test]
fn another_version_and_another_record_are_refused() {
    let other = WIT.replace("carom:plugin@1.0.0", "carom:plugin@9.0.0");
    let core = core("", "");
    let renamed = wat_renamed(&core, "@1.0.0", "@9.0.0");
    assert_eq!(
        refused(&component_of(&other, &renamed)),
        "it exports no `carom:plugin/provider@1.0.0`: it is made for another version, or is no plugin"
    );
    // Passed alike, and meant otherwise.
    let changed = WIT.replace("phase: u8,", "mood: u8,");
    assert_ne!(changed, WIT);
    let why = refused(&component_of(&changed, &core));
    assert!(why.contains("its `classify` takes or gives something else than the world's"), "{why}");
    let changed = WIT.replace("hosts: list<string>,", "hosts: list<u32>,");
    assert_ne!(changed, WIT);
    let why = refused(&component_of(&changed, &core));
    assert!(why.starts_with("it cannot be asked what it is: "), "{why}");
}

/// The module with other names of the same length.
fn wat_renamed(core: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut core = core.to_vec();
    let places: Vec<usize> =
        core.windows(from.len()).enumerate().filter(|(_, w)| *w == from.as_bytes()).map(|(at, _)| at).collect();
    places.iter().for_each(|at| core[*at..at + to.len()].copy_from_slice(to.as_bytes()));
    core
}

#[test]
fn what_is_no_component_is_told_from_a_broken_one() {
    assert_eq!(refused(&core("", "")), "it is a core module and no component: `carom plugin build` makes one of it");
    assert_eq!(refused(b"#!/bin/sh\n"), "it is no WebAssembly component");
    assert_eq!(refused(b""), "it is no WebAssembly component");
    let whole = component("", "");
    for end in [8, 9, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let why = refused(&whole[..end]);
        assert!(!why.is_empty() && !why.contains("compiler"), "{end}: {why}");
    }
}

#[test]
fn its_rules_are_held_to_the_language() {
    let codes = |rules: &str| {
        let loaded = host().load(&component(rules, ""), Options::default()).expect("a description is a text");
        match Engine::load_with(&Root::Builtin, vec![loaded.seat(false)]) {
            Ok(_) => Vec::new(),
            Err(error) => error.diagnostics.iter().map(|diagnostic| diagnostic.code()).collect(),
        }
    };
    assert_eq!(codes("rule x for acme { then nonesuch }"), [Code::E0020], "an unknown reason");
    assert_eq!(codes("rule x for acme { then user-unknown }"), [Code::E0091], "suppression that was not granted");
    assert_eq!(codes("override x for acme {\n match code 550\n then refused\n}"), [Code::E0090]);
    assert!(codes("profile google { retry 1h }").contains(&Code::E0090));
}

#[test]
fn a_description_is_bounded_and_printable() {
    let with = |name: &str, hosts: &[&str], rules: &str| {
        let data = described(name, "1.0.0", hosts, &[], rules);
        let text = format!(
            r#"(module
                (memory (export "memory") 64)
                (data (i32.const 1024) "{data}")
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
                (func (export "carom:plugin/provider@1.0.0#describe") (result i32) (i32.const 1024))
                (func (export "carom:plugin/provider@1.0.0#classify") {REPLY} (result i32) (i32.const 512)))"#
        );
        refused(&component_of(WIT, &wat::parse_str(text).expect("the text of a module")))
    };
    let host: &[&str] = &["*.acme.example"];
    assert!(with("Acme", host, "").contains("its name `Acme` is none"));
    assert!(with("a\u{1b}", host, "").contains("its name holds the control character U+001B"));
    assert!(with(&"a".repeat(50), host, "").contains("its name has 50 bytes; at most 40 are taken"));
    assert!(with("acme", &[], "").contains("it claims no host and no domain"));
    assert!(with("acme", &vec!["a.example"; 1_001], "").contains("it claims 1001 hosts; at most 1000 are taken"));
    assert!(with("acme", host, &" ".repeat(600 << 10)).contains("its rules has 614400 bytes"));
    assert!(with("acme", host, "# \u{202e}").contains("its rules holds the control character U+202E"));
}
