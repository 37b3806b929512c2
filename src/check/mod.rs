//! What can be said about a rule set that loads: its examples are run, and lints look for what is doubtful.
//!
//! A lint is a file here: its page on top, which `carom explain W0001` prints and the tests run, and a function
//! `find` below. It stands in `LINTS` and in the registry of codes. `# allow W0001: reason` in a rule file silences one.
//!
//! Invariant: a lint changes nothing, and says nothing of the shipped library to a site that uses it; what it finds
//! depends on the rule set and the time that it is given, and on nothing else.

mod allow;
mod at_odds;
mod code_in_expression;
mod dead_alternative;
mod dead_rule;
mod dead_value;
mod empty_profile;
mod expression;
mod falling_schedule;
mod idle_allow;
mod idle_pause;
mod implied_alternative;
mod implied_line;
mod impossible_expression;
mod impossible_tag;
mod missed_window;
mod misspelt_word;
mod no_example;
mod open_code;
mod over;
mod plain_group;
mod repeated_example;
mod repeated_value;
mod rivals;
mod slow_phrase;
mod subject;
mod unfolded;
mod unreached_wait;
mod unused_file;
mod unused_name;
mod vetoed_rule;

use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Engine, Plugins};
use crate::reply::Time;
use crate::resolve::{self, Contributed, Root, has_errors};
use crate::ruleset::{Condition, RuleSet};
use crate::source::Span;
use subject::Subject;

/// All lints. Where several speak of one place, they speak in this order.
const LINTS: &[fn(&Subject<'_>, &mut Findings)] = &[
    no_example::find,
    unused_file::find,
    empty_profile::find,
    over::find,
    missed_window::find,
    unused_name::find,
    falling_schedule::find,
    unreached_wait::find,
    idle_pause::find,
    impossible_tag::find,
    repeated_value::find,
    at_odds::find,
    slow_phrase::find,
    code_in_expression::find,
    open_code::find,
    plain_group::find,
    unfolded::find,
    misspelt_word::find,
    repeated_example::find,
    impossible_expression::find,
    dead_rule::find,
    vetoed_rule::find,
    dead_alternative::find,
    dead_value::find,
    rivals::find,
    implied_alternative::find,
    implied_line::find,
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
    check_with(root, Vec::new(), now)
}

/// The same with plugins, and what they bring along.
///
/// # Errors
/// A message where the root itself cannot be read.
pub fn check_with(root: &Root, plugins: Plugins, now: Time) -> Result<Checked, String> {
    let contributed: Vec<Contributed> = plugins.iter().map(|(contributed, _)| contributed.clone()).collect();
    let (rules, diagnostics) = resolve::resolve(resolve::load_with(root, &contributed)?);
    if has_errors(&diagnostics) {
        return Ok(Checked { rules, findings: diagnostics, undecided: 0 });
    }
    if let Some(emptied) = resolve::speechless(&rules) {
        return Ok(Checked { rules, findings: vec![emptied], undecided: 0 });
    }
    let engine = Engine::new(rules, diagnostics).with_plugins(plugins);
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

/// What was found.
struct Findings {
    diagnostics: Vec<Diagnostic>,
    /// How many questions were too hard to decide.
    undecided: usize,
}

impl Findings {
    /// Whether one of these was found in a rule's conditions: then the cause is told, and what follows from it is not.
    fn has_cause(&self, conditions: &[Condition], causes: &[Code]) -> bool {
        let is_in = |place: Span| {
            conditions
                .iter()
                .any(|line| line.span.file == place.file && (line.span.start..line.span.end).contains(&place.start))
        };
        self.diagnostics.iter().any(|found| causes.contains(&found.code()) && is_in(found.span()))
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
