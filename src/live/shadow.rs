//! A candidate beside the active rules: what it would say of the same replies.
//!
//! Replies come by a queue that is short and never waited for, and are worked off by a thread of the candidate's own,
//! which takes a quarter of a processor at most: whatever the candidate costs, what is left undone is its own.

use super::gentle::{SHADOW, give_way};
use super::load::once;
use super::{Settings, Snapshot, lock};
use crate::diff::{Changed, Comparison};
use crate::engine::Engine;
use crate::resolve::{Held, Root};
use crate::ruleset::Version;
use crate::{Reply, Time};
use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// How many batches wait at most.
const QUEUE: usize = 32;

/// How many replies of one batch are looked at.
const BATCH: usize = 1_000;

/// How many pairs of rules are told apart.
const PAIRS: usize = 500;

/// How many replies of each pair are held up.
const SAMPLES: usize = 3;

/// For each moment of work so many are left to others.
const REST: u32 = 3;

/// Replies, and the snapshot that answered them.
type Batch = (Arc<Snapshot>, Vec<Reply>);

/// A candidate that is tried on live replies.
#[derive(Debug)]
pub struct Shadow {
    engine: Arc<Engine>,
    since: Time,
    queue: SyncSender<Batch>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    shed: AtomicU64,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default, Clone)]
struct Counts {
    replies: u64,
    disagreements: u64,
    broken: u64,
    others: u64,
    pairs: HashMap<(String, String), Disagreement>,
}

/// Replies on which two rules disagree.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// The rule that decides.
    pub active: String,
    /// The candidate's rule that would.
    pub candidate: String,
    /// How many replies they are.
    pub replies: u64,
    /// The first of them, and in which parts the two verdicts differ.
    pub samples: Vec<(Reply, Changed)>,
}

/// What came of a candidate so far.
#[derive(Debug, Clone)]
pub struct Shadowed {
    /// The candidate.
    pub version: Version,
    /// Since when it is tried.
    pub since: Time,
    /// How many replies it was asked about.
    pub replies: u64,
    /// How many got another verdict than from the active rules.
    pub disagreements: u64,
    /// How many were left out, since there was no time for them.
    pub shed: u64,
    /// How many replies it broke at.
    pub broken: u64,
    /// Disagreements of more pairs of rules than are told apart.
    pub others: u64,
    /// Disagreements by pair of rules, the most frequent first.
    pub pairs: Vec<Disagreement>,
}

impl Shadow {
    pub(super) fn start(engine: Engine, settings: Arc<Settings>) -> io::Result<Shadow> {
        let engine = Arc::new(engine);
        let state = Arc::new(State::default());
        let (queue, batches) = sync_channel(QUEUE);
        let worker = Worker { candidate: Arc::clone(&engine), settings, batches, state: Arc::clone(&state) };
        // It ends with the queue.
        thread::Builder::new().name("carom-shadow".to_owned()).spawn(move || worker.run())?;
        Ok(Shadow { engine, since: Time::now(), queue, state })
    }

    /// The candidate.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Hands over replies that were answered. Nothing is waited for: what finds no room is left out.
    pub fn offer(&self, snapshot: &Arc<Snapshot>, mut replies: Vec<Reply>) {
        let beyond = replies.len().saturating_sub(BATCH);
        replies.truncate(BATCH);
        let count = replies.len();
        let is_taken = self.queue.try_send((Arc::clone(snapshot), replies)).is_ok();
        self.leave_out(beyond + if is_taken { 0 } else { count });
    }

    /// Counts replies that are not even handed over.
    pub fn leave_out(&self, replies: usize) {
        self.state.shed.fetch_add(replies as u64, Ordering::Relaxed);
    }

    /// What came of it so far.
    pub fn told(&self) -> Shadowed {
        let counts = lock(&self.state.counts).clone();
        let mut pairs: Vec<Disagreement> = counts.pairs.into_values().collect();
        pairs.sort_by(|a, b| {
            b.replies.cmp(&a.replies).then_with(|| (&a.active, &a.candidate).cmp(&(&b.active, &b.candidate)))
        });
        Shadowed {
            version: self.engine.version(),
            since: self.since,
            replies: counts.replies,
            disagreements: counts.disagreements,
            shed: self.state.shed.load(Ordering::Relaxed),
            broken: counts.broken,
            others: counts.others,
            pairs,
        }
    }
}

struct Worker {
    candidate: Arc<Engine>,
    settings: Arc<Settings>,
    batches: Receiver<Batch>,
    state: Arc<State>,
}

impl Worker {
    fn run(self) {
        give_way(SHADOW);
        let mut next = self.batches.recv().ok();
        while let Some((snapshot, replies)) = next.take() {
            let twin = self.twin(&snapshot);
            let active = match &twin {
                Some(twin) => twin.as_ref(),
                None => Some(snapshot.engine()),
            };
            let compare = |active| catch_unwind(AssertUnwindSafe(|| Comparison::new(active, &self.candidate))).ok();
            let Some(comparison) = active.and_then(compare) else {
                lock(&self.state.counts).broken += 1;
                next = self.batches.recv().ok();
                continue;
            };
            let mut replies = Some(replies);
            while let Some(batch) = replies.take() {
                let start = Instant::now();
                self.work(&comparison, &batch);
                thread::sleep(start.elapsed() * REST);
                match self.batches.recv() {
                    Ok((same, batch)) if Arc::ptr_eq(&same, &snapshot) => replies = Some(batch),
                    // What an older snapshot answered says nothing of the active one any more.
                    Ok((older, _)) if older.number() < snapshot.number() => replies = Some(Vec::new()),
                    Ok(newer) => next = Some(newer),
                    Err(_) => return,
                }
            }
        }
    }

    /// The active rules with plugins of the shadow's own: what those of the active rules were asked, and how often they
    /// failed, is the active rules' alone.
    /// Nothing where they have no plugins; nothing within that where the plugins are others by now.
    fn twin(&self, snapshot: &Snapshot) -> Option<Option<Engine>> {
        snapshot.engine().plugins().next()?;
        let held = Held::of(&snapshot.engine().rules().sources);
        let twin = once(&Root::Held(held), &self.settings).ok();
        Some(twin.filter(|twin| twin.version() == snapshot.version()))
    }

    fn work(&self, comparison: &Comparison<'_>, replies: &[Reply]) {
        for reply in replies {
            let held = catch_unwind(AssertUnwindSafe(|| {
                let (active, candidate, changed) = comparison.held(reply);
                changed.map(|changed| (active.rule().name.clone(), candidate.rule().name.clone(), changed))
            }));
            let mut counts = lock(&self.state.counts);
            counts.replies += 1;
            match held {
                Ok(None) => {}
                Ok(Some((active, candidate, changed))) => counts.note(active, candidate, reply, changed),
                Err(_) => counts.broken += 1,
            }
        }
    }
}

impl Counts {
    fn note(&mut self, active: String, candidate: String, reply: &Reply, changed: Changed) {
        self.disagreements += 1;
        let room = self.pairs.len() < PAIRS;
        let pair = match self.pairs.entry((active, candidate)) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) if room => {
                let (active, candidate) = entry.key().clone();
                entry.insert(Disagreement { active, candidate, replies: 0, samples: Vec::new() })
            }
            std::collections::hash_map::Entry::Vacant(_) => {
                self.others += 1;
                return;
            }
        };
        pair.replies += 1;
        if pair.samples.len() < SAMPLES {
            pair.samples.push((reply.clone(), changed));
        }
    }
}
