//! Conditions: sets of codes, hosts, phases, tags and phrases.

use super::{PatternId, Template};
use crate::reply::{EnhancedCode, HostName, Phase, ReplyCode};
use crate::source::Span;

/// A `match` or `unless` line.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Whether it vetoes.
    pub unless: bool,
    /// What it asks.
    pub column: Column,
    /// Where it stands.
    pub span: Span,
}

/// What a condition asks; its alternatives are one set.
#[derive(Debug, Clone)]
pub enum Column {
    /// The reply code.
    Code(CodeSet),
    /// The enhanced code.
    Enhanced(EnhancedSet),
    /// The DSN's status.
    Status(EnhancedSet),
    /// The host that said it.
    Host(HostSet),
    /// The recipient's domain.
    Domain(HostSet),
    /// The phase.
    Phase(PhaseSet),
    /// Phrases anywhere in the text.
    Phrase(Vec<Alternative>),
    /// Phrases that are the whole text; `none` asks for an empty one.
    Text(Vec<Alternative>, bool),
    /// The provider's own codes.
    Tag(TagSet),
    /// The sender's customer.
    Tenant(Vec<String>, bool),
}

/// A phrase of a condition, and what it brings along.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// The phrase.
    pub pattern: PatternId,
    /// Fields that it sets.
    pub sets: Vec<(String, String)>,
    /// Where to read on or ask.
    pub see: Vec<Template>,
}

/// Reply codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CodeSet {
    /// From one to another, both in it.
    pub ranges: Vec<(u16, u16)>,
    /// Whether the lack of a code is in it.
    pub none: bool,
}

impl CodeSet {
    /// Whether a code, or the lack of one, is in it.
    pub fn contains(&self, code: Option<ReplyCode>) -> bool {
        match code {
            Some(code) => self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&code.get())),
            None => self.none,
        }
    }
}

/// Enhanced codes whose three parts each lie in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedRange {
    /// The classes.
    pub class: (u8, u8),
    /// The subjects.
    pub subject: (u16, u16),
    /// The details.
    pub detail: (u16, u16),
}

impl EnhancedRange {
    /// Whether a code is in it.
    pub fn contains(self, code: EnhancedCode) -> bool {
        (self.class.0..=self.class.1).contains(&code.class())
            && (self.subject.0..=self.subject.1).contains(&code.subject())
            && (self.detail.0..=self.detail.1).contains(&code.detail())
    }
}

/// Enhanced codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnhancedSet {
    /// Ranges.
    pub ranges: Vec<EnhancedRange>,
    /// Whether the lack of a code is in it.
    pub none: bool,
}

impl EnhancedSet {
    /// Whether a code, or the lack of one, is in it.
    pub fn contains(&self, code: Option<EnhancedCode>) -> bool {
        match code {
            Some(code) => self.ranges.iter().any(|range| range.contains(code)),
            None => self.none,
        }
    }
}

/// A host or all hosts below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// That host alone.
    Exact(HostName),
    /// `*.x`: every host below x, not x itself.
    Below(HostName),
}

impl HostPattern {
    /// Whether a host is meant.
    pub fn contains(&self, host: &HostName) -> bool {
        match self {
            HostPattern::Exact(name) => name == host,
            HostPattern::Below(suffix) => {
                host.as_str().strip_suffix(suffix.as_str()).is_some_and(|front| front.ends_with('.'))
            }
        }
    }

    /// A host that is meant: the name itself, or `mx1` below it.
    pub fn sample(&self) -> String {
        match self {
            HostPattern::Exact(name) => name.to_string(),
            HostPattern::Below(suffix) => format!("mx1.{suffix}"),
        }
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HostPattern::Exact(name) => write!(f, "{name}"),
            HostPattern::Below(suffix) => write!(f, "*.{suffix}"),
        }
    }
}

/// Hosts or domains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostSet {
    /// The patterns.
    pub patterns: Vec<HostPattern>,
    /// Whether the lack of a host is in it.
    pub none: bool,
}

impl HostSet {
    /// Whether a host, or the lack of one, is in it.
    pub fn contains(&self, host: Option<&HostName>) -> bool {
        match host {
            Some(host) => self.patterns.iter().any(|pattern| pattern.contains(host)),
            None => self.none,
        }
    }
}

/// Phases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseSet {
    /// The phases.
    pub phases: Vec<Phase>,
    /// Whether the lack of one is in it.
    pub none: bool,
}

impl PhaseSet {
    /// Whether a phase, or the lack of one, is in it.
    pub fn contains(&self, phase: Option<Phase>) -> bool {
        match phase {
            Some(phase) => self.phases.contains(&phase),
            None => self.none,
        }
    }
}

/// A provider's own codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagSet {
    /// The tests, any of which suffices.
    pub tests: Vec<TagTest>,
    /// Whether the lack of any tag is in it.
    pub none: bool,
}

/// A test of one tag, which is in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagTest {
    /// `S3150`
    Exact(String),
    /// `OFR_*`
    Prefix(String),
    /// `988..990`, `TSS04..TSS09`: a number behind a prefix.
    Range {
        /// What stands before the number.
        prefix: String,
        /// From.
        low: u64,
        /// To, inclusive.
        high: u64,
    },
}

impl TagTest {
    /// Whether a tag in lower case passes.
    pub fn contains(&self, tag: &str) -> bool {
        match self {
            TagTest::Exact(exact) => exact == tag,
            TagTest::Prefix(prefix) => tag.starts_with(prefix),
            TagTest::Range { prefix, low, high } => tag
                .strip_prefix(prefix.as_str())
                .filter(|digits| !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|digits| digits.parse::<u64>().ok())
                .is_some_and(|number| (*low..=*high).contains(&number)),
        }
    }
}
