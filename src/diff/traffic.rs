//! What changes in real input, reply by reply. Memory grows with the pairs of rules that decide, not with replies.

use super::addresses::{Addresses, Suppressed, suppresses};
use super::compare::{Changed, Comparison, Deciding, Rank, Said};
use crate::mix::Mix;
use crate::reply::Reply;
use std::collections::HashMap;
use std::fmt::Display;
use std::hash::BuildHasherDefault;

/// A reply of real input.
#[derive(Clone, Copy)]
pub struct Seen<'r> {
    /// Where it was read: file and line, or whatever else tells.
    pub source: &'r dyn Display,
    /// The recipient's address.
    pub recipient: Option<&'r str>,
    /// What was said.
    pub reply: &'r Reply,
}

/// Counts what changes. Each stretch of an input may have its own, and they are put together in its order.
#[derive(Debug)]
pub struct Traffic<'c, 'e> {
    comparison: &'c Comparison<'e>,
    addresses: &'c Addresses,
    replies: u64,
    changed: u64,
    outcomes: u64,
    nameless: u64,
    groups: HashMap<(Deciding, Changed), Counted, BuildHasherDefault<Mix>>,
}

#[derive(Debug)]
struct Counted {
    replies: u64,
    source: String,
    recipient: Option<String>,
    reply: Reply,
}

/// Replies that one pair of rules decides on, and that differ in the same parts of their verdict.
#[derive(Debug, Clone)]
pub struct Group {
    /// The parts that differ, of the weightiest rank.
    pub changed: Changed,
    /// How many they are.
    pub replies: u64,
    /// The first of them: where it was read, whom it is about, and what was said.
    pub source: String,
    /// The recipient's address, as it was read.
    pub recipient: Option<String>,
    /// What was said.
    pub reply: Reply,
    /// What was said of it.
    pub old: Said,
    /// What is said of it.
    pub new: Said,
}

/// What was found in an input.
#[derive(Debug, Clone)]
pub struct Found {
    /// How many replies there were.
    pub replies: u64,
    /// How many of them change in any part of their verdict.
    pub changed: u64,
    /// How many of these change in what comes out.
    pub outcomes: u64,
    /// Addresses that would be suppressed or no longer are.
    pub suppressed: Suppressed,
    /// How many replies that suppress by one rule set alone have no address to count.
    pub nameless: u64,
    /// The changes, the weightiest rank first and the largest first within it.
    pub groups: Vec<Group>,
}

impl<'c, 'e> Traffic<'c, 'e> {
    /// Nothing counted yet.
    pub fn new(comparison: &'c Comparison<'e>, addresses: &'c Addresses) -> Traffic<'c, 'e> {
        let groups = HashMap::default();
        Traffic { comparison, addresses, replies: 0, changed: 0, outcomes: 0, nameless: 0, groups }
    }

    /// Counts a reply.
    pub fn add(&mut self, seen: Seen<'_>) {
        self.replies += 1;
        let (old, new, changed) = self.comparison.held(seen.reply);
        let (by_old, by_new) = (suppresses(&old), suppresses(&new));
        match seen.recipient {
            Some(recipient) => self.addresses.note(recipient, by_old, by_new),
            None => self.nameless += u64::from(by_old != by_new),
        }
        let Some(changed) = changed else { return };
        self.changed += 1;
        self.outcomes += u64::from(changed.rank() == Rank::Outcome);
        let key = ((old.rule_id(), new.rule_id()), changed.leading());
        let first = || Counted {
            replies: 0,
            source: seen.source.to_string(),
            recipient: seen.recipient.map(str::to_owned),
            reply: seen.reply.clone(),
        };
        self.groups.entry(key).or_insert_with(first).replies += 1;
    }

    /// Adds what was counted further on in the input.
    pub fn merge(&mut self, other: Traffic<'_, '_>) {
        self.replies += other.replies;
        self.changed += other.changed;
        self.outcomes += other.outcomes;
        self.nameless += other.nameless;
        for (key, group) in other.groups {
            match self.groups.get_mut(&key) {
                Some(own) => own.replies += group.replies,
                None => drop(self.groups.insert(key, group)),
            }
        }
    }

    /// What was found. Each example is asked of both engines again.
    pub fn finish(self) -> Found {
        let mut groups = Vec::with_capacity(self.groups.len());
        for (key, Counted { replies, source, recipient, reply }) in self.groups {
            let (old, new, _) = self.comparison.held(&reply);
            let (old, new) = (Said::new(&old), Said::new(&new));
            groups.push((key, Group { changed: key.1, replies, source, recipient, reply, old, new }));
        }
        groups.sort_by_key(|(key, group)| (group.changed.rank(), std::cmp::Reverse(group.replies), *key));
        Found {
            replies: self.replies,
            changed: self.changed,
            outcomes: self.outcomes,
            suppressed: self.addresses.count(),
            nameless: self.nameless,
            groups: groups.into_iter().map(|(_, group)| group).collect(),
        }
    }
}
