//! When to ask again, and when to end.
//!
//! What must hold: no wait is longer than what is left of the run's time; a stop is noticed within a tick; where the server
//! asks for quiet, every thread keeps it; two clients that were refused at once do not come back at once.

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Options;
use crate::api::Failure;

/// How often a wait looks whether it must end.
pub(super) const TICK: Duration = Duration::from_millis(25);
/// The longest pause that is not the server's wish.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The clock of a run.
#[derive(Debug)]
pub(super) struct Pace {
    limit: Duration,
    end: Instant,
    first_pause: Duration,
    stop: Arc<AtomicBool>,
    /// Until then the server wants to hear nothing.
    quiet: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(options: &Options) -> Pace {
        let now = Instant::now();
        // A limit beyond what the clock can hold is none that would ever be reached.
        let end = now.checked_add(options.time_limit).unwrap_or(now + Duration::from_secs(86_400 * 365));
        Pace {
            limit: options.time_limit,
            end,
            first_pause: options.first_pause,
            stop: Arc::clone(&options.stop),
            quiet: Mutex::new(None),
        }
    }

    /// Whether the run may go on.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.left().map(drop)
    }

    /// What is left of the run's time.
    pub(super) fn left(&self) -> Result<Duration, Failure> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped("the run was stopped".to_owned()));
        }
        match self.end.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Failure::Stopped(format!("the time limit of {} was reached", shown(self.limit)))),
        }
    }

    /// Keeps what the server asked for with `Retry-After`.
    pub(super) fn heed(&self, after: Option<Duration>) {
        let Some(until) = after.and_then(|after| Instant::now().checked_add(after)) else { return };
        let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        *quiet = Some(quiet.map_or(until, |there| there.max(until)));
    }

    /// Waits until the server wants to hear something; ends at once where that is beyond the run's time.
    pub(super) fn quiet(&self) -> Result<(), Failure> {
        loop {
            self.check()?;
            let until = *self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let Some(until) = until.filter(|until| *until > now) else { return Ok(()) };
            if until > self.end {
                return Err(Failure::Stopped(format!(
                    "the server asks for a pause of {}, longer than the time limit of {} leaves",
                    shown(until - now),
                    shown(self.limit)
                )));
            }
            std::thread::sleep(TICK.min(until - now));
        }
    }

    /// Waits before the next try: twice as long each time, of which a part is chance.
    pub(super) fn pause(&self, tried: u32) -> Result<(), Failure> {
        let whole = self.first_pause.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
        let until = Instant::now() + whole.mul_f64(0.5 + chance() / 2.0);
        loop {
            self.check()?;
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return Ok(());
            };
            std::thread::sleep(TICK.min(left));
        }
    }
}

/// A number from 0 to 1. Chance comes from the keys that every hash map of the standard library has.
fn chance() -> f64 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

/// A length of time in words.
fn shown(length: Duration) -> String {
    let seconds = length.as_secs_f64().ceil();
    if seconds >= 120.0 { format!("{} minutes", (seconds / 60.0).ceil()) } else { format!("{seconds} seconds") }
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3); `now` in seconds since 1970.
pub(super) fn retry_after(value: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.trim()).ok()?;
    u64::try_from(date.as_second().saturating_sub(now)).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        assert_eq!(retry_after("7", 0), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_770), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_800), None);
        assert_eq!(retry_after("-1", 0), None);
        assert_eq!(retry_after("soon", 0), None);
    }

    #[test]
    fn chance_is_chance() {
        let numbers: std::collections::BTreeSet<u64> = (0..20).map(|_| (chance() * 1e9) as u64).collect();
        assert!(numbers.len() > 10 && numbers.iter().all(|number| *number <= 1_000_000_000));
    }
}
