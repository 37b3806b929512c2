//! Mails that no mail server writes. What is right for each is what the library says of it.

use super::ground::{Case, Chance, Ground};
use carom::intake::notice::Reader;
use std::fmt::Write as _;

/// A mail, and what it comes to: how many recipients it tells of, or why it is not read.
#[derive(Debug)]
pub(crate) struct Mail {
    name: &'static str,
    text: Vec<u8>,
    right: Result<usize, String>,
}

pub(crate) const CASES: &[Case] = &[("a mail that no server writes", hostile), ("a mail of chance", random)];

fn hostile(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    held(ground, &ground.mails[chance.below(ground.mails.len())])
}

/// A good mail with some of its bytes changed.
fn random(ground: &Ground, chance: &mut Chance) -> Result<(), String> {
    let mut text = report(3).into_bytes();
    for _ in 0..1 + chance.below(20) {
        let at = chance.below(text.len());
        text[at] = chance.next() as u8;
    }
    held(ground, &Mail::new("a mail of chance", text))
}

fn held(ground: &Ground, mail: &Mail) -> Result<(), String> {
    let answer = ground.post("/v1/notice", "message/rfc822", &mail.text)?;
    let told = match &mail.right {
        Err(why) => {
            answer.refuses(422, "bad-mail")?;
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            return if said.contains(why.as_str()) {
                Ok(())
            } else {
                Err(format!("{}: another reason: {said}", mail.name))
            };
        }
        Ok(right) => (*right, answer.json()?.as_array().map(Vec::len)),
    };
    match told {
        (right, Some(count)) if right == count => Ok(()),
        (right, count) => Err(format!("{}: {count:?} verdicts, in place of {right}", mail.name)),
    }
}

impl Mail {
    fn new(name: &'static str, text: Vec<u8>) -> Mail {
        let right = Reader::default().read(&text).map(|attempts| attempts.len()).map_err(|refusal| refusal.to_string());
        Mail { name, text, right }
    }
}

/// A report of so many recipients.
fn report(recipients: usize) -> String {
    let mut text = "From: MAILER-DAEMON@example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
        --b\n\nIt was not delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; example.net\n\n"
        .to_owned();
    for n in 0..recipients {
        let _ = write!(
            text,
            "Final-Recipient: rfc822; a{n}@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\n"
        );
    }
    text + "--b\nContent-Type: message/rfc822\n\nFrom: ben@example.net\nSubject: hello\n\nHow are you?\n--b--\n"
}

/// All of them.
pub(crate) fn mails() -> Vec<Mail> {
    let text = |name, text: String| Mail::new(name, text.into_bytes());
    let nested = |depth: usize| {
        let mut text = "From: a@example.com\n".to_owned();
        (0..depth).for_each(|n| text.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")));
        text
    };
    let many = |kind: &str, part: &str, count: usize| {
        format!("From: a@example.com\nContent-Type: {kind}; boundary=b\n\n{}--b--\n", part.repeat(count))
    };
    let long = "x".repeat(100_000);
    let attribute = |n| format!(";\n p*{n}*=x''%41");
    vec![
        text("a good report", report(3)),
        text("a report of 4,000 recipients", report(4_000)),
        text("a report of too many recipients", many_recipients(18_000)),
        text("parts, 10,000 deep", nested(10_000)),
        text("parts, 19 deep", nested(19)),
        text("parts of the same boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(10_000)),
        text("100,000 parts", many("multipart/mixed", "--b\n\n\n", 100_000)),
        text(
            "1,500 reports",
            many("multipart/report", "--b\nContent-Type: message/delivery-status\n\nAction: failed\n", 1_500),
        ),
        text("mails in mails", "Content-Type: message/rfc822\n\n".repeat(10_000)),
        text("a header of most of a megabyte", format!("Subject: {}\n\nno\n", "x".repeat(900_000))),
        text("100,000 fields", "A: b\n".repeat(100_000) + "\nno\n"),
        text("a field folded 100,000 times", format!("Subject: a\n{}\nno\n", " b\n".repeat(100_000))),
        text("words that are encoded", format!("Subject: {}\n\nno\n", "=?utf-8?b?4pi6?= ".repeat(20_000))),
        text("addresses", format!("From: {}\n\nno\n", "\"a\" <a@example.com>, (".repeat(10_000))),
        text(
            "parameters",
            format!("Content-Type: text/plain{}\n\nno\n", (0..10_000).map(attribute).collect::<String>()),
        ),
        text(
            "a long boundary",
            format!("Content-Type: multipart/mixed; boundary=\"{long}\"\n\n--{long}\n\nno\n--{long}--\n"),
        ),
        text(
            "a boundary without an end",
            format!("Content-Type: multipart/mixed; boundary=\"{long}\n\n{}", "--x\n\n".repeat(9_000)),
        ),
        text(
            "a boundary that is empty",
            many("multipart/mixed", "--\n\n", 100_000).replace("boundary=b", "boundary=\"\""),
        ),
        text(
            "much base64",
            format!(
                "From: a@b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{}",
                "PGI+".repeat(240_000)
            ),
        ),
        text(
            "much quoted-printable",
            format!("From: a@b\nContent-Transfer-Encoding: quoted-printable\n\n{}", "=3D=\n".repeat(180_000)),
        ),
        text("a page, 100,000 deep", format!("From: a@b\nContent-Type: text/html\n\n{}", "<div>&amp;".repeat(90_000))),
        text("a charset that is none", format!("From: a@b\nContent-Type: text/plain; charset={long}\n\n\u{fffd}\n")),
        text("one line", "a".repeat(1_000_000)),
        text("lines without letters", "\r\n".repeat(500_000)),
        Mail::new("zeros", vec![0; 1_000_000]),
        Mail::new("bytes by chance", Chance::new(7).bytes(500_000)),
        Mail::new("half a report", report(100).into_bytes()[..5_000].to_vec()),
    ]
}

fn many_recipients(count: usize) -> String {
    let block = "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n";
    report(0).replacen(
        "Reporting-MTA: dns; example.net\n\n",
        &format!("Reporting-MTA: dns; a\n\n{}", block.repeat(count)),
        1,
    )
}
