//! What to say so that a rule takes it: for each thing around the text the values that matter, and the texts.

use super::phrase::texts;
use super::values::{Kind, Value, beside, holds, near, near_window};
use crate::engine::Engine;
use crate::reply::{EnhancedCode, HostName, Reply, ReplyCode};
use crate::ruleset::{Column, PatternId, ProfileId, Rule, RuleId, RuleSet, TagSet, TagTest};

/// The most texts of a rule.
const MOST_TEXTS: usize = 400;

/// Stands between two texts, where no phrase can reach over it: a free `*` is at most 12 words.
pub(super) const FAR: &str = " and then it says that as of now there is some more to tell: ";

/// A text that hardly a rule asks for.
const ANY_TEXT: &str = "so be it";

/// A host that no profile claims.
const STRANGER: &str = "mx.elsewhere.example";

/// Tags that hardly a rule asks for.
const ANY_TAG: [&str; 2] = ["x1", "1"];

/// A rule, and what is said to it.
#[derive(Debug)]
pub(super) struct Plan<'e> {
    pub(super) engine: &'e Engine,
    pub(super) id: RuleId,
    pub(super) rule: &'e Rule,
    /// A reply with all that the rule asks for around the text, and the first of the texts.
    pub(super) base: Reply,
    /// For each kind in its order: the values that matter; first those that the rule bears.
    pub(super) values: [Vec<Value>; Kind::ALL.len()],
    /// The kinds that it asks for.
    pub(super) stated: Vec<Kind>,
    /// Texts that it takes, as far as they do not veto themselves.
    pub(super) texts: Vec<String>,
    /// Texts that veto.
    pub(super) vetoes: Vec<String>,
    /// Its text must be the whole.
    pub(super) whole: bool,
}

impl<'e> Plan<'e> {
    /// The plan of a rule; `twin` is the same rule in the other rule set, whose values matter as well.
    pub(super) fn new(engine: &'e Engine, id: RuleId, twin: Option<&Rule>) -> Plan<'e> {
        let rule = engine.rules().rule(id);
        let mut plan = Plan {
            engine,
            id,
            rule,
            base: Reply::default(),
            values: Default::default(),
            stated: Vec::new(),
            texts: Vec::new(),
            vetoes: Vec::new(),
            whole: false,
        };
        for side in [Some(rule), twin].into_iter().flatten() {
            plan.gather(side);
        }
        plan.usual();
        plan.settle();
        plan.speak();
        plan
    }

    /// The values that a rule states, and those beside them.
    fn gather(&mut self, rule: &Rule) {
        let mut add = |kind: Kind, with: &dyn Fn(&mut Vec<Value>)| {
            with(&mut self.values[kind as usize]);
            if !self.stated.contains(&kind) {
                self.stated.push(kind);
            }
        };
        for column in rule.conditions.iter().map(|condition| &condition.column) {
            match Kind::of(column) {
                Some(kind) => add(kind, &|out| near(column, out)),
                // How a tag stands in a text is the profile's to say.
                None if matches!(column, Column::Tag(_)) => add(Kind::Host, &|_| {}),
                None => {}
            }
        }
        let windows = rule.outcomes.iter().map(|outcome| outcome.window).chain([rule.window]);
        for window in windows.filter(|window| !window.is_always()) {
            add(Kind::Time, &|out| near_window(window, out));
        }
    }

    /// What nobody asks for is as it mostly is, or is not known.
    fn usual(&mut self) {
        let rules = self.engine.rules();
        let class = self.values[Kind::Enhanced as usize].iter().find_map(|value| match value {
            Value::Enhanced(Some(code)) => Some(code.class()),
            _ => None,
        });
        let codes = if class == Some(4) { [450, 550] } else { [550, 450] };
        let codes = codes.into_iter().filter_map(ReplyCode::new).map(Some).chain([None]);
        self.values[Kind::Code as usize].extend(codes.map(Value::Code));
        let other = |class| EnhancedCode::new(class, 9, 9).map(Some);
        for code in [None].into_iter().chain([other(5), other(4)].into_iter().flatten()) {
            self.values[Kind::Enhanced as usize].push(Value::Enhanced(code));
            self.values[Kind::Status as usize].push(Value::Status(code));
        }
        if let Some(of) = self.rule.profile {
            self.reach(claimed(rules, &[of]));
        } else if self.rule.conditions.iter().any(|condition| matches!(condition.column, Column::Tag(_))) {
            let tagged = rules.profiles.iter().filter(|(_, profile)| !profile.tags.is_empty());
            let all: Vec<ProfileId> = tagged.map(|(id, _)| id).collect();
            self.reach(claimed(rules, &all));
        }
        let stranger = HostName::parse(STRANGER).ok();
        self.values[Kind::Host as usize].push(Value::Host(stranger.clone()));
        self.values[Kind::Domain as usize].push(Value::Domain(stranger));
        for (kind, values) in Kind::ALL.into_iter().zip(&mut self.values) {
            // Where nothing is asked for, that it is not known comes first.
            let first = values.first().is_some_and(|first| *first != Value::Host(HostName::parse(STRANGER).ok()));
            if self.stated.contains(&kind) || kind == Kind::Code || (kind == Kind::Host && first) {
                values.push(kind.unknown());
            } else {
                values.insert(0, kind.unknown());
            }
            let mut seen: Vec<Value> = Vec::with_capacity(values.len());
            for value in values.drain(..) {
                if !seen.contains(&value) {
                    seen.push(value);
                }
            }
            *values = seen;
        }
    }

    /// Hosts and domains come first that lead to where the rule is asked.
    fn reach(&mut self, (hosts, domains): (Vec<HostName>, Vec<HostName>)) {
        self.values[Kind::Host as usize].splice(0..0, hosts.into_iter().map(|host| Value::Host(Some(host))));
        self.values[Kind::Domain as usize].extend(domains.into_iter().map(|domain| Value::Domain(Some(domain))));
    }

    /// Finds values that the rule bears, and puts them first.
    fn settle(&mut self) {
        let mut base = Reply::default();
        for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Host | Kind::Domain)) {
            let values = &mut self.values[kind as usize];
            let bears = |value: &Value| {
                let mut reply = base.clone();
                value.put(&mut reply);
                bears_kind(self.rule, kind, &reply)
            };
            // A stable sort: what stood first among those that are borne stays first.
            values.sort_by_cached_key(|value| !bears(value));
            values[0].put(&mut base);
        }
        let [hosts, domains] = [Kind::Host, Kind::Domain].map(|kind| &self.values[kind as usize]);
        let pairs = hosts.iter().flat_map(|host| domains.iter().map(move |domain| (host, domain)));
        for (host, domain) in pairs.clone().take(4_000) {
            let mut reply = base.clone();
            host.put(&mut reply);
            domain.put(&mut reply);
            if self.bears(&reply) {
                base = reply;
                break;
            }
        }
        self.base = base;
    }

    /// Whether the rule bears all that is known around the text.
    pub(super) fn bears(&self, reply: &Reply) -> bool {
        let is_profile_s = self.rule.profile.is_none_or(|of| {
            let profiles = &self.engine.rules().profiles;
            profiles.of(reply).is_some_and(|profile| profiles.chain(profile).any(|id| id == of))
        });
        is_profile_s && Kind::ALL.into_iter().all(|kind| bears_kind(self.rule, kind, reply))
    }

    /// Whether the rule bears what a reply knows of one kind.
    pub(super) fn bears_kind(&self, kind: Kind, reply: &Reply) -> bool {
        bears_kind(self.rule, kind, reply)
    }

    /// The texts, of all its lines.
    fn speak(&mut self) {
        let mut lines: Vec<Vec<String>> = Vec::new();
        let mut whole: Vec<Vec<String>> = Vec::new();
        for condition in &self.rule.conditions {
            let mut said = said(self.engine.rules(), self.rule.profile, &condition.column);
            if let Column::Tag(TagSet { none: true, .. }) = &condition.column {
                let tests: Vec<TagTest> = ANY_TAG.map(|tag| TagTest::Exact(tag.to_owned())).into();
                let any = tagged(self.engine.rules(), self.rule.profile, &TagSet { tests, none: false });
                // Where the lack of a tag vetoes, one has to stand there; where it is asked for, one is in the way.
                if condition.unless { lines.push(any) } else { self.vetoes.extend(any) }
            }
            let mut seen = std::collections::HashSet::new();
            said.retain(|text| seen.insert(text.clone()));
            match &condition.column {
                _ if said.is_empty() => {}
                _ if condition.unless => self.vetoes.append(&mut said),
                Column::Text(..) => whole.push(said),
                _ => lines.push(said),
            }
        }
        self.whole = !whole.is_empty();
        self.texts = if self.whole { whole.concat() } else { said_together(&lines) };
        if !self.whole && self.texts.iter().all(String::is_empty) {
            // Any text will do, and some rules ask for none at all.
            self.texts.push(ANY_TEXT.to_owned());
        }
        self.texts.truncate(MOST_TEXTS);
        self.vetoes.truncate(MOST_TEXTS);
        let first = self.texts.first().cloned().unwrap_or_default();
        self.base.text = first.into_bytes();
    }
}

/// The hosts and domains that lead to some profiles, their own first, then those of who extends them.
fn claimed(rules: &RuleSet, of: &[ProfileId]) -> (Vec<HostName>, Vec<HostName>) {
    let below = |id: &ProfileId| rules.profiles.chain(*id).any(|up| of.contains(&up));
    let others = rules.profiles.iter().map(|(id, _)| id).filter(|id| !of.contains(id) && below(id));
    let (mut hosts, mut domains) = (Vec::new(), Vec::new());
    for profile in of.iter().copied().chain(others).map(|id| rules.profiles.get(id)) {
        hosts.extend(profile.hosts.iter().flat_map(|pattern| beside(pattern).into_iter().take(2)));
        domains.extend(profile.domains.iter().flat_map(|pattern| beside(pattern).into_iter().take(2)));
    }
    (hosts, domains)
}

/// Whether a rule bears what a reply knows of one kind.
fn bears_kind(rule: &Rule, kind: Kind, reply: &Reply) -> bool {
    if kind == Kind::Time && !rule.window.holds(reply.time) {
        return false;
    }
    let of = rule.conditions.iter().filter(|condition| Kind::of(&condition.column) == Some(kind));
    of.into_iter().all(|condition| holds(&condition.column, reply) != Some(condition.unless))
}

/// Texts in which a column finds what it asks for.
fn said(rules: &RuleSet, profile: Option<ProfileId>, column: &Column) -> Vec<String> {
    match column {
        Column::Phrase(all) => all.iter().flat_map(|one| texts(rules.pattern(one.pattern), "x1")).collect(),
        Column::Text(all, none) => {
            let empty = none.then(String::new);
            all.iter().flat_map(|one| texts(rules.pattern(one.pattern), "x1")).chain(empty).collect()
        }
        Column::Tag(set) => tagged(rules, profile, set),
        _ => Vec::new(),
    }
}

/// Texts in which the tags of a set stand, as the profile has them.
fn tagged(rules: &RuleSet, profile: Option<ProfileId>, set: &TagSet) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for test in &set.tests {
        match test {
            TagTest::Exact(tag) => tags.push(tag.clone()),
            TagTest::Prefix(prefix) => tags.push(format!("{prefix}1")),
            TagTest::Range { prefix, low, high } => {
                let ends = [*low, *high, low.saturating_sub(1), high.saturating_add(1)];
                tags.extend(ends.map(|number| format!("{prefix}{number}")));
            }
        }
    }
    // A parent's rules are asked with the tags of who extends it.
    let near = |id: &ProfileId| profile.is_none_or(|of| rules.profiles.chain(*id).any(|up| up == of));
    let mut ways: Vec<_> = rules.profiles.iter().filter(|(id, _)| near(id)).flat_map(|(_, p)| &p.tags).collect();
    ways.sort_unstable();
    ways.dedup();
    let none = set.none.then(String::new);
    let of = |way: &PatternId, tag: &str| texts(rules.pattern(*way), tag);
    // Where it is open which profile it is, one text has the tag in all ways.
    let every =
        |tag: &String| ways.iter().filter_map(|way| of(way, tag).into_iter().next()).collect::<Vec<_>>().join(" ");
    let open = if profile.is_none() { tags.iter().map(every).collect() } else { Vec::new() };
    open.into_iter().chain(ways.iter().flat_map(|way| tags.iter().flat_map(|tag| of(way, tag)))).chain(none).collect()
}

/// One text of each line, joined: each line's texts in turn, the others at their first; all with all where they
/// are few.
fn said_together(lines: &[Vec<String>]) -> Vec<String> {
    let all: usize = lines.iter().map(Vec::len).fold(1, usize::saturating_mul);
    let join =
        |parts: &mut dyn Iterator<Item = &String>| parts.fold(String::new(), |text, part| joined(&text, part, "; "));
    let mut texts = vec![join(&mut lines.iter().filter_map(|line| line.first()))];
    for (n, line) in lines.iter().enumerate() {
        for text in line.iter().skip(1) {
            let mut parts =
                lines.iter().enumerate().filter_map(|(m, other)| if m == n { Some(text) } else { other.first() });
            texts.push(join(&mut parts));
        }
    }
    if lines.len() > 1 {
        texts.insert(1, join(&mut lines.iter().rev().filter_map(|line| line.first())));
        if all <= MOST_TEXTS / 2 {
            let seen: std::collections::HashSet<String> = texts.iter().cloned().collect();
            let product = (0..all).map(|n| {
                let mut left = n;
                let mut parts = lines.iter().map(|line| {
                    let text = &line[left % line.len()];
                    left /= line.len();
                    text
                });
                join(&mut parts)
            });
            texts.extend(product.filter(|text| !seen.contains(text)));
        }
    }
    texts
}

/// Two texts with something between them; an empty one needs nothing.
pub(super) fn joined(first: &str, second: &str, between: &str) -> String {
    match (first, second) {
        ("", text) | (text, "") => text.to_owned(),
        _ => format!("{first}{between}{second}"),
    }
}
