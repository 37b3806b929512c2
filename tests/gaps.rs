//! What `carom gaps` promises: clusters part the replies, templates match what they stand for, drafts hold.

use carom::gaps::{Gaps, Gathered};
use carom::{Engine, Reply};
use proptest::prelude::*;
use std::collections::BTreeMap;

const RULES: &str = r#"
reason refused {
    category block
    fault    sender
    scope    ip
    advice   "Ask."
    do       gate
}
reason user-unknown {
    category hard
    fault    recipient
    scope    recipient
    advice   "Take it off."
}
profile harbour {
    hosts    "*.mx.harbour.example"
}
rule known {
    match    phrase "user unknown"
    then     user-unknown
    example  "550 User unknown"
}
fallback bad-mailbox {
    match    enhanced 5.1.1
    then     user-unknown
    example  "550 5.1.1 Sorry"
}
fallback rest {
    match    code 4xx, 5xx
    then     refused
    example  "550 Sorry"
}
"#;

const SENTENCES: &[&str] = &[
    "<ann@example.com>: recipient address rejected: go away",
    "connect to W.example.com[192.0.2.N]:25: not today",
    "mailbox W over the limit of N bytes",
    "[N] message WN refused by W",
    "see https://W.example/help?id=WN for W W",
    "no",
    "user unknown",
    "W",
    "容量 W を超えています",
    "try again in N minutes, W; \"*{W}\\\"",
    "",
    "service W is closed until N, please W again",
];

const NAMES: &[&str] =
    &["ann", "bob", "carl", "dora", "emil", "fred", "x1y2z3", "7fa9", "Straße", "\u{202e}q", "a b c"];

fn cases(usual: u32) -> ProptestConfig {
    let stated = std::env::var("CAROM_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: stated.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

fn said() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec!["550 ", "550 5.1.1 ", "451 4.7.1 ", "", "554-", "250 "]);
    let names = prop::collection::vec(prop::sample::select(NAMES), 4);
    (head, prop::sample::select(SENTENCES), names, any::<u16>()).prop_map(|(head, sentence, names, number)| {
        let mut text = head.to_owned();
        let mut names = names.into_iter();
        for c in sentence.chars() {
            match c {
                'W' => text.push_str(names.next().unwrap_or("zoe")),
                'N' => text.push_str(&(number % 250).to_string()),
                c => text.push(c),
            }
        }
        text
    })
}

fn reply() -> impl Strategy<Value = Reply> {
    let anything = prop_oneof![9 => said(), 1 => any::<String>()];
    (anything, prop::sample::select(vec!["", "a.mx.harbour.example", "mx.example.com"]))
        .prop_map(|(text, host)| Reply::parse(text).from_host(host))
}

fn gathered(engine: &Engine, replies: &[Reply], piece: usize) -> Gathered {
    let mut all = Gathered::default();
    for replies in replies.chunks(piece) {
        let mut part = Gathered::default();
        replies.iter().for_each(|reply| part.add(engine, reply));
        all.merge(part);
    }
    all
}

fn engine() -> Engine {
    Engine::from_text(RULES).unwrap_or_else(|error| panic!("{error}"))
}

/// The rule set with drafts in it, as they would be pasted.
fn with_drafts(gaps: &Gaps) -> Engine {
    let mut drafts: Vec<_> = gaps.clusters.iter().filter_map(|each| each.draft.as_ref()?.as_ref().ok()).collect();
    drafts.sort_by_key(|draft| draft.order);
    let drafts: String = drafts.iter().map(|draft| format!("\n{}", draft.source)).collect();
    Engine::from_text(format!("{RULES}{drafts}")).unwrap_or_else(|error| panic!("{error}\n{drafts}"))
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn clusters_part_what_no_rule_knows(replies in prop::collection::vec(reply(), 1..60)) {
        let engine = engine();
        let unknown: Vec<&Reply> = replies
            .iter()
            .filter(|reply| reply.class() != Some(2) && engine.classify(reply).rule().name != "known")
            .collect();
        let gaps = gathered(&engine, &replies, 1_000).clusters(&engine, 1, 0);
        prop_assert_eq!(gaps.failed, replies.iter().filter(|reply| reply.class() != Some(2)).count() as u64);
        prop_assert_eq!(gaps.unknown, unknown.len() as u64);
        prop_assert_eq!(gaps.left_out, 0);
        prop_assert_eq!(gaps.clusters.iter().map(|each| each.count).sum::<u64>(), gaps.unknown);
        // Each reply is matched by the template of some cluster that decides as it is decided.
        for reply in &unknown {
            let verdict = engine.classify(reply);
            let text = String::from_utf8_lossy(&reply.text);
            let fits = gaps.clusters.iter().any(|each| {
                each.template.matches(&text) && each.reason == verdict.reason().name && each.category == verdict.category()
            });
            prop_assert!(fits, "{text}");
        }
        for each in &gaps.clusters {
            for sample in &each.samples {
                prop_assert!(each.template.matches(&String::from_utf8_lossy(&sample.text)), "{}", each.template);
            }
            for seen in [&each.codes, &each.enhanced, &each.hosts, &each.phases, &each.profiles, &each.rules] {
                prop_assert_eq!(seen.iter().map(|seen| seen.count).sum::<u64>(), each.count);
            }
        }
    }

    #[test]
    fn drafts_hold_among_the_rules(replies in prop::collection::vec(reply(), 1..40)) {
        let engine = engine();
        let gaps = gathered(&engine, &replies, 1_000).clusters(&engine, 1, 1_000);
        let pasted = with_drafts(&gaps);
        let failures = pasted.test().failures;
        prop_assert!(failures.is_empty(), "{:?}", failures[0].one_line(&pasted.rules().sources).to_string());
        for each in &gaps.clusters {
            let Some(Ok(draft)) = &each.draft else { continue };
            let rules = pasted.rules();
            let rule = rules.rules.iter().find(|rule| rule.name.rsplit('.').next() == Some(&draft.name));
            let rule = rule.expect("the draft is a rule");
            prop_assert!((1..=3).contains(&rule.examples.len()), "{}", draft.source);
            prop_assert!(draft.takes * 10 >= each.count * 9 && draft.takes <= each.count, "{}", draft.source);
            for sample in &each.samples {
                prop_assert!(pasted.classify(sample).rule().layer.as_str() != "fallback", "{}", draft.source);
            }
            // Nobody's address is shown, and nothing that a terminal would obey.
            prop_assert!(!draft.source.contains("ann@"), "{}", draft.source);
            let is_shown = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
            prop_assert!(draft.source.chars().all(is_shown), "{:?}", draft.source);
        }
    }

    #[test]
    fn pieces_and_their_number_make_no_difference(replies in prop::collection::vec(reply(), 1..60), piece in 1..20_usize) {
        let engine = engine();
        let whole = gathered(&engine, &replies, 1_000).clusters(&engine, 1, 5);
        let parts = gathered(&engine, &replies, piece).clusters(&engine, 1, 5);
        prop_assert_eq!(format!("{whole:?}"), format!("{parts:?}"));
    }

    #[test]
    fn another_order_makes_the_same_clusters(
        (replies, shuffled) in prop::collection::vec(reply(), 1..60).prop_flat_map(|replies| (Just(replies.clone()), Just(replies).prop_shuffle())),
    ) {
        let engine = engine();
        let templates = |replies: &[Reply]| -> BTreeMap<String, u64> {
            let gaps = gathered(&engine, replies, 1_000).clusters(&engine, 1, 0);
            gaps.clusters.iter().map(|each| (format!("{} {}", each.reason, each.template), each.count)).collect()
        };
        prop_assert_eq!(templates(&replies), templates(&shuffled));
    }
}

fn clusters(engine: &Engine, said: &[&str]) -> Vec<(u64, String)> {
    let replies: Vec<Reply> = said.iter().map(Reply::parse).collect();
    let gaps = gathered(engine, &replies, 1_000).clusters(engine, 1, 0);
    gaps.clusters.into_iter().map(|each| (each.count, each.template.to_string())).collect()
}

#[test]
fn what_says_the_same_is_one_cluster_and_nothing_else() {
    let engine = engine();
    let of = |count: u64, template: &str| (count, template.to_owned());
    assert_eq!(
        clusters(
            &engine,
            &[
                "550 sorry, the user ann is not at home",
                "550 sorry, the user bob is not at home",
                "550 Sorry, the user carl smith is not at home",
                "550 sorry, the user dora is too busy",
            ]
        ),
        [of(3, "sorry, the user * is not at home"), of(1, "sorry, the user dora is too busy")]
    );
    // One word makes the difference.
    assert_eq!(
        clusters(&engine, &["550 your mailbox is now full today", "550 your mailbox is now disabled today"]),
        [of(1, "your mailbox is now disabled today"), of(1, "your mailbox is now full today")]
    );
    // A 4xx and a 5xx do not mean the same.
    assert_eq!(clusters(&engine, &["550 go away", "450 go away"]).len(), 2);
}

#[test]
fn a_draft_for_a_profile_is_of_the_profile() {
    let engine = engine();
    let say = |text: &str, host: &str| Reply::parse(text).from_host(host);
    let replies = [
        say("550 The harbour is closed to ship 4711", "a.mx.harbour.example"),
        say("550 The harbour is closed to ship 4712", "b.mx.harbour.example"),
        // What a general rule decides today and the draft would take.
        say("550 The harbour is closed to ship 4713, user unknown", "b.mx.harbour.example"),
    ];
    let gaps = gathered(&engine, &replies, 1).clusters(&engine, 2, 1);
    let draft = gaps.clusters[0].draft.as_ref().expect("one is asked for").as_ref().expect("there is one");
    assert_eq!(
        draft.source,
        "rule harbour-closed-ship for harbour {\n    match    code 550\n    \
         match    text \"the harbour is closed to ship {number:number}\"\n    then     refused  # which reason?\n    \
         example  \"550 The harbour is closed to ship 4711\"\n    \
         example  \"550 The harbour is closed to ship 4712\"\n}\n"
    );
    assert_eq!(draft.file.as_deref(), Some("root.carom"));
    assert!(draft.besides.is_empty(), "asked for as the whole text it takes nothing else");
}
