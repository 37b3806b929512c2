//! Automata against the matcher: text by text they say the same.

use super::automaton::{Automaton, Count, START, Side, State};
use super::{Asked, Inclusion};
use crate::Engine;
use crate::reply::{ADDRESS, fold};
use crate::ruleset::PatternId;
use proptest::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;

/// For each state that is come to, the least that is counted there.
type Threads = HashMap<State, u16>;

fn closure(automaton: &Automaton, threads: &Threads, before: Side, after: Side) -> Threads {
    let mut closure = threads.clone();
    let mut next: Vec<State> = threads.keys().copied().collect();
    while let Some(state) = next.pop() {
        for (guard, to) in automaton.empties(state) {
            if guard.holds(before, after) && closure.insert(*to, 0).is_none() {
                next.push(*to);
            }
        }
    }
    closure
}

/// Whether an automaton accepts a text, by the definition.
fn accepts(automaton: &Automaton, text: &str) -> bool {
    let (mut threads, mut before) = (Threads::from([(START, 0)]), Side::NOTHING);
    for c in text.chars() {
        let after = Side::of(c, true);
        let mut moved = Threads::new();
        for (state, count) in closure(automaton, &threads, before, after) {
            for step in
                automaton.steps(state).iter().filter(|step| automaton.labels()[usize::from(step.label)].holds(c))
            {
                let counted = match step.count {
                    Count::Nothing => 0,
                    Count::Same => count,
                    Count::Bytes(most) if count + c.len_utf8() as u16 > most => continue,
                    Count::Bytes(_) => count + c.len_utf8() as u16,
                };
                moved.entry(step.to).and_modify(|least| *least = counted.min(*least)).or_insert(counted);
            }
        }
        (threads, before) = (moved, after);
    }
    closure(automaton, &threads, before, Side::NOTHING).contains_key(&automaton.accept())
}

const PHRASES: &[&str] = &[
    "{a:ip}",
    "x{a:ip}y",
    "[{a:ip}]",
    "{a:host}",
    "a{a:host}b",
    "{a:number}",
    "1{a:number}2",
    "{a:digits}",
    "a{a:digits}b",
    "{a:word}",
    "a{a:word}",
    "{a:word} {b:word}",
    "{a:duration}",
    "1{a:duration}a",
    "{a:address}",
    "a{a:address}",
    "{a:ip}:{b:digits}",
    "{a:host}.{b:ip}",
    "a*",
    "*a",
    "a*b",
    "*量*",
    "a * b",
    "量 * {a:digits}",
    "{a:word} * 1",
    "a* * *b",
    "{a:word} * {b:ip}",
    "-",
    "_a_",
];

const EXPRESSIONS: &[&str] = &[
    r"\ba\b",
    r"^a|b$",
    r"\w+ \W",
    r"(?-u:\b)a(?-u:\B)",
    r"\d{2,3}[^a]",
    r"(?m)^a$",
    r"(?x) a \ b # c",
    r"[а-я]?é*1",
    r"\b{start}\w\b{end}",
    r"\b{start-half}a",
    r"a(?-u:\d|\s)b",
    r"a??b*?\z",
    "(?:a|b|)1",
    r"\S\s\S",
];

fn text() -> impl Strategy<Value = String> {
    let longest = |c: &'static str| prop::collection::vec(Just(c), 60..300).prop_map(|all| all.concat());
    let part = prop_oneof![
        4 => "[ab12 ._:é量фx-]{0,12}",
        3 => "[0-2]{1,3}(\\.[0-9]{1,3}){1,4}",
        3 => "[0-9a-f]{0,5}(:{1,2}[0-9a-f]{0,5}){1,9}(\\.25[0-9]|\\.0?[0-9]){0,3}",
        2 => "[0-9]{1,11} ?(s|secs?|seconds?|m|min(ute)?s?|hr?s?|hours?|d|days?)x?",
        2 => "[0-9]{0,5}(:[0-9]{1,5}){1,3}",
        2 => "[0-9.,]{1,10}",
        1 => prop_oneof![longest("a"), longest("1"), longest("é"), longest("量"), longest("a.")],
        1 => Just(ADDRESS.to_string()),
        1 => (1..20_usize).prop_map(|n| "b ".repeat(n)),
    ];
    prop::collection::vec(part, 1..4).prop_map(|parts| {
        // As folding leaves it, but with what stands for an address.
        let mut folded = String::new();
        fold(&parts.concat().replace(ADDRESS, "\u{E000}").replace('@', ""), &mut folded);
        folded.replace('\u{E000}', "\u{1}")
    })
}

/// The rules of all these patterns, each for itself.
fn engine(phrases: &[&str], expressions: &[&str]) -> Engine {
    let mut rules =
        String::from("reason r {\n category block\n fault sender\n scope ip\n advice \"Wait.\"\n do alert\n}\n");
    for (n, phrase) in phrases.iter().enumerate() {
        let _ = writeln!(rules, "rule p{n} {{\n match phrase \"{phrase}\"\n then r\n}}");
    }
    for (n, expression) in expressions.iter().enumerate() {
        let _ = writeln!(rules, "rule e{n} {{\n match phrase regex '{expression}'\n then r\n}}");
    }
    Engine::from_text(rules).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn addresses_of_every_shape() {
    let engine = engine(&["{a:ip}"], &[]);
    let inclusion = Inclusion::new(engine.rules());
    let number = engine.rules().patterns.iter().position(|pattern| pattern.written == "{a:ip}").expect("the gap");
    let mut standing = 0;
    for (groups, last) in
        (0..10).flat_map(|groups| ["", "1.2.3.4", "1.02.3.4", "255.255.256.1"].map(|last| (groups, last)))
    {
        let parts: Vec<&str> = ["1f0", "0", "ffff"].into_iter().cycle().take(groups).chain([last]).collect();
        let parts = if last.is_empty() { &parts[..groups] } else { &parts[..] };
        // With `::` before each part and behind the last, and without.
        for double in 0..=parts.len() + 1 {
            let (before, after) = parts.split_at(double.min(parts.len()));
            let text = match double {
                double if double > parts.len() => parts.join(":"),
                _ => format!("{}::{}", before.join(":"), after.join(":")),
            };
            for asked in [Asked::anywhere(PatternId(number as u32)), Asked::whole(PatternId(number as u32))] {
                let found = inclusion.stands(asked, &text);
                standing += usize::from(found);
                let automaton = inclusion.automaton(asked).expect("it is small");
                assert_eq!(accepts(automaton, &text), found, "{text:?} {}", asked.whole);
            }
        }
    }
    assert!(standing > 100, "{standing}");
}

#[test]
fn automata_accept_what_the_matcher_finds() {
    let engine = engine(PHRASES, EXPRESSIONS);
    let inclusion = Inclusion::new(engine.rules());
    let patterns = engine.rules().patterns.len();
    assert!(patterns >= PHRASES.len() + EXPRESSIONS.len());
    let asked: Vec<Asked> =
        (0..patterns as u32).flat_map(|n| [Asked::anywhere(PatternId(n)), Asked::whole(PatternId(n))]).collect();
    let config = ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(text in text())| {
        for asked in &asked {
            let automaton = inclusion.automaton(*asked).expect("none is large");
            let written = &engine.rules().pattern(asked.pattern).written;
            let found = inclusion.stands(*asked, &text);
            prop_assert_eq!(accepts(automaton, &text), found, "{:?} {} in {:?}", written, asked.whole, text);
        }
    });
}
