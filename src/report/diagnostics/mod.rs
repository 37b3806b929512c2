//! Diagnostics, for whoever reads them.

mod json;
mod sarif;
mod text;

pub use json::{json, value};
pub use sarif::sarif;
pub use text::{Style, text};

use crate::diagnostic::{Diagnostic, Severity};

/// How many there are: `2 errors, 1 warning`; nothing if there are none.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity() == Severity::Error).count();
    let counted = [(errors, "error"), (diagnostics.len() - errors, "warning")];
    let parts = counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Origin, SourceMap, Span};

    #[test]
    fn counts() {
        let file = SourceMap::new().add("a.carom", "a.carom", String::new(), Origin::Site);
        let of = |codes: &[Code]| {
            let all: Vec<_> = codes.iter().map(|code| Diagnostic::new(*code, Span::new(file, 0, 0), "x")).collect();
            summary(&all)
        };
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[Code::E0001]), "1 error");
        assert_eq!(of(&[Code::W0001, Code::W0002]), "2 warnings");
        assert_eq!(of(&[Code::E0001, Code::W0001, Code::E0002]), "2 errors, 1 warning");
    }
}
