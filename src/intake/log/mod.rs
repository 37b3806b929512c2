//! Logs of mail servers: what a line, a row or a record of each tells of a delivery.
//!
//! Invariant: what stands in an address or in a reply is never taken for a field of the log, and what the log says
//! became of the message stands above any code that its texts hold.

mod csv;
pub(super) mod exim;
pub(super) mod export;
mod fields;
pub(super) mod halon;
pub(super) mod haraka;
pub(super) mod journal;
pub(super) mod kumomta;
pub(super) mod opensmtpd;
pub(super) mod postfix;
pub(super) mod powermta;
pub(super) mod sendmail;
pub(super) mod stamp;

pub(super) use csv::Rows;

use super::attempt::Logged;
use super::wrapper::{Unwrapped, unwrap};
use crate::{EnhancedCode, Reply};

/// The reply in a delivery's text. A mail server knows whether it handed the message over: a text that
/// says otherwise is another program's chatter, and its codes do not count.
pub(super) fn said<'l>(text: &'l [u8], logged: &Logged) -> Unwrapped<'l> {
    let delivered = |class: u8| class == 2;
    match logged.is_success() {
        Some(true) => {
            let mut reply = Reply::parse(text);
            reply.code = reply.code.filter(|code| delivered(code.class()));
            reply.enhanced = reply.enhanced.filter(|code| delivered(code.class()));
            Unwrapped { reply, via: None }
        }
        Some(false) => {
            let unwrapped = unwrap(text);
            let failed = |class: u8| class >= 4;
            let reply = &unwrapped.reply;
            if reply.code.is_none_or(|code| failed(code.class()))
                && reply.enhanced.is_none_or(|code: EnhancedCode| failed(code.class()))
            {
                return unwrapped;
            }
            Unwrapped { reply: Reply { text: text.trim_ascii().to_vec(), ..Reply::default() }, via: None }
        }
        None => unwrap(text),
    }
}

/// The status that a log's own word stands for, where it gives no code at all: a message that was handed over is
/// delivered, and one that stays in the queue has not failed for good.
pub(super) fn status_of(logged: &Logged) -> Option<EnhancedCode> {
    match logged {
        Logged::Sent | Logged::Deliverable => EnhancedCode::new(2, 0, 0),
        Logged::Deferred => EnhancedCode::new(4, 0, 0),
        Logged::Bounced | Logged::Expired | Logged::Undeliverable => EnhancedCode::new(5, 0, 0),
        Logged::Other(_) => None,
    }
}

/// What was found, for tests: recipient, logged word, status, code, host, phase and text.
#[cfg(test)]
pub(super) fn told(found: super::found::Found<'_>) -> String {
    use super::found::Found;
    let or = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
    let one = |attempt: &super::Attempt<'_>| {
        let reply = &attempt.reply;
        format!(
            "{} {} {} {} {} {} | {}",
            attempt.recipient.as_deref().unwrap_or("-"),
            or(attempt.logged.as_ref().map(|word| word.to_string())),
            or(reply.status.map(|code| code.to_string())),
            or(reply.code.map(|code| code.to_string())),
            or(reply.host.as_ref().map(|host| host.to_string())),
            or(reply.phase.map(|phase| phase.to_string())),
            String::from_utf8_lossy(&reply.text),
        )
    };
    match found {
        Found::Attempt(attempt) => one(&attempt),
        Found::Attempts(attempts) => attempts.iter().map(one).collect::<Vec<_>>().join("\n"),
        other => format!("{other:?}"),
    }
}
