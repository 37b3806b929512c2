//! Verdicts in plain words.

use crate::ruleset::{Action, Category, Rate, Retry, Schedule, Source, Wait};

/// Category and reason, as `expect` has them; one word where they are the same.
pub fn outcome(category: Category, reason: &str) -> String {
    let category = category.to_string();
    if category == reason { category } else { format!("{category} {reason}") }
}

/// What is done, for somebody who has not read the language's reference.
pub fn action(action: &Action) -> String {
    match action {
        Action::Suppress(None) => "send nothing more to this address".to_owned(),
        Action::Suppress(Some(time)) => format!("send nothing to this address for {time}"),
        Action::Retry(retry) => self::retry(retry),
        Action::NoRetry => "do not try this message again".to_owned(),
        Action::Pause { after, time } => {
            let time = time.map_or(String::new(), |time| format!(" for {time}"));
            match after {
                Some((count, within)) => {
                    format!("pause the address{time} once this happened {count} times within {within}")
                }
                None => format!("pause the address{time}"),
            }
        }
        Action::Throttle { of, to, time } => {
            let of = match of {
                crate::ruleset::ThrottleOf::Host => "this host",
                crate::ruleset::ThrottleOf::Profile => "this provider",
            };
            let to = match to {
                Rate::Connections(1) => "1 connection".to_owned(),
                Rate::Connections(count) => format!("{count} connections"),
                Rate::Messages(..) => format!("{to} messages"),
            };
            format!("slow down to {to} to {of} for {time}")
        }
        Action::Gate => "hold what goes the same way until somebody has looked".to_owned(),
        Action::Alert => "tell somebody".to_owned(),
        Action::Ignore => "nothing".to_owned(),
    }
}

/// When to try again, by a schedule.
pub fn schedule(schedule: &Schedule) -> String {
    retry(&Retry::from(schedule))
}

/// How far a source is to be trusted, and of when it is.
pub fn source(source: &Source) -> String {
    match source.date {
        Some(date) => format!("{} {}", source.trust, date.day()),
        None => source.trust.to_string(),
    }
}

fn retry(retry: &Retry) -> String {
    let mut words = match &retry.wait {
        Wait::Schedule(waits) => {
            let waits: Vec<String> = waits.iter().map(ToString::to_string).collect();
            format!("try again after {}", waits.join(", then "))
        }
        Wait::Profile => "try again later".to_owned(),
        Wait::Field { name, .. } => format!("try again after what the reply says ({name})"),
    };
    if let Some(times) = retry.times {
        words.push_str(&format!(", up to {times} times"));
    }
    if let Some(until) = retry.until {
        words.push_str(&format!(", for up to {until}"));
    }
    words
}
