//! # W0025: an example that stands twice
//!
//! Two examples of the rule, or two replies of the test, are read as the same reply. The second tests nothing that
//! the first does not; most often it was to be another one.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//!     example  "452-4.2.2 Mailbox\n452 4.2.2 full"
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
//! rule full {
//!     match    phrase "mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//!     example  "552 5.2.2 Sorry, the mailbox full of mail takes no more"
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
use crate::ruleset::Example;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for written in subject.own_rules() {
        repeated(&written.rule.examples, findings);
    }
    for test in subject.rules().tests.iter().filter(|test| subject.is_own(test.span)) {
        repeated(&test.replies, findings);
    }
}

fn repeated(examples: &[Example], findings: &mut Findings) {
    for (n, example) in examples.iter().enumerate() {
        if let Some(first) = examples[..n].iter().find(|first| first.reply == example.reply) {
            let diagnostic = Diagnostic::new(Code::W0025, example.span, "this is the same reply once more")
                .also(first.span, "it stands here already")
                .help("take it out, or write the reply that was meant");
            findings.push(diagnostic);
        }
    }
}
