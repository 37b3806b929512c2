//! Deciding the hard cases: a tree of what a text must have and must not have.
//!
//! A text is made that has what the part asks for and not what it vetoes, and is laid before the engine. Where rules
//! before the part take it at every point of the part's cells, a text that the part decides must escape at least one
//! of them: it lacks all alternatives of one of that rule's lines, or has something that the rule vetoes. Each such way
//! is a branch, with that much more asked of the text. A branch is closed where no text is left, which the automata
//! prove; when all are, the part never decides.

use super::search::{Search, Tried};
use super::steer::{self, Choice};
use super::{Answer, Apart, Asked, Part, Proof, Prover, instance};
use crate::reply::Reply;
use crate::ruleset::{Alternative, Column, Condition, RuleId};

/// So many texts are asked for, for one part.
const TEXTS: usize = 64;

/// What a branch has come to.
enum Branch {
    Decides(Reply),
    /// No text is left.
    Closed,
    /// That was not shown.
    Open,
}

/// What is asked of a text.
#[derive(Clone)]
struct Wanted {
    held: Vec<Asked>,
    barred: Vec<Asked>,
}

/// One way to meet a part's lines, and how far it has been followed.
struct Tree<'p> {
    part: &'p Part,
    combination: &'p [&'p Choice],
    /// A text that has the tags of the combination.
    tagged: Option<String>,
    texts: usize,
    /// The rules that took a text.
    used: Vec<RuleId>,
}

impl Prover<'_> {
    /// Whether a part decides any reply, where neither steered texts nor a certificate tell.
    pub(super) fn refute(&self, part: &Part) -> Proof {
        let (combinations, is_all) = steer::combinations(&part.lines);
        if !is_all {
            return Proof::Undecided;
        }
        let vetoes = self.own(part.rule).conditions.iter().enumerate().filter(|(_, condition)| condition.unless);
        let vetoes: Vec<(usize, Vec<Asked>)> = vetoes.map(|(n, condition)| (n, asked(condition))).collect();
        let mut used: Vec<RuleId> = Vec::new();
        let (mut texts, mut vetoed) = (0, None);
        for combination in &combinations {
            let held: Vec<Asked> = combination.iter().filter_map(|choice| of_choice(choice)).collect();
            let wanted = Wanted { held, barred: vetoes.iter().flat_map(|(_, barred)| barred).copied().collect() };
            let tagged = self.tagged(part, combination);
            let mut tree = Tree { part, combination, tagged, texts, used: Vec::new() };
            match self.branch(&mut tree, &wanted) {
                Branch::Decides(reply) => return Proof::Decides(Box::new(reply)),
                Branch::Open => return Proof::Undecided,
                Branch::Closed => {}
            }
            texts = tree.texts;
            if tree.used.is_empty() && self.inclusion.apart(&wanted.held, &[]) != Apart::Nothing {
                let alone = |barred: &[Asked]| self.inclusion.apart(&wanted.held, barred) == Apart::Nothing;
                vetoed = vetoes.iter().find(|(_, barred)| alone(barred)).or(vetoes.first()).map(|(n, _)| *n);
            }
            used.extend(tree.used);
        }
        used.sort_unstable();
        used.dedup();
        match vetoed.filter(|_| used.is_empty()) {
            Some(condition) => Proof::Vetoed(condition),
            None => Proof::Never(used),
        }
    }

    /// A text with the tags of a combination, at some profile of the part's.
    fn tagged(&self, part: &Part, combination: &[&Choice]) -> Option<String> {
        let rules = self.engine.rules();
        let tests = combination.iter().filter_map(|choice| match choice {
            Choice::Tag(test) => instance::tags(test).into_iter().next(),
            _ => None,
        });
        let profile = self.profiles(part, &[combination.to_vec()]).into_iter().flatten().next()?;
        let tags = &rules.profiles.get(profile).tags;
        let of_tag = |tag: String| tags.iter().find_map(|id| instance::with_tag(&rules.pattern(*id).kind, &tag));
        Some(tests.filter_map(of_tag).collect::<Vec<String>>().join("; ")).filter(|text| !text.is_empty())
    }

    fn branch(&self, tree: &mut Tree<'_>, wanted: &Wanted) -> Branch {
        let implied = |p: &Asked| wanted.barred.iter().any(|q| self.inclusion.implies(*p, *q) == Answer::Yes);
        if wanted.held.iter().any(implied) {
            return Branch::Closed;
        }
        if tree.texts == TEXTS {
            return Branch::Open;
        }
        tree.texts += 1;
        let is_empty = tree.combination.contains(&&Choice::Empty);
        let text = match self.inclusion.apart(&wanted.held, &wanted.barred) {
            // The empty text has nothing that could be asked for.
            _ if is_empty && !wanted.held.is_empty() => return Branch::Closed,
            _ if is_empty => String::new(),
            Apart::Text(text) => text,
            Apart::Nothing => return Branch::Closed,
            Apart::Undecided => return Branch::Open,
        };
        let text = tree.tagged.as_ref().map_or(text.clone(), |tagged| format!("{tagged}; {text}"));
        match self.attempt(tree.part, &text, &mut Search::default()) {
            Tried::Decides(reply) => Branch::Decides(reply),
            Tried::Unfit => Branch::Open,
            Tried::Taken(by) => {
                tree.used.extend(by.iter().copied().filter(|id| !tree.used.contains(id)).collect::<Vec<_>>());
                // There is but one empty text.
                if is_empty { Branch::Closed } else { self.escape(tree, wanted, &by) }
            }
        }
    }

    /// Follows each way in which a text can escape one of the rules.
    fn escape(&self, tree: &mut Tree<'_>, wanted: &Wanted, by: &[RuleId]) -> Branch {
        let mut is_open = false;
        for condition in by.iter().flat_map(|id| &self.own(*id).conditions) {
            let Some(choices) = steer::choices(condition) else { continue };
            let asked = asked(condition);
            // Tags are in no automaton, and the empty text has no pattern.
            let tag = |choice: &Choice| matches!(choice, Choice::Tag(_) | Choice::NoTag);
            if choices.iter().any(tag) {
                is_open |= !self.is_settled(tree, condition);
                continue;
            }
            let ways: Vec<Wanted> = if condition.unless {
                let with = |veto: &Asked| {
                    let mut wanted = wanted.clone();
                    wanted.held.push(*veto);
                    wanted
                };
                asked.iter().map(with).collect()
            } else {
                let mut wanted = wanted.clone();
                wanted.barred.extend(&asked);
                vec![wanted]
            };
            for way in ways {
                match self.branch(tree, &way) {
                    Branch::Closed => {}
                    Branch::Open => is_open = true,
                    decides => return decides,
                }
            }
        }
        if is_open { Branch::Open } else { Branch::Closed }
    }

    /// Whether a line about tags is met, or a veto of tags is not, whatever the text is.
    fn is_settled(&self, tree: &Tree<'_>, condition: &Condition) -> bool {
        let Column::Tag(set) = &condition.column else { return false };
        if condition.unless {
            return self.own(tree.part.rule).conditions.iter().any(|own| match &own.column {
                Column::Tag(own_set) => own.unless && own_set == set,
                _ => false,
            });
        }
        tree.combination.iter().any(|choice| match choice {
            Choice::Tag(test) => super::certificate::takes(set, test),
            Choice::NoTag => set.none,
            _ => false,
        })
    }
}

/// What a condition asks about the text, in patterns.
fn asked(condition: &Condition) -> Vec<Asked> {
    let patterns = |alternatives: &[Alternative], of: fn(crate::ruleset::PatternId) -> Asked| {
        alternatives.iter().map(|alternative| of(alternative.pattern)).collect()
    };
    match &condition.column {
        Column::Phrase(alternatives) => patterns(alternatives, Asked::anywhere),
        Column::Text(alternatives, _) => patterns(alternatives, Asked::whole),
        _ => Vec::new(),
    }
}

fn of_choice(choice: &Choice) -> Option<Asked> {
    match choice {
        Choice::Phrase(id) => Some(Asked::anywhere(*id)),
        Choice::Whole(id) => Some(Asked::whole(*id)),
        Choice::Empty | Choice::Tag(_) | Choice::NoTag => None,
    }
}
