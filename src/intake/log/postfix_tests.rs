use super::*;

/// What a message gives: recipient, logged word, status, code, host, phase and text.
fn told(line: &str) -> String {
    let attempt = match read(line.as_bytes(), None, true) {
        Found::Attempt(attempt) => attempt,
        other => return format!("{other:?}"),
    };
    let reply = attempt.reply;
    let or = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
    format!(
        "{} {} {} {} {} {} | {}",
        attempt.recipient.unwrap(),
        attempt.logged.unwrap(),
        or(reply.status.map(|code| code.to_string())),
        or(reply.code.map(|code| code.to_string())),
        or(reply.host.map(|host| host.to_string())),
        or(reply.phase.map(|phase| phase.to_string())),
        lossy(&reply.text),
    )
}

fn check(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(told(line), *expected, "{line}");
    }
}

#[test]
fn reads_deliveries() {
    check(&[
        (
            "7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=3.6, delays=0.2/0.02/0.04/3.3, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 153053D)",
            "a@example.com sent 2.0.0 250 mx.example.com - | Ok: queued as 153053D",
        ),
        (
            "Jul  5 06:52:11 host postfix/smtp[22030]: 3mPVKl0Mhjz7sXv: to=a@example.com, relay=192.0.2.1[192.0.2.1]:2527, delay=0.51, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
            "a@example.com sent 2.0.0 250 - - | Ok",
        ),
        (
            "7EE668039: to=<a@example.com>, orig_to=<b@example.com>, relay=local, conn_use=2, delay=1, tls=dane/!requiretls:nostarttls, dsn=2.0.0, status=sent (delivered to command: filter \"(x)\")",
            "a@example.com sent 2.0.0 - - - | delivered to command: filter \"(x)\"",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=virtual, delay=1, dsn=2.0.0, status=sent (delivered to maildir)",
            "a@example.com sent 2.0.0 - - - | delivered to maildir",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=local, delay=1, dsn=2.0.0, status=sent (forwarded as 8FF668039)",
            "a@example.com sent 2.0.0 - - - | forwarded as 8FF668039",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=mail.example.com[private/dovecot-lmtp], delay=1, dsn=5.2.2, status=bounced (host mail.example.com[private/dovecot-lmtp] said: 552 5.2.2 <a@example.com> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))",
            "a@example.com bounced 5.2.2 552 mail.example.com end-of-data | <a@example.com> Quota exceeded (mailbox for user is full)",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=1, dsn=4.7.1, status=SOFTBOUNCE (host mx.example.com[192.0.2.1] said: 550 no (in reply to RCPT TO command))",
            "a@example.com SOFTBOUNCE 4.7.1 550 mx.example.com rcpt | no",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.1]:25: Connection timed out)",
            "a@example.com deferred 4.4.1 - mx.example.com connect | connect to mx.example.com[192.0.2.1]:25: Connection timed out",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=none, delay=1, dsn=5.1.1, status=undeliverable-but-not-cached (User unknown in virtual alias table)",
            "a@example.com undeliverable 5.1.1 - - - | User unknown in virtual alias table",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=1, status=bounced (x",
            "a@example.com bounced - - mx.example.com - | x",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=none, delay=1, dsn=4.0.0, status=expired",
            "a@example.com expired 4.0.0 - - - | ",
        ),
        (
            "7EE668039: to=<\"a b\"@example.com>, relay=none, dsn=5.0.0, status=bounced (x)",
            "\"a b\"@example.com bounced 5.0.0 - - - | x",
        ),
    ]);
}

#[test]
fn passes_over_everything_else() {
    let cases = [
        ("7EE668039: from=<>, status=expired, returned to sender", "Nameless"),
        ("7EE668039: to=<>, relay=none, dsn=5.0.0, status=bounced (x)", "Nameless"),
        ("7EE668039: from=<a@example.com>, size=2666, nrcpt=2 (queue active)", "Nothing"),
        ("7EE668039: to=<a@exam", "Nothing"),
        ("7EE668039: to=<a@example.com>, relay=none, dsn=5.0.0, status=", "Nothing"),
        ("7EE668039: removed", "Nothing"),
        ("host mx.example.com[192.0.2.1] said: 550 no", "Nothing"),
        ("7EE668039: host mx.example.com[192.0.2.1] said: to=<a@example.com>, status=sent (250 x)", "Nothing"),
        ("7EE668039: warning: header Subject: to=<a@example.com>, status=sent (250 x)", "Nothing"),
        ("7EE668039: message-id=<x>, to=<a@example.com>, status=sent (250 x)>", "Nothing"),
        (
            "Jul  5 06:52:11 host app[1]: 7EE668039: to=<a@example.com>, relay=none, dsn=2.0.0, status=sent (250 x)",
            "Nothing",
        ),
        (
            "Jul  5 06:52:11 host postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 <a@example.com>: to=<a@example.com>, status=sent (250 x)",
            "Nothing",
        ),
        ("NOQUEUE: reject: RCPT from x[192.0.2.1]: 450 wait; from=<a@example.com> to=<b@example.com>", "Nothing"),
        ("", "Nothing"),
    ];
    check(&cases[..9]);
    check(&cases[10..]);
    // A field before the recipient is no harm, whatever it is called; what closes it must be a comma.
    assert_eq!(told(cases[9].0), "Nothing");
}

#[test]
fn is_not_taken_in_by_addresses() {
    check(&[
        (
            "7EE668039: to=<\"a, status=sent (250 x)\"@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "\"a, status=sent (250 x)\"@b.example bounced 5.1.1 - - - | gone",
        ),
        (
            "7EE668039: to=<\"a\\\">, relay=none, dsn=2.0.0, status=sent (250 x)\"@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "\"a\\\">, relay=none, dsn=2.0.0, status=sent (250 x)\"@b.example bounced 5.1.1 - - - | gone",
        ),
        // Older logs write addresses without quotes.
        (
            "7EE668039: to=<a, status=sent (250 x)@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "a, status=sent (250 x)@b.example bounced 5.1.1 - - - | gone",
        ),
        (
            "7EE668039: to=<a>b@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "a>b@b.example bounced 5.1.1 - - - | gone",
        ),
        (
            "7EE668039: to=a, status=sent (250 x)@b.example, relay=none, dsn=5.1.1, status=bounced (gone)",
            "a, status=sent (250 x)@b.example bounced 5.1.1 - - - | gone",
        ),
        (
            "7EE668039: to=<b@b.example>, orig_to=<\"x>, status=sent (250 x)\"@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "b@b.example bounced 5.1.1 - - - | gone",
        ),
        (
            "7EE668039: to=<a>, relay=none, dsn=2.0.0, status=sent (250 x)@b.example>, relay=none, dsn=5.1.1, status=bounced (gone)",
            "Wrong(\"the recipient cannot be told from the reply\")",
        ),
    ]);
}

#[test]
fn is_not_taken_in_by_replies() {
    check(&[
        (
            "7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.1] said: 550 5.1.1 no, dsn=2.0.0, status=sent (250 2.0.0 fine) (in reply to RCPT TO command))",
            "a@example.com bounced 5.1.1 550 mx.example.com rcpt | no, dsn=2.0.0, status=sent (250 2.0.0 fine)",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=pipe, dsn=5.3.0, status=bounced (Command output: smtp;250 2.0.0 fine)",
            "a@example.com bounced 5.3.0 - - - | Command output: smtp;250 2.0.0 fine",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=pipe, dsn=4.3.0, status=deferred (250 fine)",
            "a@example.com deferred 4.3.0 - - - | 250 fine",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, dsn=2.0.0, status=sent (250 Ok host mx.example.net[192.0.2.2] said: 550 5.1.1 no)",
            "a@example.com sent 2.0.0 250 mx.example.com - | Ok host mx.example.net[192.0.2.2] said: 550 5.1.1 no",
        ),
        (
            "7EE668039: to=<a@example.com>, relay=local, dsn=2.0.0, status=sent (delivered to command: ip 5.1.1)",
            "a@example.com sent 2.0.0 - - - | delivered to command: ip 5.1.1",
        ),
    ]);
}

#[test]
fn fills_in_the_rest() {
    let line = "2026-01-02T03:04:05+01:00 host postfix/smtp[1]: 3mPVKl0Mhjz7sXv: to=<a@Example.com>, orig_to=<b@example.net>, relay=none, dsn=4.4.1, status=deferred (host mx.example.com[192.0.2.1] said: 450 wait)";
    let Found::Attempt(attempt) = read(line.as_bytes(), None, true) else { panic!() };
    assert_eq!(attempt.message.as_deref(), Some("3mPVKl0Mhjz7sXv"));
    assert_eq!(attempt.original_recipient.as_deref(), Some("b@example.net"));
    assert_eq!(attempt.via.as_deref(), Some("host mx.example.com[192.0.2.1] said: 450 wait"));
    assert_eq!(attempt.reply.domain.unwrap().as_str(), "example.com");
    assert_eq!(attempt.reply.time.unwrap().to_string(), "2026-01-02T02:04:05Z");
}
