//! What was answered, read when all is over.

use crate::asking::{Heard, batch};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// By snapshot and the number of the reply. What comes again must be the same.
    pub(crate) verdicts: HashMap<(String, usize), Value>,
    /// How many verdicts there were of each.
    pub(crate) counts: HashMap<(String, usize), u64>,
    pub(crate) failed: u64,
    /// Batches of more than one snapshot, or verdicts that one snapshot gave differently.
    pub(crate) mixed: u64,
    times: Vec<Duration>,
    took: Duration,
}

impl Told {
    /// What askers heard, of batches of so many out of so many replies.
    pub(crate) fn of(heard: Vec<Heard>, size: usize, replies: usize, took: Duration) -> Told {
        let mut told = Told { took, ..Told::default() };
        for one in heard {
            told.failed += one.failed;
            told.times.extend(one.times);
            for (from, answers) in one.answers {
                let asked: Vec<usize> = batch(from, size, replies).collect();
                answers.iter().for_each(|(answer, count)| told.note(&asked, answer, *count));
            }
        }
        told.times.sort();
        told
    }

    fn note(&mut self, batch: &[usize], answer: &[u8], count: u64) {
        let Ok(Value::Array(verdicts)) = serde_json::from_slice(answer) else {
            self.failed += count;
            return;
        };
        let snapshot = verdicts.first().and_then(|first| first["snapshot"].as_str()).unwrap_or_default().to_owned();
        let is_whole = verdicts.len() == batch.len() && verdicts.iter().all(|one| one["snapshot"] == *snapshot);
        if !is_whole {
            self.mixed += count;
        }
        for (number, verdict) in batch.iter().zip(verdicts) {
            self.take(&(snapshot.clone(), *number), verdict, count);
        }
    }

    fn take(&mut self, key: &(String, usize), verdict: Value, count: u64) {
        let first = self.verdicts.entry(key.clone()).or_insert_with(|| verdict.clone());
        if *first != verdict {
            self.mixed += count;
        }
        *self.counts.entry(key.clone()).or_default() += count;
    }

    /// What was told in two runs.
    pub(crate) fn of_both(mut first: Told, second: Told) -> Told {
        for (key, verdict) in second.verdicts {
            let count = second.counts[&key];
            first.take(&key, verdict, count);
        }
        first.failed += second.failed;
        first.mixed += second.mixed;
        first
    }

    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        let at = (self.times.len() as f64 * percent / 100.0) as usize;
        self.times.get(at.min(self.times.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    pub(crate) fn line(&self) -> String {
        let [median, most, nearly_all] = [50.0, 99.0, 99.9].map(|percent| self.percentile(percent).as_secs_f64() * 1e3);
        let verdicts: u64 = self.counts.values().sum();
        format!(
            "{verdicts} verdicts, {:.0} a second; p50 {median:.2} ms, p99 {most:.2} ms, p99.9 {nearly_all:.2} ms; failed: {}, mixed: {}",
            verdicts as f64 / self.took.as_secs_f64(),
            self.failed,
            self.mixed
        )
    }
}
