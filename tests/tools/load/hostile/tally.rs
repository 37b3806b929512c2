//! What came of it: cases by their kinds, and memory by the minute.

use crate::service::Service;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Of each kind at most so many wrong ones are kept in full.
const KEPT: usize = 5;
/// The last minute may have so much more than the second.
const FLAT: f64 = 1.1;

#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<&'static str, Kind>>);

#[derive(Debug, Default)]
struct Kind {
    right: u64,
    wrong: u64,
    longest: Duration,
    shown: Vec<String>,
}

impl Tally {
    pub(crate) fn note(&self, kind: &'static str, took: Duration, result: Result<(), String>) {
        let mut kinds = self.0.lock().expect("no case breaks");
        let of = kinds.entry(kind).or_default();
        of.longest = of.longest.max(took);
        match result {
            Ok(()) => of.right += 1,
            Err(why) => {
                of.wrong += 1;
                if of.shown.len() < KEPT {
                    of.shown.push(format!("{kind}: {why}"));
                }
            }
        }
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        let kinds = self.0.lock().expect("no case breaks");
        kinds.values().flat_map(|kind| kind.shown.iter().cloned()).collect()
    }

    pub(crate) fn table(&self) -> String {
        let kinds = self.0.lock().expect("no case breaks");
        let mut text = format!("{:44} {:>8} {:>6} {:>10}\n", "cases", "right", "wrong", "longest");
        for (name, Kind { right, wrong, longest, .. }) in &*kinds {
            let _ = writeln!(text, "{name:44} {right:>8} {wrong:>6} {:>7} ms", longest.as_millis());
        }
        let sum = |of: fn(&Kind) -> u64| kinds.values().map(of).sum::<u64>();
        let _ = write!(text, "{:44} {:>8} {:>6}", "all", sum(|kind| kind.right), sum(|kind| kind.wrong));
        text
    }
}

/// The most that the service took in each minute.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    minutes: Vec<u64>,
    is_gone: bool,
}

impl Memory {
    pub(crate) fn watch(service: &Service, is_over: &AtomicBool) -> Memory {
        let (start, mut memory) = (Instant::now(), Memory::default());
        while !is_over.load(Ordering::Relaxed) {
            let Some(now) = service.kibibytes("VmRSS") else {
                memory.is_gone = true;
                break;
            };
            let minute = (start.elapsed().as_secs() / 60) as usize;
            if memory.minutes.len() <= minute {
                if let Some(most) = memory.minutes.last() {
                    println!("minute {minute}: at most {} MB", most / 1024);
                }
                memory.minutes.push(0);
            }
            memory.minutes[minute] = memory.minutes[minute].max(now);
            thread::sleep(Duration::from_secs(1));
        }
        // Minutes that are not over tell nothing.
        let whole = (start.elapsed().as_secs() / 60) as usize;
        memory.minutes.truncate(whole.max(1));
        memory
    }

    pub(crate) fn line(&self) -> String {
        let minutes: Vec<String> = self.minutes.iter().map(|most| format!("{:.1}", *most as f64 / 1024.0)).collect();
        let ratio = match self.ratio() {
            Some(ratio) => format!("the last has {ratio:.3} times what the second has"),
            None => "too short to tell whether it grows".to_owned(),
        };
        format!("{} MB at most; {ratio}", minutes.join(" "))
    }

    fn ratio(&self) -> Option<f64> {
        match &self.minutes[..] {
            [_, second, .., last] => Some(*last as f64 / *second as f64),
            _ => None,
        }
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.is_gone {
            wrong.push("the service is gone".to_owned());
        }
        if self.ratio().is_some_and(|ratio| ratio > FLAT) {
            wrong.push(format!("memory grows: {}", self.line()));
        }
        wrong
    }
}
