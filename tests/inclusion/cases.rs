//! Pairs by hand.

use super::*;
use Answer::{No, Yes};

/// Whether the first implies the second.
const PAIRS: &[(&str, &str, Answer)] = &[
    // Words.
    ("mailbox full", "mailbox full", Yes),
    ("mailbox full", "full", Yes),
    ("mailbox full", "mailbox", Yes),
    ("mailbox full", "mailbox * full", Yes),
    ("mailbox full", "mail* full", Yes),
    ("mailbox full", "*box full", Yes),
    ("mailbox full", "box full", No),
    ("mailbox full", "mail*", Yes),
    ("mailbox full", "mail", No),
    ("full", "mailbox full", No),
    ("full*", "full", No),
    ("full", "full*", Yes),
    ("*full", "full", No),
    ("full", "*full", Yes),
    ("over quota", "over", Yes),
    ("overquota", "over", No),
    ("over-quota", "over", Yes),
    ("over_quota", "over", Yes),
    ("(full)", "full", Yes),
    ("full", "(full)", No),
    ("5.2.2", "2", Yes),
    ("容量を超えています", "容量", Yes),
    ("boîte pleine", "pleine", Yes),
    ("boîte", "bo", No),
    ("boîte", "bo*", Yes),
    ("don’t", "don't", Yes),
    ("ＦＵＬＬ", "full", Yes),
    // Stars.
    ("mailbox is full", "mailbox * full", Yes),
    ("mailbox * full", "mailbox is full", No),
    ("mailbox * full", "full", Yes),
    ("mailbox * is full", "mailbox * full", No),
    ("mailbox * full", "mailbox * is full", No),
    ("mailbox * full", "mailbox*full", No),
    ("mailbox*full", "mailbox * full", No),
    ("mailbox * full", "mail* * full", Yes),
    ("mail* * full", "mailbox * full", No),
    ("user * over * quota", "user * quota", No),
    ("a b c d e f g h i j k l m n", "a * n", Yes),
    ("a b c d e f g h i j k l m n o", "a * o", No),
    ("exceed*", "exceeds the", No),
    ("exceeds the", "exceed*", Yes),
    ("black*ed", "black*", Yes),
    ("blacklisted", "black*ed", Yes),
    // Gaps.
    ("[{ip:ip}] blocked", "[{other:ip}] blocked", Yes),
    ("{ip:ip} blocked", "blocked", Yes),
    ("{ip:ip} blocked", "{h:word} blocked", No),
    ("192.0.2.7 blocked", "{ip:ip} blocked", Yes),
    ("192.0.2.7 blocked", "{ip:host} blocked", Yes),
    ("192.0.2.7 blocked", "{ip:digits} blocked", Yes),
    ("192.0.2.777 blocked", "{ip:ip} blocked", No),
    ("2001:db8::1 blocked", "{ip:ip} blocked", Yes),
    ("in {n:digits} seconds", "in {n:duration}", No),
    ("in {n:digits} seconds", "in {n:number} seconds", Yes),
    ("in {n:number} seconds", "in {n:digits} seconds", No),
    ("in {n:digits} seconds", "in {n:word} seconds", Yes),
    ("in 300 seconds", "in {n:duration}", Yes),
    ("in {n:duration}", "in {n:digits}", No),
    ("code {c:word}", "code {d:word}", Yes),
    ("code {c:word}", "code", Yes),
    // Of two labels one is short enough for a word.
    ("{h:host}", "{w:word}", Yes),
    ("mx.{h:host}", "{h:host}", Yes),
    ("{w:word}", "{h:host}", No),
    ("{a:address} full", "full", Yes),
    ("{a:address} full", "{b:address}", Yes),
    ("{a:address}", "{w:word}", No),
    // Expressions.
    // What expressions call no part of a word may be one of phrases: `⓭quota full`.
    (r"regex '\bquota (exceeded|full)\b'", "quota", No),
    (r"regex '(?:^| )quota (?:exceeded|full)\b'", "quota", Yes),
    (r"regex '\bquota (exceeded|full)\b'", "quota*", No),
    (r"regex '\bquota (exceeded|full)\b'", "*quota", Yes),
    (r"regex 'quota (exceeded|full)'", "quota", No),
    ("quota full", r"regex '\bquota (exceeded|full)\b'", No),
    ("quota full", r"regex '(?:\b|_)quota (exceeded|full)'", No),
    ("quota full", r"regex 'quota (exceeded|full)'", Yes),
    ("quota*", r"regex 'quota'", Yes),
    ("quota full", r"regex '^quota'", No),
    (r"regex '^quota full$'", "quota full", Yes),
    (r"regex '^quota full$'", r"regex 'quota.full'", Yes),
    (r"regex 'quota.full'", r"regex 'quota full'", No),
    (r"regex 'a{2,4}'", r"regex 'a{2}'", Yes),
    (r"regex 'a{2}'", r"regex 'a{3}'", No),
    (r"regex '\d{3}'", r"regex '\d\d'", Yes),
    (r"regex '\d\d'", "{n:digits}", No),
    (r"regex '\b[0-9]+\b'", "{n:digits}", No),
    (r"regex '\b[0-9]{1,9}\b'", "{n:digits}", No),
    (r"regex '(^| )[0-9]{1,9}( |$)'", "{n:digits}", Yes),
    ("{n:digits}", r"regex '\d'", Yes),
    ("{n:digits}", r"regex '\b\d'", No),
    ("full", r"regex '\bfull\b'", No),
    ("boîte", r"regex 'bo\wte'", Yes),
    ("boîte", r"regex 'bo[^a-z]te'", Yes),
    (r"regex 'bo[îi]te pleine'", "pleine", No),
    (r"regex 'bo[îi]te pleine[.!]'", "pleine", Yes),
    (r"regex '[а-я]{3}'", r"regex '\w\w\w'", Yes),
    (r"regex '\w\w\w'", r"regex '[а-я]{3}'", No),
];

#[test]
fn pairs() {
    let mut wrong = Vec::new();
    for (p, q, expected) in PAIRS {
        let phrases = Phrases::new(&[p, q]);
        let inclusion = phrases.inclusion();
        // Two that are the same pattern have one number.
        let answer = phrases.implies(&inclusion, 0, 1);
        if answer != *expected {
            let apart = inclusion.apart(&[phrases.anywhere(0)], &[phrases.anywhere(1)]);
            wrong.push(format!("{p} implies {q}: {answer:?}, {apart:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the texts are that both columns are asked in.
#[test]
fn the_whole_text() {
    let phrases = Phrases::new(&["mailbox full", "mailbox*", "full*", "{w:word}", "mailbox", "*box full"]);
    let inclusion = phrases.inclusion();
    let (anywhere, whole) = (|n| phrases.anywhere(n), |n| phrases.whole(n));
    let cases = [
        (whole(0), anywhere(0), Yes),
        (anywhere(0), whole(0), No),
        (whole(0), anywhere(1), Yes),
        (whole(0), whole(1), No),
        (whole(0), whole(5), Yes),
        (whole(1), anywhere(1), Yes),
        (whole(4), whole(1), Yes),
        (whole(1), whole(4), No),
        (whole(4), whole(3), Yes),
        (whole(4), anywhere(3), Yes),
        (whole(3), whole(4), No),
        (anywhere(0), anywhere(2), Yes),
        (whole(0), whole(2), No),
        // A word may be longer than a gap catches.
        (whole(1), anywhere(3), No),
    ];
    for (p, q, expected) in cases {
        assert_eq!(inclusion.implies(p, q), expected, "{p:?} implies {q:?}");
    }
}

#[test]
fn threads_share_what_is_known() {
    let phrases = Phrases::new(&["mailbox {w:word} full", "{h:host} full", "full", "a * full", "regex 'f(u|ü)ll'"]);
    let inclusion = phrases.inclusion();
    let all = || {
        let pairs = phrases.ids.iter().flat_map(|p| phrases.ids.iter().map(move |q| (*p, *q)));
        pairs.map(|(p, q)| inclusion.implies(p, q)).collect::<Vec<_>>()
    };
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread ends")).collect::<Vec<_>>()
    });
    assert!(answers.iter().all(|answers| *answers == all()), "{answers:?}");
}

#[test]
fn what_can_stand_in_no_text() {
    let cases = [
        ("mailbox * full", Yes),
        ("{a:address} {b:ip} {c:host} {d:duration} {e:number}", Yes),
        (r"regex 'quota'", Yes),
        (r"regex '\bquota\b.*\bfull$'", Yes),
        (r"regex '(?-i)[A-Z]'", No),
        (r"regex '(?-i)Quota'", No),
        (r"regex 'quota  full'", No),
        (r"regex '[ ]{2}'", No),
        (r"regex '\s$'", No),
        (r"regex 'full\tquota'", No),
        (r"regex 'don’t'", No),
        (r"regex 'a.^b'", No),
        (r"regex '(?-i)É'", No),
        (r"regex 'É'", Yes),
        (r"regex '\bx\Bx\b'", Yes),
        (r"regex '\bx\by'", No),
        (r"regex 'ſ'", Yes),
        (r"regex '[\x00-\x1f]'", Yes),
        (r"regex '\x02'", No),
        // An address is one thing, but this one is in quotes with a blank and no address.
        (r"regex 'ann@example\.com'", Answer::Undecided),
    ];
    for (phrase, expected) in cases {
        let phrases = Phrases::new(&[phrase]);
        assert_eq!(phrases.inclusion().possible(phrases.ids[0]), expected, "{phrase}");
    }
}

#[test]
fn what_several_cover_together() {
    let expression = r"regex '(?:^| )quota (?:full|gone)(?: |$)'";
    let phrases = Phrases::new(&[expression, "quota full", "quota gone", "quota"]);
    let inclusion = phrases.inclusion();
    let (expression, full, gone, quota) =
        (phrases.anywhere(0), phrases.anywhere(1), phrases.anywhere(2), phrases.anywhere(3));
    assert_eq!(inclusion.implies_any(expression, &[full, gone]), Yes);
    assert_eq!(inclusion.implies_any(expression, &[full]), No);
    assert_eq!(inclusion.implies_any(expression, &[]), No);
    assert_eq!(inclusion.implies_any(expression, &[gone, quota]), Yes);
    let phrases = Phrases::new(&["{a:ip}", "{v:digits}.{w:word}", "{h:word}:", "::"]);
    let inclusion = phrases.inclusion();
    let others: Vec<Asked> = (1..4).map(|n| phrases.anywhere(n)).collect();
    assert_eq!(inclusion.implies_any(phrases.anywhere(0), &others[..1]), No, "IPv6");
    assert_eq!(inclusion.implies_any(phrases.anywhere(0), &others), Yes);
}

#[test]
fn texts_that_tell_apart() {
    let written = ["mailbox * full", "mailbox full", "quota", "over quota", "{a:address}", "try {w:word}", "again"];
    let phrases = Phrases::new(&written);
    let inclusion = phrases.inclusion();
    let cases: &[(&[usize], &[usize])] = &[
        (&[0], &[1]),
        (&[2], &[3]),
        (&[0, 2], &[1, 3]),
        (&[0, 4, 5], &[1, 6]),
        (&[1, 2, 3, 4, 5, 6], &[]),
        (&[4], &[0, 1, 2, 3, 5, 6]),
    ];
    for (standing, others) in cases {
        let asked = |numbers: &[usize]| numbers.iter().map(|n| phrases.anywhere(*n)).collect::<Vec<_>>();
        let names = |numbers: &[usize]| numbers.iter().map(|n| format!("anywhere-{n}")).collect::<Vec<_>>();
        let apart = inclusion.apart(&asked(standing), &asked(others));
        let Apart::Text(text) = apart else { panic!("{standing:?} without {others:?}: {apart:?}") };
        assert!(phrases.tells_apart(&text, &names(standing), &names(others)), "{text:?}");
    }
    let asked = |numbers: &[usize]| numbers.iter().map(|n| phrases.anywhere(*n)).collect::<Vec<_>>();
    assert_eq!(inclusion.apart(&asked(&[1]), &asked(&[0])), Apart::Nothing);
    assert_eq!(inclusion.apart(&asked(&[1, 3]), &asked(&[2])), Apart::Nothing);
    assert_eq!(inclusion.apart(&[phrases.whole(1), phrases.anywhere(2)], &[]), Apart::Nothing);
}
