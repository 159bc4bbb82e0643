//! Times, as logs write them and as people read them; all UTC.
//!
//! What must hold: no time of any input, however far off, makes anything fail.

use jiff::Timestamp;

/// Seconds of an hour.
pub(crate) const HOUR: i64 = 3600;
/// Seconds of a day.
pub(crate) const DAY: i64 = 24 * HOUR;

/// Reads seconds since 1970, or a time such as `2026-11-26T04:00:00Z`.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    // A time without a zone is UTC, and a day begins at midnight.
    let time: jiff::civil::DateTime = text.parse().ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp().as_second())
}

/// `2026-11-26T04:00:00Z`.
#[must_use]
pub fn shown(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// `2026-11-26`.
#[must_use]
pub fn day(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds);
    time.map_or_else(|_| seconds.to_string(), |time| time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// The Monday of the week that a time is in, at midnight. 1970 began on a Thursday.
pub(crate) fn week(seconds: i64) -> i64 {
    let days = seconds.div_euclid(DAY);
    (days - (days + 3).rem_euclid(7)).saturating_mul(DAY)
}

/// A length of time for people: `3 days`, `36 hours`.
pub(crate) fn length(seconds: i64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_ways_and_shown_in_one() {
        assert_eq!(read("1615413432"), Some(1_615_413_432));
        assert_eq!(read("2021-04-11T23:51:45Z"), Some(1_618_185_105));
        assert_eq!(read("2021-04-11"), Some(1_618_099_200));
        assert_eq!(read("2021-04-11 23:51:45.123"), Some(1_618_185_105));
        assert_eq!(read("yesterday"), None);
        assert_eq!(shown(1_618_185_105), "2021-04-11T23:51:45Z");
        assert_eq!(day(1_618_185_105), "2021-04-11");
        assert_eq!(shown(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn a_week_begins_on_monday() {
        // 2026-11-26 is a Thursday.
        let thursday = read("2026-11-26T04:00:00Z").unwrap();
        assert_eq!(day(week(thursday)), "2026-11-23");
        assert_eq!(week(week(thursday)), week(thursday));
        assert_eq!(day(week(-1)), "1969-12-29");
        let _ = (week(i64::MIN), week(i64::MAX));
    }
}
