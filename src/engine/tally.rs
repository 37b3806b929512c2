//! What became of the questions that a plugin was asked, and when it is asked no more.

use super::Answer;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What became of the questions that a plugin was asked since it was loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// It left the reply to the rules.
    pub abstained: u64,
    /// One of its rules decided.
    pub answered: u64,
    /// It broke, or named what is none of its rules.
    pub failed: u64,
    /// It was not asked any more.
    pub passed_over: u64,
    /// Why it failed the last time.
    pub last_failure: Option<String>,
}

/// How often a plugin may fail before it is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// So many times.
    pub failures: usize,
    /// Within that time.
    pub within: Duration,
}

impl Default for Patience {
    /// Ten times within a minute.
    fn default() -> Patience {
        Patience { failures: 10, within: Duration::from_secs(60) }
    }
}

/// Counts, and says when it is enough.
#[derive(Debug)]
pub(super) struct Record {
    patience: Patience,
    abstained: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    passed_over: AtomicU64,
    is_set_aside: AtomicBool,
    failures: Mutex<Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    /// When the last were, the oldest first.
    times: VecDeque<Instant>,
    last: Option<String>,
}

impl Record {
    pub(super) fn new(patience: Patience) -> Record {
        Record {
            patience,
            abstained: AtomicU64::default(),
            answered: AtomicU64::default(),
            failed: AtomicU64::default(),
            passed_over: AtomicU64::default(),
            is_set_aside: AtomicBool::default(),
            failures: Mutex::default(),
        }
    }

    /// What is said in place of the plugin, where it is set aside.
    pub(super) fn set_aside(&self) -> Option<Answer> {
        if !self.is_set_aside.load(Relaxed) {
            return None;
        }
        self.passed_over.fetch_add(1, Relaxed);
        let Patience { failures, within } = self.patience;
        Some(Answer::Fails(format!(
            "it was set aside after it failed {failures} times within {} s, until it is loaded again",
            within.as_secs_f32()
        )))
    }

    /// Counts an answer.
    pub(super) fn count(&self, answer: &Answer) {
        match answer {
            Answer::Abstains => self.abstained.fetch_add(1, Relaxed),
            Answer::Names { .. } => self.answered.fetch_add(1, Relaxed),
            Answer::Fails(why) => {
                self.fail(why);
                self.failed.fetch_add(1, Relaxed)
            }
        };
    }

    fn fail(&self, why: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        failures.last = Some(why.to_owned());
        failures.times.push_back(now);
        let Patience { failures: most, within } = self.patience;
        while failures.times.len() > most || failures.times.front().is_some_and(|time| now - *time > within) {
            failures.times.pop_front();
        }
        if failures.times.len() >= most {
            self.is_set_aside.store(true, Relaxed);
        }
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            abstained: self.abstained.load(Relaxed),
            answered: self.answered.load(Relaxed),
            failed: self.failed.load(Relaxed),
            passed_over: self.passed_over.load(Relaxed),
            last_failure: self.failures.lock().unwrap_or_else(PoisonError::into_inner).last.clone(),
        }
    }
}
