//! The log has no hole.
//!
//! What is not in the log was not judged. A stretch without any event, far longer than any other, is an export that
//! failed, a log that was paused, or a file that is missing; for a log that is read every night, it is a night that nobody
//! saw. A stretch is a hole when it is longer than a day and a half and more than three times as long as any other one.
//!
//! Instead: export that time again, and judge it. If there was nothing, a holiday was the reason.
//!
//! ```jsonl events bad
//! {"times": 40, "apart": 7200, "timestamp": 1764000000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"times": 40, "apart": 7200, "timestamp": 1764700000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events good
//! {"times": 40, "apart": 86400, "timestamp": 1764000000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"times": 40, "apart": 86400, "timestamp": 1767600000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```

use stackgate_report::Level;

use crate::context::Context;
use crate::finding::{Evidence, LogFinding, Sample};
use crate::ledger::Ledger;
use crate::rule::{Check, LogRule};
use crate::time::{self, HOUR};

/// The shortest hole, in hours.
const SHORTEST: i64 = 36;
/// How many times as long as any other stretch.
const TIMES: i64 = 3;
/// How many stretches make a past.
const PAST: usize = 10;

pub(super) static RULE: LogRule =
    LogRule { id: "log-gap", level: Level::Medium, text: include_str!("gap.rs"), check: Check::End(check) };

fn check(rule: &'static LogRule, ledger: &Ledger, _: &Context) -> Vec<LogFinding> {
    let before = ledger.past.span.map(|(_, last)| last.div_euclid(HOUR));
    let hours: Vec<i64> = before.into_iter().chain(ledger.active.iter().copied()).collect();
    let stretches: Vec<(i64, i64)> = hours.windows(2).map(|two| (two[0], two[1].saturating_sub(two[0]))).collect();
    let Some((from, longest)) = stretches.iter().copied().max_by_key(|(_, length)| *length) else { return Vec::new() };
    let mut rest: Vec<i64> = stretches.iter().filter(|(at, _)| *at != from).map(|(_, length)| *length).collect();
    rest.sort_unstable();
    let usual = rest.last().copied().unwrap_or(longest);
    if rest.len() < PAST || longest <= SHORTEST.max(usual.saturating_mul(TIMES)) {
        return Vec::new();
    }
    let timestamp = from.saturating_mul(HOUR);
    let end = timestamp.saturating_add(longest.saturating_mul(HOUR));
    let edge =
        |timestamp: i64, slug: &str| Sample { timestamp, slug: slug.into(), who: "anybody".into(), ip: Box::default() };
    vec![LogFinding {
        rule,
        level: rule.level,
        timestamp,
        message: format!(
            "the log holds nothing for {}, up to {}; otherwise never for more than {}",
            time::length(longest.saturating_mul(HOUR)),
            time::shown(end),
            time::length(usual.saturating_mul(HOUR)),
        ),
        help: "export that time again and judge it, or see why nothing happened".into(),
        known_by: from.to_string(),
        evidence: Evidence {
            count: 2,
            first: vec![edge(timestamp, "the last hour before"), edge(end, "the first hour after")],
        },
    }]
}
