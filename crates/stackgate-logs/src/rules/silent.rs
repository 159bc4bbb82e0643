//! A pipeline that deploys keeps deploying.
//!
//! A stack whose updates stop has a pipeline that is broken, was switched off, or deploys from elsewhere by now. A stack is
//! silent when its last update lies further back than three times its longest pause so far and eight times its usual one,
//! and more than three days; a preview is no update, and it takes five of them to have a usual pause. `auditing.quiet_days`
//! sets a number of days instead.
//!
//! Instead: look at the pipeline's last runs. A stack that is no longer deployed is taken out of the spec.
//!
//! ```jsonl events bad
//! {"times": 8, "apart": 86400, "timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"1\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"times": 30, "apart": 86400, "timestamp": 1764000060, "event": "stack-update-started", "description": "Started preview \"1\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production-preview"}
//! {"times": 30, "apart": 86400, "timestamp": 1764000000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events good
//! {"times": 8, "apart": 86400, "timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"1\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"times": 12, "apart": 86400, "timestamp": 1764000000, "event": "user-login", "description": "Login", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```

use std::collections::BTreeMap;

use stackgate_report::Level;

use crate::context::Context;
use crate::finding::{Evidence, LogFinding, Sample};
use crate::ledger::Ledger;
use crate::rule::{Check, LogRule};
use crate::time::{self, DAY};

/// How many updates make a past.
const PAST: usize = 5;

pub(super) static RULE: LogRule =
    LogRule { id: "log-silent", level: Level::Medium, text: include_str!("silent.rs"), check: Check::End(check) };

fn check(rule: &'static LogRule, ledger: &Ledger, context: &Context) -> Vec<LogFinding> {
    let Some((_, end)) = ledger.span.or(ledger.past.span) else { return Vec::new() };
    let mut all: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (stack, times) in &ledger.past.updates {
        all.entry(stack).or_default().extend(times);
    }
    for (stack, times) in &ledger.updates {
        all.entry(ledger.names.get(*stack)).or_default().extend(times);
    }
    let mut found = Vec::new();
    for (stack, mut times) in all {
        times.sort_unstable();
        let Some(last) = times.last().copied() else { continue };
        let Some((most, usual)) = patience(&times, context.settings.quiet_days) else { continue };
        if context.tier(stack).is_none() || end.saturating_sub(last) <= most {
            continue;
        }
        let silent = time::length(end.saturating_sub(last));
        let sample = Sample {
            timestamp: last,
            slug: "stack-update-started".into(),
            who: "its last update".into(),
            ip: Box::default(),
        };
        found.push(LogFinding {
            rule,
            level: rule.level,
            timestamp: last,
            message: format!("stack `{stack}` was not updated for {silent}; {usual}"),
            help: "look at the pipeline's last runs; take the stack out of the spec if nothing deploys it any more"
                .into(),
            known_by: stack.to_owned(),
            evidence: Evidence { count: times.len() as u64, first: vec![sample] },
        });
    }
    found
}

/// How long a stack may be silent, and why.
fn patience(times: &[i64], quiet_days: Option<u32>) -> Option<(i64, String)> {
    if let Some(days) = quiet_days {
        return Some((i64::from(days) * DAY, format!("`auditing.quiet_days` is {days}")));
    }
    if times.len() < PAST {
        return None;
    }
    let mut pauses: Vec<i64> = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    pauses.sort_unstable();
    let usual = pauses.get(pauses.len() / 2).copied()?;
    let longest = pauses.last().copied()?;
    let most = longest.saturating_mul(3).max(usual.saturating_mul(8)).max(3 * DAY);
    Some((
        most,
        format!("usually it is every {}, and its longest pause was {}", time::length(usual), time::length(longest)),
    ))
}
