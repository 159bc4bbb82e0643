//! Nobody takes far more secrets in an hour than he ever did.
//!
//! A deploy opens its environments once and decrypts its stack's secrets. Whoever copies everything that a token reaches
//! does so at once. An hour is a burst when it holds more than twenty takings of secrets and more than eight times the
//! median of the same actor's other hours; an actor with fewer than five other hours has no past, and more than a hundred
//! are a burst of his.
//!
//! Instead: see what was taken, and by which token. Rotate it unless it was a new deploy of many stacks.
//!
//! ```jsonl events bad
//! {"times": 10, "apart": 86400, "timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"times": 30, "apart": 60, "timestamp": 1764300000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.9", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! ```
//!
//! ```jsonl events good
//! {"times": 10, "apart": 86400, "timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"times": 18, "apart": 60, "timestamp": 1764300000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! ```

use std::collections::HashMap;

use stackgate_report::Level;

use crate::context::Context;
use crate::finding::{Evidence, LogFinding};
use crate::ledger::{LEAST_BURST, Ledger};
use crate::names::Name;
use crate::rule::{Check, LogRule};
use crate::time::{self, HOUR};

/// How many times the median.
const TIMES: u32 = 8;
/// How many other hours make a past.
const PAST: usize = 5;
/// What an hour without a past holds at least.
const WITHOUT_PAST: u32 = 100;

pub(super) static RULE: LogRule =
    LogRule { id: "log-burst", level: Level::Medium, text: include_str!("burst.rs"), check: Check::End(check) };

fn check(rule: &'static LogRule, ledger: &Ledger, _: &Context) -> Vec<LogFinding> {
    let mut hours: HashMap<Name, Vec<(u32, i64)>> = HashMap::new();
    for ((who, hour), count) in &ledger.hours {
        hours.entry(*who).or_default().push((*count, *hour));
    }
    let mut found = Vec::new();
    for (name, now) in hours {
        let who = ledger.names.get(name);
        let before = ledger.past.hours.get(who).map(Vec::as_slice).unwrap_or_default();
        let mut all: Vec<u32> = now.iter().map(|(count, _)| *count).chain(before.iter().copied()).collect();
        all.sort_unstable();
        for (count, hour) in now {
            if let Some(usual) = burst(&all, count) {
                let mut evidence = ledger.bursts.get(&(name, hour)).cloned().unwrap_or_default();
                evidence.count = u64::from(count);
                found.push(tell(rule, who, (count, usual), hour, evidence));
            }
        }
    }
    found
}

/// What is usual, where an hour is a burst. `all` holds every hour, in order, that one too.
fn burst(all: &[u32], count: u32) -> Option<Option<u32>> {
    let others = all.len().saturating_sub(1);
    if others < PAST {
        return (count > WITHOUT_PAST).then_some(None);
    }
    // Bursts are among the greatest: without itself, the middle of the rest is the lower middle of all.
    let median = all.get(others / 2).copied().unwrap_or_default();
    (count > LEAST_BURST.max(median.saturating_mul(TIMES))).then_some(Some(median))
}

fn tell(
    rule: &'static LogRule,
    who: &str,
    (count, usual): (u32, Option<u32>),
    hour: i64,
    evidence: Evidence,
) -> LogFinding {
    let timestamp = hour.saturating_mul(HOUR);
    let usual = match usual {
        Some(usual) => format!("his usual hour has {usual}"),
        None => "he has no past to compare with".to_owned(),
    };
    LogFinding {
        rule,
        level: rule.level,
        timestamp,
        message: format!("{who} took secrets {count} times in the hour from {}; {usual}", time::shown(timestamp)),
        help: "see what was taken and by which token; rotate it unless it was a deploy of many stacks".into(),
        known_by: format!("{who} {hour}"),
        evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::burst;

    #[test]
    fn a_burst_is_far_above_ones_own_past() {
        let mut all = vec![2, 2, 3, 3, 4, 21, 25];
        assert_eq!(burst(&all, 25), Some(Some(3)));
        assert_eq!(burst(&all, 21), None, "eight times the median are 24");
        all.truncate(4);
        assert_eq!(burst(&all, 99), None);
        assert_eq!(burst(&all, 101), Some(None));
        assert_eq!(burst(&[1, 1, 1, 1, 1, 20], 20), None);
        assert_eq!(burst(&[1, 1, 1, 1, 1, 21], 21), Some(Some(1)));
    }
}
