//! Points in time, to the second, in UTC.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use std::fmt;
use std::str::FromStr;

/// A point in time: seconds since 1970 in UTC.
///
/// ```
/// use carom::Time;
/// let time: Time = "2026-02-27T04:00Z".parse().unwrap();
/// assert_eq!(time.to_string(), "2026-02-27T04:00:00Z");
/// assert_eq!("2026-02-27".parse::<Time>().unwrap().to_string(), "2026-02-27T00:00:00Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// That many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_unix(seconds: i64) -> Time {
        Time(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Its day in UTC: `2026-02-27`.
    pub fn day(self) -> String {
        let time = self.to_string();
        time.split_once('T').map_or_else(|| time.clone(), |(day, _)| day.to_owned())
    }

    /// Now, by the machine's clock.
    pub fn now() -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Time(since.map_or(0, |since| since.as_secs() as i64))
    }
}

/// A date (`2026-02-28`, which is its first moment in UTC) or a time with its zone
/// (`2026-02-27T04:00Z`, `2026-02-27T04:00:30+01:00`).
impl FromStr for Time {
    type Err = ();

    fn from_str(text: &str) -> Result<Time, ()> {
        let civil = |text: &str| text.parse::<DateTime>().map_err(|_| ());
        if !text.bytes().all(|b| b.is_ascii_digit() || b"-+:.TtZz".contains(&b)) {
            return Err(());
        }
        let (local, offset) = if let Some(local) = text.strip_suffix(['Z', 'z']) {
            (civil(local)?, Offset::UTC)
        } else if let Some(at) = text.rfind(['+', '-']).filter(|at| *at > 10) {
            (civil(&text[..at])?, offset(&text[at..])?)
        } else if text.len() == 10 {
            (text.parse::<Date>().map_err(|_| ())?.at(0, 0, 0, 0), Offset::UTC)
        } else {
            return Err(());
        };
        let zoned = TimeZone::fixed(offset).to_timestamp(local).map_err(|_| ())?;
        Ok(Time(zoned.as_second()))
    }
}

/// `+01:00` or `+0100`.
fn offset(text: &str) -> Result<Offset, ()> {
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(());
    }
    let number = |part: &str| part.parse::<i32>().map_err(|_| ());
    let seconds = number(&digits[..2])? * 3600 + number(&digits[2..])? * 60;
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).map_err(|_| ())
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a time (that belongs to it) until a time (that does not); either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Window {
    /// The first moment.
    pub from: Option<Time>,
    /// The first moment after it.
    pub until: Option<Time>,
}

impl Window {
    /// Open at both ends.
    pub fn is_always(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Whether a reply of that time falls into it. A reply whose time is not known falls into no
    /// window but the open one: a condition on what a reply lacks is false.
    pub fn holds(self, time: Option<Time>) -> bool {
        match time {
            Some(time) => self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until),
            None => self.is_always(),
        }
    }

    /// Whether some moment lies in both.
    pub fn overlaps(self, other: Window) -> bool {
        let before = |end: Option<Time>, start: Option<Time>| matches!((end, start), (Some(e), Some(s)) if e <= s);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}
