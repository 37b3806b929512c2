//! # W0020: a code that is not in the text
//!
//! The expression asks for a reply code or an enhanced code at the beginning of the text. These are taken off the
//! text before it is matched, so the expression matches next to nothing.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase regex '^452[ -]4\.2\.2\b.*full', "mailbox full"
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
//!     match    enhanced 4.2.2
//!     match    phrase "full"
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
use regex::Regex;
use std::sync::LazyLock;

/// A beginning, or that of a group at the beginning, and a code: `^550`, `^[45]\d{2}`, `^(?:5\.1\.1|…`.
static BEGINNING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let group = r"(?:\((?:\?:)?)*";
    let class = r"(?:[245]|\[[245][-245]*\])";
    let two = r"(?:(?:\d|\\d|\[0-9\]|\.){2}|(?:\\d|\[0-9\]|\.)\{2\})";
    let reply = format!(r"{class}{two}(?:[^\d\w*+?{{]|$)");
    let enhanced = format!(r"{class}\\?\.(?:\d|\\d|\[|\()");
    Regex::new(&format!(r"^\(?(?:\^|\\A){group}(?:(?<enhanced>{enhanced})|{reply})")).ok()
});

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for expression in &subject.expressions {
        let found = BEGINNING.as_ref().and_then(|beginning| beginning.captures(&expression.text));
        let Some((all, enhanced)) = found.and_then(|found| Some((found.get(0)?, found.name("enhanced")))) else {
            continue;
        };
        let (what, line) = match enhanced {
            Some(_) => ("the enhanced code", "match enhanced"),
            None => ("the reply code", "match code"),
        };
        let message = format!("no text begins like this: {what} is taken off it");
        let diagnostic = Diagnostic::new(Code::W0020, expression.place(all.start(), all.end()), message)
            .help(format!("ask for it by `{line}`, and for the words by `match phrase`"));
        findings.push(diagnostic);
    }
}
