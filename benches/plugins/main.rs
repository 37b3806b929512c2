//! What plugins cost: a call, a load, and the replies that none of them claims.
//!
//! `cargo bench --bench plugins` prints it. One process; what is compared takes turns, sixty-five rounds, each in
//! another order, and the median round counts, so that whatever slows the machine down slows all of it.

#[path = "../../tests/plugin/guests.rs"]
mod guests;

use carom::engine::{Answer, Plugin, Plugins, Question};
use carom::plugin::{Compiler, Host, Limits, Options, Origin, WIT};
use carom::{Engine, Reply, Root};
use guests::{component_of, core_of, described, guest};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 65;

/// Plugins beside which an unclaimed reply is timed.
const PLUGINS: usize = 100;

/// A plugin without WebAssembly: what the rest costs.
#[derive(Debug)]
struct Native;

impl Plugin for Native {
    fn ask(&self, question: &Question<'_>) -> Answer {
        black_box(question);
        Answer::Abstains
    }
}

/// Something that is timed, by what it takes for one.
struct Line<'a> {
    name: &'static str,
    /// How many a round does.
    count: usize,
    run: Box<dyn FnMut(usize) + 'a>,
    nanoseconds: Vec<f64>,
}

impl<'a> Line<'a> {
    fn new(name: &'static str, count: usize, run: impl FnMut(usize) + 'a) -> Line<'a> {
        Line { name, count, run: Box::new(run), nanoseconds: Vec::new() }
    }

    fn median(&self) -> f64 {
        let mut sorted = self.nanoseconds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}

/// Runs all in turns.
fn run(lines: &mut [Line<'_>]) {
    for round in 0..ROUNDS {
        for turn in 0..lines.len() {
            let at = (round + turn) % lines.len();
            let line = &mut lines[at];
            (0..line.count / 8 + 1).for_each(&mut line.run);
            let start = Instant::now();
            (0..line.count).for_each(&mut line.run);
            line.nanoseconds.push(start.elapsed().as_nanos() as f64 / line.count as f64);
        }
    }
}

fn calls(host: &Host, name: &str, component: &[u8]) {
    let load = |reuse| host.load(component, Options { reuse, ..Options::default() }).expect("it can be used").plugin;
    let (reused, isolated) = (load(true), load(false));
    let reply = Reply::parse("450 4.7.1 Greylisted, please come back in 300 seconds").from_host("mx.acme.example");
    let text = "Greylisted, please come back in 300 seconds";
    let folded = "greylisted, please come back in 300 seconds";
    let question = Question { reply: &reply, text, folded };
    let ask = |plugin: &dyn Plugin| assert_eq!(black_box(plugin.ask(&question)), Answer::Abstains);
    let mut lines = [
        Line::new("a native plugin abstains", 10_000, |_| ask(&Native)),
        Line::new("it abstains, reused", 10_000, |_| ask(&*reused)),
        Line::new("it abstains, isolated", 1_000, |_| ask(&*isolated)),
    ];
    run(&mut lines);
    for line in &lines {
        println!("{name:<20} {:<28} {:>10.0} ns", line.name, line.median());
    }
}

fn load(host: &Host, name: &str, component: &[u8]) {
    let code = host.load(component, Options::default()).expect("it can be used").code;
    assert_ne!(code, Origin::Cached, "it is compiled first");
    let cached = || {
        let loaded = host.load(component, Options::default()).expect("it can be used");
        assert_eq!(loaded.code, Origin::Cached);
    };
    let mut lines = [Line::new("loaded from the cache", 5, |_| cached())];
    run(&mut lines);
    for line in &lines {
        println!("{name:<20} {:<28} {:>10.0} µs", line.name, line.median() / 1e3);
    }
}

fn plain(name: &str) -> Vec<u8> {
    component_of(WIT, &core_of(&described(name, "1.0.0", &[&format!("*.{name}.example")], &[], ""), ""))
}

fn unclaimed(host: &Host) {
    let seats: Plugins = (0..PLUGINS)
        .map(|n| host.load(&plain(&format!("acme-{n}")), Options::default()).expect("it can be used").seat(false))
        .collect();
    let without = Engine::builtin().expect("the library is in order");
    // The same profiles and no plugins tell what the plugins alone cost.
    let contributed: Plugins = seats
        .iter()
        .map(|(contributed, _)| {
            let plugin: Arc<dyn Plugin> = Arc::new(Native);
            (contributed.clone(), plugin)
        })
        .collect();
    let native = Engine::load_with(&Root::Builtin, contributed).expect("they claim a host each");
    let with = Engine::load_with(&Root::Builtin, seats).expect("they claim a host each");
    let texts = [
        "550 5.1.1 The email account that you tried to reach does not exist",
        "452 4.2.2 The recipient's inbox is out of storage space",
        "421 4.7.0 Try again later, closing connection",
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
        "450 4.7.1 Greylisted, please come back in 300 seconds",
    ];
    let replies: Vec<Reply> = (0..2_000)
        .map(|n| {
            Reply::parse(format!("{} q{n:x}", texts[n % texts.len()])).from_host(&format!("mx{n}.some-{n}.example"))
        })
        .collect();
    let classify = |engine: &Engine, n: usize| {
        black_box(engine.classify(&replies[n % replies.len()]).category());
    };
    let mut lines = [
        Line::new("no plugins", replies.len(), |n| classify(&without, n)),
        Line::new("100 native plugins", replies.len(), |n| classify(&native, n)),
        Line::new("100 plugins", replies.len(), |n| classify(&with, n)),
    ];
    run(&mut lines);
    let of: Vec<f64> = lines.iter().map(Line::median).collect();
    for (line, nanoseconds) in lines.iter().zip(&of) {
        let part = 100.0 * nanoseconds / of[0];
        println!("{:<20} {:<28} {nanoseconds:>10.1} ns {part:>7.1} %", "unclaimed reply", line.name);
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the cache");
    let compiler = Compiler::new(env!("CARGO_BIN_EXE_carom"), ["plugin", "compile"]);
    let host = Host::new(&Limits::default(), compiler, Some(&folder.path().join("cache"))).expect("plugins run here");
    println!("instances come from a pool: {}", host.is_pooled());
    let smallest = plain("acme");
    let in_rust = guest("tests/plugin/guests", "hostile");
    for (name, component) in [("the smallest", &smallest), ("one in Rust", &in_rust)] {
        load(&host, name, component);
        calls(&host, name, component);
    }
    unclaimed(&host);
}
