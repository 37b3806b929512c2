//! Which examples real replies are like: those of the same codes and the same text, but for digits.

use crate::Reply;
use crate::engine::Engine;
use crate::reply::fold;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// The examples, by what real replies are compared with.
#[derive(Debug)]
pub(super) struct Seen {
    by_form: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
    count: usize,
}

impl Seen {
    /// The examples of the rules that are counted, numbered as they come.
    pub(super) fn new(engine: &Engine, counted: &[bool]) -> Seen {
        let mut seen = Seen { by_form: HashMap::new(), hasher: RandomState::new(), count: 0 };
        let rules = engine.rules().rules.iter().zip(counted).filter(|(_, counted)| **counted);
        for example in rules.flat_map(|(rule, _)| &rule.examples) {
            let form = seen.form(engine, &example.reply);
            seen.by_form.entry(form).or_default().push(seen.count);
            seen.count += 1;
        }
        seen
    }

    /// How many examples there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Marks the examples that a reply is like.
    pub(super) fn mark(&self, engine: &Engine, reply: &Reply, touched: &mut [bool]) {
        for number in self.by_form.get(&self.form(engine, reply)).into_iter().flatten() {
            touched[*number] = true;
        }
    }

    /// A hash of what counts; a number is as good as any other.
    fn form(&self, engine: &Engine, reply: &Reply) -> u64 {
        let mut text = String::new();
        fold(&engine.decode(reply, engine.rules().profiles.of(reply)), &mut text);
        let mut form = String::with_capacity(text.len());
        for c in text.chars() {
            let c = if c.is_ascii_digit() { '0' } else { c };
            if !(c == '0' && form.ends_with('0')) {
                form.push(c);
            }
        }
        self.hasher.hash_one((reply.code, reply.enhanced, form))
    }
}
