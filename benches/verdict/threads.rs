//! Verdicts a second with one thread and with two that share an engine.

use crate::results::Row;
use crate::rounds::median;
use crate::synth::{self, Random};
use carom::{Engine, Reply};
use std::hint::black_box;
use std::time::Instant;

const REPLIES: usize = 4_000;

/// How often a thread goes through the replies in a round, so that starting it does not count.
const PASSES: usize = 10;

const ROUNDS: usize = 15;

pub(crate) fn threads(count: usize) -> Vec<Row> {
    let mut random = Random::new(count as u64);
    let rules = synth::rules(count, &mut random);
    let engine = Engine::from_text(synth::source(&rules)).unwrap_or_else(|error| panic!("{error}"));
    let lines = synth::replies(REPLIES, &rules, &mut random);
    let replies: Vec<Reply> = lines.iter().map(|line| Reply::parse(&line.text).from_host(&line.host)).collect();
    let work = || {
        for reply in (0..PASSES).flat_map(|_| &replies) {
            black_box(engine.classify(reply));
        }
    };
    let mut per_second = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (threads, speeds) in (1..).zip(&mut per_second) {
            let start = Instant::now();
            std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
            speeds.push((threads * PASSES * REPLIES) as f64 / start.elapsed().as_secs_f64());
        }
    }
    let [one, two] = per_second.map(|mut speeds| median(&mut speeds));
    vec![
        Row::new("threads", count, "carom: one thread").with("a second", one).with("of one", 1.0),
        Row::new("threads", count, "carom: two threads, one engine").with("a second", two).with("of one", two / one),
    ]
}
