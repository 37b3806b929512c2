//! Which rule decides, and what it says at the time.

use crate::{engine, on, verdict};
use carom::Reply;
use serde_json::json;

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
