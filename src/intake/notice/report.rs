//! Delivery reports: what their machine's part says of each recipient (RFC 3464, RFC 6533).

use super::address;
use super::bounds::{RECIPIENT_LIMIT, Refusal};
use super::fields::{Field, behind_type, block};
use crate::EnhancedCode;

/// What a report says of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Recipient {
    pub(super) last: Option<String>,
    pub(super) original: Option<String>,
    pub(super) action: Option<Action>,
    pub(super) status: Option<EnhancedCode>,
    pub(super) diagnostic: String,
    pub(super) remote: Option<String>,
}

/// What became of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed or expanded.
    Delivered,
}

impl Action {
    fn read(word: &str) -> Option<Action> {
        let word = word.trim().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "failed" | "failure" | "fail" => Some(Action::Failed),
            "delayed" | "delay" | "deferred" => Some(Action::Delayed),
            "delivered" | "relayed" | "expanded" | "deliverable" => Some(Action::Delivered),
            _ => None,
        }
    }
}

/// The recipients of a report.
pub(super) fn recipients(report: &str) -> Result<Vec<Recipient>, Refusal> {
    let mut all: Vec<Recipient> = Vec::new();
    let mut rest = report;
    while !rest.is_empty() {
        let (fields, behind) = block(rest);
        rest = behind;
        if fields.iter().any(|field| field.is("Received") || field.is("Return-Path") || field.is("Message-ID")) {
            // The returned mail has come too early.
            break;
        }
        let mut current: Option<Recipient> = None;
        for field in &fields {
            // Some write all recipients into one block.
            let again = match &current {
                Some(known) if field.is("Final-Recipient") => known.last.is_some(),
                Some(known) if field.is("Original-Recipient") => {
                    known.original.is_some()
                        || known.last.is_some() && (known.status.is_some() || !known.diagnostic.is_empty())
                }
                _ => false,
            };
            if again {
                all.extend(current.take());
            }
            take(field, &mut current);
        }
        all.extend(current.filter(|found| found.last.is_some() || found.original.is_some() || found.action.is_some()));
        if all.len() > RECIPIENT_LIMIT {
            return Err(Refusal::Recipients);
        }
    }
    Ok(all)
}

fn take(field: &Field<'_>, current: &mut Option<Recipient>) {
    let value = field.value.as_ref();
    let known = [
        "Final-Recipient",
        "Original-Recipient",
        "Action",
        "Status",
        "Diagnostic-Code",
        "Remote-MTA",
        "X-Actual-Recipient",
    ];
    if !known.iter().any(|name| field.is(name)) {
        return;
    }
    let recipient = current.get_or_insert_default();
    if field.is("Final-Recipient") {
        recipient.last = address::read(behind_type(value)).or(recipient.last.take());
    } else if field.is("Original-Recipient") {
        recipient.original = address::read(behind_type(value));
    } else if field.is("X-Actual-Recipient") {
        recipient.last = recipient.last.take().or_else(|| address::read(behind_type(value)));
    } else if field.is("Action") {
        recipient.action = Action::read(value);
    } else if field.is("Status") {
        recipient.status = status(value);
    } else if field.is("Diagnostic-Code") {
        recipient.diagnostic = behind_type(value).to_owned();
    } else if field.is("Remote-MTA") {
        recipient.remote = Some(behind_type(value).to_owned());
    }
}

/// `5.1.1`, also with words behind it: `5.1.1 (bad destination mailbox address)`.
fn status(value: &str) -> Option<EnhancedCode> {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_recipients() {
        let report = "Reporting-MTA: dns; mx.example.com\n\n\
            Original-Recipient: rfc822;old@example.com\nFinal-Recipient: rfc822;<ann@example.com>\nAction: failed\n\
            Status: 5.1.1 (bad address)\nRemote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 no\n such user\n\n\
            Final-Recipient: utf-8; j\\x{F6}rg@example.com\nAction: delayed\nStatus: 4.4.1\n\
            Final-Recipient: rfc822; bob@example.com\nAction: relayed (to non-DSN-aware mailer)\n";
        let all = recipients(report).unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.last.as_deref().unwrap(), one.action.unwrap())).collect();
        assert_eq!(
            told,
            [
                ("ann@example.com", Action::Failed),
                ("jörg@example.com", Action::Delayed),
                ("bob@example.com", Action::Delivered)
            ]
        );
        assert_eq!(all[0].original.as_deref(), Some("old@example.com"));
        assert_eq!(all[0].diagnostic, "550 no\nsuch user");
        assert_eq!(all[0].status.unwrap().to_string(), "5.1.1");
    }

    #[test]
    fn refuses_too_many() {
        let report = "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n".repeat(100_000);
        assert_eq!(recipients(&report), Err(Refusal::Recipients));
    }
}
