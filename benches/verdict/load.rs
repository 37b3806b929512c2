//! Loading rules: time and memory, in a process of its own for each run, so that nothing is warm.

use crate::results::Row;
use crate::rounds::median;
use crate::synth::{self, Random};
use carom::{Engine, Root, Time};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The argument by which this program is called to load a folder and tell what it took.
pub(crate) const CHILD: &str = "--load-this";

const MIB: f64 = (1 << 20) as f64;

pub(crate) fn load(count: usize) -> Vec<Row> {
    let rules = synth::rules(count, &mut Random::new(count as u64));
    let folder = tempfile::tempdir().expect("a folder for the rules is made");
    let mut rows = Vec::new();
    for (line, whole) in [("carom: rules alone", false), ("carom: rules with examples", true)] {
        let mut size = 0;
        for (name, text) in synth::files(&rules, whole) {
            size += text.len();
            std::fs::write(folder.path().join(name), text).expect("the rules are written");
        }
        let runs: Vec<Vec<f64>> = (0..if count > 10_000 { 3 } else { 5 }).map(|_| run(folder.path())).collect();
        let middle = |n: usize| median(&mut runs.iter().map(|run| run[n]).collect::<Vec<_>>());
        let held = middle(3);
        let mut row = Row::new("load", count, line).with("load ms", middle(0));
        if whole {
            row = row.with("examples ms", middle(1)).with("check ms", middle(5)).with("not decided", middle(6));
        }
        row = row.with("peak MiB", middle(2) / MIB).with("held MiB", held / MIB);
        row = row.with("bytes a rule", held / count as f64).with("source MiB", size as f64 / MIB);
        if whole {
            row = row.with("% examples hold", 100.0 * middle(4) / count as f64);
        }
        rows.push(row);
    }
    rows
}

/// Loads the folder in a new process. Gives the time of loading and of the examples, the peak and the
/// memory held beyond what the process had before, the number of examples that hold, the time of a whole check, and how
/// much of it was not decided.
fn run(folder: &Path) -> Vec<f64> {
    let own = std::env::current_exe().expect("this program has a path");
    let out = Command::new(own).arg(CHILD).arg(folder).output().expect("this program runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).split_whitespace().map(|figure| figure.parse().expect("a number")).collect()
}

/// What the child does.
pub(crate) fn child(folder: &str) {
    let before = memory("VmRSS:");
    let start = Instant::now();
    let engine = Engine::from_path(folder).unwrap_or_else(|error| panic!("{error}"));
    let load = start.elapsed();
    let held = memory("VmRSS:") - before;
    let peak = memory("VmHWM:") - before;
    let start = Instant::now();
    let tested = engine.test();
    let examples = start.elapsed();
    let hold = tested.examples - tested.failures.len();
    drop(engine);
    let start = Instant::now();
    let root = Root::Path(folder.into());
    let checked = carom::check::check(&root, Time::from_unix(0)).unwrap_or_else(|error| panic!("{error}"));
    let check = start.elapsed();
    let [load, examples, check] = [load, examples, check].map(|time| time.as_secs_f64() * 1e3);
    println!("{load} {examples} {peak} {held} {hold} {check} {}", checked.undecided);
}

/// A figure of the kernel's about this process, in bytes; nothing where it does not say.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    crate::machine::kib(&status, name).map_or(f64::NAN, |kib| kib * 1024.0)
}
