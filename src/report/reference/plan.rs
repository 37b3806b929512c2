//! Where everything stands: the page of each profile, file, reason and rule.

use crate::ruleset::{ProfileId, Rule, RuleId, RuleSet};
use crate::source::{FileId, Origin};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many rules stand on a page; those of a longer list go over several.
const RULES_ON_A_PAGE: usize = 120;

/// A page with rules: the name of its file, and the rules.
pub(super) struct Part {
    pub(super) page: String,
    pub(super) rules: Vec<RuleId>,
}

/// The pages of all rules.
pub(super) struct Plan {
    /// Of each profile; the first part is its page, whether it has rules or not.
    profiles: HashMap<ProfileId, Vec<Part>>,
    /// Of each file with general rules, in the order of the files.
    pub(super) files: Vec<(FileId, Vec<Part>)>,
    /// Of each rule: the page, and the place on it.
    rules: HashMap<RuleId, String>,
}

impl Plan {
    pub(super) fn new(rules: &RuleSet) -> Plan {
        let mut of_profile: HashMap<ProfileId, Vec<RuleId>> = HashMap::new();
        let mut of_file: BTreeMap<FileId, Vec<RuleId>> = BTreeMap::new();
        for (id, rule) in rules.numbered_rules() {
            match rule.profile {
                Some(profile) => of_profile.entry(profile).or_default().push(id),
                None => of_file.entry(rule.span.file).or_default().push(id),
            }
        }
        let mut taken = HashSet::new();
        let each = rules.profiles.iter().map(|(id, profile)| {
            let own = of_profile.remove(&id).unwrap_or_default();
            (id, parts(&free(format!("profile-{}", profile.name), &mut taken), &own))
        });
        let profiles: HashMap<ProfileId, Vec<Part>> = each.collect();
        let each = of_file
            .into_iter()
            .map(|(id, own)| (id, parts(&free(format!("rules-{}", safe(&file_name(rules, id))), &mut taken), &own)));
        let files: Vec<(FileId, Vec<Part>)> = each.collect();
        let all = profiles.values().chain(files.iter().map(|(_, parts)| parts)).flatten();
        let place = |page: &str, id: &RuleId| (*id, format!("{page}#{}", anchor(rules.rule(*id))));
        let rules = all.flat_map(|part| part.rules.iter().map(|id| place(&part.page, id))).collect();
        Plan { profiles, files, rules }
    }

    pub(super) fn parts(&self, id: ProfileId) -> &[Part] {
        self.profiles.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn profile(&self, id: ProfileId) -> &str {
        self.parts(id).first().map_or("", |part| &part.page)
    }

    pub(super) fn rule(&self, id: RuleId) -> &str {
        self.rules.get(&id).map_or("", String::as_str)
    }
}

/// What a file is called: its name within its rule set, without its end.
pub(super) fn file_name(rules: &RuleSet, id: FileId) -> String {
    let file = rules.sources.file(id);
    let key = if file.origin == Origin::Builtin { file.key.trim_start_matches("builtin/") } else { &file.key };
    key.trim_end_matches(".carom").to_owned()
}

/// The place of a rule on its page.
pub(super) fn anchor(rule: &Rule) -> String {
    format!("rule-{}", rule.name.rsplit_once('.').map_or(rule.name.as_str(), |(_, own)| own))
}

pub(super) fn reason(name: &str) -> String {
    format!("reason-{name}.html")
}

pub(super) fn block(name: &str) -> String {
    format!("phrases-{name}.html")
}

/// Small letters, digits and `-`, so that a file of any system may be called so.
fn safe(key: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    key.chars().map(letter).collect::<String>().trim_matches('-').to_owned()
}

/// The name, or the name with the first number that makes it another than all before.
fn free(name: String, taken: &mut HashSet<String>) -> String {
    let numbered = |n: usize| if n == 1 { name.clone() } else { format!("{name}--{n}") };
    let found = (1..).map(numbered).find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(found.clone());
    found
}

fn parts(name: &str, rules: &[RuleId]) -> Vec<Part> {
    let first = Part { page: format!("{name}.html"), rules: Vec::new() };
    let part = |(n, rules): (usize, &[RuleId])| {
        let page = if n == 0 { format!("{name}.html") } else { format!("{name}.{}.html", n + 1) };
        Part { page, rules: rules.to_vec() }
    };
    let parts: Vec<Part> = rules.chunks(RULES_ON_A_PAGE).enumerate().map(part).collect();
    if parts.is_empty() { vec![first] } else { parts }
}
