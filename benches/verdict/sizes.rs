//! A verdict at so many rules, beside the floor and the peers.

use crate::floor::floor;
use crate::peers::Peer;
use crate::results::{Row, ratios};
use crate::rounds::{Contender, RESERVE, run};
use crate::synth::{self, Line, Made, Random};
use aho_corasick::AhoCorasick;
use carom::{Engine, Reply};
use regex::RegexSetBuilder;
use std::hint::black_box;
use std::path::Path;

/// All replies, each different from the others.
const REPLIES: usize = 32_000;

/// Replies in a round: few enough that reading them from memory is not what is measured.
const PART: usize = 2_000;

/// Rounds, of which the median counts.
const ROUNDS: usize = 65;

/// A peer, or why there is none.
type Started = Result<Peer, String>;

/// The rows of one number of rules. `peers` is the program that runs them, or why they are left out.
pub(crate) fn size(count: usize, peers: &Result<&Path, String>) -> Vec<Row> {
    let mut random = Random::new(count as u64);
    let rules = synth::rules(count, &mut random);
    let lines = synth::replies(REPLIES + RESERVE, &rules, &mut random);
    let engine = Engine::from_text(synth::source(&rules)).unwrap_or_else(|error| panic!("{error}"));
    let replies: Vec<Reply> = lines.iter().map(|line| Reply::parse(&line.text).from_host(&line.host)).collect();
    let texts: Vec<String> = replies.iter().map(|reply| String::from_utf8_lossy(&reply.text).to_lowercase()).collect();

    let mut own = own(&engine, &lines, &replies);
    let mut others = Vec::new();
    let mut rows = Vec::new();
    let mut loads = Vec::new();
    if peers.is_ok() {
        others.push(literals(&rules, &texts));
        for set in sets(&rules, &texts) {
            match set {
                Ok(set) => others.push(set),
                Err(skipped) => rows.push(skipped),
            }
        }
    }
    for (name, line, part) in [
        ("hyperscan", "hyperscan: expressions, then conditions", PART),
        ("hyperscan-edges", "hyperscan: the same, with word edges", PART),
        ("yara-x", "yara-x: phrases alone", PART / (count / 100).clamp(1, 100)),
    ] {
        match peers.as_ref().map_err(Clone::clone).and_then(|program| start(program, name, &rules, &replies, &texts)) {
            Ok(mut peer) => {
                let load = Row::new("load", count, &format!("{name}: compile"));
                loads.push(load.with("load ms", peer.load_ms));
                others.push(Contender::new(line, part, move |from, count| peer.round(from, count)));
            }
            Err(why) => rows.push(Row::skipped("verdict", count, line, why)),
        }
    }
    let bytes = |text: &[u8]| text.iter().map(|byte| usize::from(*byte)).sum::<usize>();
    let touch = |from: usize, count: usize| {
        let lines = &lines[from..from + count];
        black_box(lines.iter().map(|line| bytes(line.text.as_bytes()) + bytes(line.host.as_bytes())).sum::<usize>());
        let host = |reply: &Reply| reply.host.as_ref().map_or(0, |host| bytes(host.as_str().as_bytes()));
        black_box(replies[from..from + count].iter().map(|reply| bytes(&reply.text) + host(reply)).sum::<usize>());
    };
    // Apart, each at its own pace: a mebibyte of automaton between two turns would be felt for thousands of replies.
    let mut timed = run(count, REPLIES, ROUNDS, &mut own, touch);
    timed.extend(run(count, REPLIES, ROUNDS, &mut others, touch));
    ratios(&mut timed);
    let length = lines.iter().map(|line| line.text.len()).sum::<usize>() as f64 / lines.len() as f64;
    timed[0].figures.push(("bytes a line".to_owned(), length));
    timed.into_iter().chain(rows).chain(loads).collect()
}

/// The floor and Carom.
fn own<'a>(engine: &'a Engine, lines: &'a [Line], replies: &'a [Reply]) -> Vec<Contender<'a>> {
    let known = |reply: &Reply| usize::from(engine.classify(reply).rule().name != "unknown");
    let mut text = Vec::new();
    vec![
        Contender::own("floor: parse and lower-case the line", PART, move |from, count| {
            let read = |line: &Line| {
                let codes = black_box(floor(black_box(line.text.as_bytes()), &mut text));
                black_box(&text);
                usize::from(codes[0] > 0)
            };
            lines[from..from + count].iter().map(read).sum()
        }),
        Contender::own("carom: verdict on a reply", PART, move |from, count| {
            replies[from..from + count].iter().map(known).sum()
        }),
        Contender::own("carom: parse the line, then verdict", PART, move |from, count| {
            let of_line = |line: &Line| known(&Reply::parse(&line.text).from_host(&line.host));
            lines[from..from + count].iter().map(of_line).sum()
        }),
    ]
}

fn literals<'a>(rules: &[Made], texts: &'a [String]) -> Contender<'a> {
    let literals = AhoCorasick::new(rules.iter().map(|rule| &rule.literal)).expect("the literals are taken");
    Contender::own("aho-corasick: literals only", PART, move |from, count| {
        texts[from..from + count].iter().map(|text| usize::from(literals.is_match(text))).sum()
    })
}

/// A set of expressions with the memory for its automaton that it has by itself, and one with a hundred times that.
fn sets<'a>(rules: &[Made], texts: &'a [String]) -> Vec<Result<Contender<'a>, Row>> {
    let lines = [("regex: RegexSet, as it comes", None), ("regex: RegexSet, 256 MiB for it", Some(1 << 28))];
    let set = |(line, memory): (&'static str, Option<usize>)| {
        if rules.len() > 1_000 {
            let why = "above 1,000 rules a round of it takes minutes";
            return Err(Row::skipped("verdict", rules.len(), line, why));
        }
        let mut builder = RegexSetBuilder::new(rules.iter().map(|rule| &rule.regex));
        builder.case_insensitive(true).size_limit(1 << 30);
        memory.map(|memory| builder.dfa_size_limit(memory));
        let set = builder.build().expect("the expressions are taken");
        let part = PART / if rules.len() > 100 { 20 } else { 4 };
        Ok(Contender::own(line, part, move |from, count| {
            texts[from..from + count].iter().map(|text| usize::from(set.matches(text).matched_any())).sum()
        }))
    };
    lines.map(set).into()
}

fn start(program: &Path, name: &str, rules: &[Made], replies: &[Reply], texts: &[String]) -> Started {
    if name != "hyperscan" && rules.len() > 10_000 {
        return Err("above 10,000 rules its compiler takes minutes".to_owned());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (of_rules, of_replies) = (folder.path().join("rules"), folder.path().join("replies"));
    std::fs::write(&of_rules, synth::for_peers(rules)).map_err(|error| error.to_string())?;
    let line = |(reply, text): (&Reply, &String)| {
        let code = reply.code.map_or(0, |code| code.get());
        let class = reply.enhanced.map_or(0, |code| code.class());
        let profile = reply.host.as_ref().and_then(|host| synth::profile(host.as_str())).unwrap_or("-");
        format!("{code}\t{class}\t{profile}\t{text}\n")
    };
    std::fs::write(&of_replies, replies.iter().zip(texts).map(line).collect::<String>())
        .map_err(|error| error.to_string())?;
    // It has read both files when it is ready.
    Peer::start(program, name, &of_rules, &of_replies)
}
