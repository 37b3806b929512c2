//! Asks for verdicts at a steady rate, first in peace and then while rules are loaded anew and a plugin is put in
//! another's place; then asks each verdict again offline of the snapshot that it names.

use crate::asking::{self, Shape, ask};
use crate::changing::{Plan, change};
use crate::checking;
use crate::service::{SETTINGS, Service};
use crate::told::Told;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub(crate) fn run(words: &[String]) -> ExitCode {
    let [carom, first, second, seconds, rate, batch] = words else {
        eprintln!("load reload CAROM FIRST.wasm SECOND.wasm SECONDS RATE BATCH");
        return ExitCode::from(2);
    };
    let number = |word: &String| word.parse::<u32>().unwrap_or_else(|_| panic!("`{word}` is no number"));
    let shape = Shape {
        connections: 8,
        rate: number(rate),
        batch: number(batch) as usize,
        time: Duration::from_secs(number(seconds).into()),
    };
    let plugins = [first, second].map(|path| std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}")));
    let service = Service::start(Path::new(carom), SETTINGS, &[("plugin.wasm", &plugins[0])]);
    println!(
        "{} verdicts a second in batches of {} over {} connections, {} s; {} different replies",
        shape.rate,
        shape.batch,
        shape.connections,
        shape.time.as_secs(),
        asking::replies().len()
    );

    // What is asked first fills caches, and is not counted.
    drop(ask(&service, &Shape { time: Duration::from_secs(2), ..shape }));
    let calm = ask(&service, &shape);
    println!("in peace:     {}", calm.line());
    println!("              {}", service.memory());
    let is_over = AtomicBool::new(false);
    let plan = Plan { loads: 200, swaps: 20, time: shape.time };
    let (busy, changes) = thread::scope(|scope| {
        let changer = scope.spawn(|| change(&service, &plugins, &plan, &is_over));
        let told = ask(&service, &shape);
        is_over.store(true, Ordering::Relaxed);
        (told, changer.join().expect("the changes are made"))
    });
    println!("with changes: {}", busy.line());
    println!("              {}", service.memory());
    println!("changes:      {}", changes.line());
    let ratio = busy.percentile(99.0).as_secs_f64() / calm.percentile(99.0).as_secs_f64();
    println!("p99 with changes is {ratio:.2} times that in peace");

    let told = Told::of_both(calm, busy);
    let outcome = checking::check(&service, &told, &changes, &plugins);
    println!("asked again:  {}", outcome.line());
    let is_good = told.failed == 0 && outcome.differing == 0 && outcome.unknown == 0 && changes.wrong.is_empty();
    changes.wrong.iter().take(5).for_each(|wrong| println!("wrong: {wrong}"));
    println!("{}", if is_good { "all is well" } else { "something is wrong" });
    if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
