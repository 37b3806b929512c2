//! The rule set as its words mean it: every name resolved, every value typed, nothing left to look up.
//!
//! Invariant: a [`RuleSet`] is plain data in order of precedence: the first rule of [`RuleSet::rules`]
//! that matches a reply wins, and every id in it is valid.

mod action;
mod column;
mod pattern;
mod profile;
mod template;
mod words;

pub use action::{Action, Rate, Retry, Wait};
pub use column::{
    Alternative, CodeSet, Column, Condition, EnhancedRange, EnhancedSet, HostPattern, HostSet, PhaseSet, TagSet,
    TagTest,
};
pub use pattern::{Element, GapType, Pattern, PatternId, PatternKind};
pub use profile::{Profile, ProfileId, Profiles};
pub use template::Template;
pub use words::{Category, Fault, Scope, ThrottleOf, Trust};

use crate::reply::{Duration, Kind, Reply, Time, Window};
use crate::source::{Origin, SourceMap, Span};
pub use crate::syntax::ast::Layer;
use std::fmt;

/// The number of a reason in its [`RuleSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReasonId(pub(crate) u32);

/// The number of a rule in its [`RuleSet`]: its place in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub(crate) u32);

/// A word of the catalogue.
#[derive(Debug, Clone)]
pub struct Reason {
    /// Its name.
    pub name: String,
    /// Its categories, the default first.
    pub categories: Vec<Category>,
    /// Whose fault it is; nobody's where nothing failed.
    pub fault: Option<Fault>,
    /// What it is about.
    pub scope: Option<Scope>,
    /// What to do, in plain words.
    pub advice: Option<String>,
    /// What is done where the rule says nothing.
    pub actions: Vec<Action>,
    /// Where it is declared.
    pub span: Span,
}

/// What a rule says at a time: the rule's own words, or a change of them.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// When it holds.
    pub window: Window,
    /// The category.
    pub category: Category,
    /// The reason.
    pub reason: ReasonId,
    /// What to do; `retry by profile` is still to be looked up.
    pub actions: Vec<Action>,
    /// What to do where the verdict is hard and lowered to soft, because the reply was a 4xx.
    pub lowered: Vec<Action>,
    /// What happened, in plain words.
    pub say: Option<Template>,
    /// Where to read on or ask.
    pub see: Vec<Template>,
    /// The change that says so, if it is one.
    pub change: Option<Span>,
}

/// Where a rule comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// An address or a place in some text.
    pub text: String,
    /// How far it is to be trusted.
    pub trust: Trust,
    /// When it was so, where that is told.
    pub date: Option<Time>,
}

/// A reply that a rule or a test holds up, with everything unsaid filled in.
#[derive(Debug, Clone)]
pub struct Example {
    /// The reply.
    pub reply: Reply,
    /// Where it stands.
    pub span: Span,
}

/// A rule, override or fallback.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its layer.
    pub layer: Layer,
    /// The profile it is for; none for a general rule.
    pub profile: Option<ProfileId>,
    /// Its name as verdicts give it: `google.over-quota`, or `greylisted`.
    pub name: String,
    /// Where its head stands.
    pub span: Span,
    /// Its conditions, as written; all must hold.
    pub conditions: Vec<Condition>,
    /// Whether no reply matches it, and its plugin's code alone may name it.
    pub by_plugin: bool,
    /// When it holds.
    pub window: Window,
    /// What it says: changes first, its own words last, so that the first whose time it is holds.
    pub outcomes: Vec<Outcome>,
    /// Its sources.
    pub sources: Vec<Source>,
    /// Its examples.
    pub examples: Vec<Example>,
}

impl Rule {
    /// What it says at a time.
    pub fn outcome(&self, time: Option<Time>) -> &Outcome {
        let last = self.outcomes.len() - 1;
        self.outcomes[..last].iter().find(|outcome| outcome.window.holds(time)).unwrap_or(&self.outcomes[last])
    }
}

/// What a test asks of its replies.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The category, where it is stated.
    pub category: Option<Category>,
    /// The reason, where it is stated.
    pub reason: Option<ReasonId>,
    /// The rule that must have decided.
    pub rule: Option<String>,
    /// A field and its value.
    pub field: Option<(String, String)>,
    /// Where it stands.
    pub span: Span,
}

/// A `test` block.
#[derive(Debug, Clone)]
pub struct Test {
    /// What it holds.
    pub title: String,
    /// Its replies.
    pub replies: Vec<Example>,
    /// What is asked of each.
    pub expectations: Vec<Expectation>,
    /// Where its head stands.
    pub span: Span,
}

/// A hash over all that went into a rule set.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(pub(crate) [u8; 16]);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every verdict says it: as one text it takes a tenth of the time.
        let mut digits = [0; 32];
        for (n, byte) in self.0.iter().enumerate() {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            [digits[2 * n], digits[2 * n + 1]] = [digit(byte >> 4), digit(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

/// Its 32 hexadecimal digits.
impl std::str::FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Version, ()> {
        let mut version = [0; 16];
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(());
        }
        for (byte, digits) in version.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| ())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| ())?;
        }
        Ok(Version(version))
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where the waits of a schedule end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The waits; the last repeats up to the limit.
    pub waits: Vec<Duration>,
    /// After so many tries.
    pub times: Option<u32>,
    /// After so much time.
    pub until: Option<Duration>,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// The files it was read from.
    pub sources: SourceMap,
    /// The profiles.
    pub profiles: Profiles,
    /// The catalogue.
    pub reasons: Vec<Reason>,
    /// The phrases and expressions that rules and profiles use, each once.
    pub patterns: Vec<Pattern>,
    /// The rules, in order of precedence; the last is `unknown`.
    pub rules: Vec<Rule>,
    /// The tests.
    pub tests: Vec<Test>,
    /// The schedule of `retry by profile` where the profile has none.
    pub retry: Option<Schedule>,
    /// What the prelude says of each [`Kind`] of notice, in their order; of a reply that reports success, the first.
    pub of_kinds: [RuleId; Kind::ALL.len()],
    /// The hash of its files.
    pub version: Version,
}

impl RuleSet {
    /// The rule that says what a reply is before any other is asked: by the kind of its notice, or by its 2xx.
    pub fn said_before(&self, reply: &Reply) -> Option<RuleId> {
        let success = || (reply.class() == Some(2)).then_some(Kind::Delivered);
        reply.kind.or_else(success).map(|kind| self.of_kinds[kind as usize])
    }

    /// Whether a rule is one of those that every set has.
    pub fn is_prelude(&self, rule: &Rule) -> bool {
        let file = self.sources.file(rule.span.file);
        file.origin == Origin::Builtin && file.key.ends_with("prelude.carom")
    }

    /// The rule of that number.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.0 as usize]
    }

    /// The rules with their numbers, in order of precedence.
    pub fn numbered_rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules.iter().enumerate().map(|(n, rule)| (RuleId(n as u32), rule))
    }

    /// The reason of that number.
    pub fn reason(&self, id: ReasonId) -> &Reason {
        &self.reasons[id.0 as usize]
    }

    /// The pattern of that number.
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }
}
