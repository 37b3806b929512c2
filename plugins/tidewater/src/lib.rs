//! Tidewater: a reply tells the moment at which mail is taken again, as a day of the year and a local time. How long
//! to wait is the difference to the reply's own time, over leap years and summer time.

mod clock;

use carom_plugin::{Description, Plugin, Reply, Verdict};
use clock::{Moment, local};

/// The plugin.
pub struct Tidewater;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

impl Plugin for Tidewater {
    fn describe() -> Description {
        Description::new("tidewater", env!("CARGO_PKG_VERSION"))
            .host("*.tidewater.example")
            .domain("tidewater.example")
            .rules(include_str!("../rules.carom"))
    }

    fn classify(reply: &Reply) -> Option<Verdict> {
        let opens = opens(&reply.text)?;
        let wait = reply.time.map(|now| opens.seconds().saturating_sub(now));
        let verdict = match wait {
            Some(wait) if wait > DAY => Verdict::rule("gate-closed-for-days"),
            // Upwards: a minute too early is refused again.
            Some(wait) => {
                let minutes = (wait.max(MINUTE) + MINUTE - 1) / MINUTE;
                Verdict::rule("gate-closed").field("wait", format!("{minutes}m"))
            }
            // When it was said is not known, so nor is the wait: the rule has another.
            None => Verdict::rule("gate-closed"),
        };
        Some(verdict.field("opens", opens.to_string()))
    }
}

carom_plugin::export!(Tidewater);

/// The moment in `gate opens 2026-087T06:30 LT`.
fn opens(text: &str) -> Option<Moment> {
    let (_, rest) = text.split_once("gate opens ")?;
    let (stamp, _) = rest.split_once(" LT")?;
    let (day, time) = stamp.split_once('T')?;
    let (year, day) = day.split_once('-')?;
    let (hour, minute) = time.split_once(':')?;
    local(number(year, 4)?, number(day, 3)?, number(hour, 2)?, number(minute, 2)?)
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, time: Option<i64>) -> Option<Verdict> {
        Tidewater::classify(&Reply { text: text.to_owned(), time, ..Reply::default() })
    }

    #[test]
    fn a_reply_without_its_time_has_no_wait() {
        let verdict = said("Quota spent, gate opens 2026-087T06:30 LT", None);
        assert_eq!(verdict, Some(Verdict::rule("gate-closed").field("opens", "2026-03-28 05:30 UTC")));
    }

    #[test]
    fn what_is_no_stamp_is_left_alone() {
        for text in
            ["", "gate opens", "gate opens soon LT", "gate opens 2026-87T06:30 LT", "gate opens 2026-087T24:00 LT"]
        {
            assert_eq!(said(text, Some(0)), None, "{text}");
        }
    }
}
