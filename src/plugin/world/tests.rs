//! A made-up second version, served beside the first.

use super::since_v1::V1;
use super::{Classify, Named, Said, Version};
use crate::engine::{Engine, Plugin, Question};
use crate::plugin::host::Options;
use crate::plugin::limits::Limits;
use crate::plugin::machine::Machine;
use crate::plugin::sandbox::{Sandbox, State};
use crate::{Reply, Root};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, ComponentType, Instance, Lift, Linker, TypedFunc};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// Its plugins say less of themselves, are told the code and the text alone, and answer with a name.
struct V2;

const WIT: &str = "
package carom:plugin@2.0.0;
interface provider {
  record description { name: string, host: string, rules: string }
  describe: func() -> description;
  classify: func(code: u16, text: string) -> option<string>;
}
world plugin { export provider; }
";

#[derive(ComponentType, Lift)]
#[component(record)]
struct Description {
    name: String,
    host: String,
    rules: String,
}

struct Function(TypedFunc<(u16, String), (Option<String>,)>);

impl Version for V2 {
    fn provider(&self) -> &'static str {
        "carom:plugin/provider@2.0.0"
    }

    fn link(&self, _: &mut Linker<State>) -> wasmtime::Result<()> {
        Ok(())
    }

    fn describe(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Said> {
        let describe = instance.get_typed_func::<(), (Description,)>(&mut *store, function)?;
        let (Description { name, host, rules },) = describe.call(store, ())?;
        Ok(Said { name, version: "2".to_owned(), hosts: vec![host], domains: Vec::new(), rules })
    }

    fn classify(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Box<dyn Classify>> {
        Ok(Box::new(Function(instance.get_typed_func(store, function)?)))
    }
}

impl Classify for Function {
    fn call(&mut self, store: &mut Store<State>, question: &Question<'_>) -> wasmtime::Result<Option<Named>> {
        let code = question.reply.code.map_or(0, |code| code.get());
        let (rule,) = self.0.call(store, (code, question.text.to_owned()))?;
        Ok(rule.map(|rule| Named { rule, fields: Vec::new() }))
    }
}

/// A component of a world, whose module gives strings from 2048 on.
fn component(wit: &str, strings: &[&str], functions: &str) -> Vec<u8> {
    let (mut data, mut stores, mut at) = (String::new(), String::new(), 2048);
    for (n, text) in strings.iter().enumerate() {
        data += &text.replace('\n', "\\n");
        for (place, value) in [(1024 + 8 * n, at), (1028 + 8 * n, text.len())] {
            stores += &format!("(i32.store (i32.const {place}) (i32.const {value}))");
        }
        // Lists lie at multiples of four, also empty ones.
        let length = text.len().next_multiple_of(4);
        data += &" ".repeat(length - text.len());
        at += length;
    }
    let module = format!(
        r#"(module
            (memory (export "memory") 1)
            (data (i32.const 2048) "{data}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32768))
            (func $describe (result i32) {stores} (i32.const 1024))
            {functions})"#
    );
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("world.wit", wit).expect("a world");
    let world = resolve.select_world(&[package], None).expect("it has one world");
    let mut core = wat::parse_str(module).expect("the text of a module");
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8, false).expect("a world's module");
    ComponentEncoder::default().validate(true).module(&core).expect("it fits").encode().expect("a component")
}

const RULES: &str = "rule busy for zenith {\n then deferred rate-limited\n}\n";

/// It names its rule where the code is 450.
fn second() -> Vec<u8> {
    let functions = r#"
        (export "carom:plugin/provider@2.0.0#describe" (func $describe))
        (data (i32.const 4096) "busy")
        (func (export "carom:plugin/provider@2.0.0#classify") (param i32 i32 i32) (result i32)
            (i32.store (i32.const 512) (i32.eq (local.get 0) (i32.const 450)))
            (i32.store (i32.const 516) (i32.const 4096))
            (i32.store (i32.const 520) (i32.const 4))
            (i32.const 512))"#;
    component(WIT, &["zenith", "*.zenith.example", RULES], functions)
}

/// It claims one host, which is written as a list of one string at 1064, and always names its rule.
fn first() -> Vec<u8> {
    let functions = r#"
        (func (export "carom:plugin/provider@1.0.0#describe") (result i32)
            (drop (call $describe))
            (i32.store (i32.const 1064) (i32.load (i32.const 1040)))
            (i32.store (i32.const 1068) (i32.load (i32.const 1044)))
            (i32.store (i32.const 1040) (i32.const 1064))
            (i32.store (i32.const 1044) (i32.const 1))
            (i32.const 1024))
        (data (i32.const 4096) "busy")
        (func (export "carom:plugin/provider@1.0.0#classify") (param i32) (result i32)
            (i32.store (i32.const 512) (i32.const 1))
            (i32.store (i32.const 516) (i32.const 4096))
            (i32.store (i32.const 520) (i32.const 4))
            (i32.const 512))"#;
    let rules = RULES.replace("zenith", "acme");
    component(super::WIT, &["acme", "1.0.0", "*.acme.example", "", &rules], functions)
}

#[test]
fn two_versions_are_served_side_by_side() {
    let machine = Machine::new(&Limits::default()).expect("plugins run here");
    let served: &[&'static dyn Version] = &[&V2, &V1];
    let take = |component: &[u8]| {
        let component = Component::new(machine.engine(), component).expect("it compiles");
        Sandbox::new(&machine, &component, served, Options::default()).expect("its version is served")
    };
    let mut plugins = Vec::new();
    for (component, interface) in [(first(), V1.provider()), (second(), V2.provider())] {
        let (sandbox, description) = take(&component);
        assert_eq!(sandbox.interface(), interface);
        let plugin: Arc<dyn Plugin> = Arc::new(sandbox);
        plugins.push((description.contributed(String::new(), false), plugin));
    }
    let engine = Engine::load_with(&Root::Builtin, plugins).expect("their rules are in order");
    let rule = |text: &str, host: &str| engine.classify(&Reply::parse(text).from_host(host)).rule().name.clone();
    assert_eq!(rule("450 4.7.1 x7", "mx.acme.example"), "acme.busy");
    assert_eq!(rule("450 4.7.1 x7", "mx.zenith.example"), "zenith.busy");
    assert_ne!(rule("451 4.7.1 x7", "mx.zenith.example"), "zenith.busy");
    // Where one of them is not served, the other is all the same.
    let only_first: &[&'static dyn Version] = &[&V1];
    let component = Component::new(machine.engine(), second()).expect("it compiles");
    let refused = Sandbox::new(&machine, &component, only_first, Options::default()).expect_err("it is not served");
    assert!(refused.0.starts_with("it exports no `carom:plugin/provider@1.0.0`"), "{refused}");
}
