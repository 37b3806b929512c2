//! # W0034: two rules of which only the order says who decides
//!
//! Both rules take the reply that is shown and say different things of it; the one that knows less of the text stands
//! first and decides, and no example or test says that this is meant. Whoever moves one of them changes what becomes
//! of such replies and sees nothing.
//!
//! Bad:
//!
//! ```carom
//! rule refused {
//!     match    code 5xx
//!     match    phrase "refused"
//!     then     refused
//!     example  "554 Refused"
//! }
//!
//! rule refused-for-content {
//!     match    code 450, 550
//!     match    phrase "refused for its content", "content filter"
//!     then     content
//!     example  "450 Refused for its content"
//! }
//!
//! reason refused {
//!     category block
//!     fault    sender
//!     scope    ip
//!     advice   "Find out why."
//! }
//!
//! reason content {
//!     category block
//!     fault    content
//!     scope    message
//!     advice   "Change what the message says."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule refused {
//!     match    code 5xx
//!     match    phrase "refused"
//!     then     refused
//!     example  "554 Refused"
//!     example  "550 Refused for its content"
//! }
//!
//! rule refused-for-content {
//!     match    code 450, 550
//!     match    phrase "refused for its content", "content filter"
//!     then     content
//!     example  "450 Refused for its content"
//! }
//!
//! reason refused {
//!     category block
//!     fault    sender
//!     scope    ip
//!     advice   "Find out why."
//! }
//!
//! reason content {
//!     category block
//!     fault    content
//!     scope    message
//!     advice   "Change what the message says."
//! }
//! ```
//!
//! Of two rules the one that knows more of a reply usually belongs above the other.

use super::Findings;
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::proof::written;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let rules = subject.rules();
    for rivals in subject.prover().rivals() {
        let (first, second) = (rules.rule(rivals.first), rules.rule(rivals.second));
        if !subject.is_own(second.span) || !subject.is_own(first.span) {
            continue;
        }
        let reply = written(&rivals.reply);
        let message = format!(
            "`{}` decides {reply} only because it stands above `{}`, and no example holds that",
            first.name, second.name
        );
        let diagnostic =
            Diagnostic::new(Code::W0034, second.span, message).also(first.span, "this stands above it").help(format!(
                "make the reply an `example` of the one that is meant, and if that is `{}`, move it up",
                second.name
            ));
        findings.push(diagnostic);
    }
}
