//! What `carom cover` counts, against the slow way: every reply explained, and each alternative and each veto asked
//! for by a rule set that has nothing else in its place.

mod steered;

use carom::cover::{Cover, Covered};
use carom::{Engine, Kind, Reply};
use proptest::prelude::*;
use std::collections::BTreeMap;
use steered::{Choices, Set};

fn choices(length: std::ops::Range<usize>) -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u16>(), length).prop_map(Choices::new)
}

fn cases(usual: u32) -> ProptestConfig {
    let stated = std::env::var("CAROM_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: stated.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

fn engine(text: &str) -> Engine {
    Engine::from_text(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn covered(engine: &Engine, replies: &[Reply]) -> Covered {
    let watch = Cover::new(engine, false);
    let mut counts = watch.start();
    replies.iter().for_each(|reply| watch.count_real(&mut counts, reply));
    watch.covered(&counts)
}

/// What a rule won, and to whom it lost, by name.
type Naive = BTreeMap<String, (u64, BTreeMap<String, u64>)>;

fn naive(engine: &Engine, replies: &[Reply]) -> Naive {
    let mut counts = Naive::new();
    for reply in replies {
        let explained = engine.explain(reply);
        let winner = explained.verdict.rule().name.clone();
        counts.entry(winner.clone()).or_default().0 += 1;
        // Of a success, and of what a notice says by what it is, no rule is asked.
        if engine.rules().said_before(reply).is_none() {
            for loser in explained.losers {
                *counts.entry(loser.rule.name.clone()).or_default().1.entry(winner.clone()).or_default() += 1;
            }
        }
    }
    counts
}

/// The names of the rules that match a reply.
fn matching(engine: &Engine, reply: &Reply) -> Vec<String> {
    let explained = engine.explain(reply);
    let winner = explained.verdict.rule().name.clone();
    explained.losers.iter().map(|loser| loser.rule.name.clone()).chain([winner]).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn wins_and_losses_are_those_of_the_explanations(
        mut set in choices(0..900).prop_map(|mut choices| (Set::new(&mut choices), choices)),
        replies in prop::collection::vec(choices(0..60), 24),
    ) {
        let profiles: Vec<usize> = (0..set.0.profile_count()).collect();
        let engine = Engine::load(&set.0.files(&profiles, [0, 1])).unwrap_or_else(|error| panic!("{error}\n{}", set.0.text()));
        let mut replies: Vec<Reply> = replies.into_iter().map(|mut choices| set.0.reply(&mut choices)).collect();
        if set.1.one_in(2) {
            replies.push(Reply::parse("250 2.0.0 mailbox full"));
        }
        let covered = covered(&engine, &replies);
        let naive = naive(&engine, &replies);
        prop_assert_eq!(covered.replies, replies.len() as u64);
        for each in &covered.each {
            let rule = engine.rules().rule(each.rule);
            let (won, lost_to) = naive.get(&rule.name).cloned().unwrap_or_default();
            let counted: BTreeMap<String, u64> =
                each.lost_to.iter().map(|(id, count)| (engine.rules().rule(*id).name.clone(), *count)).collect();
            prop_assert_eq!(each.won, won, "{}", &rule.name);
            prop_assert_eq!(counted, lost_to, "{}", &rule.name);
            prop_assert_eq!(each.lost, each.lost_to.iter().map(|(_, count)| count).sum::<u64>());
        }
        // Half of them counted apart come to the same.
        let watch = Cover::new(&engine, false);
        let (mut first, mut second) = (watch.start(), watch.start());
        for (n, reply) in replies.iter().enumerate() {
            watch.count_real(if n % 2 == 0 { &mut first } else { &mut second }, reply);
        }
        second.merge(&first);
        prop_assert_eq!(watch.covered(&second), covered);
    }
}

const CODES: &[&str] = &["550", "4xx", "552..554", "none"];
const PHRASES: &[&str] = &["full", "user unknown", "over * quota", "block*", "try again in {wait:duration}", "again"];
const TEXTS: &[&str] = &[
    "mailbox full",
    "user unknown, blocked",
    "over the quota, full",
    "try again in 5 minutes",
    "again and again",
    "blocking",
    "",
    "nothing",
];

/// A rule by its alternatives: those of each line, and the phrases that veto.
#[derive(Debug, Clone)]
struct Plain {
    codes: Vec<usize>,
    phrases: Vec<usize>,
    unless: Vec<usize>,
}

impl Plain {
    fn text(&self, name: &str) -> String {
        let list = |all: &[&str], own: &[usize], quote: &str| -> String {
            own.iter().map(|n| format!("{quote}{}{quote}", all[*n])).collect::<Vec<_>>().join(",\n        ")
        };
        let unless: String = self.unless.iter().map(|n| format!("    unless phrase \"{}\"\n", PHRASES[*n])).collect();
        let (codes, phrases) = (list(CODES, &self.codes, ""), list(PHRASES, &self.phrases, "\""));
        format!("rule {name} {{\n    match code {codes}\n    match phrase {phrases}\n{unless}    then refused\n}}\n")
    }
}

const REASON: &str =
    "reason refused {\n    category block\n    fault sender\n    scope ip\n    advice \"Ask.\"\n    do gate\n}\n";

fn plain() -> impl Strategy<Value = Plain> {
    let some = |all: &'static [&'static str], least: usize| {
        prop::sample::subsequence((0..all.len()).collect::<Vec<_>>(), least..=3)
    };
    (some(CODES, 1), some(PHRASES, 1), some(PHRASES, 0)).prop_map(|(codes, phrases, unless)| Plain {
        codes,
        phrases,
        unless,
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn alternatives_and_vetoes_are_those_that_hold_alone(
        rules in prop::collection::vec(plain(), 1..5),
        replies in prop::collection::vec((prop::sample::select(vec!["550", "451", "553", "521", ""]), prop::sample::select(TEXTS)), 1..20),
    ) {
        let all: String = rules.iter().enumerate().map(|(n, rule)| rule.text(&format!("r{n}"))).collect();
        let engine = engine(&format!("{REASON}{all}"));
        let replies: Vec<Reply> = replies.iter().map(|(code, text)| Reply::parse(format!("{code} {text}"))).collect();
        let covered = covered(&engine, &replies);
        for (n, rule) in rules.iter().enumerate() {
            let name = format!("r{n}");
            let each = covered.each.iter().find(|each| engine.rules().rule(each.rule).name == name).expect("it is counted");
            let won: Vec<&Reply> =
                replies.iter().filter(|reply| engine.classify(reply).rule().name == name).collect();
            let alone = |rule: Plain| self::engine(&format!("{REASON}{}", rule.text("alone")));
            let holds = |engine: &Engine, reply: &Reply| matching(engine, reply).contains(&"alone".to_owned());
            for (k, code) in rule.codes.iter().enumerate() {
                let alone = alone(Plain { codes: vec![*code], ..rule.clone() });
                let count = won.iter().filter(|reply| holds(&alone, reply)).count() as u64;
                prop_assert_eq!((&*each.lines[0].alternatives[k].text, each.lines[0].alternatives[k].count), (CODES[*code], count));
            }
            for (k, phrase) in rule.phrases.iter().enumerate() {
                let alone = alone(Plain { phrases: vec![*phrase], ..rule.clone() });
                let count = won.iter().filter(|reply| holds(&alone, reply)).count() as u64;
                prop_assert_eq!(each.lines[1].alternatives[k].count, count, "{}", PHRASES[*phrase]);
            }
            let bare = alone(Plain { unless: Vec::new(), ..rule.clone() });
            for (k, phrase) in rule.unless.iter().enumerate() {
                let spared = alone(Plain { unless: vec![*phrase], ..rule.clone() });
                let count = replies.iter().filter(|reply| holds(&bare, reply) && !holds(&spared, reply)).count() as u64;
                let line = &each.lines[2 + k];
                prop_assert!(line.unless);
                prop_assert_eq!(line.alternatives[0].count, count, "unless {}", PHRASES[*phrase]);
            }
        }
    }
}

#[test]
fn examples_of_the_library_touch_all_of_its_rules() {
    let engine = Engine::builtin().expect("the library loads");
    let watch = Cover::new(&engine, false);
    let covered = watch.covered(&watch.tests());
    assert_eq!(covered.rules.touched, covered.rules.all);
    assert_eq!(covered.examples.touched, covered.examples.all);
    assert_eq!(covered.rules.all as usize, engine.rules().rules.len() - 1 - Kind::ALL.len(), "all but the prelude's");
}

#[test]
fn an_example_is_touched_by_a_reply_like_it() {
    let text = format!(
        "{REASON}rule full {{\n    match phrase \"mailbox * full\"\n    then refused\n    \
         example \"552 5.2.2 Mailbox ab12 is full\"\n    example \"552 Mailbox is full\"\n}}\n"
    );
    let engine = engine(&text);
    let touched = |reply: &str| {
        let covered = covered(&engine, &[Reply::parse(reply)]);
        covered.each[0].examples.iter().map(|(_, touched)| *touched).collect::<Vec<_>>()
    };
    assert_eq!(touched("552 5.2.2 mailbox AB7 is full"), [true, false]);
    assert_eq!(touched("552 mailbox  is full"), [false, true]);
    assert_eq!(touched("552 5.2.2 mailbox xy7 is full"), [false, false]);
}

#[test]
fn a_block_of_phrases_is_counted_where_it_stands() {
    let text = format!(
        "{REASON}phrases lists {{\n    \"zen.spamhaus.org\"   set list \"ZEN\"\n    \"bl.spamcop.net\"\n}}\n\
         rule listed {{\n    match phrase \"blocked\", lists, regex 'li''st'\n    then refused\n}}\n"
    );
    let engine = engine(&text);
    let covered = covered(&engine, &[Reply::parse("550 see bl.spamcop.net"), Reply::parse("550 blocked")]);
    let said: Vec<(String, u64, u32)> = covered.each[0].lines[0]
        .alternatives
        .iter()
        .map(|each| (each.text.clone(), each.count, engine.rules().sources.at(each.span).line))
        .collect();
    let of = |text: &str, count, line| (text.to_owned(), count, line);
    assert_eq!(
        said,
        [
            of("\"blocked\"", 1, 13),
            of("\"zen.spamhaus.org\"", 0, 9),
            of("\"bl.spamcop.net\"", 1, 10),
            of("'li''st'", 0, 13)
        ]
    );
}
