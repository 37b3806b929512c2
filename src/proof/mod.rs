//! What can be proved of a rule set: whether a rule, or a part of one, ever decides.
//!
//! Invariant: nothing is claimed that was not shown. That something decides is shown by a reply that the engine was
//! asked about; that it never does by rules before it that hold whatever the text is, and whose cells cover its cells.
//! What could not be shown either way is said to be undecided.

mod bits;
mod cells;
mod certificate;
mod inclusion;
mod instance;
mod order;
mod places;
mod refute;
mod search;
mod space;
mod steer;
mod written;

pub use inclusion::{Answer, Apart, Asked, Inclusion};
pub use order::Rivals;
pub use written::written;

use crate::engine::Engine;
use crate::reply::Reply;
use crate::ruleset::{Column, PatternId, Rule, RuleId};
use cells::Cells;
use space::Space;
use steer::{Choice, Line};

/// What is known of whether a rule, or a part of one, ever decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It decides this reply.
    Decides(Box<Reply>),
    /// It never does: the rules before it take all of its replies. Without any of them no reply at all is left.
    Never(Vec<RuleId>),
    /// It never does: this condition of its own (by its number) vetoes all that the others let through.
    Vetoed(usize),
    /// Neither was shown.
    Undecided,
}

/// A part of a rule: what it asks of all but the text, and the alternatives of its lines about the text.
#[derive(Debug, Clone)]
struct Part {
    rule: RuleId,
    cells: Cells,
    lines: Vec<Line>,
}

/// Proves things about the rules of an engine.
pub struct Prover<'e> {
    engine: &'e Engine,
    space: Space,
    /// Of each rule, what it asks of all but the text.
    cells: Vec<Cells>,
    inclusion: Inclusion<'e>,
}

impl<'e> Prover<'e> {
    /// Of the rules of that engine.
    pub fn new(engine: &'e Engine) -> Prover<'e> {
        let rules = engine.rules();
        let space = Space::new(rules);
        let cells = rules.rules.iter().map(|rule| space.cells(rules, rule)).collect();
        Prover { engine, space, cells, inclusion: Inclusion::new(rules) }
    }

    /// Whether a rule ever decides.
    pub fn rule(&self, id: RuleId) -> Proof {
        self.part(&Part { rule: id, cells: self.cells_of(id).clone(), lines: steer::lines(self.own(id)) })
    }

    /// Whether a rule ever decides by one alternative of one of its `match` lines, by their numbers: a phrase, a tag,
    /// or the lack of one.
    pub fn alternative(&self, id: RuleId, condition: usize, alternative: usize) -> Proof {
        let rule = self.own(id);
        let about_text = |n: &usize| !rule.conditions[*n].unless && steer::choices(&rule.conditions[*n]).is_some();
        let Some(line) = (0..rule.conditions.len()).filter(about_text).position(|n| n == condition) else {
            return Proof::Undecided;
        };
        let mut lines = steer::lines(rule);
        let Some(choice) = lines[line].get(alternative).cloned() else { return Proof::Undecided };
        lines[line] = vec![choice];
        self.part(&Part { rule: id, cells: self.cells_of(id).clone(), lines })
    }

    /// Whether a rule ever decides where one of its `match` lines holds by that column alone: a part of its own.
    pub fn column(&self, id: RuleId, column: &Column) -> Proof {
        let Some((dimension, set)) = self.space.meant(column) else { return Proof::Undecided };
        let mut cells = self.cells_of(id).clone();
        cells.0[dimension] = cells.0[dimension].and(&set);
        self.part(&Part { rule: id, cells, lines: steer::lines(self.own(id)) })
    }

    /// Whether every text in which the one stands was shown to be one in which the other stands.
    pub fn implies(&self, one: PatternId, other: PatternId) -> bool {
        self.inclusion.implies(one, other) == Answer::Yes
    }

    /// Whether it was shown that no text has a pattern.
    pub fn is_impossible(&self, pattern: PatternId) -> bool {
        self.inclusion.possible(pattern) == Answer::No
    }

    fn own(&self, id: RuleId) -> &'e Rule {
        self.engine.rules().rule(id)
    }

    fn cells_of(&self, id: RuleId) -> &Cells {
        &self.cells[id.0 as usize]
    }

    fn part(&self, part: &Part) -> Proof {
        let no_tag = |choice: &Choice| matches!(choice, Choice::Tag(test) if !instance::is_tag(test));
        if part.cells.is_empty() || part.lines.iter().any(|line| line.iter().all(no_tag)) {
            return Proof::Never(Vec::new());
        }
        match self.search(part) {
            Ok(reply) => Proof::Decides(Box::new(reply)),
            Err(before) => match self.certificate(part, &before) {
                Proof::Undecided => self.refute(part),
                proof => proof,
            },
        }
    }
}
