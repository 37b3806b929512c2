//! The ten hardest constructs of the language, each with replies that show what it comes to.

use carom::{Engine, Reply};
use serde_json::{Value, json};

/// What every case here says of its reasons.
const REASONS: &str = r#"
policy {
    retry    10m, 1h until 48h
    soft     retry by profile, pause after 5 within 72h
    deferred retry by profile
    hard     suppress
    block    gate
}
reason greylisted    { category deferred
    fault provider
    scope message
    advice "Wait." }
reason mailbox-full  { category soft
    fault recipient
    scope recipient
    advice "Wait for some days." }
reason user-unknown  { category hard
    fault recipient
    scope recipient
    advice "Take it off." }
reason ip-blocked    { category block
    fault sender
    scope ip
    advice "Ask them."
    do gate, alert }
reason trouble       { category deferred
    fault provider
    scope provider
    advice "Wait."
    do retry 30m until 24h }
"#;

/// An engine of the reasons above and these rules.
fn engine(rules: &str) -> Engine {
    Engine::from_text(format!("{REASONS}{rules}")).unwrap_or_else(|error| panic!("{error}"))
}

fn verdict(engine: &Engine, reply: &Reply) -> Value {
    serde_json::to_value(engine.classify(reply)).expect("a verdict is JSON")
}

/// The rule, the category and the fields of a reply.
fn said(engine: &Engine, reply: &Reply) -> (String, String, Value) {
    let verdict = verdict(engine, reply);
    let word = |name: &str| verdict[name].as_str().expect("a word").to_owned();
    (word("rule"), word("category"), verdict["fields"].clone())
}

/// The rule that decides.
fn rule(engine: &Engine, raw: &str) -> String {
    engine.classify(&Reply::parse(raw)).rule().name.clone()
}

fn on(raw: &str, time: &str) -> Reply {
    Reply::parse(raw).on(time.parse().expect("a time"))
}

#[test]
fn a_wait_is_caught_clamped_and_else_stated() {
    let engine = engine(
        r#"
        rule greylisted {
            match  code 4xx
            match  phrase "try again in {wait:duration}", "greylist*"
            then   greylisted
            retry  after {wait} else 5m up to 10 times until 48h
            say    "The server asks to wait for {wait}."
        }"#,
    );
    let cases = [
        ("451 4.7.1 Greylisted, try again in 300 seconds", Some("300 seconds"), "5m"),
        ("451 Try again in 5 Min.", Some("5 Min"), "5m"),
        ("451 Try again in 2h", Some("2h"), "2h"),
        ("451 Try again in 00:04:30", Some("00:04:30"), "270s"),
        ("451 Try again in 1 day", Some("1 day"), "24h"),
        ("451 Try again in\r\n451 ３０ minutes", Some("３０ minutes"), "30m"),
        // At least a minute, at most a day.
        ("451 Try again in 10 seconds", Some("10 seconds"), "1m"),
        ("451 Try again in 7 days", Some("7 days"), "24h"),
        ("451 Try again in 9999999999 hours", Some("9999999999 hours"), "24h"),
        // Without a wait, or with one that is none.
        ("450 Greylisting in effect", None, "5m"),
        ("450 Greylisted, try again in 5 apples", None, "5m"),
    ];
    for (raw, wait, after) in cases {
        let verdict = verdict(&engine, &Reply::parse(raw));
        assert_eq!(verdict["rule"], "greylisted", "{raw}");
        assert_eq!(verdict["category"], "deferred", "{raw}");
        assert_eq!(verdict["fields"], wait.map_or(json!({}), |wait| json!({ "wait": wait })), "{raw}");
        let retry = json!([{ "do": "retry", "after": [after], "times": 10, "until": "48h" }]);
        assert_eq!(verdict["actions"], retry, "{raw}");
        let say = wait.map(|wait| format!("The server asks to wait for {wait}."));
        assert_eq!(verdict["say"], json!(say), "what lacks its field is left out: {raw}");
    }
    assert_eq!(rule(&engine, "451 Try again in 5 apples"), "unknown");
}

#[test]
fn a_block_list_gives_its_name_and_its_page() {
    let engine = engine(
        r#"
        phrases block-lists {
            "zen.spamhaus.org"  set list "Spamhaus ZEN"  see "https://check.spamhaus.org/results/?query={ip}"
            "bl.spamcop.net"    set list "SpamCop"       see "https://www.spamcop.net/bl.shtml"
        }
        rule listed {
            match  code 5xx
            match  phrase block-lists
            match  phrase "client host [{ip:ip}]", "blocked", "listed"
            then   ip-blocked
            see    "https://wiki.example/{list}"
        }"#,
    );
    let verdict_of = |raw: &str| verdict(&engine, &Reply::parse(raw));
    let with_ip = verdict_of("554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org");
    assert_eq!(with_ip["fields"], json!({ "list": "Spamhaus ZEN", "ip": "192.0.2.7" }));
    let pages = json!(["https://wiki.example/Spamhaus ZEN", "https://check.spamhaus.org/results/?query=192.0.2.7"]);
    assert_eq!(with_ip["see"], pages);
    assert_eq!(with_ip["actions"], json!([{ "do": "gate" }, { "do": "alert" }]));

    let without = verdict_of("550 Blocked, see ZEN.Spamhaus.org");
    assert_eq!(without["rule"], "listed");
    assert_eq!(without["fields"], json!({ "list": "Spamhaus ZEN" }));
    assert_eq!(without["see"], json!(["https://wiki.example/Spamhaus ZEN"]), "a page that lacks its value is left out");

    let both = verdict_of("550 Listed at bl.spamcop.net and zen.spamhaus.org");
    assert_eq!(both["fields"], json!({ "list": "Spamhaus ZEN" }), "the first as written, not as found");

    let six = verdict_of("550 Client host [2001:DB8::7] is listed at bl.spamcop.net");
    assert_eq!(six["fields"], json!({ "list": "SpamCop", "ip": "2001:DB8::7" }));
    assert_eq!(rule(&engine, "550 Blocked by notzen.spamhaus.org"), "unknown");
}

#[test]
fn tags_are_asked_for_by_name_range_and_beginning() {
    let engine = engine(
        r#"
        profile post {
            hosts  "*.post.example"
            tags   "(code {tag})", "?c={tag}"
        }
        rule numbered for post {
            match  tag 988..990
            then   ip-blocked
            see    "https://post.example/{tag}"
        }
        rule prefixed for post {
            match  tag TSS04..TSS09
            then   trouble
        }
        rule family for post {
            match  tag OFR_*, S3150
            then   mailbox-full
        }
        rule untagged for post {
            match  tag none
            then   greylisted
        }"#,
    );
    let cases = [
        ("550 No (code 988)", "post.numbered", json!({ "tag": "988" })),
        ("550 No (code 990)", "post.numbered", json!({ "tag": "990" })),
        ("550 No (code 991)", "unknown", json!({})),
        ("550 No (code 987)", "unknown", json!({})),
        ("421 No (code TSS04)", "post.prefixed", json!({ "tag": "TSS04" })),
        ("421 No (code tss9)", "post.prefixed", json!({ "tag": "tss9" })),
        ("421 No (code TSS10)", "unknown", json!({})),
        ("421 No (code XTSS05)", "unknown", json!({})),
        ("550 No https://post.example/?c=OFR_417.", "post.family", json!({ "tag": "OFR_417" })),
        ("550 No (code S3150)", "post.family", json!({ "tag": "S3150" })),
        ("550 No (code S31500)", "unknown", json!({})),
        // One of several suffices, and is the one that is caught.
        ("550 (code A1) (code 989)", "post.numbered", json!({ "tag": "989" })),
        ("550 No code at all", "post.untagged", json!({})),
        ("550 S3150", "post.untagged", json!({})),
    ];
    for (raw, rule, fields) in cases {
        let (by, _, caught) = said(&engine, &Reply::parse(raw).from_host("mx1.post.example"));
        assert_eq!((by.as_str(), caught), (rule, fields), "{raw}");
    }
    let elsewhere = Reply::parse("550 No (code 988)").from_host("mx.other.example");
    assert_eq!(engine.classify(&elsewhere).rule().name, "unknown", "another provider has no such tags");
}

#[test]
fn what_a_profile_does_not_state_comes_from_its_parents() {
    let engine = engine(
        r#"
        rule full {
            match  phrase "full"
            then   trouble
        }
        profile grandparent {
            retry  1h, 2h until 24h
            tags   "<{tag}>"
        }
        profile parent {
            extends  grandparent
            hosts    "*.parent.example"
            retry    30m until 12h
        }
        profile child {
            extends  parent
            hosts    "*.child.parent.example"
            tags     "[{tag}]"
        }
        rule full for grandparent {
            match  phrase "full"
            then   mailbox-full
        }
        rule tagged for grandparent {
            match  tag X*
            then   greylisted
        }
        rule full for parent {
            match  phrase "box full"
            then   greylisted
        }
        rule full for child {
            match  phrase "your box full"
            then   ip-blocked
        }"#,
    );
    let at = |raw: &str, host: &str| verdict(&engine, &Reply::parse(raw).from_host(host));
    let (child, parent) = ("mx.child.parent.example", "mx.parent.example");
    let cases = [
        ("450 Your box full", child, "child.full"),
        ("450 The box full", child, "parent.full"),
        ("450 Full", child, "grandparent.full"),
        ("450 Your box full", parent, "parent.full"),
        ("450 Full", parent, "grandparent.full"),
        ("450 Your box full", "mx.elsewhere.example", "full"),
        // `*.x` is below x, not x.
        ("450 Your box full", "parent.example", "full"),
        ("450 Your box full", "child.parent.example", "parent.full"),
        // Tags: the child's own take the place of what its grandparent states.
        ("450 [X1]", child, "grandparent.tagged"),
        ("450 <X1>", child, "unknown"),
        ("450 <X1>", parent, "grandparent.tagged"),
        ("450 [X1]", parent, "unknown"),
    ];
    for (raw, host, rule) in cases {
        assert_eq!(at(raw, host)["rule"], rule, "{raw} from {host}");
    }
    // The schedule of the parent, not of the grandparent, for both.
    let retry = json!({ "do": "retry", "after": ["30m"], "until": "12h" });
    assert_eq!(at("450 Full", child)["actions"][0], retry);
    assert_eq!(at("450 [X1]", child)["actions"][0], retry);
    assert_eq!(at("450 Full", child)["profile"], "child", "the rule is the grandparent's, the provider is the child");
}

#[test]
fn the_lack_of_a_phase_is_asked_for() {
    let engine = engine(
        r#"
        rule at-recipient {
            match   phase rcpt, none
            unless  phase none
            match   phrase "no"
            then    user-unknown
        }
        rule nobody-knows {
            match   phase none
            match   phrase "no"
            then    mailbox-full
        }
        rule later {
            match   phrase "no"
            unless  phase end-of-data
            then    greylisted
        }"#,
    );
    use carom::Phase;
    let reply = Reply::parse("550 No");
    let by = |reply: Reply| engine.classify(&reply).rule().name.clone();
    assert_eq!(by(reply.clone().at(Phase::Rcpt)), "at-recipient");
    assert_eq!(by(reply.clone()), "nobody-knows", "neither a match nor a veto holds of what is not known");
    assert_eq!(by(reply.clone().at(Phase::Data)), "later");
    assert_eq!(by(reply.at(Phase::EndOfData)), "unknown");
}

#[test]
fn a_change_holds_in_its_time_alone() {
    let engine = engine(
        r#"
        profile big {
            hosts        "*.big.example"
            retry        15m until 72h
            connections  5..20
        }
        rule full for big {
            match  phrase "mailbox full"
            then   mailbox-full
            say    "It is full."
        }
        change big.full {
            retry  6h up to 2 times
            from   2026-06-01
            until  2027-01-01
        }
        change big.full {
            then   user-unknown
            say    "It is full for good."
            from   2027-01-01
        }
        change profile big {
            retry        1h until 12h
            connections  2
        }"#,
    );
    let by_profile = json!([
        { "do": "retry", "after": ["1h"], "until": "12h" },
        { "do": "pause", "after": 5, "within": "72h" },
    ]);
    let first = json!([{ "do": "retry", "after": ["6h"], "times": 2 }]);
    let second = json!([{ "do": "suppress" }]);
    let cases = [
        (Some("2026-05-31T23:59:59Z"), "soft", "It is full.", &by_profile),
        (Some("2026-06-01T00:00Z"), "soft", "It is full.", &first),
        (Some("2026-12-31T23:59:59Z"), "soft", "It is full.", &first),
        (Some("2027-01-01T00:00Z"), "hard", "It is full for good.", &second),
        (None, "soft", "It is full.", &by_profile),
    ];
    for (time, category, say, actions) in cases {
        let reply = time.map_or(Reply::parse("552 Mailbox full"), |time| on("552 Mailbox full", time));
        let verdict = verdict(&engine, &reply.from_host("mx.big.example"));
        assert_eq!(verdict["rule"], "big.full", "the match stays: {time:?}");
        assert_eq!(verdict["category"], category, "{time:?}");
        assert_eq!(verdict["say"], say, "{time:?}");
        assert_eq!(&verdict["actions"], actions, "{time:?}");
    }
    let lowered = verdict(&engine, &on("452 Mailbox full", "2027-02-01").from_host("mx.big.example"));
    assert_eq!((&lowered["category"], &lowered["lowered"]), (&json!("soft"), &json!(true)), "a 4xx is never hard");
    assert_eq!(lowered["actions"], by_profile, "nothing is suppressed");
    let profile = engine.rules().profiles.iter().next().expect("a profile").1;
    assert_eq!(profile.connections, Some((2, 2)));
}

#[test]
fn an_override_holds_in_its_time_alone() {
    let engine = engine(
        r#"
        profile big { hosts "*.big.example" }
        rule unknown-user for big {
            match  enhanced 5.1.1
            then   user-unknown
        }
        override incident for big {
            match  enhanced 5.1.1
            match  phrase "account is unavailable"
            then   trouble
            from   2026-02-27T04:00Z
            until  2026-02-27T12:00Z
        }
        override acme {
            match     tenant "acme"
            match     enhanced 5.1.1
            then      user-unknown
            suppress  for 90d
        }"#,
    );
    let raw = "550 5.1.1 This account is unavailable";
    let cases = [
        ("2026-02-27T03:59:59Z", "big.unknown-user"),
        ("2026-02-27T04:00:00Z", "big.incident"),
        ("2026-02-27T05:00:00+01:00", "big.incident"),
        ("2026-02-27T11:59:59Z", "big.incident"),
        ("2026-02-27T12:00:00Z", "big.unknown-user"),
    ];
    for (time, rule) in cases {
        let reply = on(raw, time).from_host("mx.big.example");
        assert_eq!(engine.classify(&reply).rule().name, rule, "{time}");
    }
    let unknown_time = Reply::parse(raw).from_host("mx.big.example");
    assert_eq!(engine.classify(&unknown_time).rule().name, "big.unknown-user", "no time is in no window");

    let mut reply = on(raw, "2026-02-27T05:00Z").from_host("mx.big.example");
    reply.sender.tenant = Some("acme".to_owned());
    assert_eq!(engine.classify(&reply).rule().name, "big.incident", "the profile's own before the general ones");
    reply.time = None;
    let verdict = verdict(&engine, &reply);
    assert_eq!(verdict["rule"], "acme", "and all overrides before the rules");
    assert_eq!(verdict["actions"], json!([{ "do": "suppress", "for": "90d" }]));
}

#[test]
fn a_fallback_loses_to_every_rule() {
    let engine = engine(
        r#"
        profile big { hosts "*.big.example" }
        fallback bad-mailbox for big {
            match  enhanced 5.1.1
            then   user-unknown
        }
        fallback bad-mailbox {
            match  enhanced 5.1.*
            then   greylisted
        }
        rule full {
            match  phrase "full"
            then   mailbox-full
        }"#,
    );
    let by = |raw: &str, host: &str| engine.classify(&Reply::parse(raw).from_host(host)).rule().name.clone();
    assert_eq!(by("550 5.1.1 Full", "mx.big.example"), "full", "a profile's own fallback, even");
    assert_eq!(by("550 5.1.1 Gone", "mx.big.example"), "big.bad-mailbox");
    assert_eq!(by("550 5.1.1 Gone", "mx.other.example"), "bad-mailbox");
    assert_eq!(by("550 5.1.2 Gone", "mx.big.example"), "bad-mailbox");
    let reply = Reply::parse("550 5.1.1 Full").from_host("mx.big.example");
    let losers: Vec<_> = engine.explain(&reply).losers.iter().map(|loser| loser.rule.name.clone()).collect();
    assert_eq!(losers, ["big.bad-mailbox", "bad-mailbox", "unknown"]);
}

#[test]
fn words_have_edges() {
    let engine = engine(
        r#"
        rule code {
            match  phrase "102"
            then   mailbox-full
        }
        rule latin {
            match  phrase "full", "é"
            then   mailbox-full
        }
        rule han {
            match  phrase "容量", "ボックス", "เต็ม", "한도"
            then   greylisted
        }
        rule rest {
            match  phrase "greylist*", "*limit", "black*ed"
            then   trouble
        }
        rule words {
            match  phrase "mail * gone", "{ip:ip} * bad", "exceed* * cap"
            then   ip-blocked
        }"#,
    );
    let cases = [
        ("550 CS01_102", "code"),
        ("550 (102)", "code"),
        ("550 1102", "unknown"),
        ("550 102a", "unknown"),
        ("550 102é", "unknown"),
        ("550 Mailbox full!", "latin"),
        ("550 fully", "unknown"),
        ("550 successfull", "unknown"),
        ("550 full\u{301}", "unknown"),
        ("550 _full_", "latin"),
        ("550 très-é", "latin"),
        ("550 été", "unknown"),
        // Where blanks are not written, letters of any script are apart.
        ("550 邮箱full了", "latin"),
        ("550 邮箱容量不足", "han"),
        ("550 メールボックスの", "han"),
        ("550 กล่องเต็มแล้ว", "han"),
        ("550 저장한도초과", "han"),
        ("550 x容量x", "han"),
        ("550 Greylisting", "rest"),
        ("550 greylist", "rest"),
        ("550 no-greylist", "rest"),
        ("550 xgreylist", "unknown"),
        ("550 overlimit", "rest"),
        ("550 overlimits", "unknown"),
        ("550 blacklisted", "rest"),
        ("550 blacked", "rest"),
        ("550 black listed", "unknown"),
        ("550 Mail gone", "words"),
        ("550 Mail: <x> is gone", "words"),
        ("550 Mail 1 2 3 4 5 6 7 8 9 10 11 12 gone", "words"),
        ("550 Mail 1 2 3 4 5 6 7 8 9 10 11 12 13 gone", "unknown"),
        ("550 Mailing gone", "unknown"),
        ("550 192.0.2.7 bad", "words"),
        ("550 192.0.2.7:25: is bad", "words"),
        ("550 192.0.2.7 is bad", "words"),
        ("550 exceeds cap", "words"),
        ("550 exceeded the cap", "words"),
    ];
    for (raw, expected) in cases {
        assert_eq!(rule(&engine, raw), expected, "{raw}");
    }
}

#[test]
fn no_address_is_a_phrase() {
    let engine = engine(
        r#"
        rule quota {
            match  phrase "over quota", "over.quota", "full"
            then   mailbox-full
        }
        rule named {
            match  phrase "<{who:address}>"
            then   user-unknown
            say    "There is no {who}."
        }
        rule whole {
            match  text "no {who:address}"
            then   user-unknown
        }"#,
    );
    let cases = [
        ("550 <Over.Quota@Full.example>: no", "named", json!({ "who": "Over.Quota@Full.example" })),
        ("550 <\"over quota\"@full.example>: no", "named", json!({ "who": "\"over quota\"@full.example" })),
        ("550 <full@[192.0.2.7]>", "named", json!({ "who": "full@[192.0.2.7]" })),
        ("550 No full@full.example", "whole", json!({ "who": "full@full.example" })),
        ("550 No full@full.example here", "unknown", json!({})),
        ("550 <ann@full.example> is over quota", "quota", json!({})),
        ("550 <@full>", "quota", json!({})),
    ];
    for (raw, rule, fields) in cases {
        let (by, _, caught) = said(&engine, &Reply::parse(raw));
        assert_eq!((by.as_str(), caught), (rule, fields), "{raw}");
    }
    let verdict = verdict(&engine, &Reply::parse("550 5.1.1 <Ann@Example.com> unknown"));
    assert_eq!(verdict["say"], "There is no Ann@Example.com.");
    assert_eq!(verdict["actions"], json!([{ "do": "suppress" }]));
}
