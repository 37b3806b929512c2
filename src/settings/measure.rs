//! Sizes and times as people write them.

use std::time::Duration;

/// `512KiB`, `16MiB`, `1GiB`.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is no size such as 512KiB or 16MiB");
    let units = [("KiB", 1_usize << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|number| (number, *unit)))
        .ok_or_else(wrong)?;
    number.trim().parse::<usize>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0).ok_or_else(wrong)
}

/// `20ms`, `60s`, `5m`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time such as 20ms or 60s");
    let units = [("ms", 1_u64), ("s", 1_000), ("m", 60_000)];
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|number| (number, *unit)))
        .ok_or_else(wrong)?;
    let milliseconds = number.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0);
    milliseconds.map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{bytes, time};
    use std::time::Duration;

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(bytes("16MiB"), Ok(16 << 20));
        assert_eq!(bytes("512 KiB"), Ok(512 << 10));
        assert_eq!(time("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(time("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "16", "16MB", "-1MiB", "0MiB", "99999999999999999999GiB", "9999999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "20", "0ms", "1.5s", "1h", "99999999999999999999s"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
