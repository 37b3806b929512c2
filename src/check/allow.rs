//! # W0006: an `allow` that is not in order
//!
//! A comment `# allow W0001: reason` on a line of its own silences a warning of that code about what stands below it: the
//! whole item where it stands above an item, the one line where it stands within. The reason is needed, so that
//! whoever reads it later can tell whether it still holds. What lacks a part, names no warning, or stands above
//! nothing, silences nothing.
//!
//! Bad:
//!
//! ```carom
//! # allow W9001: no log at hand has such a reply
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
//! # allow W0001: no log at hand has such a reply
//! rule full {
//!     match    code 452
//!     then     mailbox-full
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
//! Errors cannot be allowed: a rule set that has one cannot be used.

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{FileId, Span};
use crate::syntax::{Comment, Of, comments};

/// A comment that silences a warning.
pub(super) struct Allow {
    pub(super) code: Code,
    /// The comment.
    pub(super) span: Span,
    /// What it is about.
    pub(super) below: Span,
}

/// The comments that silence something, and what is wrong with others that would.
pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) -> Vec<Allow> {
    let mut allows = Vec::new();
    for id in &subject.files {
        let text = subject.rules().sources.file(*id).text.as_str();
        if memchr::memmem::find(text.as_bytes(), b"allow").is_none() {
            continue;
        }
        for comment in comments(text) {
            match read(*id, &text[comment.place.clone()], &comment) {
                Some(Ok(allow)) => allows.push(allow),
                Some(Err(diagnostic)) => findings.push(diagnostic),
                None => {}
            }
        }
    }
    allows
}

/// What a comment allows, if it is meant to allow anything: it begins with `allow` and something like a code.
fn read(file: FileId, written: &str, comment: &Comment) -> Option<Result<Allow, Diagnostic>> {
    let rest = written.trim_start_matches('#').trim_start().strip_prefix("allow")?;
    let named = rest.trim_start();
    let (name, behind) = named.split_at(named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len()));
    let digits = name.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    if named.len() == rest.len() || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let start = comment.place.start;
    let span = Span::new(file, start, comment.place.end);
    let at = start + (name.as_ptr() as usize - written.as_ptr() as usize);
    let name_span = Span::new(file, at, at + name.len());
    let wrong = |span: Span, message: &str, help: &str| Diagnostic::new(Code::W0006, span, message).help(help);
    Some(match (name.parse::<Code>(), behind.trim_start().strip_prefix(':'), &comment.of) {
        (Err(()), ..) => Err(wrong(
            name_span,
            &format!("no diagnostic has the code `{name}`"),
            "write the code of the warning as `carom check` shows it",
        )),
        (Ok(code), ..) if code.severity() == Severity::Error => {
            let help = format!("mend what it is about: `carom explain {code}` says how");
            Err(wrong(name_span, "an error cannot be allowed", &help))
        }
        (Ok(code), Some(reason), Of::Below(below)) if !reason.trim().is_empty() => {
            Ok(Allow { code, span, below: Span::new(file, below.start, below.end) })
        }
        (Ok(_), Some(reason), Of::Nothing) if !reason.trim().is_empty() => {
            Err(wrong(span, "nothing stands below this `allow`", "put it above the item or line that it is about"))
        }
        (Ok(_), Some(reason), Of::Beside) if !reason.trim().is_empty() => Err(wrong(
            span,
            "this `allow` does not stand on a line of its own",
            "put it above the item or line that it is about",
        )),
        (Ok(code), ..) if behind.trim_start().starts_with(',') => {
            Err(wrong(span, "an `allow` is about one code", &format!("write `# allow {code}: …`, and a line for each")))
        }
        (Ok(code), ..) => Err(wrong(
            span,
            "this `allow` gives no reason",
            &format!("say why it is right here: `# allow {code}: the provider really writes it so`"),
        )),
    })
}
