//! The reason that the words of a cluster suggest, where they do.

use crate::ruleset::{Category, Reason, RuleSet};

/// Words and the reason of the shipped catalogue that they speak for; the first whose words are found counts.
const SUGGESTED: [(&str, &[&str]); 37] = [
    ("greylisted", &["greylist", "graylist", "grey list"]),
    ("virus-found", &["virus", "malware", "infected"]),
    ("dmarc-failed", &["dmarc"]),
    ("dkim-failed", &["dkim"]),
    ("spf-failed", &["spf "]),
    ("no-reverse-dns", &["ptr record", "reverse dns", "rdns", "reverse lookup"]),
    ("helo-rejected", &["helo ", "ehlo "]),
    ("tls-required", &["starttls", "encryption required", "tls required"]),
    ("login-required", &["authentication required", "auth required", "login required"]),
    ("relay-denied", &["relay"]),
    ("too-many-recipients", &["too many recipients"]),
    ("connection-limited", &["too many connections", "connection limit", "concurrent connections", "too many errors"]),
    ("rate-limited", &["rate limit", "too many messages", "too much mail", "too fast", "slow down", "too many emails"]),
    ("sending-limit", &["sending limit", "daily limit"]),
    (
        "block-listed",
        &["blacklist", "blocklist", "block list", "dnsbl", "rbl", "spamhaus", "blocked using", "listed by"],
    ),
    ("ip-reputation", &["reputation"]),
    ("spam-content", &["spam", "unsolicited", "junk"]),
    ("attachment-refused", &["attachment"]),
    ("message-too-large", &["too large", "too big", "message size", "size limit"]),
    ("mailbox-full", &["mailbox full", "mailbox is full", "quota", "out of storage", "storage allocation"]),
    (
        "domain-unknown",
        &["domain not found", "host not found", "no such domain", "unknown domain", "domain does not exist"],
    ),
    ("sender-rejected", &["sender rejected", "sender refused", "sender address rejected"]),
    ("user-disabled", &["disabled", "suspended", "deactivated"]),
    ("user-inactive", &["inactive", "not active"]),
    ("user-moved", &["has moved", "no longer", "has been replaced"]),
    (
        "user-unknown",
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "user not found",
            "no such recipient",
            "unknown recipient",
            "recipient not found",
            "no such mailbox",
            "mailbox not found",
            "no mailbox",
            "invalid recipient",
            "user does not exist",
            "user doesn't exist",
            "mailbox does not exist",
            "no such address",
            "not a valid recipient",
            "no valid recipients",
            "account that you tried to reach does not exist",
            "user doesn't have a",
            "unknown account",
            "no such account",
        ],
    ),
    ("address-invalid", &["malformed address", "bad address syntax", "invalid address"]),
    ("dns-failed", &["name service error", "dns error", "dns lookup", "dns query", "name server"]),
    ("timed-out", &["timed out", "timeout"]),
    ("connection-failed", &["connection refused", "no route to host", "unreachable", "connection reset"]),
    ("mail-loop", &["mail loop", "hop count", "too many hops"]),
    ("malformed", &["header", "rfc 5322", "rfc5322", "not compliant"]),
    ("content-refused", &["content"]),
    ("server-error", &["internal error", "local error", "temporary failure", "system error", "configuration error"]),
    ("server-busy", &["server busy", "too busy", "system busy"]),
    ("expired", &["expired", "too long in queue", "in the queue too long"]),
    ("policy-refused", &["policy", "access denied", "not allowed", "not authorized", "not permitted"]),
];

/// What to say of a cluster.
pub(super) struct Suggestion<'r> {
    pub(super) reason: &'r Reason,
    /// In which of the reason's categories.
    pub(super) category: Category,
    /// The words that speak for it; nothing where it is only what is said today.
    pub(super) by: Option<&'static str>,
}

/// The reason that the words suggest, if the rule set has it; else what is said today, or what comes nearest to
/// saying nothing. Nothing where rules can say no reason at all.
pub(super) fn suggest<'r>(
    rules: &'r RuleSet,
    words: &str,
    class: Option<u8>,
    today: (Category, &'r Reason),
) -> Option<Suggestion<'r>> {
    // The end of a text is the end of its last word.
    let words = format!("{words} ");
    let named = |name: &str| rules.reasons.iter().find(|reason| reason.name == name);
    let found = SUGGESTED.iter().find_map(|(name, all)| {
        let by = all.iter().find(|by| stands(&words, by))?;
        Some((named(name)?, by.trim()))
    });
    if let Some((reason, by)) = found {
        return Some(Suggestion { reason, category: fitting(reason, class), by: Some(by) });
    }
    let (category, reason) = today;
    let category =
        reason.categories.iter().copied().find(|own| *own == category).unwrap_or_else(|| fitting(reason, class));
    if can_be_said(reason) {
        return Some(Suggestion { reason, category, by: None });
    }
    // Something must stand there: what costs least where nobody looks.
    let wanted = if class == Some(5) { Category::Block } else { Category::Deferred };
    let could = || rules.reasons.iter().filter(|reason| can_be_said(reason));
    let reason = named("refused")
        .or_else(|| could().find(|reason| reason.categories[0] == wanted))
        .or_else(|| could().next())?;
    Some(Suggestion { reason, category: fitting(reason, class), by: None })
}

/// Whether words stand in a text so that a word begins with them.
fn stands(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

fn can_be_said(reason: &Reason) -> bool {
    let is_reserved = |category: &Category| {
        matches!(category, Category::Delivered | Category::Complaint | Category::AutoReply | Category::Unknown)
    };
    !reason.categories.iter().any(is_reserved)
}

/// The category of a reason that fits the class of a reply: what passes is not hard, nor blocked for good.
fn fitting(reason: &Reason, class: Option<u8>) -> Category {
    let passing = [Category::Deferred, Category::Soft];
    let for_now = reason.categories.iter().copied().find(|category| passing.contains(category));
    match class {
        Some(4) => for_now.unwrap_or(reason.categories[0]),
        _ => reason.categories[0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn every_reason_is_one_of_the_catalogue() {
        let engine = Engine::builtin().expect("the library loads");
        for (name, _) in SUGGESTED {
            assert!(engine.rules().reasons.iter().any(|reason| reason.name == name && can_be_said(reason)), "{name}");
        }
    }

    #[test]
    fn words_suggest_what_they_say() {
        let engine = Engine::builtin().expect("the library loads");
        let reason = |name: &str| engine.rules().reasons.iter().find(|reason| reason.name == name).expect("a reason");
        for (words, class, said) in [
            ("sorry, unknown user here", Some(5), "hard user-unknown by unknown user"),
            ("the user is a known one", Some(5), "block refused"),
            ("your ip has a poor reputation", Some(4), "deferred ip-reputation by reputation"),
            ("forbl is no list", Some(5), "block refused"),
        ] {
            let found = suggest(engine.rules(), words, class, (Category::Block, reason("refused"))).expect("a reason");
            let by = found.by.map_or(String::new(), |by| format!(" by {by}"));
            assert_eq!(format!("{} {}{by}", found.category, found.reason.name), said);
        }
        let unknown = suggest(engine.rules(), "?", None, (Category::Unknown, reason("unknown"))).expect("a reason");
        assert_eq!(unknown.reason.name, "refused");
    }
}
