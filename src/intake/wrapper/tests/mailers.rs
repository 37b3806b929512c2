//! Each mail server's way to wrap a reply.

use super::*;

#[test]
fn unwraps_postfix() {
    check(&[
        (
            "host mx.example.com[192.0.2.1] said: 550 5.1.1 <a@example.com>: gone (in reply to RCPT TO command)",
            "550 5.1.1 mx.example.com rcpt | <a@example.com>: gone",
        ),
        (
            "host mx.example.com[2001:db8::1]:25 said: 554 spam (in reply to end of DATA command)",
            "554 - mx.example.com end-of-data | spam",
        ),
        (
            "host mx.example.com[192.0.2.1] said: 550 no (in reply to MAIL FROM command)",
            "550 - mx.example.com mail | no",
        ),
        ("host mx.example.com[192.0.2.1] said: 550 no (in reply to EHLO command)", "550 - mx.example.com ehlo | no"),
        (
            "host mx.example.com[192.0.2.1] said: 550 no (in reply to STARTTLS command)",
            "550 - mx.example.com ehlo | no",
        ),
        ("host mx.example.com[192.0.2.1] said: 550 no (in reply to DATA command)", "550 - mx.example.com data | no"),
        (
            "host mail.example.com[private/dovecot-lmtp] said: 552 5.2.2 <a@example.com> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)",
            "552 5.2.2 mail.example.com end-of-data | <a@example.com> Quota exceeded (mailbox for user is full)",
        ),
        ("host 192.0.2.1[192.0.2.1] said: 450 later (in reply to RCPT TO command)", "450 - - rcpt | later"),
        (
            "host mx.example.com[192.0.2.1] said: Too many of you (in reply to RCPT TO command)",
            "- - mx.example.com rcpt | Too many of you",
        ),
        (
            "host mx.example.com[192.0.2.1] refused to talk to me: 554-mx.example.com 554 Your address is listed",
            "554 - mx.example.com connect | mx.example.com Your address is listed",
        ),
        (
            "delivery temporarily suspended: host mx.example.com[192.0.2.1] refused to talk to me: 421 4.7.0 Busy",
            "421 4.7.0 mx.example.com connect | Busy",
        ),
        (
            "delivery temporarily suspended: connect to mx.example.com[192.0.2.1]: server refused to talk to me: 421 Busy",
            "421 - mx.example.com connect | Busy",
        ),
        (
            "550 5.1.1 <a@example.com>: Recipient address rejected: undeliverable address: host mda.example.net[192.0.2.7] said: 550 unknown user (in reply to RCPT TO command)",
            "550 - mda.example.net rcpt | unknown user",
        ),
        (
            "host mx.example.com[192.0.2.1] said: 450 4.1.1 <a@example.com>: Recipient address rejected: undeliverable address: host mda.example.net[192.0.2.7] said: 550 5.1.1 unknown (in reply to end of DATA command) (in reply to RCPT TO command)",
            "450 4.1.1 mx.example.com rcpt | <a@example.com>: Recipient address rejected: undeliverable address: host mda.example.net[192.0.2.7] said: 550 5.1.1 unknown",
        ),
        (
            "host mx.example.com[192.0.2.1] said: 550 5.1.0 <a@example.com>: Sender address rejected: undeliverable address: host mx.example.org[192.0.2.7] said: 550 5.1.1 unknown (in reply to RCPT TO command) (in reply to RCPT TO command)",
            "550 5.1.0 mx.example.com rcpt | <a@example.com>: Sender address rejected: undeliverable address: host mx.example.org[192.0.2.7] said: 550 5.1.1 unknown",
        ),
        (
            "host mx.example.com[192.0.2.1] said: 450 4.1.1 <a@example.com>: unverified address: lost connection with mda.example.net[192.0.2.7] while sending RCPT TO (in reply to RCPT TO command)",
            "450 4.1.1 mx.example.com rcpt | <a@example.com>: unverified address: lost connection with mda.example.net[192.0.2.7] while sending RCPT TO",
        ),
        (
            "SASL authentication failed; server relay.example.com[192.0.2.1] said: 535 5.7.8 Error: authentication failed",
            "535 5.7.8 relay.example.com ehlo | Error: authentication failed",
        ),
        ("550 5.1.1 gone (in reply to RCPT TO command)", "550 5.1.1 - rcpt | gone"),
    ]);
}

#[test]
fn unwraps_exim() {
    let reply = "550 5.1.1 mx.example.com rcpt | gone";
    check(&[
        (
            "SMTP error from remote mail server after RCPT TO:<a@example.com>: host mx.example.com [192.0.2.1]: 550 5.1.1 gone",
            reply,
        ),
        (
            "host mx.example.com [192.0.2.1] SMTP error from remote mail server after RCPT TO:<a@example.com>:\n    550 5.1.1 gone",
            reply,
        ),
        (
            "<a@example.com> host mx.example.com [192.0.2.1] SMTP error from remote mail server after RCPT TO:<a@example.com>: 550 5.1.1 gone",
            reply,
        ),
        (
            "H=mx.example.com [192.0.2.1]: SMTP error from remote mail server after pipelined RCPT TO:<a@example.com>: 550 5.1.1 gone",
            reply,
        ),
        (
            "SMTP error from remote mailer after RCPT TO:<a@example.com>: host mx.example.com [192.0.2.1]: 550 5.1.1 gone",
            reply,
        ),
        (
            "LMTP error from remote mail server after RCPT TO:<a@example.com>: host mx.example.com [192.0.2.1]: 550 5.1.1 gone",
            reply,
        ),
        (
            "SMTP error from remote mail server after RCPT TO:<\"a: host evil.example [192.0.2.9]: 250 ok\"@example.com>: host mx.example.com [192.0.2.1]: 550 5.1.1 gone",
            reply,
        ),
        (
            "SMTP error from remote mail server after initial connection: host mx.example.com [192.0.2.1]: 554 listed",
            "554 - mx.example.com connect | listed",
        ),
        (
            "host mx.example.com [192.0.2.1]: SMTP error from remote mail server after end of data: 554 spam",
            "554 - mx.example.com end-of-data | spam",
        ),
        (
            "SMTP error from remote mail server after pipelined MAIL FROM:<> SIZE=1234: host mx.example.com [2001:db8::1]: 450 wait",
            "450 - mx.example.com mail | wait",
        ),
        (
            "host mx.example.com [192.0.2.1] SMTP error from remote mail server after initial connection: We do not like you",
            "- - mx.example.com connect | We do not like you",
        ),
        ("SMTP error from remote mail server after RCPT TO:<a@example.com>: 451 wait", "451 - - rcpt | wait"),
    ]);
}

#[test]
fn unwraps_qmail() {
    check(&[
        (
            "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 gone\nGiving up on 192.0.2.1.",
            "550 5.1.1 - rcpt | gone",
        ),
        (
            "192.0.2.1 does not like recipient. Remote host said: 450 4.2.2 full Giving up on 192.0.2.1. I'm not going to try again; this message has been in the queue too long.",
            "450 4.2.2 - rcpt | full",
        ),
        (
            "mx.example.com failed after I sent the message.\nRemote host said: 554 5.7.1 spam",
            "554 5.7.1 mx.example.com end-of-data | spam",
        ),
        (
            "Hi. This is the mail system. <a@example.com>: 192.0.2.1 failed after I sent the message. Remote host said: Go away",
            "- - - end-of-data | Go away",
        ),
        ("Connected to 192.0.2.1 but greeting failed.\nRemote host said: 421 busy", "421 - - connect | busy"),
        ("Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 553 no", "553 - - mail | no"),
        ("Connected to 192.0.2.1 but my name was rejected. Remote host said: 501 5.0.0 no", "501 5.0.0 - ehlo | no"),
        ("Remote host said: 550 gone [RCPT_TO]", "550 - - - | gone [RCPT_TO]"),
    ]);
}

#[test]
fn unwraps_sendmail() {
    check(&[
        (
            "... while talking to mx.example.com.:\n>>> RCPT To:<a@example.com>\n<<< 550 5.1.1 <a@example.com>... gone\n550 5.1.1 <a@example.com>... User unknown",
            "550 5.1.1 mx.example.com rcpt | <a@example.com>... gone",
        ),
        (
            "   ----- Transcript of session follows -----\n... while talking to mx.example.com.:\r\n>>> DATA\r\n<<< 550-5.7.1 much\r\n<<< 550 5.7.1 spam\r\n554 5.0.0 Service unavailable",
            "550 5.7.1 mx.example.com data | much spam",
        ),
        (
            "... while talking to mx.example.com.: >>> MAIL From:<> SIZE=9 <<< 250 2.1.0 ok >>> RCPT To:<a@example.com> <<< 452 4.2.2 full >>> DATA <<< 503 5.5.1 no recipients",
            "452 4.2.2 mx.example.com rcpt | full",
        ),
        ("Each recipient was rejected. <<< 550 gone", "550 - - - | gone"),
        ("<a@example.com>... Deferred: 450 4.2.0 greylisted", "450 4.2.0 - - | greylisted"),
        ("mx.example.com [192.0.2.1] did not like our RCPT TO:550 5.1.1 gone", "550 5.1.1 mx.example.com rcpt | gone"),
        ("mx.example.com did not like our final DATA: Not wanted", "- - mx.example.com end-of-data | Not wanted"),
        ("mx.example.com said: 550 5.1.1 gone (in reply to RCPT TO)", "550 5.1.1 mx.example.com rcpt | gone"),
    ]);
}

#[test]
fn unwraps_exchange() {
    check(&[
        (
            "Diagnostic information for administrators:\n\nann@example.com\nmx.example.com\nRemote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'\n",
            "550 5.1.1 mx.example.com - | RESOLVER.ADR.RecipNotFound; not found",
        ),
        ("ann@example.com Remote Server returned '550 5.1.1 Ann's box is gone'", "550 5.1.1 - - | Ann's box is gone"),
        (
            "1/2/2026 8:21:10 AM - Server at mx.example.com (192.0.2.1) returned '550 5.4.300 expired' 1/2/2026 8:11:10 AM - Server at mx2.example.com returned '450 4.4.312 later'",
            "550 5.4.300 mx.example.com - | expired",
        ),
        (
            "550 5.1.351 Remote server returned unknown recipient -> 550 Unknown user ann@example.com",
            "550 - - - | Unknown user ann@example.com",
        ),
        ("Remote server returned an error -> 552 5.2.2 full", "552 5.2.2 - - | full"),
        ("#< #5.1.1 smtp;550 5.1.1 RESOLVER; not found> #SMTP#", "550 5.1.1 - - | RESOLVER; not found"),
        ("#550 5.2.3 RESOLVER.RST; too large ##rfc822;ann@example.com", "550 5.2.3 - - | RESOLVER.RST; too large"),
        ("smtp;550 5.1.1 gone", "550 5.1.1 - - | gone"),
        ("smtp; 550-5.1.1 gone\n 550 5.1.1 away", "550 5.1.1 - - | gone away"),
        (
            "failed,5.1.1 (bad destination mailbox address),smtp;553 Relaying disallowed",
            "553 - - - | Relaying disallowed",
        ),
        (
            "550 5.4.300 Message expired -> 451 4.4.0 [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{MSG=};{FQDN=mx.example.com};{IP=192.0.2.1};{LRT=1/2/2026 8:21:10 AM}]",
            "450 4.4.316 mx.example.com - | Connection refused [Message=Socket error code 10061]",
        ),
        (
            "432 4.3.2 STOREDRV.Deliver; dynamic tracking throttle exceeded [Stage: PromoteCreateReplica]",
            "!432 4.3.2 - - | STOREDRV.Deliver; dynamic tracking throttle exceeded [Stage: PromoteCreateReplica]",
        ),
    ]);
}

#[test]
fn unwraps_google() {
    check(&[
        (
            "Technical details of permanent failure: Google tried to deliver your message, but it was rejected by the server for the recipient domain example.com by mx.example.com. [192.0.2.1]. The error that the other server returned was: 550 5.1.1 <a@example.com>: gone (state 13).",
            "550 5.1.1 mx.example.com - | <a@example.com>: gone",
        ),
        (
            "Google tried to deliver your message, but it was rejected by the recipient domain. The error that the other server returned was: 554 554 5.7.0 Header error (state 18).",
            "554 5.7.0 - - | Header error",
        ),
        (
            "** Address not found ** The response from the remote server was: 550 #5.1.0 Address rejected. </html>",
            "550 5.1.0 - - | Address rejected.",
        ),
        ("** Address not found ** The response was:\n\nThat account is gone.", "- - - - | That account is gone."),
    ]);
}

#[test]
fn unwraps_what_others_say() {
    check(&[
        ("The remote server responded: 550 gone", "550 - - - | gone"),
        ("host mx.example.com:25 says: 550 5.4.1 no access", "550 5.4.1 mx.example.com - | no access"),
        ("Server mx.example.com[192.0.2.1] failed with: 550 gone", "550 - mx.example.com - | gone"),
        ("552 Transaction 12 failed, remote said \"550 No such user\" (#5.1.1)", "550 - - - | No such user"),
        (
            "SMTP Server <192.0.2.1> refused (DATA), with the following error message: [554 5.4.6 loop]",
            "554 5.4.6 - - | loop",
        ),
        ("User unknown: 550 gone", "550 - - - | gone"),
        ("Remote protocol error: reset while waiting for example.com: 550 gone", "550 - - - | gone"),
        ("An unknown mailer was told: 550 5.1.1 gone", "550 5.1.1 - - | gone"),
        ("An unknown mailer was told: 550 4.1.1 gone", "!- 4.1.1 - - | An unknown mailer was told: 550 4.1.1 gone"),
    ]);
}
