//! Central European time, worked out and not looked up: a plugin has no table of zones and no clock.

use std::fmt;

/// A moment, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn seconds(self) -> i64 {
        self.0
    }
}

/// As a person reads it: `2026-03-28 05:30 UTC`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let mut year = 1970 + days / 366;
        while days_before(year + 1) <= days {
            year += 1;
        }
        let mut day = days - days_before(year);
        let mut month = 1;
        while day >= days_of(year, month) {
            day -= days_of(year, month);
            month += 1;
        }
        let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
        write!(f, "{year:04}-{month:02}-{:02} {hour:02}:{minute:02} UTC", day + 1)
    }
}

/// The moment of a day of the year, from 1, and a local time.
pub(crate) fn local(year: i64, day: i64, hour: i64, minute: i64) -> Option<Moment> {
    let days = if is_leap(year) { 366 } else { 365 };
    if !(1970..=9_998).contains(&year) || !(1..=days).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    let wall = (days_before(year) + day - 1) * 86_400 + hour * 3_600 + minute * 60;
    // The hour that comes twice in autumn is read as its first time round, which is the summer's.
    let summer = wall - 7_200;
    let is_summer = (turn(year, 3)..turn(year, 10)).contains(&summer);
    Some(Moment(if is_summer { summer } else { wall - 3_600 }))
}

/// When clocks are turned in a month of 31 days: on its last Sunday, at one o'clock UTC.
fn turn(year: i64, month: i64) -> i64 {
    let last = days_before(year) + (1..=month).map(|month| days_of(year, month)).sum::<i64>() - 1;
    // 1970-01-01 was a Thursday: four days after a Sunday.
    let sunday = last - (last + 4).rem_euclid(7);
    sunday * 86_400 + 3_600
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from 1970-01-01 to the first of a year.
fn days_before(year: i64) -> i64 {
    let leap_days = |year: i64| year / 4 - year / 100 + year / 400;
    (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(year: i64, day: i64, hour: i64, minute: i64) -> String {
        local(year, day, hour, minute).map_or_else(|| "none".to_owned(), |moment| moment.to_string())
    }

    #[test]
    fn clocks_are_turned_on_the_last_sundays() {
        assert_eq!(shown(2026, 88, 1, 59), "2026-03-29 00:59 UTC");
        assert_eq!(shown(2026, 88, 3, 0), "2026-03-29 01:00 UTC");
        assert_eq!(shown(2026, 298, 2, 59), "2026-10-25 00:59 UTC");
        assert_eq!(shown(2026, 298, 3, 0), "2026-10-25 02:00 UTC");
        assert_eq!(shown(2024, 91, 3, 0), "2024-03-31 01:00 UTC");
    }

    #[test]
    fn years_have_their_days() {
        assert_eq!(shown(2028, 366, 12, 0), "2028-12-31 11:00 UTC");
        assert_eq!(shown(2026, 366, 12, 0), "none");
        assert_eq!(shown(2000, 60, 12, 0), "2000-02-29 11:00 UTC");
        assert_eq!(shown(2100, 60, 12, 0), "2100-03-01 11:00 UTC");
        assert_eq!(shown(2026, 1, 0, 30), "2025-12-31 23:30 UTC");
        assert_eq!(shown(2026, 0, 0, 0), "none");
    }
}
