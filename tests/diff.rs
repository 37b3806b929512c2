//! What `diff` finds, on rule sets at random: nothing between a set and itself, every edit that changes what is
//! said of a steered reply, and no witness that does not behave as is claimed.
//!
//! `CAROM_EDITS` is the number of edits that must show; without it, 200. Among very many some are missed: those that
//! show only where a whole text or a veto must meet other phrases in itself.

mod edits;
mod steered;

use carom::diff::{Addresses, Cell, Comparison, Said, Seen, Traffic, Tried};
use carom::{Engine, Reply};
use edits::{EDITS, Edited};
use proptest::prelude::*;
use serde_json::Value;
use steered::{Choices, Set};

/// How many steered replies an edit is looked for in.
const REPLIES: usize = 400;

/// Numbers at random, the same at each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn choices(&mut self, length: usize) -> Choices {
        Choices::new((0..length).map(|_| self.next() as u16).collect())
    }
}

/// A verdict without what depends on where its rule stands and how it is sourced.
fn said(engine: &Engine, reply: &Reply) -> Value {
    let mut verdict = serde_json::to_value(engine.classify(reply)).expect("a verdict is JSON");
    for name in ["at", "snapshot", "trust"] {
        verdict.as_object_mut().expect("a verdict is an object").remove(name);
    }
    verdict
}

/// Holds what is said of a witness against what the engine says.
fn behaves(engine: &Engine, reply: &Reply, claimed: &Said) {
    let verdict = engine.classify(reply);
    assert_eq!(*claimed, Said::new(&verdict));
    let json = said(engine, reply);
    assert_eq!(json["category"], claimed.category.as_str());
    assert_eq!(json["reason"], claimed.reason);
    assert_eq!(json["rule"], claimed.rule.rule);
    assert_eq!(json["actions"].as_array().map(Vec::len), Some(claimed.actions.len()));
}

fn all_behave(old: &Engine, new: &Engine, cells: &[Cell]) {
    for cell in cells {
        behaves(old, &cell.witness, &cell.old);
        behaves(new, &cell.witness, &cell.new);
        assert_ne!(said(old, &cell.witness), said(new, &cell.witness), "a witness shows a difference");
    }
}

#[test]
fn every_edit_that_shows_in_a_sample_is_found() {
    let wanted = std::env::var("CAROM_EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(200);
    let mut numbers = Numbers(7);
    let (mut shown, mut silent, mut missed) = (0, 0, Vec::new());
    let mut by_edit = std::collections::BTreeMap::<&str, usize>::new();
    while shown < wanted {
        let set = Set::new(&mut numbers.choices(900));
        let what = EDITS[numbers.next() as usize % EDITS.len()];
        let mut edited = Edited::new(&set.text());
        if !edited.edit(what, &mut numbers.choices(20)) {
            continue;
        }
        let old = Engine::from_text(set.text()).expect("random sets are valid");
        // Some edits leave no valid rules: two profiles that claim one host.
        let Ok(new) = Engine::from_text(edited.text()) else { continue };
        let replies: Vec<Reply> = (0..REPLIES).map(|_| set.reply(&mut numbers.choices(60))).collect();
        let comparison = Comparison::new(&old, &new);
        let mut seen = None;
        for reply in &replies {
            let differs = said(&old, reply) != said(&new, reply);
            assert_eq!(comparison.changed(reply).is_some(), differs, "{what}: {reply:?}");
            if differs && seen.is_none() {
                seen = Some(reply);
            }
        }
        let Tried { cells, .. } = comparison.search();
        all_behave(&old, &new, &cells);
        match seen {
            None => silent += 1,
            Some(reply) => {
                shown += 1;
                *by_edit.entry(what).or_default() += 1;
                if cells.is_empty() {
                    let text = String::from_utf8_lossy(&reply.text).into_owned();
                    missed.push(format!("{what}: {reply:?} {text:?}\n{}\n---\n{}", set.text(), edited.text()));
                }
            }
        }
    }
    eprintln!("{shown} edits shown, {silent} not; {by_edit:?}");
    assert!(missed.is_empty(), "{} of {shown} missed\n{}", missed.len(), missed.join("\n=======\n"));
    assert!(by_edit.len() >= EDITS.len() - 1, "edits of all kinds: {by_edit:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_set_and_itself_do_not_differ(
        numbers in prop::collection::vec(any::<u16>(), 0..900),
        replies in prop::collection::vec(prop::collection::vec(any::<u16>(), 0..60), 20),
    ) {
        let set = Set::new(&mut Choices::new(numbers));
        let [old, new] = [(); 2].map(|()| Engine::from_text(set.text()).expect("random sets are valid"));
        let comparison = Comparison::new(&old, &new);
        prop_assert!(comparison.edits().is_empty());
        prop_assert!(comparison.settings().is_empty());
        prop_assert!(comparison.search().cells.is_empty());
        let addresses = Addresses::default();
        let mut traffic = Traffic::new(&comparison, &addresses);
        for choices in replies {
            let reply = set.reply(&mut Choices::new(choices));
            traffic.add(Seen { source: &"-", recipient: Some("a@x.example"), reply: &reply });
        }
        let found = traffic.finish();
        prop_assert_eq!((found.replies, found.changed, found.suppressed.newly), (20, 0, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn where_a_rule_stands_makes_no_difference(numbers in prop::collection::vec(any::<u16>(), 0..900)) {
        let set = Set::new(&mut Choices::new(numbers));
        let order: Vec<usize> = (0..set.profile_count()).rev().collect();
        let old = Engine::from_text(set.text()).expect("random sets are valid");
        let new = Engine::load(&set.files(&order, [0, 1])).expect("so they are over several files");
        let comparison = Comparison::new(&old, &new);
        prop_assert!(comparison.edits().is_empty(), "{:?}", comparison.edits());
        prop_assert!(comparison.search().cells.is_empty());
    }
}

#[test]
fn the_library_and_itself_do_not_differ() {
    let [old, new] = [(); 2].map(|()| Engine::builtin().expect("the library loads"));
    let comparison = Comparison::new(&old, &new);
    assert!(comparison.edits().is_empty() && comparison.settings().is_empty());
    let Tried { replies, cells } = comparison.search();
    assert!(cells.is_empty());
    assert!(replies as usize > old.rules().rules.len(), "each rule is tried at least once");
}
