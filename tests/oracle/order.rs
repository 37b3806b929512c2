//! The order in which rules are asked, from the one sentence: overrides, then rules, then fallbacks;
//! within each the profile's own, then its parents', then the general ones; then top to bottom.

use carom::ruleset::{Layer, ProfileId, RuleSet};

/// The rules that a reply of this line of profiles is asked about, by their places in the rule set.
pub(super) fn asked(rules: &RuleSet, read: &[usize], line: &[ProfileId]) -> Vec<usize> {
    let mut order = Vec::new();
    for layer in [Layer::Override, Layer::Rule, Layer::Fallback] {
        for scope in line.iter().map(|id| Some(*id)).chain([None]) {
            let here = |n: &&usize| rules.rules[**n].layer == layer && rules.rules[**n].profile == scope;
            order.extend(read.iter().filter(here));
        }
    }
    order
}

/// All rules in the order of the text, with every file in the place of the first `use` that names it.
pub(super) fn top_to_bottom(rules: &RuleSet) -> Vec<usize> {
    let mut reader = Reader { rules, seen: Vec::new(), order: Vec::new() };
    if let Some((_, root)) = rules.sources.files().next() {
        reader.read(&root.key);
    }
    reader.read("builtin/prelude.carom");
    assert_eq!(reader.order.len(), rules.rules.len(), "a rule of a file that nothing uses");
    reader.order
}

struct Reader<'a> {
    rules: &'a RuleSet,
    seen: Vec<String>,
    order: Vec<usize>,
}

impl Reader<'_> {
    fn read(&mut self, key: &str) {
        let files = self.rules.sources.files();
        let Some((id, file)) = files.into_iter().find(|(_, file)| file.key == key) else { return };
        if self.seen.iter().any(|seen| seen == key) {
            return;
        }
        self.seen.push(key.to_owned());
        let mut start = 0;
        for line in file.text.split_inclusive('\n') {
            let end = start + line.len();
            if let Some(used) = line.strip_prefix("use ") {
                self.read(&used_key(key, used.trim()));
            }
            let heads = self.rules.rules.iter().enumerate();
            let here = heads.filter(|(_, rule)| rule.span.file == id);
            let here = here.filter(|(_, rule)| (start..end).contains(&(rule.span.start as usize)));
            self.order.extend(here.map(|(n, _)| n));
            start = end;
        }
    }
}

/// The file that a `use` line means.
fn used_key(current: &str, used: &str) -> String {
    let path = |text: &str| text.trim().trim_matches('"').to_owned();
    if let Some(builtin) = used.strip_prefix("builtin") {
        let name = path(builtin);
        let name = if name.is_empty() { "root".to_owned() } else { name };
        return format!("builtin/{}.carom", name.trim_end_matches(".carom"));
    }
    let mut parts: Vec<String> = current.split('/').map(str::to_owned).collect();
    parts.pop();
    for part in path(used).split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}
