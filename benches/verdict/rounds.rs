//! What is timed in turns, so that whatever slows the machine down slows all of it.

use crate::results::Row;
use std::time::Instant;

/// How long a stretch of replies took, and how many of them matched anything.
pub(crate) struct Took {
    pub(crate) nanoseconds: f64,
    pub(crate) matched: usize,
}

/// Something that is timed over the replies of a round.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    /// How many of the replies a round takes: all, but for what would take minutes.
    part: usize,
    run: Box<dyn FnMut(usize, usize) -> Took + 'a>,
    nanoseconds: Vec<f64>,
    matched: usize,
}

impl<'a> Contender<'a> {
    /// `run` takes the place of the first reply and how many there are, and says how long they took.
    pub(crate) fn new(name: &'static str, part: usize, run: impl FnMut(usize, usize) -> Took + 'a) -> Contender<'a> {
        Contender { name, part, run: Box::new(run), nanoseconds: Vec::new(), matched: 0 }
    }

    /// Of this process: timed here; `run` says how many matched.
    pub(crate) fn own(
        name: &'static str,
        part: usize,
        mut run: impl FnMut(usize, usize) -> usize + 'a,
    ) -> Contender<'a> {
        Contender::new(name, part, move |from, count| {
            let start = Instant::now();
            let matched = run(from, count);
            Took { nanoseconds: start.elapsed().as_nanos() as f64, matched }
        })
    }
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Replies behind those of the rounds, on which a contender warms up.
pub(crate) const RESERVE: usize = 2_000;

/// Runs all in turns, each round in another order, and gives a row for each: the median round's time a reply.
/// `touch` reads the replies of a turn.
pub(crate) fn run(
    size: usize,
    replies: usize,
    rounds: usize,
    all: &mut [Contender],
    touch: impl Fn(usize, usize),
) -> Vec<Row> {
    for round in 0..rounds {
        for turn in 0..all.len() {
            let contender = &mut all[(round + turn) % all.len()];
            // Whose turn was before must not count: it has had the caches, and a peer's process has let this one sleep.
            (contender.run)(replies, contender.part.min(RESERVE));
            // Each round has other replies: a few over and over would all lie in the cache of states that a lazy
            // automaton has, and a branch predictor would know them by heart.
            let from = round % (replies / contender.part) * contender.part;
            touch(from, contender.part);
            let took = (contender.run)(from, contender.part);
            contender.nanoseconds.push(took.nanoseconds / contender.part as f64);
            contender.matched += took.matched;
        }
    }
    let rows = all.iter_mut().map(|contender| {
        let matched = contender.matched as f64 / (rounds * contender.part) as f64;
        Row::new("verdict", size, contender.name)
            .with("ns", median(&mut contender.nanoseconds))
            .with("matched", matched)
    });
    rows.collect()
}
