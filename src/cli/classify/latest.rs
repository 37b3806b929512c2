//! `--final`: of the attempts of one message to one recipient, the last.
//!
//! What a log itself calls the end (delivered, bounced, expired) is said at once, since no attempt comes after it; only
//! what it leaves open is kept, until another attempt takes its place or the input ends. So what is kept is what would be
//! in the queue, not what was in the log: at most [`MOST`] attempts, and at most [`MOST_BYTES`] of their verdicts as
//! JSON. Beyond that the one that was kept longest is said as it is, and counted.

use crate::intake::{Attempt, Logged};
use crate::report::summary::Counted;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

/// The most attempts that are kept: some 240 MiB with all that belongs to them.
const MOST: usize = 1 << 20;

/// The most bytes of verdicts that are kept.
const MOST_BYTES: usize = 256 << 20;

/// A message and its recipient, as 128 bits that nobody outside can foresee.
pub(super) type Key = u128;

/// What is to be said of an attempt.
#[derive(Debug)]
pub(super) enum What {
    /// Its verdict as a line of JSON.
    Line(Vec<u8>),
    /// A row of the summary.
    Counted(Counted),
}

/// An attempt's verdict, in the order of the input.
#[derive(Debug)]
pub(super) struct Item {
    /// None where the message or the recipient is not known: the attempt stands for itself.
    key: Option<Key>,
    ended: bool,
    what: What,
}

impl Item {
    pub(super) fn new(attempt: &Attempt<'_>, keys: &[RandomState; 2], what: What) -> Item {
        // What is no attempt to deliver follows on one, and does not take its place.
        let known =
            attempt.message.as_deref().zip(attempt.recipient.as_deref()).filter(|_| attempt.reply.kind.is_none());
        let key = known.map(|(message, recipient)| {
            let told = (message, recipient.to_ascii_lowercase());
            keys.iter().fold(0, |key, state| key << 64 | u128::from(state.hash_one(&told)))
        });
        Item { key, ended: is_end(attempt), what }
    }
}

/// Whether no other attempt follows: by the log's word, else by what the server said.
fn is_end(attempt: &Attempt<'_>) -> bool {
    match attempt.logged {
        Some(Logged::Deferred) => false,
        None | Some(Logged::Other(_)) => matches!(attempt.reply.class(), Some(2 | 5)),
        Some(_) => true,
    }
}

/// The attempts that are kept.
#[derive(Debug)]
pub(super) struct Latest {
    kept: HashMap<Key, (u64, What)>,
    /// By the time they came.
    places: BTreeMap<u64, Key>,
    next: u64,
    bytes: usize,
    most: usize,
    /// How many were said before their turn, since there were too many.
    pub(super) early: u64,
    /// How many had another after them.
    pub(super) followed: u64,
}

impl Default for Latest {
    fn default() -> Latest {
        let (kept, places) = (HashMap::new(), BTreeMap::new());
        Latest { kept, places, next: 0, bytes: 0, most: MOST, early: 0, followed: 0 }
    }
}

impl Latest {
    /// Takes an attempt, and hands on what is to be said now.
    pub(super) fn take(&mut self, item: Item, mut say: impl FnMut(What)) {
        let Item { key: Some(key), ended, what } = item else { return say(item.what) };
        self.followed += u64::from(self.remove(key).is_some());
        if ended {
            return say(what);
        }
        self.bytes += size(&what);
        self.places.insert(self.next, key);
        self.kept.insert(key, (self.next, what));
        self.next += 1;
        while self.kept.len() > self.most || self.bytes > MOST_BYTES {
            let Some(oldest) = self.places.first_key_value().map(|(_, key)| *key) else { return };
            self.early += 1;
            self.remove(oldest).into_iter().for_each(&mut say);
        }
    }

    /// Hands on all that is left, in the order of the input.
    pub(super) fn finish(&mut self, mut say: impl FnMut(What)) {
        while let Some(key) = self.places.first_key_value().map(|(_, key)| *key) {
            self.remove(key).into_iter().for_each(&mut say);
        }
    }

    fn remove(&mut self, key: Key) -> Option<What> {
        let (place, what) = self.kept.remove(&key)?;
        self.places.remove(&place);
        self.bytes -= size(&what);
        Some(what)
    }
}

fn size(what: &What) -> usize {
    match what {
        What::Line(line) => line.len(),
        What::Counted(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(latest: &mut Latest, items: &[(Option<Key>, bool, &str)]) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |what| {
            let What::Line(line) = what else { panic!("a line was put in") };
            said.push(String::from_utf8(line).unwrap());
        };
        for (key, ended, line) in items {
            latest.take(Item { key: *key, ended: *ended, what: What::Line(line.as_bytes().to_vec()) }, &mut say);
        }
        say(What::Line(b"end".to_vec()));
        latest.finish(&mut say);
        said
    }

    #[test]
    fn the_last_stands_for_all() {
        let mut latest = Latest::default();
        let items = [
            (Some(1), false, "1 later"),
            (Some(2), false, "2 later"),
            (None, false, "nobody's"),
            (Some(1), false, "1 later still"),
            (Some(3), true, "3 gone"),
            (Some(2), true, "2 there"),
        ];
        assert_eq!(run(&mut latest, &items), ["nobody's", "3 gone", "2 there", "end", "1 later still"]);
        assert_eq!((latest.followed, latest.early, latest.bytes, latest.kept.len()), (2, 0, 0, 0));
    }

    #[test]
    fn no_more_is_kept_than_may_be() {
        let mut latest = Latest { most: 2, ..Latest::default() };
        let items = [(Some(1), false, "1"), (Some(2), false, "2"), (Some(1), false, "1 again"), (Some(3), false, "3")];
        assert_eq!(run(&mut latest, &items), ["2", "end", "1 again", "3"]);
        assert_eq!((latest.followed, latest.early), (1, 1));
    }
}
