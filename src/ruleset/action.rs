//! What to do about a reply.

use super::{Schedule, ThrottleOf};
use crate::reply::Duration;
use std::fmt;

/// An action with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send nothing more to the address, for ever or for a time.
    Suppress(Option<Duration>),
    /// Try again.
    Retry(Retry),
    /// Do not try again.
    NoRetry,
    /// Leave the address alone.
    Pause {
        /// Once it happened so often within such a time; at once where it is not stated.
        after: Option<(u32, Duration)>,
        /// For how long; until somebody resumes it where it is not stated.
        time: Option<Duration>,
    },
    /// Slow down.
    Throttle {
        /// What is slowed down.
        of: ThrottleOf,
        /// To what.
        to: Rate,
        /// For how long.
        time: Duration,
    },
    /// Hold what goes the same way until somebody has looked.
    Gate,
    /// Tell somebody.
    Alert,
    /// Do nothing and count nothing.
    Ignore,
}

impl Action {
    /// Its word in JSON and for people.
    pub fn as_str(&self) -> &'static str {
        match self {
            Action::Suppress(_) => "suppress",
            Action::Retry(_) => "retry",
            Action::NoRetry => "no-retry",
            Action::Pause { .. } => "pause",
            Action::Throttle { .. } => "throttle",
            Action::Gate => "gate",
            Action::Alert => "alert",
            Action::Ignore => "ignore",
        }
    }
}

/// When to try again, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// How long to wait.
    pub wait: Wait,
    /// At most so many times.
    pub times: Option<u32>,
    /// At most for so long.
    pub until: Option<Duration>,
}

/// How long to wait before the next try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// So long, then so long, and so on; the last repeats.
    Schedule(Vec<Duration>),
    /// As the profile's schedule says.
    Profile,
    /// As long as a field of the reply says.
    Field {
        /// The field.
        name: String,
        /// What holds where the reply does not say.
        otherwise: Option<Duration>,
    },
}

impl From<&Schedule> for Retry {
    fn from(schedule: &Schedule) -> Retry {
        Retry { wait: Wait::Schedule(schedule.waits.clone()), times: schedule.times, until: schedule.until }
    }
}

/// To what something is slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// So many connections at a time.
    Connections(u32),
    /// So many messages in such a time.
    Messages(u32, Duration),
}

impl fmt::Display for Rate {
    /// `100/h`; connections as a bare number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Connections(n) => write!(f, "{n}"),
            Rate::Messages(n, per) => {
                // A rate is a day's, a retry is after 24 hours.
                let per = if per.seconds() == 86_400 { "1d".to_owned() } else { per.to_string() };
                write!(f, "{n}/{}", per.strip_prefix('1').filter(|unit| unit.len() == 1).unwrap_or(&per))
            }
        }
    }
}
