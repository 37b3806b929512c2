//! # W0021: an enhanced code that goes on
//!
//! The expression ends, or goes on with anything, right behind an enhanced code. So `5\.7\.1` takes 5.7.133 as
//! well, and `5\.1\.1` takes 5.1.10, which means something else.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase regex 'status:? 5\.2\.2'
//!     then     mailbox-full
//!     example  "552 Status: 5.2.2 (over)"
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
//!     match    phrase regex 'status:? 5\.2\.2\b'
//!     then     mailbox-full
//!     example  "552 Status: 5.2.2 (over)"
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
use regex::Regex;
use std::sync::LazyLock;

/// A code with a detail that may have another digit, and behind it the end, another alternative, or anything.
static OPEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\d.\]\\])(?<code>(?:[245]|\[[245][-245]*\])\\?\.\d{1,3}\\?\.\d{1,2})(?<rest>\)*(?:$|\||\.))")
        .ok()
});

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(open) = &*OPEN else { return };
    for expression in &subject.expressions {
        for found in open.captures_iter(&expression.text) {
            let (Some(code), Some(rest)) = (found.name("code"), found.name("rest")) else { continue };
            // The end of what must be the whole text is an end.
            if expression.is_whole && !rest.as_str().ends_with('.') {
                continue;
            }
            let shown = code.as_str().replace('\\', "");
            let message = format!("`{shown}` takes longer codes as well, such as `{shown}1`");
            let diagnostic = Diagnostic::new(Code::W0021, expression.place(code.start(), code.end()), message)
                .help(r"say that no digit follows: `\b`")
                .fix(expression.place(code.end(), code.end()), r"\b");
            findings.push(diagnostic);
        }
    }
}
