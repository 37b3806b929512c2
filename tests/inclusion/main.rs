//! What is proved of pairs of phrases, against the matcher: what is said to follow does, and what is not has a text
//! that shows it.

mod cases;
mod library;
mod random;

use carom::proof::{Answer, Apart, Asked, Inclusion};
use carom::ruleset::{Column, PatternId};
use carom::{Engine, Reply};
use std::collections::HashSet;

/// Phrases of which each has two rules: one for a place in a text, and one for all of it.
struct Phrases {
    engine: Engine,
    ids: Vec<PatternId>,
}

impl Phrases {
    /// Phrases as rules write them; what begins with `regex '` is an expression, all else is put into quotes.
    fn new<T: AsRef<str>>(phrases: &[T]) -> Phrases {
        let mut text = String::from(
            "reason refused {\n    category block\n    fault sender\n    scope ip\n    advice \"Wait.\"\n    do alert\n}\n",
        );
        for (n, phrase) in phrases.iter().enumerate() {
            let phrase = phrase.as_ref();
            let quoted = if phrase.starts_with("regex '") { phrase.to_owned() } else { format!("\"{phrase}\"") };
            for (name, column) in [("anywhere", "phrase"), ("whole", "text")] {
                text += &format!("rule {name}-{n} {{\n    match {column} {quoted}\n    then refused\n}}\n");
            }
        }
        let engine = Engine::from_text(text.clone()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let rules = engine.rules().rules.iter();
        let numbered = rules.filter_map(|rule| match (rule.name.strip_prefix("anywhere-"), rule.conditions.first()) {
            (Some(n), Some(condition)) => match &condition.column {
                Column::Phrase(alternatives) => Some((n.parse().ok()?, alternatives[0].pattern)),
                _ => None,
            },
            _ => None,
        });
        let mut numbered: Vec<(usize, PatternId)> = numbered.collect();
        numbered.sort_unstable();
        Phrases { ids: numbered.into_iter().map(|(_, id)| id).collect(), engine }
    }

    fn inclusion(&self) -> Inclusion<'_> {
        Inclusion::new(self.engine.rules())
    }

    fn anywhere(&self, n: usize) -> Asked {
        Asked::anywhere(self.ids[n])
    }

    fn whole(&self, n: usize) -> Asked {
        Asked::whole(self.ids[n])
    }

    /// The names of the rules that match a text.
    fn matching(&self, text: &str) -> HashSet<String> {
        let reply = Reply { text: text.as_bytes().to_vec(), ..Reply::default() };
        let explanation = self.engine.explain(&reply);
        let losers = explanation.losers.iter().map(|loser| loser.rule.name.clone());
        losers.chain([explanation.verdict.rule().name.clone()]).collect()
    }

    /// Holds a text that tells some phrases from others against the engine.
    fn tells_apart(&self, text: &str, standing: &[String], others: &[String]) -> bool {
        let matching = self.matching(text);
        standing.iter().all(|name| matching.contains(name)) && !others.iter().any(|name| matching.contains(name))
    }

    /// The answer to a pair anywhere in a text; where it is No, with a text that was held against the engine.
    fn implies(&self, inclusion: &Inclusion<'_>, p: usize, q: usize) -> Answer {
        let answer = inclusion.implies(self.ids[p], self.ids[q]);
        if answer == Answer::No {
            let apart = inclusion.apart(&[self.anywhere(p)], &[self.anywhere(q)]);
            let Apart::Text(text) = apart else { panic!("No without a text: {apart:?}") };
            let (standing, others) = ([format!("anywhere-{p}")], [format!("anywhere-{q}")]);
            assert!(self.tells_apart(&text, &standing, &others), "{text:?} tells them apart");
        }
        answer
    }
}
