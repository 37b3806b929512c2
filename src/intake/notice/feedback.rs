//! Feedback reports: who complained (RFC 5965).

use super::address;
use super::carried::Carried;
use super::fields::{block, value};
use super::mail::of_original;
use crate::reply::Kind;

/// What a feedback report is; one that takes a complaint back is nothing.
pub(super) fn kind(feedback: &str) -> Option<Kind> {
    let (fields, _) = block(feedback.trim_start());
    let kind = value(&fields, "Feedback-Type").unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "not-spam" => None,
        "auth-failure" => Some(Kind::Authentication),
        _ => Some(Kind::Complaint),
    }
}

/// Whom a complaint is about: the recipients that it names, else the one that the sender wrote into the mail for himself,
/// else the one that the returned mail is addressed to.
pub(super) fn recipients(feedback: &str, original: Option<&str>, carried: &Carried) -> Vec<String> {
    let (fields, _) = block(feedback.trim_start());
    let named = |name: &str| -> Vec<String> {
        let all = fields.iter().filter(|field| field.is(name)).filter_map(|field| address::read(&field.value));
        all.filter(|named| !is_hidden(named)).collect()
    };
    for name in ["Original-Rcpt-To", "Removal-Recipient", "X-Original-Rcpt-To"] {
        let found = named(name);
        if !found.is_empty() {
            return found;
        }
    }
    let Some(original) = original else { return Vec::new() };
    if let Some(written) = carried.recipient(original) {
        return vec![written];
    }
    let to = of_original(original, &["X-HmXmrOriginalRecipient", "To", "Delivered-To"]);
    let to: Vec<String> = to.iter().flat_map(|to| to.split(',')).filter_map(address::read).collect();
    // Of several it is not known who complained.
    if to.len() == 1 && !is_hidden(&to[0]) { to } else { Vec::new() }
}

/// Whether an address stands in place of one that is not told.
fn is_hidden(named: &str) -> bool {
    let local = named.split('@').next().unwrap_or_default().to_ascii_lowercase();
    ["redacted", "undisclosed", "undisclosed-recipients", "anonymous", "anonymized", "hidden"].contains(&local.as_str())
}
