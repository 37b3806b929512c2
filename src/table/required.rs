//! The literal that every match of a regular expression holds.

use regex_syntax::hir::{Hir, HirKind};

/// The longest run of ASCII characters that every match holds, in lower case, if one is certain.
///
/// Expressions match without regard to case, on folded texts: in those every letter that an ASCII letter
/// matches is that letter in lower case.
pub(super) fn required(expression: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(expression).ok()?;
    let mut longest = String::new();
    let mut run = String::new();
    walk(&hir, &mut run, &mut longest);
    keep(&mut run, &mut longest);
    Some(longest).filter(|literal| !literal.is_empty())
}

/// Ends a run of characters that stand side by side.
fn keep(run: &mut String, longest: &mut String) {
    if run.len() > longest.len() {
        longest.clone_from(run);
    }
    run.clear();
}

fn walk(hir: &Hir, run: &mut String, longest: &mut String) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            for byte in literal.0.iter() {
                if byte.is_ascii() && !byte.is_ascii_control() {
                    run.push(byte.to_ascii_lowercase() as char);
                } else {
                    keep(run, longest);
                }
            }
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| walk(part, run, longest)),
        HirKind::Capture(capture) => walk(&capture.sub, run, longest),
        // A look at an edge takes nothing.
        HirKind::Look(_) | HirKind::Empty => {}
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            keep(run, longest);
            walk(&repetition.sub, run, longest);
            keep(run, longest);
        }
        HirKind::Class(_) | HirKind::Repetition(_) | HirKind::Alternation(_) => keep(run, longest),
    }
}

#[cfg(test)]
mod tests {
    use super::required;

    #[test]
    fn finds_what_every_match_holds() {
        let cases = [
            (r"\bquota (exceeded|full)\b", Some("quota ")),
            (r"Mailbox [0-9]+ is FULL", Some("mailbox ")),
            (r"(a|b)", None),
            (r"(over quota)+ now", Some("over quota")),
            (r"(over quota)? now", Some(" now")),
            (r"x*", None),
            (r"boîte pleine", Some("te pleine")),
            (r"user\s+unknown", Some("unknown")),
        ];
        for (expression, expected) in cases {
            assert_eq!(required(expression).as_deref(), expected, "{expression}");
        }
    }
}
