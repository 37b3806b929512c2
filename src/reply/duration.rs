//! Lengths of time, as rules and replies write them.

use std::fmt;
use std::str::FromStr;

/// A length of time in whole seconds.
///
/// ```
/// use carom::Duration;
/// assert_eq!("24h".parse::<Duration>().unwrap().seconds(), 86_400);
/// assert_eq!("90s".parse::<Duration>().unwrap().to_string(), "90s");
/// assert_eq!("7d".parse::<Duration>().unwrap().to_string(), "7d");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration(u32);

const UNITS: [(&str, u32); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Duration {
    /// The longest one that rules may state: ten years.
    pub const MAX: Duration = Duration(315_360_000);

    /// That many seconds.
    pub const fn from_seconds(seconds: u32) -> Duration {
        Duration(seconds)
    }

    /// In seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// A wait that a reply asks for, as a gap of type `duration` catches it (`300 seconds`,
    /// `5 min`, `00:04:30`), clamped to between one minute and 24 hours.
    pub fn from_reply(text: &str) -> Option<Duration> {
        // It comes in the reply's own spelling, which may have wide digits or characters that nobody sees.
        let mut folded = String::new();
        super::fold(text, &mut folded);
        let text = folded.as_str();
        let seconds = if text.contains(':') {
            text.split(':').try_fold(0u64, |sum, part| part.parse::<u64>().ok().map(|n| sum * 60 + n))?
        } else {
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let unit = match text[digits..].trim_start().chars().next()?.to_ascii_lowercase() {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => return None,
            };
            text[..digits].parse::<u64>().ok()?.saturating_mul(unit)
        };
        Some(Duration(seconds.clamp(60, 86_400) as u32))
    }
}

impl FromStr for Duration {
    type Err = ();

    /// `90s`, `15m`, `24h`, `30d`, `2w`.
    fn from_str(text: &str) -> Result<Duration, ()> {
        let (digits, unit) =
            text.split_at(text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or(())?);
        let unit = UNITS.iter().find(|(name, _)| *name == unit).ok_or(())?.1;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(());
        }
        let seconds = digits.parse::<u32>().ok().and_then(|n| n.checked_mul(unit)).ok_or(())?;
        if seconds <= Self::MAX.0 { Ok(Duration(seconds)) } else { Err(()) }
    }
}

impl fmt::Display for Duration {
    /// In the largest unit that is exact; up to four days in hours, as retry schedules are written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, size): &&(&str, u32)| {
            self.0 >= *size && self.0.is_multiple_of(*size) && (*size < 86_400 || self.0 > 4 * 86_400)
        };
        let (unit, size) = UNITS[1..].iter().find(fits).unwrap_or(&("s", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl serde::Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
