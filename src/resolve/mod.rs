//! From trees to a rule set: files are followed, names looked up, words given their values.
//!
//! Invariant: what comes out is whole and consistent whatever went in; what could not be understood
//! is left out of it and has a diagnostic.

mod action;
mod ahead;
mod change;
mod condition;
mod contributed;
mod example;
mod expression;
mod files;
mod names;
mod pattern;
mod phrases;
mod profile;
mod reason;
mod rule;
mod ruleless;
mod text;
mod values;

pub use contributed::Contributed;
pub(crate) use expression::{read_expression, regex_builder, whole_expressions};
pub use files::{Held, Loaded, Root, load, load_with};
pub use ruleless::{ruleless, speechless};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::reply::{Kind, Window};
use crate::ruleset::{PatternId, RuleId, RuleSet, Schedule, Version};
use crate::source::{Origin, SourceMap, Span};
use crate::spread::{WORTH_A_THREAD, beside};
use crate::syntax::ast;
use names::Names;
use pattern::Patterns;

/// The most rules that a set may have.
pub const RULE_LIMIT: usize = 200_000;

/// The most diagnostics that are kept; what is beyond is said to be left out.
const DIAGNOSTIC_LIMIT: usize = 1_000;

/// Gives a loaded set of files its meaning, and says what is wrong with it in the order of the files; of the shipped
/// library only errors, unless it is all there is.
pub fn resolve(loaded: Loaded) -> (RuleSet, Vec<Diagnostic>) {
    let Loaded { sources, items, diagnostics, withheld } = loaded;
    let hash = || version(&sources);
    let (version, (mut set, mut diagnostics)) = if sources.bytes() < WORTH_A_THREAD {
        (hash(), mean(&sources, items, diagnostics))
    } else {
        beside(hash, || mean(&sources, items, diagnostics))
    };
    set.version = version;
    contributed::check_suppression(&set, &withheld, &mut diagnostics);
    let is_told =
        |d: &Diagnostic| d.severity() == Severity::Error || sources.file(d.span().file).origin == Origin::Site;
    if !sources.is_library() {
        diagnostics.retain(is_told);
    }
    diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
    set.sources = sources;
    (set, diagnostics)
}

/// What items mean; sources and version of the set are still to be put in.
fn mean(sources: &SourceMap, items: Vec<ast::Item>, diagnostics: Vec<Diagnostic>) -> (RuleSet, Vec<Diagnostic>) {
    let mut resolver = Resolver {
        sources,
        names: Names::default(),
        patterns: Patterns::default(),
        policy: reason::Policy::default(),
        diagnostics,
    };
    // Rules are most of a set: each is let go of once its meaning is known.
    let (mut declared, mut others) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            ast::Item::Rule(rule) => declared.push(rule),
            item => others.push(item),
        }
    }
    let sorted = Sorted::new(&others);
    resolver.declare(&sorted);
    let profiles = resolver.profiles(&sorted);
    resolver.policy = resolver.policy(&sorted);
    let reasons = resolver.reasons(&sorted);
    let phrases = resolver.phrases(&sorted);
    let context = rule::Context { profiles: &profiles, reasons: &reasons, phrases: &phrases };
    let mut rules = resolver.rules(declared, &sorted, &context);
    resolver.changes(&sorted, &context, &mut rules);
    let tests = resolver.tests(&sorted, &context, &rules);
    let retry: Option<Schedule> = resolver.policy.retry.clone();
    let mut rules: Vec<_> = rules.into_iter().map(|drafted| drafted.rule).collect();
    rules.shrink_to_fit();
    // The prelude's rules are the last.
    let of_kind = |kind: Kind| rules.iter().rposition(|rule| rule.name == kind.as_str()).unwrap_or(0);
    let of_kinds = Kind::ALL.map(|kind| RuleId(of_kind(kind) as u32));
    let Resolver { patterns, mut diagnostics, .. } = resolver;
    if diagnostics.len() > DIAGNOSTIC_LIMIT {
        diagnostics.sort_by_key(|d| std::cmp::Reverse(d.severity()));
        diagnostics.truncate(DIAGNOSTIC_LIMIT);
    }
    let set = RuleSet {
        profiles,
        reasons,
        patterns: patterns.into_vec(),
        rules,
        tests,
        retry,
        of_kinds,
        version: Version([0; 16]),
        sources: SourceMap::new(),
    };
    (set, diagnostics)
}

/// Whether any of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity() == Severity::Error)
}

fn version(sources: &SourceMap) -> Version {
    let mut hash = hmac_sha256::Hash::new();
    // What changes the meaning of one and the same text changes this number.
    hash.update(b"carom language 1, meaning 1");
    for (_, file) in sources.files() {
        for part in [file.key.as_bytes(), file.text.as_bytes()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    Version(short)
}

/// The items of all files in the order of inclusion, by kind, but for the rules.
struct Sorted<'a> {
    profiles: Vec<&'a ast::Profile>,
    phrases: Vec<&'a ast::Phrases>,
    reasons: Vec<&'a ast::Reason>,
    policies: Vec<&'a ast::Policy>,
    changes: Vec<&'a ast::Change>,
    profile_changes: Vec<&'a ast::ChangeProfile>,
    tests: Vec<&'a ast::Test>,
    broken: Vec<&'a ast::Broken>,
}

impl<'a> Sorted<'a> {
    fn new(items: &'a [ast::Item]) -> Sorted<'a> {
        let mut sorted = Sorted {
            profiles: Vec::new(),
            phrases: Vec::new(),
            reasons: Vec::new(),
            policies: Vec::new(),
            changes: Vec::new(),
            profile_changes: Vec::new(),
            tests: Vec::new(),
            broken: Vec::new(),
        };
        for item in items {
            match item {
                ast::Item::Profile(item) => sorted.profiles.push(item),
                ast::Item::Phrases(item) => sorted.phrases.push(item),
                ast::Item::Reason(item) => sorted.reasons.push(item),
                ast::Item::Policy(item) => sorted.policies.push(item),
                ast::Item::Change(item) => sorted.changes.push(item),
                ast::Item::ChangeProfile(item) => sorted.profile_changes.push(item),
                ast::Item::Test(item) => sorted.tests.push(item),
                ast::Item::Broken(item) => sorted.broken.push(item),
                ast::Item::Rule(_) | ast::Item::Language(_) | ast::Item::Use(_) => {}
            }
        }
        sorted
    }
}

/// The work in hand.
struct Resolver<'a> {
    sources: &'a SourceMap,
    names: Names,
    patterns: Patterns,
    policy: reason::Policy,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(code, span, message));
    }

    fn origin(&self, span: Span) -> Origin {
        self.sources.file(span.file).origin
    }

    /// Whether a place lies in the prelude, which alone may say the reserved words.
    fn in_prelude(&self, span: Span) -> bool {
        let file = self.sources.file(span.file);
        file.origin == Origin::Builtin && file.key.ends_with("prelude.carom")
    }

    /// Keeps the first of the lines that may stand once, and reports the others.
    fn once<T>(&mut self, slot: &mut Option<(Span, T)>, span: Span, what: &str, value: T) {
        match slot {
            None => *slot = Some((span, value)),
            Some((first, _)) => {
                let message = format!("`{what}` is stated twice");
                let diagnostic = Diagnostic::new(Code::E0009, span, message)
                    .also(*first, "first stated here")
                    .help("keep one of the two");
                self.report(diagnostic);
            }
        }
    }

    /// The window of `from` and `until`.
    fn window(&mut self, from: Option<(Span, ast::Word)>, until: Option<(Span, ast::Word)>) -> Window {
        let ends = until.as_ref().map(|(span, _)| *span);
        let mut time = |word: Option<(Span, ast::Word)>| word.and_then(|(_, word)| self.time(&word));
        let window = Window { from: time(from), until: time(until) };
        if let (Some(start), Some(end), Some(span)) = (window.from, window.until, ends)
            && end <= start
        {
            self.error(Code::E0069, span, format!("it ends at {end}, which is not after its start at {start}"));
        }
        window
    }

    fn intern(&mut self, pattern: crate::ruleset::Pattern) -> PatternId {
        self.patterns.intern(pattern)
    }
}
