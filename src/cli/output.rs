//! What the terminal can do, and what is said on it besides a command's product.

use crate::diagnostic::Diagnostic;
use crate::report::diagnostics::{self, Style};
use crate::report::{Color, plain};
use crate::source::SourceMap;
use std::io::{self, IsTerminal, Write};

/// When to use colour. The values have no help of their own: their names say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
    /// SARIF 2.1.0, for code review tools.
    Sarif,
}

/// How much what is said matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

/// What is known of the terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// Of standard output.
    pub(super) color: Color,
    /// Of standard error.
    error_color: Color,
    pub(super) width: usize,
}

impl Screen {
    pub(super) fn new(when: When) -> Screen {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let color = |is_terminal: bool| match when {
            When::Always => Color::Always,
            When::Auto if is_terminal && wanted => Color::Always,
            When::Auto | When::Never => Color::Never,
        };
        let width =
            std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|n| *n >= 40).unwrap_or(100);
        Screen { color: color(io::stdout().is_terminal()), error_color: color(io::stderr().is_terminal()), width }
    }

    /// Writes diagnostics as what the command was asked for: those for people with a blank line between.
    pub(super) fn write(self, diagnostics: &[Diagnostic], sources: &SourceMap, format: Format) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match format {
            Format::Text => {
                let style = Style { color: self.color, width: self.width };
                for diagnostic in diagnostics {
                    writeln!(out, "{}\n", diagnostics::text(diagnostic, sources, style))?;
                }
            }
            Format::Json => {
                for diagnostic in diagnostics {
                    writeln!(out, "{}", diagnostics::json(diagnostic, sources))?;
                }
            }
            Format::Sarif => writeln!(out, "{}", diagnostics::sarif(diagnostics, sources))?,
        }
        Ok(())
    }

    /// Writes diagnostics that keep a command from its work, beside its product and never into it.
    pub(super) fn complain(self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        let style = Style { color: self.error_color, width: self.width };
        let mut out = io::stderr().lock();
        for diagnostic in diagnostics {
            // Nothing can be done if even this cannot be written.
            let _ = writeln!(out, "{}\n", diagnostics::text(diagnostic, sources, style));
        }
    }

    /// Says something on standard error, in one line.
    pub(super) fn tell(self, level: Level, text: &str) {
        let (start, word) = match level {
            Level::Error => ("\u{1b}[1;31m", "error"),
            Level::Warning => ("\u{1b}[1;33m", "warning"),
            Level::Note => ("\u{1b}[1m", "note"),
        };
        let (start, end) = if self.error_color == Color::Always { (start, "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(io::stderr(), "{start}{word}:{end} {}", plain(text));
    }
}

/// What is said of a file that cannot be opened or read.
pub(super) fn unreadable(name: &str, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => anyhow::anyhow!("{name}: there is no such file"),
        io::ErrorKind::PermissionDenied => anyhow::anyhow!("{name}: it may not be read by this user"),
        _ => anyhow::anyhow!("{name}: it cannot be read: {error}"),
    }
}

/// A count and its word: `1 rule`, `2 rules`.
pub(super) fn counted(count: u64, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
