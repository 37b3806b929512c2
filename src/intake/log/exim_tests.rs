use super::*;
use crate::intake::log::told;

fn check(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(told(read(line.as_bytes(), None)), *expected, "{line}");
    }
}

const AT: &str = "2026-01-02 03:04:05 1vbXyZ-0004dX-IQ";

fn lines(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(told(read(format!("{AT} {line}").as_bytes(), None)), *expected, "{line}");
    }
}

#[test]
fn reads_deliveries() {
    lines(&[
        (
            "=> ann@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes DN=\"/CN=mx: x\" C=\"250 2.0.0 Ok: \"queued\" as 4Xb\" QT=3s DT=2s",
            "ann@example.com sent - 250 mx.example.com - | Ok: \"queued\" as 4Xb",
        ),
        (
            "-> bob@example.com <list@example.net> F=<\"a b>\"@example.org> P=<> R=dnslookup T=remote_smtp S=1234 H=mx.example.com [192.0.2.1]:25 I=[198.51.100.7]:4001 K C=\"250 Ok\"",
            "bob@example.com sent - 250 mx.example.com - | Ok",
        ),
        ("=> cleo <cleo@example.com> R=localuser T=local_delivery", "cleo@example.com sent 2.0.0 - - - | "),
        ("=> /home/d/Mail/in <dan@example.com> R=userforward T=address_file", "dan@example.com sent 2.0.0 - - - | "),
        ("=> |/usr/bin/filter -x <eve@example.com> R=system T=pipe", "eve@example.com sent 2.0.0 - - - | "),
        (
            ">> fay@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1] C=\"250 Ok\"",
            "fay@example.com sent - 250 mx.example.com - | Ok",
        ),
        (
            "=> gil@example.com (g@example.net) <all@example.org> R=x T=y H=[192.0.2.1] C=\"250 Ok\"",
            "gil@example.com sent - 250 - - | Ok",
        ),
        ("=> \"a b\"@example.com R=x T=y", "\"a b\"@example.com sent 2.0.0 - - - | "),
    ]);
}

#[test]
fn reads_failures() {
    lines(&[
        (
            "** ann@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1] X=TLS1.2:ECDHE-RSA:256 CV=yes DN=\"CN=mx\": SMTP error from remote mail server after RCPT TO:<ann@example.com>: 550 5.1.1 No such user",
            "ann@example.com bounced - 550 mx.example.com rcpt | No such user",
        ),
        (
            "** ann@example.com <list@example.net> F=<me@example.org> R=dnslookup T=remote_smtp: SMTP error from remote mail server after end of data: host mx.example.com [192.0.2.1]: 554 5.7.1 Spam: rejected",
            "ann@example.com bounced - 554 mx.example.com end-of-data | Spam: rejected",
        ),
        (
            "** ann@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1]:25: SMTP error from remote mail server after pipelined MAIL FROM:<me@example.org>: 550 no",
            "ann@example.com bounced - 550 mx.example.com mail | no",
        ),
        ("** ann@example.com: Unrouteable address", "ann@example.com bounced 5.0.0 - - - | Unrouteable address"),
        (
            "** ann@example.com R=dnslookup T=remote_smtp: retry timeout exceeded",
            "ann@example.com expired 5.0.0 - - - | retry timeout exceeded",
        ),
        (
            "** ann@example.com: retry time not reached for any host after a long failure period",
            "ann@example.com bounced 5.0.0 - - - | retry time not reached for any host after a long failure period",
        ),
        (
            "== ann@example.com R=dnslookup T=remote_smtp defer (-44) H=mx.example.com [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<ann@example.com>: 450 4.7.1 Greylisted",
            "ann@example.com deferred - 450 mx.example.com rcpt | Greylisted",
        ),
        (
            "== ann@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1] defer (-45): SMTP error from remote mail server after MAIL FROM:<me@example.org> SIZE=1: 421 later",
            "ann@example.com deferred - 421 mx.example.com mail | later",
        ),
        (
            "== ann@example.com R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host",
            "ann@example.com deferred 4.0.0 - - - | retry time not reached for any host",
        ),
        (
            "== ann@example.com R=dnslookup T=remote_smtp defer (110): Connection timed out DT=5m",
            "ann@example.com deferred 4.0.0 - - - | Connection timed out DT=5m",
        ),
        ("== ann@example.com <a@example.net> R=x defer (0)", "ann@example.com deferred 4.0.0 - - - | "),
    ]);
}

#[test]
fn other_lines_are_nothing() {
    lines(&[
        ("<= me@example.org U=me P=local S=512 id=x@example.org", "Nothing"),
        ("*> ann@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1]", "Nothing"),
        ("Completed", "Nothing"),
        (
            "H=mx.example.com [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<a@example.com>: 450 x",
            "Nothing",
        ),
        ("=>", "Nothing"),
        ("=> ", "Nothing"),
        ("** <a", "Nothing"),
        ("**   a@example.com: no", "Nameless"),
        ("** <>: no", "Nameless"),
        ("rejected from <a> => b@example.com", "Nothing"),
    ]);
    check(&[
        ("", "Nothing"),
        ("2026-01-02 03:04:05", "Nothing"),
        (
            "2026-01-02 03:04:05 H=x [192.0.2.1] F=<a@example.com> rejected RCPT <b@example.com>: => c@example.com",
            "Nothing",
        ),
        ("=> ann@example.com", "Nothing"),
        ("1vbXyZ-0004dX-IQ => ann@example.com R=x T=y", "Nothing"),
        ("Jan  2 03:04:05 host other[1]: 1vbXyZ-0004dX-IQ => ann@example.com R=x T=y", "Nothing"),
    ]);
}

#[test]
fn a_text_forges_no_field() {
    lines(&[
        (
            "** ann@example.com R=x T=y: SMTP error from remote mail server after RCPT TO:<ann@example.com>: host mx.example.com [192.0.2.1]: 550 no C=\"250 Ok\" H=other.example [192.0.2.9]",
            "ann@example.com bounced - 550 mx.example.com rcpt | no C=\"250 Ok\" H=other.example [192.0.2.9]",
        ),
        ("** ann@example.com: 250 2.0.0 fine", "ann@example.com bounced 5.0.0 - - - | 250 2.0.0 fine"),
        ("=> ann@example.com R=x T=y C=\"550 5.1.1 no\"", "ann@example.com sent 2.0.0 - - - | no"),
    ]);
}

#[test]
fn stamps_are_its_own_or_those_of_syslog() {
    let now = Now::new("2026-07-06".parse().unwrap());
    let rest = "1vbXyZ-0000000Abcd-12ab => ann@example.com R=x T=y C=\"250 Ok\"";
    for (start, time) in [
        ("2026-01-02 03:04:05 ", "2026-01-02T03:04:05Z"),
        ("2026-01-02 03:04:05.678 ", "2026-01-02T03:04:05Z"),
        ("2026-01-02 04:04:05 +0100 ", "2026-01-02T03:04:05Z"),
        ("2026-01-02 04:04:05.678 +0100 [4711] ", "2026-01-02T03:04:05Z"),
        ("Jan  2 03:04:05 host exim[4711]: ", "2026-01-02T03:04:05Z"),
        ("Jan  2 03:04:05 host exim[4711]: 2026-01-02 04:04:05 ", "2026-01-02T03:04:05Z"),
        ("<22>1 2026-01-02T03:04:05Z host exim4 4711 - - ", "2026-01-02T03:04:05Z"),
    ] {
        let line = format!("{start}{rest}");
        let Found::Attempt(attempt) = read(line.as_bytes(), now) else { panic!("{line}") };
        assert_eq!(attempt.message.as_deref(), Some("1vbXyZ-0000000Abcd-12ab"));
        assert_eq!(attempt.reply.time.map(|time| time.to_string()).as_deref(), Some(time), "{line}");
    }
}

#[test]
fn keeps_who_it_was_for_and_whence_it_went() {
    let line =
        format!("{AT} => b@example.com <a@example.net> R=x T=y H=mx.example.com [192.0.2.1] I=[198.51.100.7]:4001");
    let Found::Attempt(attempt) = read(line.as_bytes(), None) else { panic!() };
    assert_eq!(attempt.original_recipient.as_deref(), Some("a@example.net"));
    assert_eq!(attempt.reply.sender.ip.as_deref(), Some("198.51.100.7"));
    assert_eq!(attempt.reply.domain.unwrap().as_str(), "example.com");
}

#[test]
fn knows_its_lines() {
    for line in [
        "2026-01-02 03:04:05 1vbXyZ-0004dX-IQ Completed",
        "2026-01-02 03:04:05 H=x.example [192.0.2.1]:4 F=<a@example.com> rejected RCPT <b@example.com>: No",
        "2026-01-02 03:04:05 login authenticator failed for (x) [192.0.2.1]: 535 Incorrect",
        "Jan  2 03:04:05 host exim[1]: 1vbXyZ-0004dX-IQ <= a@example.com",
    ] {
        assert!(is_line(line.as_bytes()), "{line}");
    }
    for line in ["2026-01-02 03:04:05 INFO started", "550 no", "2026-01-02 03:04:05 1vbXyZ-0004dX"] {
        assert!(!is_line(line.as_bytes()), "{line}");
    }
}
