//! What changes in real input, reply by reply. Memory grows with the pairs of rules that decide, not with replies.

use super::addresses::{Addresses, Suppressed, suppresses};
use super::compare::{Changed, Comparison, Deciding, Rank, Said};
use crate::mix::Mix;
use crate::reply::Reply;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// A reply of real input.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'r> {
    /// Its place in the order of the input, whichever thread has it.
    pub order: (u64, u64),
    /// The file or other source that it was read from.
    pub source: &'r str,
    /// The recipient's address.
    pub recipient: Option<&'r str>,
    /// What was said.
    pub reply: &'r Reply,
}

/// Counts what changes. Each thread has its own, and they are put together at the end.
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
    order: (u64, u64),
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
        let fresh = |replies| Counted {
            replies,
            order: seen.order,
            source: seen.source.to_owned(),
            recipient: seen.recipient.map(str::to_owned),
            reply: seen.reply.clone(),
        };
        let group = self.groups.entry(key).or_insert_with(|| fresh(0));
        group.replies += 1;
        if seen.order < group.order {
            *group = fresh(group.replies);
        }
    }

    /// Counts what another has counted of the same input.
    pub fn merge(&mut self, other: Traffic<'_, '_>) {
        self.replies += other.replies;
        self.changed += other.changed;
        self.outcomes += other.outcomes;
        self.nameless += other.nameless;
        for (key, group) in other.groups {
            match self.groups.get_mut(&key) {
                Some(own) => {
                    let replies = own.replies + group.replies;
                    if group.order < own.order {
                        *own = group;
                    }
                    own.replies = replies;
                }
                None => drop(self.groups.insert(key, group)),
            }
        }
    }

    /// What was found. Each example is asked of both engines again.
    pub fn finish(self) -> Found {
        let mut groups = Vec::with_capacity(self.groups.len());
        for (key, Counted { replies, order: _, source, recipient, reply }) in self.groups {
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
