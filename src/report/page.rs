//! The page of a code, for a terminal. As Markdown it is [`Code::page`].

use super::Color;
use crate::diagnostic::Code;

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// The page with its headings bold and its examples indented; the file names of examples stand above them. The lines of
/// a paragraph are one, for the terminal to break.
pub fn page(code: Code, color: Color) -> String {
    let (bold, plain) = match color {
        Color::Always => (BOLD, PLAIN),
        Color::Never => ("", ""),
    };
    let mut out = String::new();
    let (mut in_block, mut is_open) = (false, false);
    for line in code.page().lines() {
        if let Some(info) = line.strip_prefix("```") {
            in_block = !in_block;
            if let (true, Some((_, file))) = (in_block, info.split_once(' ')) {
                out.push_str(&format!("  {file}\n"));
            }
        } else if in_block && !line.is_empty() {
            out.push_str(&format!("    {line}\n"));
        } else if let Some(heading) = line.strip_prefix("# ").or(line.strip_suffix(':').filter(|_| !in_block)) {
            let colon = if line.starts_with('#') { "" } else { ":" };
            out.push_str(&format!("{bold}{heading}{colon}{plain}\n"));
        } else {
            if is_open && !line.is_empty() {
                out.pop();
                out.push(' ');
            }
            out.push_str(line);
            out.push('\n');
            is_open = !line.is_empty();
            continue;
        }
        is_open = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_shown_without_marks_of_markdown() {
        for code in Code::ALL {
            let shown = page(*code, Color::Never);
            assert!(shown.starts_with(code.as_str()), "{code}");
            assert!(!shown.contains("```") && !shown.contains('\u{1b}'), "{code}");
            assert!(page(*code, Color::Always).starts_with(BOLD), "{code}");
        }
    }

    #[test]
    fn examples_are_indented_and_named() {
        let shown = page(Code::E0023, Color::Never);
        assert!(shown.contains("\nGood:\n\n  root.carom\n    use "), "{shown}");
    }
}
