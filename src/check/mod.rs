//! What can be said about a rule set that loads: its examples are run, and lints look for what is doubtful.
//!
//! A lint is a file here: its page on top, which `carom explain W0001` prints and the tests run, and a function
//! `find` below. It stands in `LINTS` and in the registry of codes. `# allow W0001: reason` in a rule file silences one.
//!
//! Invariant: a lint changes nothing, and says nothing of the shipped library to a site that uses it; what it finds
//! depends on the rule set and the time that it is given, and on nothing else.

mod allow;
mod dead_alternative;
mod dead_rule;
mod dead_value;
mod empty_profile;
mod idle_allow;
mod implied_alternative;
mod implied_line;
mod impossible_expression;
mod no_example;
mod places;
mod rivals;
mod unused_file;
mod vetoed_rule;

use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::proof::{Proof, Prover};
use crate::reply::Time;
use crate::resolve::{self, Root, has_errors};
use crate::ruleset::{Rule, RuleId, RuleSet};
use crate::source::{FileId, Origin, Span};
use crate::spread::spread;
use std::path::Path;
use std::sync::OnceLock;

/// All lints. Where several speak of one place, they speak in this order.
const LINTS: &[fn(&Subject<'_>, &mut Findings)] = &[
    unused_file::find,
    no_example::find,
    empty_profile::find,
    dead_rule::find,
    vetoed_rule::find,
    dead_alternative::find,
    dead_value::find,
    rivals::find,
    implied_alternative::find,
    implied_line::find,
    impossible_expression::find,
];

/// What was looked at, and what was found.
#[derive(Debug)]
pub struct Checked {
    /// The rules, as far as they were understood.
    pub rules: RuleSet,
    /// All there is to say, in the order of the files.
    pub findings: Vec<Diagnostic>,
    /// How many questions were too hard to decide.
    pub undecided: usize,
}

/// Loads and resolves a root and says what is wrong with it; if nothing is, runs the examples and tests and says what
/// is doubtful. `now` is the time at which overrides and changes are looked at.
///
/// # Errors
/// A message where the root itself cannot be read.
///
/// ```
/// use carom::{Root, Time, check};
///
/// let rules = r#"
/// reason mailbox-full {
///     category soft
///     fault    recipient
///     scope    recipient
///     advice   "Try again in a day or two."
/// }
/// rule full {
///     match    phrase "mailbox full"
///     then     mailbox-full
/// }
/// "#;
/// let root = Root::Texts(vec![("root.carom".to_owned(), rules.to_owned())]);
/// let checked = check::check(&root, Time::now()).unwrap();
/// assert_eq!(checked.findings[0].message(), "rule `full` has no example");
/// ```
pub fn check(root: &Root, now: Time) -> Result<Checked, String> {
    let (rules, diagnostics) = resolve::resolve(resolve::load(root)?);
    if has_errors(&diagnostics) {
        return Ok(Checked { rules, findings: diagnostics, undecided: 0 });
    }
    let engine = Engine::new(rules, diagnostics);
    // What no `use` names can only be seen where a whole folder is meant.
    let folder = match root {
        Root::Path(path) if path.is_dir() => Some(path.as_path()),
        _ => None,
    };
    let Findings { diagnostics, undecided } = lint(&Subject::new(&engine, folder, now));
    Ok(Checked { rules: engine.into_rules(), findings: diagnostics, undecided })
}

/// All there is to say of rules that load.
fn lint(subject: &Subject<'_>) -> Findings {
    let mut findings = Findings { diagnostics: subject.engine.warnings().to_vec(), undecided: 0 };
    findings.diagnostics.extend(subject.engine.test().failures);
    for find in LINTS {
        find(subject, &mut findings);
    }
    let allows = allow::find(subject, &mut findings);
    idle_allow::find(allows, &mut findings);
    findings.diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
    findings
}

/// What lints look at.
struct Subject<'a> {
    engine: &'a Engine,
    /// The folder that is meant as a whole.
    folder: Option<&'a Path>,
    /// The time at which overrides and changes are looked at.
    #[expect(dead_code, reason = "the first lint that asks for the time is still to come")]
    now: Time,
    /// The files that something may be said of.
    files: Vec<FileId>,
    prover: OnceLock<Prover<'a>>,
    proofs: OnceLock<Vec<(RuleId, Proof)>>,
}

impl<'a> Subject<'a> {
    fn new(engine: &'a Engine, folder: Option<&'a Path>, now: Time) -> Subject<'a> {
        let sources = &engine.rules().sources;
        let is_own = |origin| sources.is_library() || origin == Origin::Site;
        let own = sources.files().filter(|(_, file)| is_own(file.origin));
        let files = own.map(|(id, _)| id).collect();
        Subject { engine, folder, now, files, prover: OnceLock::new(), proofs: OnceLock::new() }
    }

    fn rules(&self) -> &'a RuleSet {
        self.engine.rules()
    }

    fn prover(&self) -> &Prover<'a> {
        self.prover.get_or_init(|| Prover::new(self.engine))
    }

    /// Whether each rule ever decides that something may be said of.
    fn proofs(&self) -> &[(RuleId, Proof)] {
        self.proofs.get_or_init(|| {
            let is_said_of = |rule: &Rule| self.is_own(rule.span) && !self.is_prelude(rule.span);
            let rules = self.rules().numbered_rules().filter(|(_, rule)| is_said_of(rule));
            let ids: Vec<RuleId> = rules.map(|(id, _)| id).collect();
            spread(&ids, |id| (*id, self.prover().rule(*id)))
        })
    }

    /// Whether something may be said of a place: all is a site's own, but for the library that it uses.
    fn is_own(&self, span: Span) -> bool {
        self.files.binary_search(&span.file).is_ok()
    }

    /// The rules that something may be said of.
    fn own_rules(&self) -> impl Iterator<Item = &'a Rule> {
        self.rules().rules.iter().filter(|rule| self.is_own(rule.span))
    }

    /// Whether a place lies in the prelude, which is part of every set.
    fn is_prelude(&self, span: Span) -> bool {
        let file = self.rules().sources.file(span.file);
        file.origin == Origin::Builtin && file.key.ends_with("prelude.carom")
    }
}

/// What was found.
struct Findings {
    diagnostics: Vec<Diagnostic>,
    /// How many questions were too hard to decide.
    undecided: usize,
}

impl Findings {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
