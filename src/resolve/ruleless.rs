//! Rule sets without a rule: what is left of files that were emptied or cut off.

use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::RuleSet;
use crate::source::{FileId, Origin, Span};

/// What is wrong with a set that has no rules but those that every set has, and those of plugins.
pub fn ruleless(set: &RuleSet) -> Option<Diagnostic> {
    let (root, _) = set.sources.files().next()?;
    let is_rule = |span: Span| is_declared(set, span.file);
    if set.rules.iter().any(|rule| is_rule(rule.span)) {
        return None;
    }
    let message = "no rule stands in these files: was one emptied or cut off?";
    Some(
        Diagnostic::new(Code::E0029, Span::new(root, 0, 0), message)
            .help("put back what stood there; or write a rule, or `use builtin` for the shipped library"),
    )
}

/// The same of a set that says nothing else either. What has reasons, profiles or a policy alone is a part of another set,
/// and can be checked as such.
pub fn speechless(set: &RuleSet) -> Option<Diagnostic> {
    let says_nothing = |line: &str| {
        let word = line.split_whitespace().next().unwrap_or("#");
        word.starts_with('#') || word == "language" || word == "use"
    };
    let mut own = set.sources.files().filter(|(id, _)| is_declared(set, *id));
    if own.all(|(_, file)| file.text.lines().all(says_nothing)) { ruleless(set) } else { None }
}

/// Whether a file is a site's or of the library, and not the prelude, which is part of every set.
fn is_declared(set: &RuleSet, file: FileId) -> bool {
    let file = set.sources.file(file);
    match file.origin {
        Origin::Site => true,
        Origin::Builtin => !file.key.ends_with("prelude.carom"),
        Origin::Plugin => false,
    }
}
