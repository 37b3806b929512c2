//! Who sent a mail: a mail system, or somebody else, whose words are no bounce whatever they quote.
//!
//! People answer bounces, forward them and write about them, in the very words that layouts are known by. So a mail
//! without a report is read as a bounce only where its header shows that a mail system wrote it.

use super::address;
use super::mail::Mail;

/// Names of mail systems, as they stand before the `@`.
const DAEMONS: [&str; 6] = ["mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mailer_daemon", "mdaemon"];

/// Words of names that mail systems have and people seldom.
const SYSTEMS: [&str; 14] = [
    "postmaster",
    "daemon",
    "mailer",
    "bounce",
    "bounces",
    "ndr",
    "dsn",
    "smtp",
    "mta",
    "imss",
    "noreply",
    "no-reply",
    "donotreply",
    "mailsystem",
];

/// How subjects of answers and forwarded mails begin.
const ANSWERS: [&str; 11] = ["re", "fwd", "fw", "aw", "wg", "tr", "rv", "sv", "antw", "回复", "答复"];

/// Whether a mail system wrote it. What has no header shows nothing either way, and is believed.
pub(super) fn is_system(mail: &Mail<'_>) -> bool {
    if mail.is_bare() {
        return true;
    }
    let from = mail.header("From");
    let local = from.as_deref().map(local_part).unwrap_or_default();
    let path = mail.header("Return-Path");
    let path = path.as_deref().map(str::trim);
    let is_from_nobody = path.is_some_and(|path| path.is_empty() || path == "<>");
    let by_daemon = |local: &str| local == "postmaster" || DAEMONS.iter().any(|daemon| local.contains(daemon));
    let has_report = mail.header("Content-Type").is_some_and(|kind| kind == "multipart/report");
    if is_from_nobody
        || by_daemon(&local)
        || path.is_some_and(|path| by_daemon(&local_part(path)))
        || has_report
        || mail.header("X-Failed-Recipients").is_some()
    {
        return true;
    }
    // The rest is believed where nothing speaks against it.
    let automatic = mail.header("Auto-Submitted").is_some_and(|said| is_of_a_system(&said));
    let is_nameless = from.as_deref().is_none_or(|from| address::read(from).is_none());
    let from_somebody = path.is_some_and(|path| !is_system_name(&local_part(path)));
    (automatic || is_nameless || is_system_name(&local))
        && !from_somebody
        && !is_of_list(mail)
        && !is_answer(&mail.header("Subject").unwrap_or_default())
}

/// What stands before the `@` of a sender, in small letters; all of one without an address.
fn local_part(sender: &str) -> String {
    let found = address::read(sender);
    let written = found.as_deref().unwrap_or(sender);
    written.rsplit_once('@').map_or(written, |(local, _)| local).trim_matches(['<', '>', ' ']).to_lowercase()
}

/// The same, for layouts.
pub(super) fn name_of_sender(from: &str) -> String {
    local_part(from)
}

fn is_system_name(local: &str) -> bool {
    SYSTEMS.contains(&local) || local.split(|c: char| !c.is_ascii_alphabetic()).any(|word| SYSTEMS.contains(&word))
}

/// `auto-generated` and its like; automatic answers come from people's mailboxes.
fn is_of_a_system(submitted: &str) -> bool {
    let word = submitted.trim().to_ascii_lowercase();
    !word.is_empty() && !word.starts_with("auto-replied") && word != "no" && !word.starts_with("no ")
}

/// Whether it came through a list, or as one of many alike.
fn is_of_list(mail: &Mail<'_>) -> bool {
    ["List-Id", "List-Unsubscribe", "List-Post"].iter().any(|name| mail.header(name).is_some())
}

/// Whether a subject begins as those of answers and forwarded mails do, also behind a list's name in brackets.
fn is_answer(subject: &str) -> bool {
    let mut rest = subject.trim_start();
    while let Some(behind) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        rest = behind.1.trim_start();
    }
    let Some((begun, _)) = rest.split_once([':', '：']) else { return false };
    let begun = begun.split('[').next().unwrap_or_default().trim().to_lowercase();
    ANSWERS.contains(&begun.as_str())
}

/// Local parts that notices name for help, and that nobody is missed at.
const HELPERS: [&str; 10] = [
    "postmaster",
    "abuse",
    "support",
    "helpdesk",
    "help",
    "hostmaster",
    "noreply",
    "no-reply",
    "info-help",
    "servicedesk",
];

/// The addresses that a text names and that none of these is, each once: whom a notice may be about.
pub(super) fn named_in(text: &str, ours: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().take(2_000).filter(|line| line.contains('@')) {
        let lower = line.to_ascii_lowercase();
        if ["message-id", "messageid", "in-reply-to", "references:", "from:", "envelope"]
            .iter()
            .any(|id| lower.contains(id))
        {
            continue;
        }
        let is_between = |c: char| c.is_whitespace() || "<>()[]{}\"',;|=*/".contains(c);
        for word in line.split(is_between).filter(|word| word.contains('@')) {
            let Some(named) = address::read(word).filter(|named| named.contains('.')) else { continue };
            let local = local_part(&named);
            let is_known = |known: &String| known.eq_ignore_ascii_case(&named);
            if DAEMONS.contains(&local.as_str())
                || HELPERS.contains(&local.as_str())
                || ours.iter().any(is_known)
                || found.iter().any(is_known)
            {
                continue;
            }
            found.push(named);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_mail_systems_from_people() {
        let cases = [
            ("", true),
            ("From: MAILER-DAEMON@example.com\nSubject: Re: failure notice\n", true),
            ("From: Mail Delivery System <>\n", true),
            ("From: Ann <ann@example.com>\nReturn-Path: <>\n", true),
            ("From: Ann <ann@example.com>\nReturn-Path: <MAILER-DAEMON@example.com>\n", true),
            ("From: Ann <ann@example.com>\nX-Failed-Recipients: bob@example.com\n", true),
            ("From: Ann <ann@example.com>\nContent-Type: multipart/report; boundary=x\n", true),
            ("From: Ann <ann@example.com>\nAuto-Submitted: auto-generated\n", true),
            ("From: postmaster@example.com\nSubject: not delivered\n", true),
            ("From: Smtp_Service@example.com\n", true),
            ("Subject: not delivered\n", true),
            ("From: Mail Delivery System <support@example.com>\n", false),
            ("From: Ann <ann@example.com>\nSubject: failure notice\n", false),
            ("From: Ann <ann@example.com>\nAuto-Submitted: auto-replied\n", false),
            ("From: postmaster@example.com\nSubject: Re:not delivered\n", true),
            ("From: Mail Server <@>\nSubject: not delivered\n", true),
            ("From: bounces@example.com\nSubject: [list] RE[2]: not delivered\n", false),
            ("From: noreply@example.com\nList-Id: <a.example.com>\n", false),
            ("From: a@example.com\nReturn-Path: <a@example.com>\nAuto-Submitted: auto-generated\n", false),
        ];
        for (header, expected) in cases {
            let written = match header {
                "" => "no header\n".to_owned(),
                header => format!("{header}\nno\n"),
            };
            let mail = Mail::open(written.as_bytes()).unwrap();
            assert_eq!(is_system(&mail), expected, "{header}");
        }
    }

    #[test]
    fn finds_whom_a_text_names() {
        let text = "Dear news@example.org,\nFailed address: ann@example.com\n(<Ann@example.com>) ask postmaster@example.com\n\
            Message-ID: <1@example.org>\n收件人：bob@example.com\n";
        assert_eq!(named_in(text, &["News@example.org".to_owned()]), ["ann@example.com", "bob@example.com"]);
    }
}
