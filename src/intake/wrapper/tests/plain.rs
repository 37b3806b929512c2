//! Texts without a reply in them, layers, and bytes of any kind.

use super::*;

#[test]
fn leaves_plain_replies_alone() {
    check(&[
        ("550 5.1.1 No such user", "!550 5.1.1 - - | No such user"),
        ("550-5.1.1 No\n550 5.1.1 such user", "!550 5.1.1 - - | No such user"),
        ("421 try later", "!421 - - - | try later"),
        ("mailbox full", "!- - - - | mailbox full"),
        ("550 sorry, no mailbox here (#5.1.1)", "!550 5.1.1 - - | sorry, no mailbox here (#5.1.1)"),
        ("550 5.7.1 Our host said: no", "!550 5.7.1 - - | Our host said: no"),
        (
            "550 5.7.1 As the other side said: 450 is not a reason",
            "!550 5.7.1 - - | As the other side said: 450 is not a reason",
        ),
        (
            "554 5.7.1 host mx.example.com[192.0.2.1] said: nothing",
            "!554 5.7.1 - - | host mx.example.com[192.0.2.1] said: nothing",
        ),
        ("550 5.1.1 Remote host said: it is gone", "!550 5.1.1 - - | Remote host said: it is gone"),
        ("550 see https://example.com/?q=said:550", "!550 - - - | see https://example.com/?q=said:550"),
        ("", "!- - - - | "),
    ]);
}

#[test]
fn keeps_success_and_failure_apart() {
    check(&[
        (
            "550 5.7.1 rejected: host mx.example.com[192.0.2.1] said: 250 2.0.0 fine",
            "!550 5.7.1 - - | rejected: host mx.example.com[192.0.2.1] said: 250 2.0.0 fine",
        ),
        (
            "250 2.0.0 Ok: host mx.example.com[192.0.2.1] said: 550 5.1.1 gone",
            "!250 2.0.0 - - | Ok: host mx.example.com[192.0.2.1] said: 550 5.1.1 gone",
        ),
        (
            "250 2.0.0 from MTA(smtp:[192.0.2.9]:10025): 250 2.0.0 Ok: queued as 4ABCD",
            "250 2.0.0 - - | Ok: queued as 4ABCD",
        ),
    ]);
}

#[test]
fn keeps_what_mailers_say_for_themselves() {
    check_own(&[
        ("lost connection with mx.example.com[192.0.2.1] while sending RCPT TO", "mx.example.com rcpt"),
        (
            "lost connection with mx.example.com[192.0.2.1] while receiving the initial server greeting",
            "mx.example.com connect",
        ),
        ("lost connection with mx.example.com[192.0.2.1] while performing the EHLO handshake", "mx.example.com ehlo"),
        (
            "lost connection with mx.example.com[192.0.2.1] while sending end of data -- message may be sent more than once",
            "mx.example.com end-of-data",
        ),
        (
            "conversation with mx.example.com[192.0.2.1] timed out while sending message body",
            "mx.example.com end-of-data",
        ),
        (
            "delivery temporarily suspended: conversation with mx.example.com[192.0.2.1] timed out while sending MAIL FROM",
            "mx.example.com mail",
        ),
        ("connect to mx.example.com[192.0.2.1]:25: Connection refused", "mx.example.com connect"),
        ("connect to mx.example.com[2001:db8::1]:25: Network is unreachable", "mx.example.com connect"),
        (
            "delivery temporarily suspended: connect to mx.example.com[192.0.2.1]:25: No route to host",
            "mx.example.com connect",
        ),
        ("connect to mail.example.com[private/dovecot-lmtp]: No such file or directory", "mail.example.com connect"),
        ("Host or domain name not found. Name service error for name=example.com type=MX: Host not found", "- -"),
        ("unknown user: \"ann\"", "- -"),
        ("Command died with status 1: \"/usr/bin/filter\"", "- -"),
        ("mail for example.com loops back to myself", "- -"),
        ("TLS is required, but was not offered by host mx.example.com[192.0.2.1]", "mx.example.com ehlo"),
        (
            "SMTP timeout while connected to mx.example.com [192.0.2.1] after RCPT TO:<a@example.com>",
            "mx.example.com rcpt",
        ),
        (
            "Remote host mx.example.com [192.0.2.1] closed connection in response to initial connection",
            "mx.example.com connect",
        ),
        (
            "H=mx.example.com [192.0.2.1]: Remote host closed connection in response to end of data",
            "mx.example.com end-of-data",
        ),
        ("Connected to 192.0.2.1 but greeting failed.", "- connect"),
        ("Deferred: Connection refused by mx.example.com.", "mx.example.com connect"),
        ("<a@example.com>... Deferred: Connection timed out with mx.example.com.", "mx.example.com connect"),
        ("User unknown", "- -"),
        ("Service unavailable", "- -"),
        ("stat=Deferred: Connection refused by mx.example.com.", "mx.example.com connect"),
        ("Deferred: mx.example.com.: No route to host", "mx.example.com connect"),
    ]);
    check(&[(
        "Sorry, I couldn't find any host named example.com. (#5.1.2)",
        "!- 5.1.2 - - | Sorry, I couldn't find any host named example.com. (#5.1.2)",
    )]);
}

#[test]
fn takes_off_layers_of_several_mailers() {
    check(&[
        (
            "192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 undeliverable address: host mx.example.com[192.0.2.7] said: 550 5.2.1 off (in reply to RCPT TO command) Giving up on 192.0.2.1.",
            "550 5.2.1 mx.example.com rcpt | off",
        ),
        (
            "smtp; SMTP error from remote mail server after end of data: host mx.example.com [192.0.2.1]: 554 5.7.1 Remote Server returned '554 5.7.0 no'",
            "554 5.7.0 mx.example.com end-of-data | no",
        ),
    ]);
    let mut deep = "550 5.1.1 gone".to_owned();
    for _ in 0..40 {
        deep = format!("host mx.example.com[192.0.2.1] said: {deep}");
    }
    assert_eq!(unwrap(deep.as_bytes()).reply.host.unwrap().as_str(), "mx.example.com");
}

#[test]
fn takes_any_bytes() {
    let whole = b"\xff host mx.example.com[192.0.2.1] said: 550-5.1.1 caf\xe9 <\"a>\"@example.com> [{LED=450 4.4.3};{FQDN=x}] \
        while talking to mx.:\n>>> DATA\n<<< 550-a\n<<< 550 b Remote Server returned '550 x' #< #5.1.1 smtp;550 (in reply to DATA)";
    for start in 0..whole.len() {
        unwrap(&whole[start..]);
        unwrap(&whole[..start]);
    }
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize
    };
    for _ in 0..3000 {
        let mut text = whole.to_vec();
        for _ in 0..1 + next() % 6 {
            let at = next() % text.len();
            match next() % 3 {
                0 => text[at] = next() as u8,
                1 => drop(text.remove(at)),
                _ => text.insert(at, b"<>[]\"' :#55.\n"[next() % 13]),
            }
        }
        unwrap(&text);
    }
}
