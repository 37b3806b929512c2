//! More plugins, and more threads, than the pool has places.

use super::host::Options;
use super::limits::Limits;
use super::machine::Machine;
use super::sandbox::Sandbox;
use super::world::{SERVED, first};
use crate::Reply;
use crate::engine::{Answer, Plugin, Question};
use std::time::Duration;
use wasmtime::component::Component;

/// What other work the machine does ends none of the calls.
fn limits() -> Limits {
    Limits { deadline: Duration::from_secs(60), ..Limits::default() }
}

/// So many plugins on a machine for so many instances.
fn plugins(count: usize, instances: u32, reuse: bool) -> Vec<Sandbox> {
    let machine = Machine::of(&limits(), instances).expect("plugins run here");
    assert!(machine.is_pooled());
    let component = Component::new(machine.engine(), first()).expect("it compiles");
    let options = Options { limits: limits(), reuse, ..Options::default() };
    let sandbox = |_| Sandbox::new(&machine, &component, SERVED, options).expect("it is a plugin").0;
    (0..count).map(sandbox).collect()
}

fn asked(plugin: &Sandbox) -> Answer {
    plugin.ask(&Question { reply: &Reply::default(), text: "", folded: "" })
}

fn named() -> Answer {
    Answer::Names { rule: "busy".to_owned(), fields: Vec::new() }
}

#[test]
fn more_plugins_are_used_again_than_there_are_places() {
    let plugins = plugins(20, 8, true);
    for _ in 0..3 {
        plugins.iter().for_each(|plugin| assert_eq!(asked(plugin), named()));
    }
    // Half of the places stay free for what is asked afresh.
    assert_eq!(plugins.iter().map(Sandbox::waiting).sum::<usize>(), 4);
}

#[test]
fn more_threads_ask_than_there_are_places() {
    for reuse in [false, true] {
        let plugins = plugins(2, 2, reuse);
        std::thread::scope(|scope| {
            for n in 0..16 {
                let plugin = &plugins[n % plugins.len()];
                scope.spawn(move || (0..50).for_each(|_| assert_eq!(asked(plugin), named())));
            }
        });
    }
}
