//! Phrases at random, of few words, so that many of them imply others.

use super::*;
use proptest::prelude::*;

/// Numbers to choose by; the first choice, the plainest, where they have run out.
struct Choices(std::vec::IntoIter<u16>);

impl Choices {
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }
}

const WORDS: &[&str] = &["full", "mail", "box", "a", "5", "full", "量", "é", "ab", "a.b", "12"];
const BETWEEN: &[&str] = &[" ", " ", " ", "-", "", "_", ". ", ", ", ":"];
const TYPES: &[&str] = &["digits", "word", "ip", "host", "number", "duration", "address"];

#[derive(Debug, Clone)]
enum Unit {
    Word(&'static str),
    /// A word with a star before it, behind it, or between it and another.
    Starred(&'static str, usize, &'static str),
    Gap(&'static str),
}

/// What stands before each unit, and the unit; none is a free `*`.
type Phrase = Vec<(Option<&'static str>, Unit)>;

fn unit(choices: &mut Choices, plain: bool) -> Unit {
    let word = choices.one_of(WORDS);
    match choices.below(8) {
        0..5 => Unit::Word(word),
        5 => Unit::Starred(word, choices.below(3), choices.one_of(WORDS)),
        _ if plain => Unit::Word(word),
        _ => Unit::Gap(choices.one_of(TYPES)),
    }
}

fn phrase(choices: &mut Choices, plain: bool) -> Phrase {
    let between = |choices: &mut Choices| (plain || !choices.one_in(5)).then(|| choices.one_of(BETWEEN));
    (0..1 + choices.below(3)).map(|_| (between(choices), unit(choices, plain))).collect()
}

/// The phrase with something taken out, put in its place, or put to it.
fn changed(phrase: &Phrase, choices: &mut Choices, plain: bool) -> Phrase {
    let mut phrase = phrase.clone();
    let at = choices.below(phrase.len());
    match choices.below(6) {
        0 if phrase.len() > 1 => drop(phrase.remove(at)),
        1 if !plain => phrase[at].0 = None,
        2 => {
            if let Unit::Word(word) = phrase[at].1 {
                phrase[at].1 = Unit::Starred(word, choices.below(2), "");
            }
        }
        3 => phrase[at].1 = unit(choices, plain),
        4 => phrase.insert(at, (Some(choices.one_of(BETWEEN)), unit(choices, plain))),
        _ if phrase.len() > 1 => drop(phrase.pop()),
        _ => {}
    }
    phrase
}

/// An expression of the same words.
fn expression(choices: &mut Choices) -> String {
    const PIECES: &[&str] = &[
        r"\b",
        " ",
        r"\w+",
        r"\d{1,3}",
        "[a-f]",
        ".",
        "(?:a|full|mail box)",
        "(?:mail )?",
        "[^ ]*",
        "-?",
        r"(?:\W|$)",
        "é",
        "[а-я]",
        "量?",
        r"\S",
        "5{2,}",
        "(?:^| )",
        r"(?-u:\b)",
        ".{0,3}",
        "[[:alpha:]]",
        "A",
        r"\b{start}",
        "$",
    ];
    let mut out = String::from("regex '");
    for _ in 0..1 + choices.below(4) {
        out.push_str(choices.one_of(PIECES));
        out.push_str(choices.one_of(WORDS));
        if choices.one_in(3) {
            out.push_str(choices.one_of(PIECES));
        }
    }
    out.push('\'');
    out
}

fn written(phrase: &Phrase) -> String {
    let mut out = String::new();
    for (n, (before, unit)) in phrase.iter().enumerate() {
        if n > 0 {
            out.push_str(before.unwrap_or(" * "));
        }
        match unit {
            Unit::Word(word) => out.push_str(word),
            Unit::Starred(word, 0, _) => out += &format!("{word}*"),
            Unit::Starred(word, 1, _) => out += &format!("*{word}"),
            Unit::Starred(word, _, other) => out += &format!("{word}*{other}"),
            Unit::Gap(kind) => out += &format!("{{g{n}:{kind}}}"),
        }
    }
    out
}

/// A text that the phrase stands in, or nearly.
fn text(phrase: &Phrase, choices: &mut Choices) -> String {
    const RESTS: &[&str] = &["", "", "x", "é", "5", "量", "full"];
    let mut out = choices.one_of(&["", "", "x", "a ", "_", "量", "5.", "é"]).to_owned();
    for (n, (before, unit)) in phrase.iter().enumerate() {
        match before {
            _ if n == 0 => {}
            Some(before) => out.push_str(before),
            None => {
                out.push_str(choices.one_of(&[" ", " full ", " - ", "- ", " x a. 5 b ", " a", "  _"]));
                if choices.one_in(6) {
                    out.push_str(&"x ".repeat(10 + choices.below(4)));
                }
            }
        }
        let rest = choices.one_of(RESTS);
        match unit {
            Unit::Word(word) => out.push_str(word),
            Unit::Starred(word, 0, _) => out += &format!("{word}{rest}"),
            Unit::Starred(word, 1, _) => out += &format!("{rest}{word}"),
            Unit::Starred(word, _, other) => out += &format!("{word}{rest}{other}"),
            Unit::Gap(kind) => out.push_str(choices.one_of(values(kind))),
        }
    }
    out.push_str(choices.one_of(&["", "", "x", " a", "_", "量", ".5", "é", "full"]));
    if choices.one_in(3) {
        let places: Vec<usize> = out.char_indices().map(|(at, _)| at).chain([out.len()]).collect();
        let at = places[choices.below(places.len())];
        out.insert_str(at, choices.one_of(&["x", " ", "_", "-", "é", "量", "5", "."]));
    }
    out
}

fn values(kind: &str) -> &'static [&'static str] {
    match kind {
        "ip" => &["192.0.2.7", "::", "2001:db8::1", "::ffff:1.2.3.4", "1.2.3", "1.2.3.4.5", "a::b:c", "01.2.3.4"],
        "host" => &["a.b", "mx.example.com", "5.full", "a", "a-.b", "a..b", "1.2.3.4"],
        "number" | "digits" => &["7", "12", "1,024", "1.5", "007", "1.", "5"],
        "duration" => &["5 minutes", "5m", "12:30", "1:2:3", "5 min", "5", "00:05:00"],
        "address" => &["ann@example.com", "\"a b\"@[1.2.3.4]", "a@b", "a"],
        _ => &["full", "a", "_", "-", "é", "量", "a-b_5", "5"],
    }
}

/// How often there was each answer.
#[derive(Debug, Default)]
struct Counts {
    yes: usize,
    no: usize,
    undecided: usize,
}

/// A dozen phrases of which many are changed ones of others, all pairs of them, and texts for them.
fn hold(choices: &mut Choices, plain: bool, expressions: usize, counts: &mut Counts) {
    let mut all: Vec<Phrase> = (0..4).map(|_| phrase(choices, plain)).collect();
    while all.len() < 12 {
        let of = choices.below(all.len());
        all.push(changed(&all[of], choices, plain));
    }
    let mut patterns: Vec<String> = all.iter().map(written).collect();
    patterns.extend((0..expressions).map(|_| expression(choices)));
    let phrases = Phrases::new(&patterns);
    let inclusion = phrases.inclusion();
    let whole = |p: usize, q: usize| {
        [
            (p, q, "whole", "anywhere", inclusion.implies(phrases.whole(p), phrases.anywhere(q))),
            (p, q, "whole", "whole", inclusion.implies(phrases.whole(p), phrases.whole(q))),
            (p, q, "anywhere", "anywhere", phrases.implies(&inclusion, p, q)),
        ]
    };
    let answers: Vec<_> =
        (0..patterns.len()).flat_map(|p| (0..patterns.len()).flat_map(move |q| whole(p, q))).collect();
    for (p, q, _, _, answer) in &answers {
        match answer {
            Answer::Yes => counts.yes += 1,
            Answer::No => counts.no += 1,
            Answer::Undecided => {
                println!("undecided: {} implies {}", patterns[*p], patterns[*q]);
                counts.undecided += 1;
            }
        }
    }
    for _ in 0..200 {
        let of = choices.below(all.len());
        let mut raw = text(&all[of], choices);
        if choices.one_in(8) {
            let of = choices.below(all.len());
            raw += &format!(" {}", text(&all[of], choices));
        }
        let matching = phrases.matching(&raw);
        for (p, q, how, then, answer) in &answers {
            if *answer == Answer::Yes && matching.contains(&format!("{how}-{p}")) {
                let (p, then) = (&patterns[*p], format!("{then}-{q}"));
                assert!(
                    matching.contains(&then),
                    "{p:?} ({how}) stands in {raw:?}, but not {:?} ({then})",
                    patterns[*q]
                );
            }
        }
    }
}

fn many(plain: bool, expressions: usize, length: usize, cases: u32) -> Counts {
    let stated = std::env::var("CAROM_CASES").ok().and_then(|cases| cases.parse().ok());
    let config =
        ProptestConfig { cases: stated.unwrap_or(cases), failure_persistence: None, ..ProptestConfig::default() };
    let counts = std::cell::RefCell::new(Counts::default());
    let numbers = prop::collection::vec(any::<u16>(), length);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let run = runner.run(&numbers, |numbers| {
        hold(&mut Choices(numbers.into_iter()), plain, expressions, &mut counts.borrow_mut());
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    counts.into_inner()
}

#[test]
fn phrases_without_gaps_are_always_decided() {
    let counts = many(true, 0, 3_000, 24);
    println!("{counts:?}");
    assert!(counts.yes > 0 && counts.no > 0, "{counts:?}");
    assert_eq!(counts.undecided, 0, "{counts:?}");
}

#[test]
fn phrases_with_gaps_are_mostly_decided() {
    let counts = many(false, 0, 4_000, 24);
    println!("{counts:?}");
    assert!(counts.undecided * 100 <= counts.yes + counts.no, "{counts:?}");
}

#[test]
fn expressions_are_mostly_decided() {
    let counts = many(false, 8, 5_000, 24);
    println!("{counts:?}");
    assert!(counts.undecided * 10 <= counts.no, "{counts:?}");
}
