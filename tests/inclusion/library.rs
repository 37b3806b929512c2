//! The phrases of the shipped library, each with each that has a word in common with it.

use super::*;
use carom::ruleset::PatternKind;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

#[test]
fn the_library_is_decided() {
    let engine = Engine::builtin().expect("the library loads");
    let rules = engine.rules();
    let ids = rules.rules.iter().flat_map(|rule| &rule.conditions).flat_map(|condition| match &condition.column {
        Column::Phrase(alternatives) | Column::Text(alternatives, _) => alternatives.as_slice(),
        _ => &[],
    });
    let ids: HashSet<PatternId> = ids.map(|alternative| alternative.pattern).collect();
    let mut of_word: HashMap<&str, Vec<PatternId>> = HashMap::new();
    for id in &ids {
        let pattern = rules.pattern(*id);
        if matches!(pattern.kind, PatternKind::Regex(_)) {
            continue;
        }
        for word in pattern.written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            of_word.entry(word).or_default().push(*id);
        }
    }
    let inclusion = Inclusion::new(rules);
    let pairs: HashSet<(PatternId, PatternId)> =
        of_word.values().flat_map(|ids| ids.iter().flat_map(|p| ids.iter().map(|q| (*p, *q)))).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut slowest = (std::time::Duration::ZERO, String::new());
    let start = Instant::now();
    for (p, q) in pairs.iter().filter(|(p, q)| p != q) {
        let (written, began) = (|id| &rules.pattern(id).written, Instant::now());
        let answer = inclusion.implies(*p, *q);
        let pair = || format!("{:?} implies {:?}", written(*p), written(*q));
        if began.elapsed() > slowest.0 {
            slowest = (began.elapsed(), pair());
        }
        assert_ne!(answer, Answer::Undecided, "{}", pair());
        *counts.entry(if answer == Answer::Yes { "yes" } else { "no" }).or_default() += 1;
    }
    println!("{} phrases, {counts:?} in {:?}; the slowest: {slowest:?}", ids.len(), start.elapsed());
    assert!(counts.values().all(|count| *count > 0) && counts.len() == 2, "{counts:?}");
}
