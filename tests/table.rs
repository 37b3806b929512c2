//! The table against the oracle: for rule sets and replies at random, the same rule and the same fields; what
//! fails is made as small as it goes. [`million`] does the same with many more of them.
//!
//! `CAROM_CASES` is the number of rule sets; without it, so many that they take some seconds.

mod million;
mod oracle;
mod proofs;
mod steered;

use carom::{Category, Engine, Kind, Reply, Root};
use oracle::Oracle;
use proptest::prelude::*;
use proptest::sample::SizeRange;
use steered::{Choices, Set};

const REPLIES: usize = 24;

fn cases(usual: u32) -> ProptestConfig {
    let stated = std::env::var("CAROM_CASES").ok().and_then(|cases| cases.parse().ok());
    // The seeds of failures are not kept: what was found has a test of its own.
    ProptestConfig { cases: stated.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

fn choices(length: impl Into<SizeRange>) -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u16>(), length).prop_map(Choices::new)
}

fn set() -> impl Strategy<Value = Set> {
    choices(0..900).prop_map(|mut choices| Set::new(&mut choices))
}

fn load(root: &Root, set: &Set) -> Engine {
    Engine::load(root).unwrap_or_else(|error| panic!("{error}\n{}", set.text()))
}

/// Holds everything that the engine says of a reply against the oracle.
fn agree(engine: &Engine, oracle: &Oracle<'_>, reply: &Reply, set: &Set) -> Result<(), TestCaseError> {
    let said = oracle.verdict(reply);
    let verdict = engine.classify(reply);
    let about = || format!("reply {reply:?} {:?}\n{}", String::from_utf8_lossy(&reply.text), set.text());
    prop_assert_eq!(&verdict.rule().name, &said.name, "{}", about());
    prop_assert_eq!(verdict.fields(), said.fields, "by {}: {}", said.name, about());
    prop_assert_eq!(&verdict.reason().name, &said.reason, "by {}: {}", said.name, about());
    prop_assert_eq!(verdict.category(), said.category, "by {}: {}", said.name, about());
    let explanation = engine.explain(reply);
    prop_assert_eq!(&explanation.verdict.rule().name, &said.name, "{}", about());
    let losers: Vec<_> = explanation.losers.iter().map(|loser| loser.rule.name.as_str()).collect();
    prop_assert_eq!(losers, said.losers, "beside {}: {}", said.name, about());
    Ok(())
}

/// What holds whatever the rules are.
fn is_sound(engine: &Engine, reply: &Reply) -> Result<(), TestCaseError> {
    let verdict = engine.classify(reply);
    let success = reply.kind.map_or(reply.class() == Some(2), |kind| kind == Kind::Delivered);
    prop_assert!(!(verdict.category() == Category::Hard && reply.class() == Some(4)), "a 4xx is never hard");
    prop_assert_eq!(verdict.category() == Category::Delivered, success, "delivered if and only if 2xx");
    prop_assert!(!verdict.rule().name.is_empty());
    let json = serde_json::to_value(&verdict).expect("a verdict is JSON");
    prop_assert_eq!(&json["category"], verdict.category().as_str());
    Ok(())
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn the_table_says_what_the_oracle_says(
        set in set(),
        replies in prop::collection::vec(choices(0..60), REPLIES),
    ) {
        let engine = load(&Root::Texts(vec![("root.carom".to_owned(), set.text())]), &set);
        let oracle = Oracle::new(engine.rules());
        for mut choices in replies {
            let reply = set.reply(&mut choices);
            agree(&engine, &oracle, &reply, &set)?;
            is_sound(&engine, &reply)?;
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn only_general_rules_depend_on_the_order_of_files(
        set in set(),
        order in any::<u64>(),
        replies in prop::collection::vec(choices(0..60), REPLIES),
    ) {
        let plain: Vec<usize> = (0..set.profile_count()).collect();
        let mut shuffled = plain.clone();
        for n in (1..shuffled.len()).rev() {
            shuffled.swap(n, (order >> (n * 8)) as usize % (n + 1));
        }
        let engine = load(&set.files(&plain, [0, 1]), &set);
        let other = load(&set.files(&shuffled, [0, 1]), &set);
        let turned = load(&set.files(&shuffled, [1, 0]), &set);
        let oracle = Oracle::new(turned.rules());
        for mut choices in replies {
            let reply = set.reply(&mut choices);
            let (verdict, same) = (engine.classify(&reply), other.classify(&reply));
            prop_assert_eq!(&verdict.rule().name, &same.rule().name, "profiles in the order {:?}", shuffled);
            prop_assert_eq!(verdict.fields(), same.fields());
            prop_assert_eq!(verdict.actions(), same.actions());
            // The oracle reads the `use` lines itself.
            agree(&turned, &oracle, &reply, &set)?;
        }
    }

    #[test]
    fn the_same_reply_has_the_same_verdict_on_every_thread(
        set in set(),
        replies in prop::collection::vec(choices(0..60), 8),
    ) {
        let engine = load(&Root::Texts(vec![("root.carom".to_owned(), set.text())]), &set);
        let replies: Vec<Reply> = replies.into_iter().map(|mut choices| set.reply(&mut choices)).collect();
        let all = || -> Vec<serde_json::Value> {
            replies.iter().map(|reply| serde_json::to_value(engine.classify(reply)).expect("JSON")).collect()
        };
        let here = all();
        let there: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(all)).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        });
        prop_assert!(there.iter().all(|verdicts| *verdicts == here));
        prop_assert_eq!(all(), here, "the second time");
    }

    #[test]
    fn the_version_is_that_of_every_byte(set in set(), at in any::<u32>(), file in any::<prop::sample::Index>()) {
        let order: Vec<usize> = (0..set.profile_count()).collect();
        let root = set.files(&order, [0, 1]);
        let version = load(&root, &set).version();
        prop_assert_eq!(version, load(&root, &set).version());
        let Root::Texts(mut files) = root else { unreachable!("the files are in memory") };
        let text = &mut files[file.index(order.len() + 3)].1;
        // Between lines one more line end changes a byte and nothing else.
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        text.insert(ends.get(at as usize % ends.len().max(1)).copied().unwrap_or(0), '\n');
        prop_assert_ne!(version, load(&Root::Texts(files), &set).version());
    }
}

#[test]
fn general_rules_are_asked_in_the_order_of_the_use_lines() {
    let file = |name: &str| {
        let text = format!("rule {name} {{\n match phrase \"full\"\n then unknown-to-us\n}}\n");
        (format!("{name}.carom"), text)
    };
    let reason = "reason unknown-to-us {\n category soft\n fault recipient\n scope recipient\n advice \"-\"\n}\n";
    for order in [["a", "b"], ["b", "a"]] {
        let root = format!("use \"{}.carom\"\nuse \"{}.carom\"\n{reason}", order[0], order[1]);
        let files = vec![("root.carom".to_owned(), root), file("a"), file("b")];
        let engine = Engine::load(&Root::Texts(files)).expect("the rules are valid");
        assert_eq!(engine.classify(&Reply::parse("550 full")).rule().name, order[0]);
    }
}

#[test]
fn an_engine_goes_to_other_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Engine>();
}

#[test]
fn the_library_s_own_examples_are_read_alike() {
    let engine = Engine::builtin().expect("the library loads");
    let rules = engine.rules();
    let oracle = Oracle::new(rules);
    for example in rules.rules.iter().flat_map(|rule| &rule.examples) {
        let reply = &example.reply;
        let said = oracle.verdict(reply);
        let explanation = engine.explain(reply);
        let at = rules.sources.at(example.span);
        assert_eq!(explanation.verdict.rule().name, said.name, "{at}");
        assert_eq!(explanation.verdict.fields(), said.fields, "{at}");
        let losers: Vec<&str> = explanation.losers.iter().map(|loser| loser.rule.name.as_str()).collect();
        assert_eq!(losers, said.losers, "{at}");
    }
}
