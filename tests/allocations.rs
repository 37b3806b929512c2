//! A verdict takes no memory of its own once the thread is warm.

use carom::{Engine, Reply};

#[test]
fn a_verdict_allocates_nothing_after_the_first() {
    let engine = Engine::builtin().unwrap_or_else(|error| panic!("{error}"));
    let rules = engine.rules();
    let replies: Vec<&Reply> =
        rules.rules.iter().flat_map(|rule| &rule.examples).map(|example| &example.reply).collect();
    assert!(replies.len() > 500);
    let all = || replies.iter().filter(|reply| engine.classify(reply).lowered()).count();
    // The first time the buffers grow and expressions are compiled.
    let warm = all();
    let mut again = 0;
    let counted = allocation_counter::measure(|| again = all());
    assert_eq!((again, counted.count_total), (warm, 0));
}
