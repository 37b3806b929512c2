//! What lints look at: the rules as they are written, beside what they were understood as.

use super::expression::{Expression, expressions};
use crate::engine::Engine;
use crate::proof::{Proof, Prover};
use crate::reply::Time;
use crate::ruleset::{Condition, Outcome, Rule, RuleId, RuleSet};
use crate::source::{FileId, Origin, SourceMap, Span};
use crate::spread::spread;
use crate::syntax::ast::{
    self, Action, ActionKind, Cell, Item, Pattern, PolicyLine, ProfileLine, ReasonLine, RuleLine,
};
use crate::syntax::parse_all;
use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

/// A rule set, and what is known beside it.
pub(super) struct Subject<'a> {
    pub(super) engine: &'a Engine,
    /// The folder that is meant as a whole.
    pub(super) folder: Option<&'a Path>,
    /// The time at which overrides and changes are looked at.
    pub(super) now: Time,
    /// The files that something may be said of.
    pub(super) files: Vec<FileId>,
    /// The regular expressions that stand in them.
    pub(super) expressions: Vec<Expression>,
    /// What all files say, in their order.
    items: Vec<Item>,
    /// The `phrases` blocks by name; of two the first.
    blocks: HashMap<String, usize>,
    /// The rules by the place of their heads.
    rules: HashMap<(FileId, u32), (RuleId, &'a Rule)>,
    prover: OnceLock<Prover<'a>>,
    /// What was proved of each of [`Subject::own_rules`].
    proofs: OnceLock<Vec<Proof>>,
}

/// A rule as it is written, and as it was understood.
pub(super) struct Written<'s> {
    pub(super) tree: &'s ast::Rule,
    pub(super) rule: &'s Rule,
    pub(super) id: RuleId,
}

/// Where an alternative of a condition stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In the condition.
    pub(super) cell: Span,
    /// In the `phrases` block that the condition names.
    pub(super) entry: Option<Span>,
}

impl Place {
    /// The phrase itself, wherever it stands.
    pub(super) fn itself(self) -> Span {
        self.entry.unwrap_or(self.cell)
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(engine: &'a Engine, folder: Option<&'a Path>, now: Time) -> Subject<'a> {
        let sources = &engine.rules().sources;
        let texts: Vec<(FileId, &str)> = sources.files().map(|(id, file)| (id, file.text.as_str())).collect();
        let items: Vec<Item> = parse_all(&texts).into_iter().flat_map(|(file, _)| file.items).collect();
        let is_own = |origin| sources.is_library() || origin == Origin::Site;
        let files: Vec<FileId> = sources.files().filter(|(_, file)| is_own(file.origin)).map(|(id, _)| id).collect();
        let numbered = engine.rules().numbered_rules();
        let rules = numbered.map(|(id, rule)| ((rule.span.file, rule.span.start), (id, rule))).collect();
        let expressions = expressions(&items, &files);
        let mut blocks = HashMap::new();
        for (n, item) in items.iter().enumerate() {
            if let Item::Phrases(block) = item {
                blocks.entry(block.name.text.clone()).or_insert(n);
            }
        }
        let (prover, proofs) = (OnceLock::new(), OnceLock::new());
        Subject { engine, folder, now, files, expressions, items, blocks, rules, prover, proofs }
    }

    pub(super) fn rules(&self) -> &'a RuleSet {
        self.engine.rules()
    }

    pub(super) fn sources(&self) -> &'a SourceMap {
        &self.engine.rules().sources
    }

    /// Whether something may be said of a place: all is a site's own, but for the library that it uses.
    pub(super) fn is_own(&self, span: Span) -> bool {
        self.files.binary_search(&span.file).is_ok()
    }

    /// Whether a place lies in the prelude, which is part of every set.
    pub(super) fn is_prelude(&self, span: Span) -> bool {
        let file = self.sources().file(span.file);
        file.origin == Origin::Builtin && file.key.ends_with("prelude.carom")
    }

    /// All that stands in the files that something may be said of.
    pub(super) fn own_items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| place_of(item).is_some_and(|span| self.is_own(span)))
    }

    /// The rules that something may be said of.
    pub(super) fn own_rules(&self) -> impl Iterator<Item = Written<'_>> {
        self.own_items().filter_map(|item| match item {
            Item::Rule(tree) => {
                let head = tree.head.0;
                self.rules.get(&(head.file, head.start)).map(|(id, rule)| Written { tree, rule, id: *id })
            }
            _ => None,
        })
    }

    pub(super) fn prover(&self) -> &Prover<'a> {
        self.prover.get_or_init(|| Prover::new(self.engine))
    }

    /// The rules that something may be said of, each with whether it ever decides.
    pub(super) fn proved(&self) -> Vec<(Written<'_>, &Proof)> {
        let rules: Vec<Written<'_>> = self.own_rules().filter(|written| !self.is_prelude(written.rule.span)).collect();
        let proofs = self.proofs.get_or_init(|| spread(&rules, |written| self.prover().rule(written.id)));
        rules.into_iter().zip(proofs).collect()
    }

    /// The rules that something may be said of and that decide some reply.
    pub(super) fn alive(&self) -> Vec<Written<'_>> {
        let alive = |(written, proof)| matches!(proof, &Proof::Decides(_)).then_some(written);
        self.proved().into_iter().filter_map(alive).collect()
    }

    /// The changes that something may be said of, with the rule and what it says by the change.
    pub(super) fn own_changes(&self) -> impl Iterator<Item = (&ast::Change, &'a Rule, &'a Outcome)> {
        let of_rules = self.rules().rules.iter().flat_map(|rule| rule.outcomes.iter().map(move |said| (rule, said)));
        let said: HashMap<(FileId, u32), (&Rule, &Outcome)> = of_rules
            .filter_map(|(rule, said)| said.change.map(|span| ((span.file, span.start), (rule, said))))
            .collect();
        self.own_items().filter_map(move |item| match item {
            Item::Change(change) => {
                let (rule, said) = said.get(&(change.name.span.file, change.name.span.start))?;
                Some((change, *rule, *said))
            }
            _ => None,
        })
    }

    /// The lists of actions that something may be said of; what is done together stands in one.
    pub(super) fn own_actions(&self) -> Vec<Vec<&Action>> {
        let mut lists = Vec::new();
        for item in self.own_items() {
            match item {
                Item::Rule(ast::Rule { lines, .. }) | Item::Change(ast::Change { lines, .. }) => {
                    lists.push(actions(lines));
                }
                Item::Reason(reason) => lists.push(
                    reason
                        .lines
                        .iter()
                        .flat_map(|line| if let ReasonLine::Do(_, list) = line { &list[..] } else { &[] })
                        .collect(),
                ),
                Item::Policy(policy) => lists.extend(policy.lines.iter().filter_map(|line| match line {
                    PolicyLine::Category(_, _, list) => Some(list.iter().collect()),
                    PolicyLine::Retry(..) => None,
                })),
                _ => {}
            }
        }
        lists
    }

    /// The schedules that something may be said of.
    pub(super) fn own_schedules(&self) -> Vec<&ast::Schedule> {
        let mut found = Vec::new();
        for action in self.own_actions().into_iter().flatten() {
            if let ActionKind::Retry(schedule) = &action.kind {
                found.push(schedule);
            }
        }
        for item in self.own_items() {
            match item {
                Item::Profile(ast::Profile { lines, .. }) | Item::ChangeProfile(ast::ChangeProfile { lines, .. }) => {
                    found.extend(lines.iter().filter_map(|line| match line {
                        ProfileLine::Retry(_, schedule) => Some(schedule),
                        _ => None,
                    }));
                }
                Item::Policy(policy) => found.extend(policy.lines.iter().filter_map(|line| match line {
                    PolicyLine::Retry(_, schedule) => Some(schedule),
                    PolicyLine::Category(..) => None,
                })),
                _ => {}
            }
        }
        found
    }

    /// Where the alternatives of a condition are written, one for each that it was understood as, in their order.
    pub(super) fn places(&self, condition: &ast::Condition) -> Vec<Place> {
        let mut places = Vec::new();
        let is_phrase = matches!(condition.column.text.as_str(), "phrase" | "text");
        for cell in &condition.cells {
            match cell {
                Cell::Word(word) if word.text == "none" => {}
                Cell::Word(word) if is_phrase => {
                    let entries = self.phrases(&word.text).map_or(&[][..], |block| &block.entries);
                    places.extend(
                        entries.iter().map(|entry| Place { cell: word.span, entry: Some(quoted(&entry.pattern)) }),
                    );
                }
                Cell::Word(word) => places.push(Place { cell: word.span, entry: None }),
                Cell::Pattern(pattern) => places.push(Place { cell: quoted(pattern), entry: None }),
            }
        }
        places
    }

    fn phrases(&self, name: &str) -> Option<&ast::Phrases> {
        match &self.items[*self.blocks.get(name)?] {
            Item::Phrases(block) => Some(block),
            _ => None,
        }
    }
}

impl<'s> Written<'s> {
    /// The conditions as they are written, and as they were understood.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (&'s ast::Condition, &'s Condition)> {
        let written = self.tree.lines.iter().filter_map(|line| match line {
            RuleLine::Condition(condition) => Some(condition),
            _ => None,
        });
        written.zip(&self.rule.conditions)
    }
}

/// What the lines of a rule or a change do.
pub(super) fn actions(lines: &[RuleLine]) -> Vec<&Action> {
    let of_line = |line| match line {
        &RuleLine::Do(_, ref list) | &RuleLine::Also(_, ref list) => list.as_slice(),
        _ => &[],
    };
    lines.iter().flat_map(of_line).collect()
}

/// A phrase with its quotes.
fn quoted(pattern: &Pattern) -> Span {
    let (Pattern::Phrase(ast::Quoted(word)) | Pattern::Regex(word)) = pattern;
    Span { start: word.span.start - 1, end: word.span.end + 1, ..word.span }
}

/// A place in an item.
pub(super) fn place_of(item: &Item) -> Option<Span> {
    Some(match item {
        Item::Profile(profile) => profile.name.span,
        Item::Phrases(phrases) => phrases.name.span,
        Item::Reason(reason) => reason.name.span,
        Item::Policy(policy) => policy.place.0,
        Item::Rule(rule) => rule.head.0,
        Item::Change(change) => change.name.span,
        Item::ChangeProfile(change) => change.name.span,
        Item::Test(test) => test.title.0.span,
        Item::Language(_) | Item::Use(_) | Item::Broken(_) => return None,
    })
}
