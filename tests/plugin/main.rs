//! Plugins as components: taken in, asked, bounded.
#![cfg(feature = "cli")]

mod admitted;
mod attacks;
mod cached;
mod compiled;
mod guests;
mod hostile;
mod path;
#[path = "../program/mod.rs"]
mod program;
mod told;

use carom::plugin::{Compiler, Host, Limits, Options};
use carom::{Engine, Reply, Root};
use std::time::{Duration, Instant};

/// A host that compiles by the program under test.
fn host() -> Host {
    Host::new(&Limits::default(), compiler(), None).expect("plugins run here")
}

fn compiler() -> Compiler {
    Compiler::new(env!("CARGO_BIN_EXE_carom"), ["plugin", "compile"])
}

/// The shipped library and one plugin, which may suppress.
fn engine(host: &Host, component: &[u8], options: Options) -> Engine {
    let loaded = host.load(component, options).expect("the plugin can be used");
    Engine::load_with(&Root::Builtin, vec![loaded.seat(true)]).expect("its rules are in order")
}

/// Why a component is refused.
fn refused(component: &[u8]) -> String {
    // What other work the machine does is no reason.
    let limits = Limits { deadline: Duration::from_secs(60), ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    host().load(component, options).expect_err("it cannot be used").to_string()
}

fn reply(text: &str) -> Reply {
    Reply { text: text.into(), ..Reply::parse("450 4.7.1").from_host("mx.hostile.example") }
}

/// The shortest time of a few: what else the machine does is no part of it.
fn shortest(mut work: impl FnMut()) -> Duration {
    let once = |()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    [(); 5].map(once).into_iter().min().unwrap_or_default()
}

/// Bytes of this process that lie in memory.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("the system tells");
    let pages: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number of pages");
    pages * 4_096
}
