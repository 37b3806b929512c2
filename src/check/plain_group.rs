//! # W0022: parentheses that stand for nothing
//!
//! In an expression, parentheses only group what stands in them. Around plain words they do nothing, and the
//! parentheses of the text are not matched: `disabled (554\.30)` takes `disabled 554.30`, and never `disabled
//! (554.30)`.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase regex 'quota exceeded (mailbox for user is full)', "mailbox full"
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
//!     match    phrase regex 'quota exceeded \(mailbox for user is full\)', "mailbox full"
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

use super::expression::each;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use regex_syntax::ast::{Ast, GroupKind};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for expression in &subject.expressions {
        each(&expression.tree, None, &mut |piece, within| {
            let Ast::Group(group) = piece else { return };
            // Alone, as an alternative or with a repetition they are a habit, or needed.
            let stands_beside = matches!(within, Some(Ast::Concat(_)));
            if !stands_beside || !matches!(group.kind, GroupKind::CaptureIndex(_)) || !is_plain(&group.ast) {
                return;
            }
            let inside = group.ast.span();
            let (place, text) = (expression.place_of(&group.span), &expression.text);
            let shown = &text[group.span.start.offset..group.span.end.offset];
            let message = format!("`{shown}` does not match its own parentheses");
            let fix = format!(r"\({}\)", text[inside.start.offset..inside.end.offset].replace('\'', "''"));
            let diagnostic = Diagnostic::new(Code::W0022, place, message)
                .help("write a backslash before each, or leave them out where none stand in the text")
                .fix(place, fix);
            findings.push(diagnostic);
        });
    }
}

/// Whether it says itself and nothing else.
fn is_plain(tree: &Ast) -> bool {
    match tree {
        Ast::Literal(_) => true,
        Ast::Concat(concat) => concat.asts.iter().all(|part| matches!(part, Ast::Literal(_))),
        _ => false,
    }
}
