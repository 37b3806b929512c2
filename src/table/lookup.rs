//! Compiling rules, and finding the first that matches.

use super::codes::CodeClasses;
use super::grams::{Literals, PADDING};
use super::phrase::{Failed, Phrase};
use super::required::required;
use crate::reply::{Reply, fold};
use crate::resolve::regex_builder;
use crate::ruleset::{
    Alternative, Column, Condition, PatternId, PatternKind, ProfileId, Rule, RuleId, RuleSet, TagSet,
};
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
        /// What every text holds that it matches.
        required: Option<String>,
        anywhere: OnceLock<Option<Regex>>,
        whole: OnceLock<Option<Regex>>,
    },
}

/// A rule that a pattern makes a candidate, with what refuses most of them without a look at the rule.
#[derive(Debug, Clone, Copy)]
struct Gated {
    rule: RuleId,
    /// The profile it is for, by its number, or [`GENERAL`].
    profile: u32,
    /// The classes of reply codes that it allows.
    codes: u64,
}

/// Stands for no profile: the rule is for all.
const GENERAL: u32 = u32::MAX;

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Table {
    patterns: Vec<Compiled>,
    /// The literals that patterns require.
    literals: Literals,
    /// The patterns that require each literal.
    requiring: Vec<Vec<PatternId>>,
    /// The rules that each pattern makes candidates.
    gated: Vec<Vec<Gated>>,
    /// For each profile, and at the end for none: the rules that no phrase leads to, in order.
    always: Vec<Vec<Gated>>,
    codes: CodeClasses,
}

/// What is used again from reply to reply.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The folded text, and behind it the padding that the index reads over.
    text: String,
    candidates: Vec<RuleId>,
    /// What is known of each pattern in the text of a generation.
    known: Vec<Known>,
    generation: u32,
    gaps: Vec<Range<usize>>,
    failed: Failed,
    tags: Vec<Range<usize>>,
    tags_known: bool,
}

/// What is known of a pattern; of another generation's text it says nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    generation: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Its literal is in the text.
    #[default]
    Possible,
    Found,
    Absent,
}

impl Scratch {
    /// Takes the text out, folded and padded, so that a view can borrow it beside the rest.
    pub(crate) fn fold(&mut self, raw: &str) -> String {
        let mut text = std::mem::take(&mut self.text);
        fold(raw, &mut text);
        text.push_str(PADDING);
        text
    }

    /// Gives the text back, to be used again.
    pub(crate) fn keep(&mut self, text: String) {
        self.text = text;
    }

    /// Forgets the reply before.
    fn begin(&mut self, patterns: usize) {
        if self.known.len() != patterns || self.generation == u32::MAX {
            // Another table's, or at the end of all generations.
            self.known.clear();
            self.known.resize(patterns, Known::default());
            self.generation = 0;
        }
        self.generation += 1;
        self.candidates.clear();
        self.tags.clear();
        self.tags_known = false;
    }

    fn learn(&mut self, id: PatternId, state: State) {
        self.known[id.0 as usize] = Known { generation: self.generation, state };
    }
}

/// A reply as the table sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    rules: &'a RuleSet,
    reply: &'a Reply,
    profile: Option<ProfileId>,
    /// The folded text, and behind it the padding.
    padded: &'a str,
}

impl<'a> View<'a> {
    /// `padded` comes from [`Scratch::fold`].
    pub(crate) fn new(rules: &'a RuleSet, reply: &'a Reply, profile: Option<ProfileId>, padded: &'a str) -> View<'a> {
        View { rules, reply, profile, padded }
    }

    /// The folded text.
    fn text(self) -> &'a str {
        &self.padded[..self.padded.len() - PADDING.len()]
    }

    /// Whether a rule of that profile is for this reply.
    fn is_of(self, profile: u32) -> bool {
        profile == GENERAL || self.profile.is_some_and(|own| self.rules.profiles.chain(own).any(|id| id.0 == profile))
    }
}

impl Table {
    pub(crate) fn new(rules: &RuleSet) -> Table {
        let patterns: Vec<Compiled> = rules
            .patterns
            .iter()
            .map(|pattern| match &pattern.kind {
                PatternKind::Phrase { elements, open_start, open_end } => {
                    Compiled::Phrase(Phrase::new(elements.clone(), *open_start, *open_end))
                }
                PatternKind::Regex(expression) => Compiled::Regex {
                    expression: expression.clone(),
                    required: required(expression),
                    anywhere: OnceLock::new(),
                    whole: OnceLock::new(),
                },
            })
            .collect();
        let literal = |id: PatternId| patterns[id.0 as usize].literal();
        let codes = CodeClasses::new(&rules.rules);
        let mut gated: Vec<Vec<Gated>> = vec![Vec::new(); patterns.len()];
        let mut always: Vec<Vec<Gated>> = vec![Vec::new(); rules.profiles.iter().len() + 1];
        for (id, rule) in rules.numbered_rules() {
            let entry = Gated {
                rule: id,
                profile: rule.profile.map_or(GENERAL, |id| id.0),
                codes: codes.of_rule(&rule.conditions),
            };
            match gate(&rule.conditions, literal) {
                Some(alternatives) => alternatives.iter().for_each(|a| gated[a.pattern.0 as usize].push(entry)),
                None => add_for_profiles(rules, rule, entry, &mut always),
            }
        }
        let (literals, requiring) = index(rules, &patterns);
        Table { patterns, literals, requiring, gated, always, codes }
    }

    /// The first rule that matches; the last rule of every set matches everything.
    pub(crate) fn first(&self, view: View<'_>, scratch: &mut Scratch) -> Option<RuleId> {
        self.gather(view, scratch);
        let candidates = std::mem::take(&mut scratch.candidates);
        let found = self.in_order(view, &candidates).find(|id| self.matches(*id, view, scratch));
        scratch.candidates = candidates;
        found
    }

    /// All rules that match, in order of precedence.
    pub(crate) fn all(&self, view: View<'_>, scratch: &mut Scratch) -> Vec<RuleId> {
        self.gather(view, scratch);
        let candidates = std::mem::take(&mut scratch.candidates);
        let all = self.in_order(view, &candidates).filter(|id| self.matches(*id, view, scratch)).collect();
        scratch.candidates = candidates;
        all
    }

    /// The candidates that phrases gave and those that need none, in order of precedence.
    fn in_order<'c>(&'c self, view: View<'_>, candidates: &'c [RuleId]) -> impl Iterator<Item = RuleId> + 'c {
        let profile = view.profile.map_or(self.always.len() - 1, |id| id.0 as usize);
        let code = self.codes.of(view.reply.code);
        let allowed = self.always[profile].iter().filter(move |entry| entry.codes & code != 0).map(|entry| entry.rule);
        let mut always = allowed.peekable();
        let mut gated = candidates.iter().copied().peekable();
        std::iter::from_fn(move || match (gated.peek(), always.peek()) {
            (Some(one), Some(other)) if one < other => gated.next(),
            (Some(_), None) => gated.next(),
            _ => always.next(),
        })
    }

    /// Puts the rules into the scratch to which the text's literals lead, in order.
    fn gather(&self, view: View<'_>, scratch: &mut Scratch) {
        scratch.begin(self.patterns.len());
        let text = view.text();
        let code = self.codes.of(view.reply.code);
        self.literals.each(view.padded.as_bytes(), |literal, at| {
            for id in &self.requiring[literal as usize] {
                let known = scratch.known[id.0 as usize];
                let seen = known.generation == scratch.generation;
                if seen && known.state == State::Found {
                    continue;
                }
                let state = match &self.patterns[id.0 as usize] {
                    Compiled::Phrase(phrase) if phrase.is_plain() => {
                        if !phrase.has_edges(text, at) {
                            continue;
                        }
                        State::Found
                    }
                    _ => State::Possible,
                };
                scratch.learn(*id, state);
                if !seen {
                    let entries = self.gated[id.0 as usize].iter();
                    let good = entries.filter(|entry| entry.codes & code != 0 && view.is_of(entry.profile));
                    scratch.candidates.extend(good.map(|entry| entry.rule));
                }
            }
        });
        scratch.candidates.sort_unstable();
        scratch.candidates.dedup();
    }

    /// Whether a candidate matches; its profile is right already.
    fn matches(&self, id: RuleId, view: View<'_>, scratch: &mut Scratch) -> bool {
        let rule = view.rules.rule(id);
        rule.window.holds(view.reply.time) && self.all_hold(&rule.conditions, view, scratch)
    }

    /// Whether all conditions hold; those that cost next to nothing are asked first.
    fn all_hold(&self, conditions: &[Condition], view: View<'_>, scratch: &mut Scratch) -> bool {
        for costly in [false, true] {
            for condition in conditions {
                if is_costly(&condition.column) == costly && self.holds(condition, view, scratch) == condition.unless {
                    return false;
                }
            }
        }
        true
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
            Column::Phrase(alternatives) => alternatives.iter().any(|a| self.stands(a.pattern, view.text(), scratch)),
            Column::Text(alternatives, none) => {
                (*none && view.text().is_empty())
                    || alternatives.iter().any(|a| self.is_whole(a.pattern, view.text(), scratch))
            }
            Column::Tag(set) => self.tag(set, view, scratch, |_| ()),
            Column::Tenant(names, none) => match &reply.sender.tenant {
                Some(tenant) => names.contains(tenant),
                None => *none,
            },
        }
    }

    fn stands(&self, id: PatternId, text: &str, scratch: &mut Scratch) -> bool {
        let known = scratch.known[id.0 as usize];
        let seen = known.generation == scratch.generation;
        if seen && known.state != State::Possible {
            return known.state == State::Found;
        }
        let found = match &self.patterns[id.0 as usize] {
            // The index has looked for its literal, and a plain one it has verified as well.
            pattern if !seen && pattern.literal().is_some() => false,
            Compiled::Phrase(phrase) => phrase.find(text, &mut scratch.gaps, &mut scratch.failed).is_some(),
            regex @ Compiled::Regex { .. } => regex.is_match(text, false),
        };
        scratch.learn(id, if found { State::Found } else { State::Absent });
        found
    }

    fn is_whole(&self, id: PatternId, text: &str, scratch: &mut Scratch) -> bool {
        match &self.patterns[id.0 as usize] {
            Compiled::Phrase(phrase) => phrase.is_whole(text, &mut scratch.gaps, &mut scratch.failed),
            regex @ Compiled::Regex { .. } => regex.is_match(text, true),
        }
    }

    /// Whether a tag of the reply's profile is in the set; `found` is told which.
    fn tag(&self, set: &TagSet, view: View<'_>, scratch: &mut Scratch, mut found: impl FnMut(Range<usize>)) -> bool {
        if !scratch.tags_known {
            scratch.tags_known = true;
            let patterns = view.profile.map(|id| view.rules.profiles.get(id).tags.as_slice()).unwrap_or_default();
            for id in patterns {
                if let Compiled::Phrase(phrase) = &self.patterns[id.0 as usize] {
                    let tags = &mut scratch.tags;
                    let keep = |gaps: &[Range<usize>]| tags.extend(gaps.first().cloned());
                    phrase.find_all(view.text(), &mut scratch.gaps, &mut scratch.failed, keep);
                }
            }
        }
        let is_asked = |tag: &&Range<usize>| set.tests.iter().any(|test| test.contains(&view.text()[(*tag).clone()]));
        match scratch.tags.iter().find(is_asked) {
            Some(tag) => {
                found(tag.clone());
                true
            }
            None => set.none && scratch.tags.is_empty(),
        }
    }

    /// What a rule's conditions catch in the text, and which alternatives they matched by.
    pub(crate) fn catches<'c>(
        &self,
        conditions: &'c [Condition],
        view: View<'_>,
        mut caught: impl FnMut(Caught<'_, 'c>),
    ) {
        // Fields are asked for by few callers, who may pay for a scratch of their own.
        let mut scratch = Scratch::default();
        for condition in conditions.iter().filter(|condition| !condition.unless) {
            let (alternatives, whole) = match &condition.column {
                Column::Phrase(alternatives) => (alternatives, false),
                Column::Text(alternatives, _) => (alternatives, true),
                Column::Tag(set) => {
                    self.tag(set, view, &mut scratch, |tag| caught(Caught::Tag(tag)));
                    continue;
                }
                _ => continue,
            };
            let first = alternatives.iter().find(|alternative| {
                scratch.gaps.clear();
                let Scratch { gaps, failed, .. } = &mut scratch;
                match &self.patterns[alternative.pattern.0 as usize] {
                    Compiled::Phrase(phrase) if whole => phrase.is_whole(view.text(), gaps, failed),
                    Compiled::Phrase(phrase) => phrase.find(view.text(), gaps, failed).is_some(),
                    regex @ Compiled::Regex { .. } => regex.is_match(view.text(), whole),
                }
            });
            let Some(alternative) = first else { continue };
            let names = view.rules.pattern(alternative.pattern).gaps().map(|(name, _)| name);
            for (name, range) in names.zip(scratch.gaps.drain(..)) {
                caught(Caught::Gap(name, range));
            }
            caught(Caught::Alternative(alternative));
        }
    }
}

impl Compiled {
    /// What every text holds that it matches.
    fn literal(&self) -> Option<&str> {
        match self {
            Compiled::Phrase(phrase) => phrase.literal(),
            Compiled::Regex { required, .. } => required.as_deref(),
        }
    }

    /// Whether an expression matches somewhere in the text, or all of it; compiled when it is first asked.
    fn is_match(&self, text: &str, all_of_it: bool) -> bool {
        let Compiled::Regex { expression, anywhere, whole, .. } = self else { return false };
        let regex = if all_of_it {
            whole.get_or_init(|| {
                // With the flag `x` it may end in a comment, which only a line's end ends.
                let within = |end: &str| regex_builder(&format!(r"\A(?:{expression}{end})\z")).build().ok();
                within("").or_else(|| within("\n"))
            })
        } else {
            anywhere.get_or_init(|| regex_builder(expression).build().ok())
        };
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Adds a rule that no phrase leads to for every profile that it is for, and a general one for none as well.
fn add_for_profiles(rules: &RuleSet, rule: &Rule, entry: Gated, always: &mut [Vec<Gated>]) {
    for (id, _) in rules.profiles.iter() {
        if rule.profile.is_none_or(|of| rules.profiles.chain(id).any(|up| up == of)) {
            always[id.0 as usize].push(entry);
        }
    }
    if let (None, Some(none)) = (rule.profile, always.last_mut()) {
        none.push(entry);
    }
}

/// The index of the literals, and the patterns that require each.
fn index(rules: &RuleSet, patterns: &[Compiled]) -> (Literals, Vec<Vec<PatternId>>) {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut requiring: Vec<Vec<PatternId>> = Vec::new();
    let mut words: Vec<Box<[u8]>> = Vec::new();
    for (n, pattern) in patterns.iter().enumerate() {
        let Some(word) = pattern.literal() else { continue };
        let number = *numbers.entry(word).or_insert_with(|| {
            words.push(word.as_bytes().into());
            requiring.push(Vec::new());
            words.len() - 1
        });
        requiring[number].push(PatternId(n as u32));
    }
    let mut samples = Vec::new();
    for example in rules.rules.iter().flat_map(|rule| &rule.examples) {
        let mut text = String::new();
        fold(&String::from_utf8_lossy(&example.reply.text), &mut text);
        samples.push(text);
    }
    (Literals::new(words, &samples), requiring)
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

/// Whether a condition looks into the text.
fn is_costly(column: &Column) -> bool {
    matches!(column, Column::Phrase(_) | Column::Text(..) | Column::Tag(_))
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
