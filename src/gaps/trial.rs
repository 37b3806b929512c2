//! A rule set with drafts in it, in memory: what they take is seen, not guessed.

use super::forms::Form;
use crate::diagnostic::Severity;
use crate::engine::Engine;
use crate::reply::Reply;
use crate::resolve::{self, Root};
use crate::ruleset::{ProfileId, RuleId, RuleSet};
use crate::source::{FileId, Origin};
use crate::syntax::ast::Layer;
use std::collections::{BTreeMap, HashMap};

/// A rule that is tried.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    /// The profile it is for, and whether its rules stand in a file of the site's own: only there a rule may be added.
    pub(super) profile: Option<(ProfileId, bool)>,
    /// Its lines.
    pub(super) lines: Vec<String>,
}

impl Draft {
    /// As it is written into a file.
    pub(super) fn source(&self, rules: &RuleSet) -> String {
        let layer = match self.profile {
            Some((_, false)) => Layer::Override,
            _ => Layer::Rule,
        };
        let of = self.profile.map_or(String::new(), |(id, _)| format!(" for {}", rules.profiles.get(id).name));
        let lines: String = self.lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("{} {}{of} {{\n{lines}}}\n", layer.as_str(), self.name)
    }

    /// The file that it belongs into.
    fn home(&self, rules: &RuleSet) -> Option<FileId> {
        match self.profile {
            Some((id, true)) => Some(rules.profiles.get(id).span.file),
            _ => rules.sources.files().find(|(_, file)| file.origin == Origin::Site).map(|(id, _)| id),
        }
    }

    /// The name of the file that it belongs into, where it may stand in no other.
    pub(super) fn only_file(&self, rules: &RuleSet) -> Option<String> {
        let (id, is_ours) = self.profile?;
        is_ours.then(|| rules.sources.file(rules.profiles.get(id).span.file).name.clone())
    }

    fn full_name(&self, rules: &RuleSet) -> String {
        match self.profile {
            Some((id, _)) => format!("{}.{}", rules.profiles.get(id).name, self.name),
            None => self.name.clone(),
        }
    }
}

/// Drafts among the rules that they are to be added to.
pub(super) struct Trial {
    engine: Engine,
    /// The rules that are drafts, with their numbers.
    drafts: HashMap<RuleId, usize>,
}

/// What a draft takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    /// The forms, and of how many replies.
    pub(super) forms: BTreeMap<usize, u64>,
    /// The examples and tests of rules that it takes from them.
    pub(super) examples: BTreeMap<String, u64>,
}

impl Trial {
    /// The rule set with these drafts, each in the file that it belongs into; those that cannot be read are left out.
    pub(super) fn new(rules: &RuleSet, drafts: &[Draft]) -> Option<Trial> {
        let mut good: Vec<usize> = (0..drafts.len()).collect();
        let engine = loop {
            match load(rules, drafts, &good) {
                Ok(engine) => break engine,
                Err(bad) if bad.is_empty() => return None,
                Err(bad) => good.retain(|n| !bad.contains(n)),
            }
        };
        let names: HashMap<String, usize> = good.iter().map(|n| (drafts[*n].full_name(rules), *n)).collect();
        let numbers = engine.rules().numbered_rules();
        let drafts = numbers.filter_map(|(id, rule)| Some((id, *names.get(&rule.name)?))).collect();
        Some(Trial { engine, drafts })
    }

    /// The drafts that would win a reply if each were alone among the rules.
    pub(super) fn takers(&self, reply: &Reply) -> Vec<usize> {
        self.engine.ask(reply, |asking| asking.matching.iter().map_while(|id| self.drafts.get(id).copied()).collect())
    }

    /// The draft that wins a reply among all of them.
    pub(super) fn winner(&self, reply: &Reply) -> Option<usize> {
        self.takers(reply).first().copied()
    }

    /// What each draft would take if it were alone.
    pub(super) fn taken(&self, count: usize, forms: &[Form], rules: &RuleSet) -> Vec<Taken> {
        let mut taken = vec![Taken::default(); count];
        for (n, form) in forms.iter().enumerate() {
            for draft in self.takers(&form.samples[0]) {
                taken[draft].forms.insert(n, form.count);
            }
        }
        // A fallback's own example is a reply that no words are known of: any words may take it.
        for rule in rules.rules.iter().filter(|rule| rule.layer != Layer::Fallback) {
            for example in &rule.examples {
                for draft in self.takers(&example.reply) {
                    *taken[draft].examples.entry(rule.name.clone()).or_default() += 1;
                }
            }
        }
        taken
    }

    /// Whether every example of a draft is won by it, and it has one.
    pub(super) fn holds(&self, draft: usize) -> bool {
        let Some((id, _)) = self.drafts.iter().find(|(_, n)| **n == draft) else { return false };
        let examples = &self.engine.rules().rule(*id).examples;
        !examples.is_empty() && examples.iter().all(|example| self.winner(&example.reply) == Some(draft))
    }
}

/// The engine of the rule set with some of the drafts, or which of them cannot be read.
fn load(rules: &RuleSet, drafts: &[Draft], good: &[usize]) -> Result<Engine, Vec<usize>> {
    let site = rules.sources.files().filter(|(_, file)| file.origin == Origin::Site);
    let mut texts: Vec<(Option<FileId>, String, String)> =
        site.map(|(id, file)| (Some(id), file.name.clone(), file.text.clone())).collect();
    if texts.is_empty() {
        texts.push((None, "root.carom".to_owned(), "use builtin\n".to_owned()));
    }
    // Where in which file each begins.
    let mut places = Vec::new();
    for n in good {
        let home = drafts[*n].home(rules);
        let Some((_, name, text)) = texts.iter_mut().find(|(id, ..)| *id == home) else { return Err(vec![*n]) };
        text.push('\n');
        places.push((name.clone(), text.len(), *n));
        text.push_str(&drafts[*n].source(rules));
    }
    let texts = texts.into_iter().map(|(_, name, text)| (name, text)).collect();
    let loaded = resolve::load(&Root::Texts(texts)).map_err(|_| Vec::new())?;
    let (set, diagnostics) = resolve::resolve(loaded);
    if !resolve::has_errors(&diagnostics) {
        return Ok(Engine::new(set, Vec::new()));
    }
    let bad = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).filter_map(|error| {
        let (file, at) = (&set.sources.file(error.span().file).name, error.span().start as usize);
        places.iter().rfind(|(name, start, _)| name == file && *start <= at).map(|(.., n)| *n)
    });
    Err(bad.collect())
}
