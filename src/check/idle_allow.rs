//! # W0007: an `allow` that silences nothing
//!
//! Nothing of that code is found in what stands below the comment. What it was about has been mended or has moved, and the
//! comment would hide the next one that is found there.
//!
//! Bad:
//!
//! ```carom
//! # allow W0001: no log at hand has such a reply
//! rule full {
//!     match    code 452
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
//! rule full {
//!     match    code 452
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

use super::Findings;
use super::allow::Allow;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Takes out what is allowed.
pub(super) fn find(allows: Vec<Allow>, findings: &mut Findings) {
    for Allow { code, span, below } in allows {
        let before = findings.diagnostics.len();
        let is_about = |place: Span| {
            let is_within = (below.start..below.end).contains(&place.start);
            // What is about a file as a whole is said at its very beginning.
            place.file == below.file && (is_within || place.start == 0 && place.end == 0)
        };
        findings.diagnostics.retain(|diagnostic| diagnostic.code() != code || !is_about(diagnostic.span()));
        if findings.diagnostics.len() == before {
            let diagnostic = Diagnostic::new(Code::W0007, span, format!("this `allow` silences no {code}"))
                .help("take it out, or put it above the item or line that it is about");
            findings.push(diagnostic);
        }
    }
}
