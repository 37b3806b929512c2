//! Rules that a plugin brings along.
//!
//! They are ordinary rules of one profile, the plugin's own. What reaches further (overrides, general rules, fallbacks,
//! the catalogue, the policy, other files, what a site has changed) is the site's, and an error here.

use super::files::Loader;
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Action, RuleSet};
use crate::source::{FileId, Origin, Span};
use crate::syntax::ast::{self, Item, Layer, ProfileLine};
use crate::syntax::parse_all;

/// What a plugin says of itself, as far as it concerns the rules.
#[derive(Debug, Clone, Default)]
pub struct Contributed {
    /// The plugin's name, and its profile's.
    pub name: String,
    /// The hosts that it claims, as a profile writes them.
    pub hosts: Vec<String>,
    /// The recipients' domains that it claims.
    pub domains: Vec<String>,
    /// Rules, in the language.
    pub rules: String,
    /// Whether its rules may suppress addresses.
    pub may_suppress: bool,
    /// What the plugin is, in hexadecimal: it goes into the version of the rule set.
    pub digest: String,
}

impl Contributed {
    /// The text that is read: the plugin's own, so that its lines keep their numbers, and the claims after it.
    fn text(&self) -> String {
        let mut text = self.rules.clone();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("\n# What the plugin claims.\nprofile {} {{\n", self.name));
        for (keyword, names) in [("hosts", &self.hosts), ("domains", &self.domains)] {
            if !names.is_empty() {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                text.push_str(&format!("    {keyword} {}\n", names.join(", ")));
            }
        }
        text.push_str("}\n");
        text
    }
}

/// A string of the language: what it says comes from a plugin.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .flat_map(|c| {
            let mark = matches!(c, '"' | '\\' | '{' | '}' | '*').then_some('\\');
            // A star is one of a host pattern, no escape.
            let mark = mark.filter(|_| c != '*');
            mark.into_iter().chain((!c.is_control()).then_some(c))
        })
        .collect();
    format!("\"{escaped}\"")
}

/// Reports the rules of plugins that suppress without being granted it.
pub(super) fn check_suppression(set: &RuleSet, withheld: &[String], diagnostics: &mut Vec<Diagnostic>) {
    for rule in &set.rules {
        let profile = rule.profile.map(|id| &set.profiles.get(id).name);
        let Some(name) = profile.filter(|name| withheld.contains(name)) else { continue };
        if rule.outcomes.iter().flat_map(|outcome| &outcome.actions).any(|a| matches!(a, Action::Suppress(_))) {
            let message = format!("`{}` suppresses addresses, and plugin `{name}` was not granted that", rule.name);
            let diagnostic = Diagnostic::new(Code::E0091, rule.span, message)
                .help("grant the plugin `may: [suppress]`, or let the rule say what is done instead, as `do no retry`");
            diagnostics.push(diagnostic);
        }
    }
}

impl Loader<'_> {
    /// Reads what a plugin brings along, after all other files.
    pub(super) fn contribute(&mut self, contributed: &Contributed) {
        let (name, text) = (&contributed.name, contributed.text());
        let key = format!("plugin/{name}@{}", contributed.digest);
        let id = self.loaded.sources.add(format!("plugin {name}"), key, text, Origin::Plugin);
        if !contributed.may_suppress {
            self.loaded.withheld.push(name.clone());
        }
        let parsed = parse_all(&[(id, &self.loaded.sources.file(id).text)]).pop();
        let (file, diagnostics) = parsed.unwrap_or_default();
        self.loaded.diagnostics.extend(diagnostics);
        let mut profile: Option<ast::Profile> = None;
        for item in file.items {
            match self.refused(name, &item, id) {
                Some(refused) => self.loaded.diagnostics.push(refused),
                None => match item {
                    // The last is made of the claims.
                    Item::Profile(next) => match &mut profile {
                        Some(first) => first.lines.extend(next.lines),
                        None => profile = Some(next),
                    },
                    Item::Language(number) => self.language(&number),
                    item => self.loaded.items.push(item),
                },
            }
        }
        self.loaded.items.extend(profile.map(Item::Profile));
    }

    /// Why a plugin may not say this.
    fn refused(&self, name: &str, item: &Item, file: FileId) -> Option<Diagnostic> {
        let own = |word: &ast::Word| word.text == name;
        let claims = self.loaded.sources.file(file).text.rfind("\n# What the plugin claims.").unwrap_or(0);
        let (span, what): (Span, String) = match item {
            Item::Profile(profile) if !own(&profile.name) => {
                (profile.name.span, format!("profile `{}`", profile.name.text))
            }
            Item::Profile(profile) if (profile.name.span.start as usize) < claims => {
                let claim = |line: &ProfileLine| match line {
                    ProfileLine::Hosts(place, _) => Some((place.0, "`hosts`, which it claims by its description")),
                    ProfileLine::Domains(place, _) => Some((place.0, "`domains`, which it claims by its description")),
                    _ => None,
                };
                let (span, what) = profile.lines.iter().find_map(claim)?;
                (span, what.to_owned())
            }
            Item::Rule(rule) if rule.layer != Layer::Rule => (rule.head.0, format!("{}s", rule.layer.as_str())),
            Item::Rule(rule) => match &rule.profile {
                Some(profile) if own(profile) => return None,
                Some(profile) => (profile.span, format!("rules for `{}`", profile.text)),
                None => (rule.head.0, "general rules".to_owned()),
            },
            Item::Reason(reason) => (reason.name.span, "reasons".to_owned()),
            Item::Policy(policy) => (policy.place.0, "a policy".to_owned()),
            Item::Change(change) => (change.name.span, "changes".to_owned()),
            Item::ChangeProfile(change) => (change.name.span, "changes".to_owned()),
            Item::Use(line) => (line.place.0, "`use` lines".to_owned()),
            Item::Profile(_) | Item::Language(_) | Item::Phrases(_) | Item::Test(_) | Item::Broken(_) => return None,
        };
        let message = format!("plugin `{name}` brings along {what}");
        let help = format!("a plugin's rules are rules `for {name}`, with their phrases and tests, and nothing else");
        Some(Diagnostic::new(Code::E0090, span, message).help(help))
    }
}
