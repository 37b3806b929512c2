//! What is told of an attempt and its verdict, in the one form that all read.

use crate::engine::{Record, Verdict};
use crate::intake::{Attempt, Logged, Tied, Untied};

/// An attempt's verdict; `place` is where it was read, if it does not say so itself. Where notices that nothing ties to
/// a mail that was sent are not trusted, what they would suppress is withheld.
pub fn record<'a>(
    attempt: &'a Attempt<'_>,
    verdict: Verdict<'a>,
    place: Option<&'a str>,
    trusts_untied: bool,
) -> Record<'a> {
    Record {
        source: if attempt.source.is_empty() { place } else { Some(&*attempt.source) },
        message: attempt.message.as_deref(),
        recipient: attempt.recipient.as_deref(),
        original_recipient: attempt.original_recipient.as_deref(),
        logged: attempt.logged.as_ref().map(Logged::as_str),
        via: attempt.via.as_deref(),
        reported: attempt.reported.as_ref().map(|told| (&*told.class, told.category)),
        tied: attempt.tied.map(|tied| (tied.as_str(), tied.why().map(Untied::as_str))),
        withholds: !trusts_untied && matches!(attempt.tied, Some(Tied::None(_))),
        verdict,
    }
}
