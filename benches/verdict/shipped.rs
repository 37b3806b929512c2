//! The shipped library as it stands, over replies that servers really write, varied to a million.

use crate::floor::floor;
use crate::results::{Row, ratios};
use crate::rounds::median;
use crate::synth::{Line, Random};
use crate::vary;
use carom::{Engine, Reply};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Replies in all.
const REPLIES: usize = 1_000_000;

/// Replies in a round; the next round has others. So many lie in the cache that they were just made in.
const ROUND: usize = 1_000;

/// Of so many rounds one is held against the originals.
const CHECKED: usize = 50;

/// The corpus beside the checkout, or another that is named.
fn corpus() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/replies.jsonl");
    std::env::var_os("CAROM_CORPUS").map_or_else(beside, PathBuf::from)
}

pub(crate) fn shipped() -> Vec<Row> {
    let engine = Engine::builtin().unwrap_or_else(|error| panic!("{error}"));
    let mut rows = Vec::new();
    match std::fs::read_to_string(corpus()) {
        Ok(text) => rows.extend(over("corpus", &engine, &of_corpus(&text))),
        Err(error) => {
            let why = format!("the corpus is not beside this checkout ({})", error.kind());
            rows.push(Row::skipped("shipped", 0, "corpus", why));
        }
    }
    rows.extend(over("examples", &engine, &of_examples(&engine)));
    rows
}

/// The replies of the labelled corpus: a JSON object to a line.
fn of_corpus(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).expect("a line of the corpus is JSON");
        let said = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        Line { text: said("text"), host: said("host") }
    };
    text.lines().map(line).collect()
}

/// The examples of the shipped rules, and the replies of the log in `samples`, as lines.
fn of_examples(engine: &Engine) -> Vec<Line> {
    let examples = engine.rules().rules.iter().flat_map(|rule| &rule.examples).map(|example| as_line(&example.reply));
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/mail.log");
    let log = std::fs::read(log).expect("the sample is part of the tree");
    let reading = carom::intake::Reading::new(carom::intake::Format::Postfix, "sample", log.as_slice());
    let logged = reading.filter_map(Result::ok).map(|attempt| as_line(&attempt.reply));
    examples.chain(logged).collect()
}

fn as_line(reply: &Reply) -> Line {
    let code = reply.code.map_or(String::new(), |code| format!("{code} "));
    let enhanced = reply.enhanced.map_or(String::new(), |code| format!("{code} "));
    let host = reply.host.as_ref().map_or("", |host| host.as_str()).to_owned();
    Line { text: format!("{code}{enhanced}{}", String::from_utf8_lossy(&reply.text)), host }
}

fn parsed(line: &Line) -> Reply {
    Reply::parse(&line.text).from_host(&line.host)
}

/// A sum over all rounds, and single replies' times.
#[derive(Default)]
struct Times {
    rounds: Vec<f64>,
    single: Vec<u32>,
}

impl Times {
    /// Times a whole round, or each of its replies.
    fn take<T>(&mut self, singly: bool, items: &[T], mut work: impl FnMut(&T)) {
        if singly {
            for item in items {
                let start = Instant::now();
                work(item);
                self.single.push(start.elapsed().as_nanos().min(u128::from(u32::MAX)) as u32);
            }
            return;
        }
        let start = Instant::now();
        items.iter().for_each(work);
        self.rounds.push(start.elapsed().as_nanos() as f64 / items.len() as f64);
    }

    fn row(mut self, line: &str, clock: f64) -> Row {
        self.single.sort_unstable();
        let at = |share: f64| {
            let place = ((self.single.len() as f64 * share) as usize).min(self.single.len() - 1);
            (f64::from(self.single[place]) - clock).max(0.0)
        };
        let mean = self.rounds.iter().sum::<f64>() / self.rounds.len() as f64;
        let row = Row::new("shipped", 0, line).with("ns", mean).with("ns median round", median(&mut self.rounds));
        row.with("p50", at(0.5)).with("p99", at(0.99)).with("p99.9", at(0.999))
    }
}

fn over(name: &str, engine: &Engine, all: &[Line]) -> Vec<Row> {
    let mut random = Random::new(7);
    let (mut of_floor, mut of_verdict, mut of_line, mut of_clock) =
        (Times::default(), Times::default(), Times::default(), Times::default());
    let (mut kept, mut text) = (0, Vec::new());
    // Every other round times single replies, which go with the clock's own time.
    for round in 0..2 * REPLIES / ROUND {
        let originals: Vec<&Line> = (0..ROUND).map(|_| &all[random.below(all.len())]).collect();
        let vary = |line: &&Line, random: &mut Random| Line {
            text: vary::text(&line.text, random),
            host: vary::host(&line.host, random),
        };
        let lines: Vec<Line> = originals.iter().map(|line| vary(line, &mut random)).collect();
        let replies: Vec<Reply> = lines.iter().map(parsed).collect();
        let singly = round % 2 == 1;
        for turn in 0..3 {
            match (round / 2 + turn) % 3 {
                0 => of_floor.take(singly, &lines, |line| {
                    black_box(floor(black_box(line.text.as_bytes()), &mut text));
                    black_box(&text);
                }),
                1 => of_verdict.take(singly, &replies, |reply| {
                    black_box(engine.classify(reply));
                }),
                _ => of_line.take(singly, &lines, |line| {
                    let reply = parsed(line);
                    black_box(engine.classify(&reply));
                }),
            }
        }
        if singly {
            of_clock.take(true, &lines, |line| {
                black_box(line);
            });
        }
        if round % CHECKED == 0 {
            let same = |(original, reply): &(&&Line, &Reply)| {
                engine.classify(reply).rule().name == engine.classify(&parsed(original)).rule().name
            };
            kept += originals.iter().zip(&replies).filter(same).count();
        }
    }
    of_clock.single.sort_unstable();
    let clock = f64::from(of_clock.single[of_clock.single.len() / 2]);
    let checked = (2 * REPLIES / ROUND).div_ceil(CHECKED) * ROUND;
    let mut rows = vec![
        of_floor.row("floor: parse and lower-case the line", clock),
        of_verdict.row("carom: verdict on a reply", clock),
        of_line.row("carom: parse the line, then verdict", clock),
    ];
    ratios(&mut rows);
    for row in &mut rows {
        row.line = format!("{name}, {}", row.line);
    }
    let control = Row::new("shipped", 0, &format!("{name}, control")).with("replies", all.len() as f64);
    let length = all.iter().map(|line| line.text.len()).sum::<usize>() as f64 / all.len() as f64;
    let control = control.with("bytes a line", length);
    rows.push(control.with("% kept their rule", 100.0 * kept as f64 / checked as f64).with("ns of the clock", clock));
    rows
}
