//! What a verdict costs, beside what reading the line costs and beside what others take for the same rules.
//!
//! `cargo bench` prints a table; `benches/README.md` says what each line means. All figures of one table come
//! from one run, interleaved, so that their ratios hold on any machine.

mod synth;

use aho_corasick::AhoCorasick;
use carom::{Engine, Reply};
use regex::RegexSetBuilder;
use std::hint::black_box;
use std::time::Instant;
use synth::{Line, Made, Random};

/// Replies in a round: all different, and few enough that reading them from memory is not what is measured.
const REPLIES: usize = 4_000;

/// Rounds, of which the median counts.
const ROUNDS: usize = 51;

/// The floor: read the code off a line and put the rest into lower case. No classifier can do less.
fn floor(line: &str, out: &mut Vec<u8>) -> u16 {
    let bytes = line.as_bytes();
    let mut code = 0;
    for byte in bytes.iter().take(3) {
        if !byte.is_ascii_digit() {
            return 0;
        }
        code = code * 10 + u16::from(byte - b'0');
    }
    let rest = bytes.get(4..).unwrap_or_default();
    out.clear();
    out.extend_from_slice(rest);
    out.make_ascii_lowercase();
    code
}

/// Something that is timed over all replies of a round.
struct Contender<'a> {
    name: &'static str,
    /// How many of the replies a round takes: all, but for what would take minutes.
    replies: usize,
    run: Box<dyn FnMut() -> usize + 'a>,
    nanoseconds: Vec<f64>,
}

fn contender<'a>(name: &'static str, run: impl FnMut() -> usize + 'a) -> Contender<'a> {
    Contender { name, replies: REPLIES, run: Box::new(run), nanoseconds: Vec::new() }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    println!("{:>8}  {:<34} {:>12} {:>10}  {:>9}", "rules", "what", "ns a reply", "of floor", "matched");
    // A size or more may be named: `cargo bench --bench verdict -- 1000`.
    let named: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for count in if named.is_empty() { vec![100, 1_000, 10_000, 100_000] } else { named } {
        size(count);
    }
}

fn size(count: usize) {
    let mut random = Random::new(count as u64);
    let rules = synth::rules(count, &mut random);
    let lines = synth::replies(REPLIES, &rules, &mut random);
    let source = synth::source(&rules);
    let start = Instant::now();
    let engine = Engine::from_text(source).unwrap_or_else(|error| panic!("{error}"));
    let load = start.elapsed();
    let replies: Vec<Reply> = lines.iter().map(|line| Reply::parse(&line.text).from_host(&line.host)).collect();
    let mut contenders = contenders(&engine, &rules, &lines, &replies);
    if let Ok(only) = std::env::var("ONLY") {
        contenders.retain(|contender| contender.name.contains(&only) || contender.name.starts_with("floor"));
    }
    let mut matched = vec![0; contenders.len()];
    for _ in 0..ROUNDS {
        for (n, contender) in contenders.iter_mut().enumerate() {
            let start = Instant::now();
            matched[n] = black_box((contender.run)());
            contender.nanoseconds.push(start.elapsed().as_nanos() as f64 / contender.replies as f64);
        }
    }
    let of_floor = median(&mut contenders[0].nanoseconds);
    for (contender, matched) in contenders.iter_mut().zip(matched) {
        let time = median(&mut contender.nanoseconds);
        println!("{count:>8}  {:<34} {time:>12.1} {:>9.1}x  {matched:>9}", contender.name, time / of_floor);
    }
    println!("{count:>8}  {:<34} {:>9.0} ms", "load (parse, check, compile)", load.as_secs_f64() * 1e3);
}

fn contenders<'a>(
    engine: &'a Engine,
    rules: &'a [Made],
    lines: &'a [Line],
    replies: &'a [Reply],
) -> Vec<Contender<'a>> {
    let known = |reply: &'a Reply| usize::from(engine.classify(reply).rule().name != "unknown");
    let mut all = vec![contender("floor: parse and lower-case", move || {
        let mut out = Vec::new();
        lines.iter().map(|line| usize::from(black_box(floor(&line.text, &mut out)) > 0)).sum()
    })];
    all.push(contender("carom: verdict on a reply", move || replies.iter().map(known).sum()));
    all.push(contender("carom: parse the line, then verdict", move || {
        let of_line = |line: &Line| {
            let reply = Reply::parse(&line.text).from_host(&line.host);
            usize::from(engine.classify(&reply).rule().name != "unknown")
        };
        lines.iter().map(of_line).sum()
    }));
    let literals = AhoCorasick::new(rules.iter().map(|rule| &rule.literal)).expect("the literals are taken");
    all.push(contender("aho-corasick: literals only", move || {
        lines.iter().map(|line| usize::from(literals.is_match(&line.text))).sum()
    }));
    if rules.len() <= 1_000 && std::env::var_os("ONLY").is_none() {
        let set = RegexSetBuilder::new(rules.iter().map(|rule| &rule.regex))
            .case_insensitive(true)
            .size_limit(1 << 30)
            .dfa_size_limit(1 << 28)
            .build()
            .expect("the expressions are taken");
        let part = lines.len() / if rules.len() > 100 { 50 } else { 4 };
        // Each round takes others: a few replies over and over would all lie in its cache of states.
        let mut next = 0;
        let mut of_set = contender("regex: RegexSet, case-insensitive", move || {
            next = (next + part) % (lines.len() - part + 1);
            lines[next..next + part].iter().map(|line| usize::from(set.matches(&line.text).matched_any())).sum()
        });
        of_set.replies = part;
        all.push(of_set);
    }
    all
}
