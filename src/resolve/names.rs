//! Who is called what: declarations of all files, and 'did you mean' for what nobody declared.

use super::{Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::Category;
use crate::source::{Origin, Span};
use crate::spelling::nearest;
use crate::syntax::ast::Word;
use std::collections::{HashMap, HashSet};

/// A kind of thing that has names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Profile,
    Reason,
    Phrases,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Profile => "profile",
            Kind::Reason => "reason",
            Kind::Phrases => "phrases",
        }
    }
}

/// Declared names: the number of each among its kind, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Names {
    declared: HashMap<Kind, HashMap<String, (u32, Span)>>,
    /// Names of items that were not understood: what refers to them is not reported as well.
    broken: HashSet<(String, String)>,
    /// The rules' full names.
    pub(super) rules: HashMap<(String, Origin), Span>,
}

impl Names {
    /// Whether a rule of that name was declared by an item that was not understood.
    pub(super) fn is_broken_rule(&self, full: &str) -> bool {
        self.broken.contains(&("rule".to_owned(), full.to_owned()))
    }

    /// Whether some item declares a rule of that name, even one that was not understood.
    pub(super) fn is_declared_rule(&self, full: &str) -> bool {
        let is_whole = |origin| self.rules.contains_key(&(full.to_owned(), origin));
        is_whole(Origin::Site) || is_whole(Origin::Builtin) || self.is_broken_rule(full)
    }

    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<u32> {
        self.declared.get(&kind)?.get(name).map(|(number, _)| *number)
    }
}

impl Resolver<'_> {
    /// Takes down every profile, reason and phrases block. Of two with one name the first counts.
    pub(super) fn declare(&mut self, sorted: &Sorted<'_>) {
        for broken in &sorted.broken {
            if let (Some(keyword), Some(name)) = (&broken.keyword, &broken.name) {
                let keyword = if matches!(keyword.as_str(), "override" | "fallback") { "rule" } else { keyword };
                let full = match &broken.profile {
                    Some(profile) => format!("{}.{}", profile.text, name.text),
                    None => name.text.clone(),
                };
                self.names.broken.insert((keyword.to_owned(), full));
            }
        }
        for (n, profile) in sorted.profiles.iter().enumerate() {
            self.declare_one(Kind::Profile, &profile.name, n);
        }
        for (n, reason) in sorted.reasons.iter().enumerate() {
            self.declare_one(Kind::Reason, &reason.name, n);
        }
        for (n, phrases) in sorted.phrases.iter().enumerate() {
            self.declare_one(Kind::Phrases, &phrases.name, n);
        }
    }

    fn declare_one(&mut self, kind: Kind, name: &Word, number: usize) {
        self.check_name(name);
        let names = self.names.declared.entry(kind).or_default();
        if let Some((_, first)) = names.get(&name.text) {
            let message = format!("{} `{}` is declared twice", kind.as_str(), name.text);
            let diagnostic = Diagnostic::new(Code::E0021, name.span, message)
                .also(*first, "first declared here")
                .help("give one of them another name");
            self.report(diagnostic);
            return;
        }
        names.insert(name.text.clone(), (number as u32, name.span));
    }

    /// Whether a thing of that number is the first of its name.
    pub(super) fn is_first(&self, kind: Kind, name: &str, number: usize) -> bool {
        self.names.get(kind, name) == Some(number as u32)
    }

    pub(super) fn check_name(&mut self, name: &Word) {
        let good = name.text.starts_with(|c: char| c.is_ascii_lowercase())
            && name.text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && name.text.len() <= 64;
        if !good {
            let mut diagnostic = Diagnostic::new(Code::E0022, name.span, format!("`{}` is no name", name.text))
                .help("a name has small letters, digits and `-`, begins with a letter, and has at most 64 characters");
            let mended: String = name.text.to_lowercase().replace(['_', '.', '/', ':', '+', '*', '?'], "-");
            if mended != name.text && mended.len() <= 64 {
                diagnostic = diagnostic.fix(name.span, mended.trim_matches('-'));
            }
            self.report(diagnostic);
        }
    }

    /// The number of what a word names; if nothing bears the name, a diagnostic and nothing.
    pub(super) fn look_up(&mut self, kind: Kind, word: &Word) -> Option<u32> {
        let found = self.names.get(kind, &word.text);
        if found.is_none() && !self.names.broken.contains(&(kind.as_str().to_owned(), word.text.clone())) {
            let known: Vec<String> =
                self.names.declared.get(&kind).map(|names| names.keys().cloned().collect()).unwrap_or_default();
            let kind = match kind {
                Kind::Phrases => "phrases block",
                kind => kind.as_str(),
            };
            self.unknown(word, kind, &known);
        }
        found
    }

    /// Says that nothing bears a name.
    pub(super) fn unknown(&mut self, word: &Word, kind: &str, known: &[String]) {
        let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
        known.sort_unstable();
        let mut diagnostic = Diagnostic::new(Code::E0020, word.span, format!("no {kind} is called `{}`", word.text));
        if let Some(near) = nearest(&word.text, known.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?")).fix(word.span, near);
        } else if kind == "phrases block" {
            diagnostic = diagnostic.help(format!("a phrase itself stands in quotes: `\"{}\"`", word.text));
        } else if known.is_empty() {
            diagnostic = diagnostic.help(format!("no {kind} is declared here; the shipped ones come by `use builtin`"));
        } else if kind == "reason" && Category::ALL.iter().any(|category| category.as_str() == word.text) {
            diagnostic = diagnostic.help(format!(
                "`{0}` is a category: the reason follows it, as in `{0} mailbox-full`, or stands alone",
                word.text
            ));
        } else if !self.sources.has_library() {
            diagnostic = diagnostic.help("what is shipped comes by `use builtin`");
        }
        self.report(diagnostic);
    }
}
