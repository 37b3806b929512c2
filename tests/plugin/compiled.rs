//! Components that are made to wear out the compiler: it runs apart, within limits.

use crate::guests::{REPLY, component_of, described};
use crate::{compiler, shortest};
use carom::plugin::{CompileLimits, Compiler, Host, Limits, Options, WIT};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// A small component that takes a compiler's time and memory: many values that live across many branches.
fn bomb(values: usize, branches: usize) -> Vec<u8> {
    let data = described("acme", "1.0.0", &["*.acme.example"], &[], "");
    let (mut locals, mut body) = (String::new(), String::new());
    for n in 0..values {
        let _ = write!(locals, "(local $v{n} i64)");
    }
    for n in 0..branches {
        let (a, b, c) = (n % values, (n * 7 + 1) % values, (n * 13 + 5) % values);
        let _ = write!(
            body,
            "(block (br_if 0 (i64.eqz (local.get $v{a})))
                (local.set $v{b} (i64.add (local.get $v{b}) (local.get $v{c})))
                (br_if 1 (i64.eqz (local.get $v{c}))))"
        );
    }
    let text = format!(
        r#"(module
            (memory (export "memory") 2)
            (data (i32.const 1024) "{data}")
            (func {locals} (loop {body}))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "carom:plugin/provider@1.0.0#describe") (result i32) (i32.const 1024))
            (func (export "carom:plugin/provider@1.0.0#classify") {REPLY} (result i32) (i32.const 512)))"#
    );
    component_of(WIT, &wat::parse_str(text).expect("the text of a module"))
}

fn host(limits: CompileLimits) -> Host {
    let mut compiler = compiler();
    compiler.limits = limits;
    Host::new(&Limits::default(), compiler, None).expect("plugins run here")
}

fn refused(limits: CompileLimits, component: &[u8]) -> String {
    host(limits).load(component, Options::default()).expect_err("it is too much").to_string()
}

#[test]
fn a_compile_bomb_runs_into_each_limit() {
    let bomb = bomb(1_500, 6_000);
    assert!(bomb.len() < 400 << 10, "{} bytes", bomb.len());
    let wide = CompileLimits { memory: 8 << 30, seconds: 100, ..CompileLimits::default() };
    #[cfg(unix)]
    {
        let why = refused(CompileLimits { seconds: 1, ..wide }, &bomb);
        assert_eq!(why, "compiling it took more than 1 s of the processor's time");
        let why = refused(CompileLimits { memory: 96 << 20, ..wide }, &bomb);
        assert_eq!(why, "compiling it took more than 96 MiB of memory");
    }
    let deadline = Duration::from_millis(300);
    let start = Instant::now();
    assert_eq!(refused(CompileLimits { deadline, ..wide }, &bomb), "compiling it took more than 0.3 s");
    assert!(start.elapsed() < deadline + Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn code_and_components_have_a_length() {
    let small = crate::attacks::plain();
    let why = refused(CompileLimits { code: 1_000, ..CompileLimits::default() }, &small);
    assert_eq!(why, "its compiled code has more than 0 MiB");
    let why = refused(CompileLimits { component: small.len() - 1, ..CompileLimits::default() }, &small);
    assert_eq!(why, "it has more than 0 MiB");
}

#[test]
fn a_helper_that_is_none_is_told() {
    let load = |compiler: Compiler| {
        let host = Host::new(&Limits::default(), compiler, None).expect("plugins run here");
        host.load(&crate::attacks::plain(), Options::default()).expect_err("nothing compiles").to_string()
    };
    assert!(load(Compiler::new("/nonexistent/helper", [""; 0])).contains("does not run"));
    // What it writes is no code of this engine.
    #[cfg(unix)]
    {
        let why = load(Compiler::new("/bin/echo", ["code"]));
        assert!(!why.is_empty());
        let mut asleep = Compiler::new("/bin/sh", ["-c", "exec sleep 100"]);
        asleep.limits.deadline = Duration::from_millis(200);
        let took = shortest(|| assert!(load(asleep.clone()).contains("more than 0.2 s")));
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}
