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
/// The last minutes may have so much more than those after the first, which fills pools and caches.
const FLAT: f64 = 1.1;
/// Over so many minutes at each end: what happens to come together in one of them is worth a tenth.
const END: usize = 3;

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

/// What the service took, second by second, in each minute.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    minutes: Vec<Vec<u64>>,
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
                if let Some(last) = memory.minutes.last() {
                    println!("minute {minute}: {} MB", told(last));
                }
                memory.minutes.push(Vec::new());
            }
            memory.minutes[minute].push(now);
            thread::sleep(Duration::from_secs(1));
        }
        // Minutes that are not over tell nothing.
        let whole = (start.elapsed().as_secs() / 60) as usize;
        memory.minutes.truncate(whole.max(1));
        memory
    }

    pub(crate) fn line(&self) -> String {
        let minutes: Vec<String> = self.minutes.iter().map(|minute| told(minute)).collect();
        let ratio = match self.ratio() {
            Some(ratio) => format!("the last {END} minutes have {ratio:.3} times what the {END} after the first have"),
            None => "too short to tell whether it grows".to_owned(),
        };
        format!("{} MB (the median to the most); {ratio}", minutes.join(", "))
    }

    /// The median of the last minutes, of that of the first.
    fn ratio(&self) -> Option<f64> {
        let rest = self.minutes.get(1..)?;
        (rest.len() >= 2 * END)
            .then(|| median(&rest[rest.len() - END..].concat()) as f64 / median(&rest[..END].concat()) as f64)
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

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn told(minute: &[u64]) -> String {
    format!("{} to {}", median(minute) / 1024, minute.iter().max().unwrap_or(&0) / 1024)
}
