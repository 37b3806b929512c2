//! Hostile input for minutes, on many connections at once, with good requests among it.
//!
//! Invariant: each case knows what is right before it asks, and one wrong answer, a panic, or memory that grows fails the run.

mod asked;
mod bodies;
mod client;
mod good;
mod ground;
mod heads;
mod idle;
mod mails;
mod slow;
mod tally;

use crate::service::Service;
use client::Talk;
use good::Good;
use ground::{Case, Chance, DEPLOY, Ground, HEAD, bearer, request, settings};
use idle::Plan;
use std::path::Path;
use std::process::ExitCode;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tally::{Memory, Tally};

const SEED: u64 = 20_260_301;
/// Who tries one case after the other, and who holds connections for seconds.
const QUICK: u64 = 6;
const SLOW: u64 = 8;
const GOOD: usize = 4;
/// Connections beside the idle ones, at most.
const OTHERS: usize = 200;
/// Wrong ones that are shown.
const SHOWN: usize = 10;

pub(crate) fn run(words: &[String]) -> ExitCode {
    let seconds = match words {
        [_] => Some(600),
        [_, seconds] => seconds.parse().ok(),
        _ => None,
    };
    let Some(seconds) = seconds else {
        eprintln!("load hostile CAROM [SECONDS]");
        return ExitCode::from(2);
    };
    let count = room().saturating_sub(1_000).min(10_000);
    let plan = Plan { count, limit: count + OTHERS };
    let service = Service::start(Path::new(&words[0]), &settings(plan.limit), &[]);
    let ground = Ground { address: service.address, room: RwLock::new(()), mails: mails::mails() };
    let right = good::right(&service);
    println!(
        "{seconds} s, seed {SEED}: {QUICK} + {SLOW} connections with bad input, {count} idle ones, {GOOD} with good requests"
    );

    let (is_over, tally) = (AtomicBool::new(false), Tally::default());
    let (memory, idle, mut good, mut loads) = thread::scope(|scope| {
        let memory = scope.spawn(|| Memory::watch(&service, &is_over));
        let idle = scope.spawn(|| idle::waves(&ground, plan, &is_over));
        let askers: Vec<_> = (0..GOOD).map(|_| scope.spawn(|| good::ask(&ground, &right, &is_over))).collect();
        let loader = scope.spawn(|| good::load(&service, &ground, &is_over));
        let quick = [bodies::CASES, asked::CASES, heads::CASES, mails::CASES].concat();
        for seed in 0..QUICK + SLOW {
            let cases = if seed < QUICK { quick.clone() } else { slow::CASES.to_vec() };
            let (ground, tally, is_over) = (&ground, &tally, &is_over);
            scope.spawn(move || tried(ground, &cases, Chance::new(SEED + seed), tally, is_over));
        }
        thread::sleep(Duration::from_secs(seconds));
        is_over.store(true, Ordering::Relaxed);
        let mut good = Good::default();
        askers.into_iter().for_each(|asker| good.add(asker.join().expect("an asker goes on to the end")));
        let idle = idle.join().expect("the waves go on to the end");
        (memory.join().expect("memory is looked at"), idle, good, loader.join().expect("rules are loaded"))
    });

    let mut wrong: Vec<String> = tally.wrong();
    println!("{}", tally.table());
    println!("idle connections: {}", idle.line());
    println!("good requests:    {}", good.line());
    println!("loads:            {}", loads.line());
    println!("memory by minute: {}", memory.line());
    wrong.extend(good.wrong.into_iter().chain(loads.wrong).chain(idle.wrong));
    wrong.extend(memory.wrong());
    wrong.extend(ended(service));
    wrong.iter().take(SHOWN).for_each(|wrong| println!("wrong: {wrong}"));
    if wrong.len() > SHOWN {
        println!("and {} more", wrong.len() - SHOWN);
    }
    println!("{}", if wrong.is_empty() { "all is well" } else { "something is wrong" });
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// One case after the other.
fn tried(ground: &Ground, cases: &[Case], mut chance: Chance, tally: &Tally, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let (kind, case) = chance.one(cases);
        let _room = ground.room.read().expect("no case breaks");
        let start = Instant::now();
        let result = case(ground, &mut chance);
        tally.note(kind, start.elapsed(), result);
    }
}

/// What is wrong with the service when all is over: what it holds on to, how it ends, what it has said.
fn ended(service: Service) -> Vec<String> {
    // What was broken off has its time to be noticed.
    thread::sleep(HEAD + Duration::from_secs(2));
    let mut wrong = Vec::new();
    let metrics = Talk::open(service.address).and_then(|mut talk| {
        talk.say(&request("GET", "/metrics", &bearer(DEPLOY), b""));
        talk.answer()
    });
    match metrics {
        Err(why) => wrong.push(format!("it does not answer any more: {why}")),
        Ok(answer) => {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            for line in ["carom_connections 1", "carom_requests_busy 0"] {
                if !text.lines().any(|one| one == line) {
                    let name = line.split(' ').next().unwrap_or_default();
                    let found = text.lines().find(|one| one.starts_with(name)).unwrap_or_default();
                    wrong.push(format!("when all is over there is `{found}`, in place of `{line}`"));
                }
            }
        }
    }
    let (status, said) = service.stop();
    if status != Some(0) {
        wrong.push(format!("it ends with {status:?}"));
    }
    wrong.extend(said.lines().filter(|line| line.contains("panic")).map(|line| format!("it says: {line}")));
    wrong
}

/// How many files this process may have open.
fn room() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(3).and_then(|soft| soft.parse().ok()).unwrap_or(1_024)
}
