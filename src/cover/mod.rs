//! Which rules, alternatives and examples replies touch: those of the examples and tests, or real ones.
//!
//! Invariant: a count says what the verdict of each reply says, and nothing depends on the order of the replies.

mod alternatives;
mod seen;

use crate::Reply;
use crate::engine::Engine;
use crate::ruleset::{Condition, Rule, RuleId};
use crate::source::{FileId, Origin, Span};
use alternatives::Places;
use seen::Seen;
use std::collections::BTreeMap;

/// A rule set that is watched while replies go through it.
#[derive(Debug)]
pub struct Cover<'e> {
    engine: &'e Engine,
    /// The same rules without their `unless` lines, which tells what those lines kept from whom.
    bare: Engine,
    /// For each rule and each of its lines, the alternatives as conditions of their own; none where there is only one.
    alone: Vec<Vec<Vec<Condition>>>,
    /// Whether a rule is reported on.
    counted: Vec<bool>,
    seen: Seen,
}

/// What was counted so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// How many replies.
    pub replies: u64,
    rules: Vec<RuleCounts>,
    /// The examples that real replies are like, by their number.
    examples: Vec<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct RuleCounts {
    won: u64,
    lost_to: BTreeMap<RuleId, u64>,
    /// For each line: of a `match` how many replies came through each alternative, of an `unless` how many it vetoed.
    lines: Vec<Vec<u64>>,
}

/// How many of a kind there are, and how many of them were touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that were touched.
    pub touched: u64,
    /// All.
    pub all: u64,
}

/// What replies touched, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// How many replies there were.
    pub replies: u64,
    /// The rules that won a reply.
    pub rules: Share,
    /// The alternatives through which a reply came that the rule won.
    pub alternatives: Share,
    /// The `unless` lines that put their rule aside.
    pub unless: Share,
    /// The examples that their rule won, or that real replies are like.
    pub examples: Share,
    /// Each rule.
    pub each: Vec<CoveredRule>,
}

/// What replies touched of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredRule {
    /// The rule.
    pub rule: RuleId,
    /// How many replies it won.
    pub won: u64,
    /// How many replies it matched that others won.
    pub lost: u64,
    /// Who won those, the most often first.
    pub lost_to: Vec<(RuleId, u64)>,
    /// Its `match` and `unless` lines.
    pub lines: Vec<CoveredLine>,
    /// Where its examples stand, and whether they were touched.
    pub examples: Vec<(Span, bool)>,
}

/// What replies touched of a `match` or `unless` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredLine {
    /// Where it stands.
    pub span: Span,
    /// Whether it is an `unless`.
    pub unless: bool,
    /// Of a `match` its alternatives, of an `unless` the line itself.
    pub alternatives: Vec<CoveredAlternative>,
}

/// What replies touched of an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredAlternative {
    /// Where it stands; in a `phrases` block if the line names one.
    pub span: Span,
    /// As it is written.
    pub text: String,
    /// How many replies came through it that the rule won; of an `unless` line, how many it vetoed.
    pub count: u64,
}

impl Share {
    /// In per cent; of nothing all is touched.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { self.touched as f64 * 100.0 / self.all as f64 }
    }

    fn add(&mut self, touched: bool) {
        self.all += 1;
        self.touched += u64::from(touched);
    }
}

impl<'e> Cover<'e> {
    /// Watches the rules of a site's own files; those of the shipped library as well where `library` says so, or where
    /// there are no others.
    pub fn new(engine: &'e Engine, library: bool) -> Cover<'e> {
        let rules = engine.rules();
        let mut bare = rules.clone();
        bare.rules.iter_mut().for_each(|rule| rule.conditions.retain(|condition| !condition.unless));
        let is_ours = |file: FileId| rules.sources.file(file).origin == Origin::Site;
        let all = library || !rules.sources.files().any(|(id, _)| is_ours(id));
        let is_counted = |rule: &Rule| !rules.is_prelude(rule) && (all || is_ours(rule.span.file));
        let counted: Vec<bool> = rules.rules.iter().map(is_counted).collect();
        let alone_of = |rule: &Rule| rule.conditions.iter().map(alternatives::alone).collect();
        let alone = rules.rules.iter().map(alone_of).collect();
        let seen = Seen::new(engine, &counted);
        Cover { engine, bare: Engine::new(bare, Vec::new()), alone, counted, seen }
    }

    /// Nothing counted yet.
    pub fn start(&self) -> Counts {
        let blank = |alone: &Vec<Vec<Condition>>, rule: &Rule| {
            let line = |(alone, condition): (&Vec<Condition>, &Condition)| match condition.unless {
                true => vec![0],
                false => vec![0; alone.len().max(1)],
            };
            RuleCounts { lines: alone.iter().zip(&rule.conditions).map(line).collect(), ..RuleCounts::default() }
        };
        let rules = self.alone.iter().zip(&self.engine.rules().rules).map(|(alone, rule)| blank(alone, rule)).collect();
        Counts { replies: 0, rules, examples: vec![false; self.seen.len()] }
    }

    /// Counts a reply; gives the rule that wins it.
    pub fn count(&self, counts: &mut Counts, reply: &Reply) -> RuleId {
        counts.replies += 1;
        let rules = self.engine.rules();
        // Success, and what a notice says by what it is, are decided before any rule is asked.
        if let Some(said) = rules.said_before(reply) {
            counts.rules[said.0 as usize].won += 1;
            return said;
        }
        self.bare.ask(reply, |mut asking| {
            let mut winner = None;
            for id in std::mem::take(&mut asking.matching) {
                let rule = rules.rule(id);
                let mut vetoed = false;
                for (n, line) in rule.conditions.iter().enumerate().filter(|(_, line)| line.unless) {
                    if asking.holds(line) {
                        vetoed = true;
                        counts.rules[id.0 as usize].lines[n][0] += 1;
                    }
                }
                if vetoed {
                    continue;
                }
                if let Some(winner) = winner {
                    *counts.rules[id.0 as usize].lost_to.entry(winner).or_default() += 1;
                    continue;
                }
                winner = Some(id);
                let own = &mut counts.rules[id.0 as usize];
                own.won += 1;
                for ((line, alone), counts) in
                    rule.conditions.iter().zip(&self.alone[id.0 as usize]).zip(&mut own.lines)
                {
                    if line.unless {
                        continue;
                    }
                    if alone.is_empty() {
                        counts[0] += 1;
                    }
                    for (alternative, count) in alone.iter().zip(counts) {
                        *count += u64::from(asking.holds(alternative));
                    }
                }
            }
            // The prelude's last rule matches everything.
            winner.unwrap_or(RuleId(rules.rules.len() as u32 - 1))
        })
    }

    /// Counts a real reply: examples that are like it are touched.
    pub fn count_real(&self, counts: &mut Counts, reply: &Reply) {
        self.count(counts, reply);
        self.seen.mark(self.engine, reply, &mut counts.examples);
    }

    /// Counts the examples of the rules that are watched, and the tests of their files.
    pub fn tests(&self) -> Counts {
        let mut counts = self.start();
        let mut number = 0;
        let rules = self.engine.rules();
        for (id, rule) in rules.numbered_rules().filter(|(id, _)| self.counted[id.0 as usize]) {
            for example in &rule.examples {
                counts.examples[number] = self.count(&mut counts, &example.reply) == id;
                number += 1;
            }
        }
        let files: Vec<FileId> = self.files().collect();
        for reply in rules.tests.iter().filter(|test| files.contains(&test.span.file)).flat_map(|test| &test.replies) {
            self.count(&mut counts, &reply.reply);
        }
        counts
    }

    /// The files that are reported on.
    fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        let sources = &self.engine.rules().sources;
        let library = !sources.files().any(|(_, file)| file.origin == Origin::Site)
            || self
                .counted
                .iter()
                .zip(&self.engine.rules().rules)
                .any(|(counted, rule)| *counted && sources.file(rule.span.file).origin == Origin::Builtin);
        sources.files().filter(move |(_, file)| library || file.origin == Origin::Site).map(|(id, _)| id)
    }

    /// What the counts come to.
    pub fn covered(&self, counts: &Counts) -> Covered {
        let rules = self.engine.rules();
        let places = Places::new(rules);
        let mut covered = Covered {
            replies: counts.replies,
            rules: Share::default(),
            alternatives: Share::default(),
            unless: Share::default(),
            examples: Share::default(),
            each: Vec::new(),
        };
        let mut examples = counts.examples.iter().copied();
        for (id, rule) in rules.numbered_rules().filter(|(id, _)| self.counted[id.0 as usize]) {
            let RuleCounts { won, lost_to, lines } = &counts.rules[id.0 as usize];
            covered.rules.add(*won > 0);
            let lines = places.lines(rule, lines);
            for line in &lines {
                let share = if line.unless { &mut covered.unless } else { &mut covered.alternatives };
                line.alternatives.iter().for_each(|alternative| share.add(alternative.count > 0));
            }
            let examples: Vec<(Span, bool)> =
                rule.examples.iter().zip(&mut examples).map(|(example, touched)| (example.span, touched)).collect();
            examples.iter().for_each(|(_, touched)| covered.examples.add(*touched));
            let mut lost_to: Vec<(RuleId, u64)> = lost_to.iter().map(|(id, count)| (*id, *count)).collect();
            lost_to.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
            let lost = lost_to.iter().map(|(_, count)| count).sum();
            covered.each.push(CoveredRule { rule: id, won: *won, lost, lost_to, lines, examples });
        }
        covered.each.sort_by_key(|each| {
            let span = rules.rule(each.rule).span;
            (span.file, span.start)
        });
        covered
    }
}

impl Counts {
    /// Adds what was counted elsewhere, of the same rules.
    pub fn merge(&mut self, other: &Counts) {
        self.replies += other.replies;
        for (own, other) in self.rules.iter_mut().zip(&other.rules) {
            own.won += other.won;
            for (id, count) in &other.lost_to {
                *own.lost_to.entry(*id).or_default() += count;
            }
            for (own, other) in own.lines.iter_mut().flatten().zip(other.lines.iter().flatten()) {
                *own += other;
            }
        }
        for (own, other) in self.examples.iter_mut().zip(&other.examples) {
            *own |= other;
        }
    }
}
