//! # W0016: a tag that no reply can have
//!
//! A `match tag` looks where the `tags` line of the reply's profile says that tags stand. Here no profile that the
//! rule is for has such a line, or the tag has a character that tags never have: they are letters, digits, `_` and
//! `-`, 128 at most.
//!
//! Bad:
//!
//! ```carom
//! profile postfach {
//!     hosts    "*.mx.postfach.example"
//! }
//!
//! rule full for postfach {
//!     match    code 4xx
//!     unless   tag S3150
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! profile postfach {
//!     hosts    "*.mx.postfach.example"
//!     tags     "(code {tag})"
//! }
//!
//! rule full for postfach {
//!     match    code 4xx
//!     unless   tag S3150
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Column, Rule, TagTest};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for written in subject.own_rules() {
        for (tree, condition) in written.conditions() {
            let Column::Tag(set) = &condition.column else { continue };
            if !has_tags(subject, written.rule) {
                let (whose, help) = match written.rule.profile {
                    Some(id) => {
                        let name = &subject.rules().profiles.get(id).name;
                        (format!("profile `{name}`"), format!("say in profile `{name}` how its tags stand in the text"))
                    }
                    None => ("any profile".to_owned(), "say in a profile how its tags stand in the text".to_owned()),
                };
                let message = format!("no reply has a tag here: there is no `tags` line of {whose}");
                let diagnostic = Diagnostic::new(Code::W0016, condition.span, message)
                    .help(format!("{help}: `tags \"(code {{tag}})\"`"));
                findings.push(diagnostic);
                continue;
            }
            for (test, place) in set.tests.iter().zip(subject.places(tree)) {
                if let Some(why) = impossible(test) {
                    let diagnostic = Diagnostic::new(Code::W0016, place.cell, format!("no tag is like this: {why}"))
                        .help("tags are letters, digits, `_` and `-`; what else stands beside one belongs into `tags`");
                    findings.push(diagnostic);
                }
            }
        }
    }
}

/// Whether a reply that the rule is asked about may have tags.
fn has_tags(subject: &Subject<'_>, rule: &Rule) -> bool {
    let profiles = &subject.rules().profiles;
    profiles.iter().any(|(id, profile)| {
        !profile.tags.is_empty() && rule.profile.is_none_or(|of| profiles.chain(id).any(|up| up == of))
    })
}

/// Why no tag passes a test.
fn impossible(test: &TagTest) -> Option<String> {
    let (TagTest::Exact(tag) | TagTest::Prefix(tag) | TagTest::Range { prefix: tag, .. }) = test;
    let odd = tag.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    match odd {
        Some(odd) => Some(format!("it has a `{odd}`")),
        None if tag.len() > 128 => Some(format!("it has {} characters", tag.len())),
        None if tag.is_empty() && matches!(test, TagTest::Exact(_)) => Some("it is empty".to_owned()),
        None => None,
    }
}
