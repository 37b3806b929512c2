//! What can be said about a rule set without a reply.
//!
//! Invariant: a lint reads the rule set and changes nothing; of the shipped library nothing is said
//! to a site that uses it.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::resolve::{self, Root};
use crate::ruleset::RuleSet;
use crate::source::{Origin, Span, builtin_file};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Loads and resolves a root and says all there is to say about it, errors first, in the order of the files.
///
/// # Errors
/// A message where the root itself cannot be read.
pub fn check(root: &Root) -> Result<(RuleSet, Vec<Diagnostic>), String> {
    let (rules, mut diagnostics) = resolve::resolve(resolve::load(root)?);
    without_example(&rules, &mut diagnostics);
    empty_profiles(&rules, &mut diagnostics);
    // A file that could not be read, or a `use` that was not understood, would look unused as well.
    if let Root::Path(path) = root
        && path.is_dir()
        && !resolve::has_errors(&diagnostics)
    {
        unused_files(path, &rules, &mut diagnostics);
    }
    let of_library = |d: &Diagnostic| rules.sources.file(d.span().file).origin == Origin::Builtin;
    if !matches!(root, Root::Builtin) {
        diagnostics.retain(|d| d.severity() == Severity::Error || !of_library(d));
    }
    diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
    Ok((rules, diagnostics))
}

/// W0001
fn without_example(rules: &RuleSet, diagnostics: &mut Vec<Diagnostic>) {
    for rule in rules.rules.iter().filter(|rule| rule.examples.is_empty()) {
        let file = rules.sources.file(rule.span.file);
        if file.origin == Origin::Builtin && file.key.ends_with("prelude.carom") {
            continue;
        }
        let message = format!("{} `{}` has no example", rule.layer.as_str(), rule.name);
        let diagnostic = Diagnostic::new(Code::W0001, rule.span, message).help(
            "add a reply that it is meant for: `example \"550 5.1.1 …\"`; `carom test` then holds the rule to it",
        );
        diagnostics.push(diagnostic);
    }
}

/// W0004
fn empty_profiles(rules: &RuleSet, diagnostics: &mut Vec<Diagnostic>) {
    let parents: HashSet<_> = rules.profiles.iter().filter_map(|(_, profile)| profile.parent).collect();
    let mut names = HashSet::new();
    for (id, profile) in rules.profiles.iter() {
        // One that is declared twice has its diagnostic.
        if names.insert(&profile.name)
            && profile.hosts.is_empty()
            && profile.domains.is_empty()
            && !parents.contains(&id)
        {
            let message = format!("profile `{}` has no hosts and no domains, and nothing extends it", profile.name);
            let diagnostic = Diagnostic::new(Code::W0004, profile.span, message)
                .help("say by which hosts it is known: `hosts \"*.example.com\"`");
            diagnostics.push(diagnostic);
        }
    }
}

/// W0002: said at the root file, since there is no place in a file that is not read.
fn unused_files(folder: &Path, rules: &RuleSet, diagnostics: &mut Vec<Diagnostic>) {
    let Some((root, _)) = rules.sources.files().next() else { return };
    let of_site = rules.sources.files().filter(|(_, file)| file.origin == Origin::Site);
    let used: HashSet<PathBuf> = of_site.filter_map(|(_, file)| std::fs::canonicalize(&file.name).ok()).collect();
    // The library's own prelude is read from the program, also when its folder is checked.
    let is_prelude =
        |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| builtin_file("prelude.carom") == Some(&text));
    let mut unused = Vec::new();
    let mut folders = vec![folder.to_owned()];
    // Folders are few; the bound keeps a circle of links from going on for ever.
    for _ in 0..10_000 {
        let Some(next) = folders.pop() else { break };
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "carom")
                && std::fs::canonicalize(&path).is_ok_and(|path| !used.contains(&path))
                && !is_prelude(&path)
            {
                unused.push(path);
            }
        }
    }
    unused.sort();
    for path in unused {
        let within = path.strip_prefix(folder).unwrap_or(&path).display().to_string().replace('\\', "/");
        let diagnostic = Diagnostic::new(Code::W0002, Span::new(root, 0, 0), format!("nothing uses `{within}`"))
            .help(format!("add `use \"{within}\"`, or remove the file"));
        diagnostics.push(diagnostic);
    }
}
