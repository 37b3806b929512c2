//! What a record or an event tells of one recipient, before it is an attempt.

use super::attempt::{Attempt, Logged, Reported, domain_of, lossy};
use super::log::{said, status_of};
use crate::reply::Kind;
use crate::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Sender, Time};
use std::borrow::Cow;

/// How much of a text is read: many recipients may share it, and each has its own.
const TEXT_LIMIT: usize = 16 * 1024;

/// The parts of an attempt as a source states them, each where it does.
#[derive(Debug, Clone, Default)]
pub(super) struct Event<'e> {
    pub(super) message: Option<Cow<'e, str>>,
    pub(super) recipient: Option<Cow<'e, str>>,
    pub(super) original: Option<Cow<'e, str>>,
    /// The reply, with or without its codes.
    pub(super) text: Cow<'e, [u8]>,
    pub(super) code: Option<ReplyCode>,
    pub(super) enhanced: Option<EnhancedCode>,
    pub(super) status: Option<EnhancedCode>,
    pub(super) host: Option<&'e str>,
    pub(super) phase: Option<Phase>,
    pub(super) time: Option<Time>,
    pub(super) sender: Sender,
    pub(super) logged: Option<Logged>,
    pub(super) kind: Option<Kind>,
    pub(super) reported: Option<Reported<'e>>,
}

impl<'e> Event<'e> {
    /// The attempt. What the text says of itself stands above what is stated beside it, since services state the outer
    /// of two replies; and above both stands what became of the message.
    pub(super) fn attempt(self) -> Attempt<'e> {
        let logged = self.logged.clone().unwrap_or_else(|| Logged::Other(String::new()));
        let unwrapped = said(&self.text[..self.text.len().min(TEXT_LIMIT)], &logged);
        let inner = unwrapped.reply;
        let fits = |class: u8| match logged.is_success() {
            Some(true) => class == 2,
            Some(false) => class >= 4,
            None => true,
        };
        let code = inner.code.or(self.code.filter(|code| fits(code.class())));
        // An enhanced code beside another reply code does not belong to it.
        let same = |enhanced: &EnhancedCode| code.is_none_or(|code| code.class() == enhanced.class());
        let enhanced = inner.enhanced.or(self.enhanced.filter(|code| fits(code.class())).filter(same));
        let recipient = self.recipient.map(without_name).filter(|address| !address.trim().is_empty());
        let mut reply = Reply {
            code,
            enhanced,
            status: self.status,
            text: inner.text,
            host: inner.host.or_else(|| HostName::parse(self.host?).ok()),
            domain: recipient.as_ref().and_then(|recipient| domain_of(recipient.as_bytes())),
            phase: inner.phase.or(self.phase),
            time: self.time,
            sender: self.sender,
            kind: self.kind,
        };
        if reply.class().is_none() {
            reply.status = self.logged.as_ref().and_then(status_of);
        }
        Attempt {
            source: Cow::Borrowed(""),
            message: self.message,
            recipient,
            original_recipient: self.original,
            reply,
            via: unwrapped.via.map(|via| Cow::Owned(via.into_owned())),
            logged: self.logged,
            tied: None,
            reported: self.reported.map(Box::new),
        }
    }
}

/// `Ann <ann@example.com>`: the address alone.
fn without_name(address: Cow<'_, str>) -> Cow<'_, str> {
    let inner = |text: &str| {
        let open = text.rfind('<')?;
        text[open + 1..].strip_suffix('>').map(str::to_owned)
    };
    match inner(&address) {
        Some(bare) => Cow::Owned(bare),
        None => address,
    }
}

/// `smtp; 550 5.1.1 no`: the text, without the word that says what it is (RFC 3464).
pub(super) fn without_type(text: &[u8]) -> &[u8] {
    let word = text.iter().take(16).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    match text.get(word) {
        Some(b';') if word > 0 && !text[..word].iter().all(u8::is_ascii_digit) => text[word + 1..].trim_ascii_start(),
        _ => text,
    }
}

/// The enhanced code that a text begins with: `5.1.1 (bad destination mailbox address)`.
pub(super) fn leading_status(text: &[u8]) -> Option<EnhancedCode> {
    let end = text.iter().position(|b| !b.is_ascii_digit() && *b != b'.').unwrap_or(text.len());
    lossy(&text[..end]).parse().ok()
}

/// The phase that a command belongs to, as programs name what a reply answered.
pub(super) fn phase_of_command(command: &str) -> Option<Phase> {
    const KNOWN: [(&str, Phase); 14] = [
        ("connect", Phase::Connect),
        ("banner", Phase::Connect),
        ("ehlo", Phase::Ehlo),
        ("helo", Phase::Ehlo),
        ("lhlo", Phase::Ehlo),
        ("starttls", Phase::Ehlo),
        ("auth", Phase::Ehlo),
        ("mail", Phase::Mail),
        ("rcpt", Phase::Rcpt),
        ("data", Phase::Data),
        ("eod", Phase::EndOfData),
        ("eom", Phase::EndOfData),
        ("bdat", Phase::EndOfData),
        (".", Phase::EndOfData),
    ];
    let command = command.trim().to_ascii_lowercase();
    KNOWN.into_iter().find(|(start, _)| command.starts_with(start)).map(|(_, phase)| phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_stands_above_what_is_stated() {
        let event = |text: &'static str, code: u16, enhanced: &str, logged: Logged| {
            let reply = Event {
                text: Cow::Borrowed(text.as_bytes()),
                code: ReplyCode::new(code),
                enhanced: enhanced.parse().ok(),
                logged: Some(logged),
                ..Event::default()
            }
            .attempt()
            .reply;
            let or = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
            let codes = [reply.code.map(|c| c.to_string()), reply.enhanced.map(|c| c.to_string())].map(or);
            format!("{} {} {}", codes.join(" "), or(reply.status.map(|c| c.to_string())), lossy(&reply.text))
        };
        let cases = [
            (event("no", 550, "5.1.1", Logged::Bounced), "550 5.1.1 - no"),
            (event("550 5.1.2 no", 554, "5.0.0", Logged::Bounced), "550 5.1.2 - no"),
            (event("450 no", 554, "5.0.0", Logged::Bounced), "450 - - no"),
            (event("no", 250, "2.0.0", Logged::Bounced), "- - 5.0.0 no"),
            (event("250 Ok", 250, "", Logged::Sent), "250 - - Ok"),
            (event("", 0, "", Logged::Sent), "- - 2.0.0 "),
            (event("", 605, "", Logged::Deferred), "- - 4.0.0 "),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn reads_parts() {
        assert_eq!(without_name(Cow::Borrowed("Ann <a@example.com>")), "a@example.com");
        assert_eq!(without_name(Cow::Borrowed("a@example.com")), "a@example.com");
        assert_eq!(without_type(b"smtp; 550 no"), b"550 no");
        assert_eq!(without_type(b"smtp;550 no"), b"550 no");
        assert_eq!(without_type(b"550; no"), b"550; no");
        assert_eq!(without_type(b"no such user; sorry"), b"no such user; sorry");
        assert_eq!(leading_status(b"5.1.1 (bad destination)").map(|code| code.to_string()).as_deref(), Some("5.1.1"));
        assert_eq!(leading_status(b"bad"), None);
        let phases = [("RCPT TO:<a@example.com>", Phase::Rcpt), (".", Phase::EndOfData), ("MAIL FROM", Phase::Mail)];
        for (command, phase) in phases {
            assert_eq!(phase_of_command(command), Some(phase));
        }
        assert_eq!(phase_of_command("QUIT"), None);
    }
}
