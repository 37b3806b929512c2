//! What the terminal can do, and diagnostics on it.

use crate::diagnostic::Diagnostic;
use crate::report::Color;
use crate::report::diagnostics::{self, Style};
use crate::source::SourceMap;
use std::io::{IsTerminal, Write};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
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

/// What is known of the terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) color: Color,
    pub(super) width: usize,
}

impl Screen {
    pub(super) fn new(when: When) -> Screen {
        let colored = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        let width =
            std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|n| *n >= 40).unwrap_or(100);
        Screen { color: if colored { Color::Always } else { Color::Never }, width }
    }

    /// Writes diagnostics: those for people with a blank line between, and a summary at the end.
    pub(super) fn write(self, diagnostics: &[Diagnostic], sources: &SourceMap, format: Format) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
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
}
