//! What Carom says about rule files: one type for errors and warnings, one registry of their codes.
//!
//! Invariant: every code is in the registry ([`Code::ALL`]), has a page there, and is made by some case in the
//! tests; a message is lower case, one sentence, and names no type of this program.

mod head;
mod registry;

pub use registry::Code;

use crate::source::{SourceMap, Span};
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rule set can be used.
    Warning,
    /// The rule set cannot be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One finding about a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    message: String,
    span: Span,
    label: Option<String>,
    others: Vec<(Span, String)>,
    help: Option<String>,
    fix: Option<Fix>,
}

/// A change of the text that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

impl Diagnostic {
    /// A finding at `span`; `message` is a plain sentence without a full stop.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, message: message.into(), span, label: None, others: Vec::new(), help: None, fix: None }
    }

    /// Words beside the span itself.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.label = Some(text.into());
        self
    }

    /// Another place that belongs to it, and what it is.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.others.push((span, text.into()));
        self
    }

    /// What mends it, in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// What mends it, as a replacement that can be applied as it stands.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.fix = Some(Fix { span, text: text.into() });
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The words beside the span.
    pub fn label_text(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Other places.
    pub fn others(&self) -> &[(Span, String)] {
        &self.others
    }

    /// What mends it, in words.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// What mends it, as a replacement.
    pub fn suggestion(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// One line for people without a terminal: `file:line:column: error[E0001]: message`.
    pub fn one_line<'a>(&'a self, sources: &'a SourceMap) -> impl fmt::Display + 'a {
        OneLine { diagnostic: self, sources }
    }
}

struct OneLine<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
}

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { code, message, span, help, .. } = self.diagnostic;
        let file = self.sources.file(span.file);
        let place = file.line_col(span.start);
        write!(f, "{}:{}:{}: {}[{code}]: {message}", file.name, place.line, place.column, code.severity())?;
        help.iter().try_for_each(|help| write!(f, " (help: {help})"))
    }
}
