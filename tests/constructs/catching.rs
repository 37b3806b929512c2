//! What conditions find in a text, and what they catch there.

use crate::{engine, rule, said, verdict};
use carom::Reply;
use serde_json::json;

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
    let pages = json!(["https://wiki.example/Spamhaus%20ZEN", "https://check.spamhaus.org/results/?query=192.0.2.7"]);
    assert_eq!(with_ip["see"], pages);
    assert_eq!(with_ip["actions"], json!([{ "do": "gate" }, { "do": "alert" }]));

    let without = verdict_of("550 Blocked, see ZEN.Spamhaus.org");
    assert_eq!(without["rule"], "listed");
    assert_eq!(without["fields"], json!({ "list": "Spamhaus ZEN" }));
    assert_eq!(
        without["see"],
        json!(["https://wiki.example/Spamhaus%20ZEN"]),
        "a page that lacks its value is left out"
    );

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
