//! What was accepted, for as long as it could be sent again.

use super::{Service, Unverified};
use crate::Time;
use std::collections::BTreeSet;
use std::time::Duration;

/// So far ahead of ours may another clock be.
const AHEAD: i64 = 300;

/// By what a request is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    time: i64,
    digest: [u8; 16],
}

/// The marks of the window, at most so many. What had to be forgotten before its time takes with it all that is as old:
/// it is refused as too old, so that nothing comes twice however much comes.
#[derive(Debug)]
pub(super) struct Seen {
    window: i64,
    most: usize,
    marks: BTreeSet<Mark>,
    /// Nothing of this time or before is accepted any more.
    floor: i64,
}

impl Seen {
    pub(super) fn new(window: Duration, most: usize) -> Seen {
        // A part of a second is one.
        let seconds = window.as_secs() + u64::from(window.subsec_nanos() > 0);
        let window = i64::try_from(seconds).unwrap_or(i64::MAX);
        Seen { window, most: most.max(1), marks: BTreeSet::new(), floor: i64::MIN }
    }

    pub(super) fn is_timely(&self, time: Time, now: Time) -> Result<(), Unverified> {
        let (time, now) = (time.unix(), now.unix());
        if time <= self.floor || time < now.saturating_sub(self.window) {
            return Err(Unverified::TooOld);
        }
        match time > now.saturating_add(AHEAD) {
            true => Err(Unverified::TooEarly),
            false => Ok(()),
        }
    }

    /// Remembers a request that is known to come from the service.
    pub(super) fn admit(&mut self, service: Service, id: &[u8], time: Time, now: Time) -> Result<Mark, Unverified> {
        self.is_timely(time, now)?;
        let hash = hmac_sha256::Hash::hash(&[service.as_str().as_bytes(), b":", id].concat());
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash[..16]);
        let mark = Mark { time: time.unix(), digest };
        if !self.marks.insert(mark) {
            return Err(Unverified::Replayed);
        }
        let oldest = now.unix().saturating_sub(self.window);
        while self.marks.first().is_some_and(|first| first.time < oldest) {
            self.marks.pop_first();
        }
        while self.marks.len() > self.most {
            if let Some(first) = self.marks.pop_first() {
                self.floor = self.floor.max(first.time);
            }
        }
        Ok(mark)
    }

    pub(super) fn forget(&mut self, mark: &Mark) {
        self.marks.remove(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(most: usize) -> Seen {
        Seen::new(Duration::from_secs(60), most)
    }

    fn at(seconds: i64) -> Time {
        Time::from_unix(1_800_000_000 + seconds)
    }

    #[test]
    fn nothing_comes_twice() {
        let mut seen = seen(10);
        let mark = seen.admit(Service::Mailgun, b"a", at(0), at(10)).expect("it is new");
        assert_eq!(seen.admit(Service::Mailgun, b"a", at(0), at(60)), Err(Unverified::Replayed));
        seen.admit(Service::SendGrid, b"a", at(0), at(10)).expect("another service's");
        assert_eq!(seen.admit(Service::Mailgun, b"a", at(0), at(61)), Err(Unverified::TooOld));
        assert_eq!(seen.admit(Service::Mailgun, b"b", at(301), at(0)), Err(Unverified::TooEarly));
        seen.admit(Service::Mailgun, b"b", at(300), at(0)).expect("clocks differ");
        seen.forget(&mark);
        seen.admit(Service::Mailgun, b"a", at(0), at(60)).expect("it was not worked on");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_still_nothing_comes_twice() {
        let mut seen = seen(3);
        for n in 0..10 {
            seen.admit(Service::Mailgun, &[n], at(i64::from(n)), at(10)).expect("it is new");
            assert!(seen.marks.len() <= 3);
        }
        for n in 0..10 {
            let again = seen.admit(Service::Mailgun, &[n], at(i64::from(n)), at(10));
            let want = if n < 7 { Unverified::TooOld } else { Unverified::Replayed };
            assert_eq!(again, Err(want), "{n}");
        }
        // Time passes, and what is out of the window needs no place.
        seen.admit(Service::Mailgun, b"later", at(100), at(100)).expect("it is new");
        assert_eq!(seen.marks.len(), 1);
    }
}
