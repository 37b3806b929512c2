//! Compiling rules, and finding the first that matches.

use super::phrase::Phrase;
use super::tags::any_tag;
use crate::reply::Reply;
use crate::resolve::regex_builder;
use crate::ruleset::{Alternative, Column, Condition, PatternId, PatternKind, ProfileId, RuleId, RuleSet, TagSet};
use aho_corasick::AhoCorasick;
use regex::Regex;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// A compiled pattern.
#[derive(Debug)]
enum Compiled {
    Phrase(Phrase),
    /// Compiled when it is first asked for; `whole` where it must be the whole text.
    Regex {
        expression: String,
        anywhere: OnceLock<Option<Regex>>,
        whole: OnceLock<Option<Regex>>,
    },
}

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Table {
    patterns: Vec<Compiled>,
    /// Finds the literals that patterns require.
    literals: Option<AhoCorasick>,
    /// The patterns that require each literal.
    requiring: Vec<Vec<PatternId>>,
    /// The rules that a pattern's literal makes candidates.
    gated: Vec<Vec<RuleId>>,
    /// The rules that are candidates for every reply.
    always: Vec<RuleId>,
}

/// What is used again from reply to reply.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) text: String,
    candidates: Vec<RuleId>,
    /// What is known of each pattern in this text.
    known: Vec<Known>,
    gaps: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Known {
    #[default]
    Unasked,
    Found,
    Absent,
}

/// A reply as the table sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) rules: &'a RuleSet,
    pub(crate) reply: &'a Reply,
    pub(crate) profile: Option<ProfileId>,
    /// The folded text.
    pub(crate) text: &'a str,
}

impl Table {
    pub(crate) fn new(rules: &RuleSet) -> Table {
        let patterns: Vec<Compiled> = rules
            .patterns
            .iter()
            .map(|pattern| match &pattern.kind {
                PatternKind::Phrase { elements, open_start, open_end } => Compiled::Phrase(Phrase {
                    elements: elements.clone(),
                    open_start: *open_start,
                    open_end: *open_end,
                }),
                PatternKind::Regex(expression) => Compiled::Regex {
                    expression: expression.clone(),
                    anywhere: OnceLock::new(),
                    whole: OnceLock::new(),
                },
            })
            .collect();
        let literal = |id: PatternId| match &patterns[id.0 as usize] {
            Compiled::Phrase(phrase) => phrase.literal(),
            Compiled::Regex { .. } => None,
        };
        let mut gated: Vec<Vec<RuleId>> = vec![Vec::new(); patterns.len()];
        let mut always = Vec::new();
        for (id, rule) in rules.numbered_rules() {
            match gate(&rule.conditions, literal) {
                Some(alternatives) => alternatives.iter().for_each(|a| gated[a.pattern.0 as usize].push(id)),
                None => always.push(id),
            }
        }
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut requiring: Vec<Vec<PatternId>> = Vec::new();
        let mut words: Vec<&str> = Vec::new();
        for (n, _) in gated.iter().enumerate().filter(|(_, rules)| !rules.is_empty()) {
            let id = PatternId(n as u32);
            let Some(word) = literal(id) else { continue };
            let number = *numbers.entry(word).or_insert_with(|| {
                words.push(word);
                requiring.push(Vec::new());
                words.len() - 1
            });
            requiring[number].push(id);
        }
        // Building fails beyond 2^31 states only, which the limits on rule sets keep away; without
        // the automaton every gated rule would be lost, so then all rules are always candidates.
        let literals = AhoCorasick::new(&words).ok();
        if literals.is_none() {
            always = rules.numbered_rules().map(|(id, _)| id).collect();
        }
        Table { patterns, literals, requiring, gated, always }
    }

    /// The first rule that matches; the last rule of every set matches everything.
    pub(crate) fn first(&self, view: View<'_>, scratch: &mut Scratch) -> Option<RuleId> {
        self.gather(view, scratch);
        let candidates = std::mem::take(&mut scratch.candidates);
        let found = candidates.iter().copied().find(|id| self.matches(*id, view, scratch));
        scratch.candidates = candidates;
        found
    }

    /// All rules that match, in order of precedence.
    pub(crate) fn all(&self, view: View<'_>, scratch: &mut Scratch) -> Vec<RuleId> {
        self.gather(view, scratch);
        let candidates = std::mem::take(&mut scratch.candidates);
        candidates.into_iter().filter(|id| self.matches(*id, view, scratch)).collect()
    }

    /// Puts the rules into the scratch that the text's literals do not rule out, in order.
    fn gather(&self, view: View<'_>, scratch: &mut Scratch) {
        scratch.known.clear();
        scratch.known.resize(self.patterns.len(), Known::Unasked);
        scratch.candidates.clear();
        scratch.candidates.extend_from_slice(&self.always);
        if let Some(literals) = &self.literals {
            for found in literals.find_overlapping_iter(view.text) {
                for pattern in &self.requiring[found.pattern().as_usize()] {
                    scratch.candidates.extend_from_slice(&self.gated[pattern.0 as usize]);
                }
            }
        }
        scratch.candidates.sort_unstable();
        scratch.candidates.dedup();
    }

    /// Whether a rule matches.
    fn matches(&self, id: RuleId, view: View<'_>, scratch: &mut Scratch) -> bool {
        let rule = view.rules.rule(id);
        let reaches = rule
            .profile
            .is_none_or(|of| view.profile.is_some_and(|profile| view.rules.profiles.chain(profile).any(|id| id == of)));
        reaches
            && rule.window.holds(view.reply.time)
            && cheap_first(&rule.conditions).all(|condition| self.holds(condition, view, scratch) != condition.unless)
    }

    /// Whether what a condition asks is so.
    pub(crate) fn holds(&self, condition: &Condition, view: View<'_>, scratch: &mut Scratch) -> bool {
        let reply = view.reply;
        match &condition.column {
            Column::Code(set) => set.contains(reply.code),
            Column::Enhanced(set) => set.contains(reply.enhanced),
            Column::Status(set) => set.contains(reply.status),
            Column::Host(set) => set.contains(reply.host.as_ref()),
            Column::Domain(set) => set.contains(reply.domain.as_ref()),
            Column::Phase(set) => set.contains(reply.phase),
            Column::Phrase(alternatives) => alternatives.iter().any(|a| self.stands(a.pattern, view.text, scratch)),
            Column::Text(alternatives, none) => {
                (*none && view.text.is_empty())
                    || alternatives.iter().any(|a| self.is_whole(a.pattern, view.text, scratch))
            }
            Column::Tag(set) => self.tag(set, view, |_| ()),
            Column::Tenant(names, none) => match &reply.sender.tenant {
                Some(tenant) => names.contains(tenant),
                None => *none,
            },
        }
    }

    fn stands(&self, id: PatternId, text: &str, scratch: &mut Scratch) -> bool {
        let known = scratch.known[id.0 as usize];
        if known != Known::Unasked {
            return known == Known::Found;
        }
        let found = match &self.patterns[id.0 as usize] {
            Compiled::Phrase(phrase) => phrase.find(text, &mut scratch.gaps).is_some(),
            Compiled::Regex { expression, anywhere, .. } => {
                let regex = anywhere.get_or_init(|| regex_builder(expression).build().ok());
                regex.as_ref().is_some_and(|regex| regex.is_match(text))
            }
        };
        scratch.known[id.0 as usize] = if found { Known::Found } else { Known::Absent };
        found
    }

    fn is_whole(&self, id: PatternId, text: &str, scratch: &mut Scratch) -> bool {
        match &self.patterns[id.0 as usize] {
            Compiled::Phrase(phrase) => phrase.is_whole(text, &mut scratch.gaps),
            Compiled::Regex { expression, whole, .. } => {
                let regex = whole.get_or_init(|| {
                    // With the flag `x` it may end in a comment, which only a line's end ends.
                    let within = |end: &str| regex_builder(&format!(r"\A(?:{expression}{end})\z")).build().ok();
                    within("").or_else(|| within("\n"))
                });
                regex.as_ref().is_some_and(|regex| regex.is_match(text))
            }
        }
    }

    /// Whether a tag of the reply's profile is in the set; `found` is told which.
    fn tag(&self, set: &TagSet, view: View<'_>, mut found: impl FnMut(Range<usize>)) -> bool {
        let patterns = view.profile.map(|id| view.rules.profiles.get(id).tags.as_slice()).unwrap_or_default();
        let patterns = patterns.iter().filter_map(|id| match &self.patterns[id.0 as usize] {
            Compiled::Phrase(phrase) => Some(phrase),
            Compiled::Regex { .. } => None,
        });
        let mut any = false;
        let taken = any_tag(patterns, view.text, |tag| {
            any = true;
            let taken = set.tests.iter().any(|test| test.contains(&view.text[tag.clone()]));
            if taken {
                found(tag);
            }
            taken
        });
        taken || (set.none && !any)
    }

    /// What a rule's conditions catch in the text, and which alternatives they matched by.
    pub(crate) fn catches<'c>(
        &self,
        conditions: &'c [Condition],
        view: View<'_>,
        mut caught: impl FnMut(Caught<'_, 'c>),
    ) {
        let mut gaps = Vec::new();
        for condition in conditions.iter().filter(|condition| !condition.unless) {
            let (alternatives, whole) = match &condition.column {
                Column::Phrase(alternatives) => (alternatives, false),
                Column::Text(alternatives, _) => (alternatives, true),
                Column::Tag(set) => {
                    self.tag(set, view, |tag| caught(Caught::Tag(tag)));
                    continue;
                }
                _ => continue,
            };
            let first = alternatives.iter().find(|alternative| {
                gaps.clear();
                match &self.patterns[alternative.pattern.0 as usize] {
                    Compiled::Phrase(phrase) if whole => phrase.is_whole(view.text, &mut gaps),
                    Compiled::Phrase(phrase) => phrase.find(view.text, &mut gaps).is_some(),
                    Compiled::Regex { .. } => {
                        let mut scratch =
                            Scratch { known: vec![Known::Unasked; self.patterns.len()], ..Scratch::default() };
                        if whole {
                            self.is_whole(alternative.pattern, view.text, &mut scratch)
                        } else {
                            self.stands(alternative.pattern, view.text, &mut scratch)
                        }
                    }
                }
            });
            let Some(alternative) = first else { continue };
            let names = view.rules.pattern(alternative.pattern).gaps().map(|(name, _)| name);
            for (name, range) in names.zip(gaps.drain(..)) {
                caught(Caught::Gap(name, range));
            }
            caught(Caught::Alternative(alternative));
        }
    }
}

/// Something that a rule's conditions caught.
pub(crate) enum Caught<'n, 'c> {
    /// A gap's name and place in the folded text.
    Gap(&'n str, Range<usize>),
    /// The place of the tag that was asked for.
    Tag(Range<usize>),
    /// The alternative that matched, with what it sets.
    Alternative(&'c Alternative),
}

/// The conditions with those first that cost next to nothing.
fn cheap_first(conditions: &[Condition]) -> impl Iterator<Item = &Condition> {
    let costly =
        |condition: &&Condition| matches!(condition.column, Column::Phrase(_) | Column::Text(..) | Column::Tag(_));
    conditions.iter().filter(move |c| !costly(c)).chain(conditions.iter().filter(costly))
}

/// The condition by which a rule is found: the one whose every alternative requires a literal, and
/// whose shortest is the longest.
fn gate<'r, 't>(
    conditions: &'r [Condition],
    literal: impl Fn(PatternId) -> Option<&'t str>,
) -> Option<&'r [Alternative]> {
    let alternatives =
        conditions.iter().filter(|condition| !condition.unless).filter_map(|condition| match &condition.column {
            Column::Phrase(alternatives) | Column::Text(alternatives, false) => Some(alternatives.as_slice()),
            _ => None,
        });
    alternatives
        .filter_map(|all| {
            let shortest = all.iter().map(|a| literal(a.pattern).map_or(0, str::len)).min()?;
            (shortest > 0).then_some((shortest, all))
        })
        .max_by_key(|(shortest, _)| *shortest)
        .map(|(_, all)| all)
}
