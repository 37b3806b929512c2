//! A plugin that does what it can to do harm. The table decides in its place, in time, and the failure is counted.

use crate::guests::guest;
use crate::{engine, host, reply, shortest};
use carom::engine::{Answer, Patience};
use carom::plugin::{Limits, Options};
use carom::{Category, Engine};
use std::sync::LazyLock;
use std::time::Duration;

static HOSTILE: LazyLock<Vec<u8>> = LazyLock::new(|| guest("tests/plugin/guests", "hostile"));

/// It is never set aside here.
const PATIENT: Patience = Patience { failures: usize::MAX, within: Duration::from_secs(60) };

fn hostile(reuse: bool) -> Engine {
    engine(&host(), &HOSTILE, Options { reuse, patience: PATIENT, ..Options::default() })
}

/// What other work the machine does ends none of its calls.
fn unhurried(reuse: bool) -> Engine {
    let limits = Limits { deadline: Duration::from_secs(60), ..Limits::default() };
    engine(&host(), &HOSTILE, Options { limits, reuse, patience: PATIENT })
}

/// What it is asked breaks it: the failure says why, and the table's verdict comes in time.
fn breaks(text: &str, why: &str) {
    for reuse in [false, true] {
        let reply = reply(text);
        let table = Engine::builtin().expect("the library is in order");
        let engine = unhurried(reuse);
        let asked = engine.explain(&reply).asked.expect("it is asked");
        let Answer::Fails(said) = &asked.answer else { panic!("{text}: {asked:?}") };
        assert!(said.contains(why), "{text}: {said}");
        assert_eq!(engine.classify(&reply).reason().name, table.classify(&reply).reason().name);
        let (_, tally) = engine.plugins().next().expect("there is one");
        assert_eq!((tally.failed, tally.answered, tally.abstained), (2, 0, 0), "{text}");
        assert_eq!(tally.last_failure.as_ref(), Some(said));
        // It works again at once.
        assert_eq!(engine.classify(&crate::reply("count")).rule().name, "hostile.limited");

        let engine = hostile(reuse);
        let took = shortest(|| {
            assert_eq!(engine.classify(&reply).reason().name, table.classify(&reply).reason().name);
        });
        assert!(took < Limits::default().deadline + Duration::from_millis(50), "{text} took {took:?}");
    }
}

#[test]
fn an_endless_loop_uses_up_its_steps() {
    breaks("loop", "it used up its steps");
}

#[test]
fn an_endless_loop_with_steps_without_end_runs_past_its_deadline() {
    let limits = Limits { fuel: u64::MAX, ..Limits::default() };
    let engine = engine(&host(), &HOSTILE, Options { limits, patience: PATIENT, ..Options::default() });
    let endless = reply("loop");
    let asked = engine.explain(&endless).asked.expect("it is asked");
    assert_eq!(asked.answer, Answer::Fails("it ran past its deadline".to_owned()));
    let took = shortest(|| {
        engine.classify(&reply("loop"));
    });
    assert!(took < limits.deadline + Duration::from_millis(50), "{took:?}");
    assert!(took >= limits.deadline, "it has its time: {took:?}");
}

#[test]
fn deep_recursion_ends_also_on_a_small_stack() {
    let engine = hostile(false);
    let asked = || engine.explain(&reply("recurse")).asked.expect("it is asked").answer;
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let on_small = std::thread::scope(|scope| small.spawn_scoped(scope, asked).expect("a thread").join());
    assert!(matches!(on_small.expect("the thread lives"), Answer::Fails(_)));
    breaks("recurse", "it");
}

#[test]
fn a_memory_bomb_ends_and_memory_returns() {
    breaks("memory", "it used up its memory");
    #[cfg(target_os = "linux")]
    {
        let engine = hostile(false);
        let bomb = || {
            engine.classify(&reply("memory"));
        };
        (0..4).for_each(|_| bomb());
        let before = crate::resident();
        (0..100).for_each(|_| bomb());
        let more = crate::resident().saturating_sub(before);
        assert!(more < 48 << 20, "a hundred bombs of 16 MiB left {more} bytes behind");
    }
}

#[test]
fn a_trap_costs_its_own_answer() {
    breaks("trap", "it trapped: ");
}

#[test]
fn a_panic_says_what_it_said() {
    breaks("panic", "it panicked or gave up (`panicked at ");
    breaks("panic", ": a hostile plugin panics`)");
}

#[test]
fn too_long_a_string_is_not_taken() {
    // Its memory, its steps and its time are enough for 100 MiB.
    let wide = Limits { memory: 512 << 20, fuel: u64::MAX, deadline: Duration::from_secs(60), ..Limits::default() };
    let large = reply("large");
    let host = carom::plugin::Host::new(&wide, crate::compiler(), None).expect("plugins run here");
    let generous = engine(&host, &HOSTILE, Options { limits: wide, patience: PATIENT, ..Options::default() });
    let asked = generous.explain(&large).asked.expect("it is asked");
    assert_eq!(asked.answer, Answer::Fails("it passed more than it may".to_owned()));
    let engine = hostile(false);
    let took = shortest(|| {
        engine.classify(&large);
    });
    assert!(took < Limits::default().deadline + Duration::from_millis(50), "{took:?}");
    breaks("long", "its field has 4000 bytes; at most 1000 are taken");
    breaks("many", "it gave 5000 fields; at most 32 are taken");
}

#[test]
fn what_is_no_text_is_not_taken() {
    breaks("bytes", "utf-8");
    breaks("escape", "its field holds the control character U+001B");
    breaks("bidi", "its field holds the control character U+202E");
    breaks("name", "its rule's name holds the control character U+000A");
}

#[test]
fn only_its_own_rules_can_be_named() {
    breaks("nonesuch", "it named `nonesuch`, which is none of its rules");
    breaks("foreign", "it named `google.over-quota`, which is none of its rules");
}

#[test]
fn what_is_for_now_is_never_hard() {
    let engine = hostile(false);
    let for_now = reply("gone");
    let verdict = engine.classify(&for_now);
    assert_eq!(verdict.rule().name, "hostile.gone");
    assert!(verdict.category() == Category::Soft && verdict.lowered());
}

#[test]
fn nothing_is_kept_between_replies_unless_it_is_granted() {
    let said = |engine: &Engine| {
        let reply = reply("count");
        engine.classify(&reply).say().unwrap_or_default()
    };
    let isolated = hostile(false);
    assert_eq!([(); 3].map(|()| said(&isolated)), ["After 1.", "After 1.", "After 1."]);
    let reused = hostile(true);
    assert_eq!([(); 3].map(|()| said(&reused)), ["After 1.", "After 2.", "After 3."]);
    // After an error it begins anew.
    reused.classify(&reply("trap"));
    assert_eq!(said(&reused), "After 1.");
}

#[test]
fn what_it_logs_is_bounded_and_printable() {
    let engine = hostile(false);
    let talk = reply("talk");
    let asked = engine.explain(&talk).asked.expect("it is asked");
    assert_eq!(asked.log, (0..16).map(|n| format!("line {n}")).collect::<Vec<_>>());
    let shout = reply("shout");
    let log = engine.explain(&shout).asked.expect("it is asked").log;
    assert_eq!(log, [format!("{}…", "x".repeat(400)), "\u{fffd}[31mred".to_owned()]);
}

#[test]
fn after_failures_it_is_set_aside() {
    let patience = Patience { failures: 3, within: Duration::from_secs(600) };
    let options = Options { patience, ..Options::default() };
    let engine = engine(&host(), &HOSTILE, options);
    for _ in 0..5 {
        assert_eq!(engine.classify(&reply("panic")).rule().name, engine.classify(&reply("panic")).rule().name);
    }
    let count = reply("count");
    assert_ne!(engine.classify(&count).rule().name, "hostile.limited", "it is asked no more");
    let (_, tally) = engine.plugins().next().expect("there is one");
    assert_eq!((tally.failed, tally.passed_over), (3, 8));
    let Answer::Fails(why) = engine.explain(&count).asked.expect("it would be asked").answer else { panic!() };
    assert_eq!(why, "it was set aside after it failed 3 times within 600 s, until it is loaded again");
    let again = crate::engine(&host(), &HOSTILE, options);
    assert_eq!(again.classify(&count).rule().name, "hostile.limited");
}

#[test]
fn many_threads_ask_it_at_once() {
    for reuse in [false, true] {
        let engine = unhurried(reuse);
        std::thread::scope(|scope| {
            for n in 0..8 {
                let engine = &engine;
                scope.spawn(move || {
                    for text in ["count", "panic", "recurse", "memory", "other"].iter().cycle().skip(n).take(50) {
                        engine.classify(&reply(text));
                    }
                });
            }
        });
        let (_, tally) = engine.plugins().next().expect("there is one");
        assert_eq!((tally.failed, tally.answered, tally.abstained), (240, 80, 80));
    }
}
