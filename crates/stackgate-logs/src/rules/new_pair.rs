//! Who opens which environment stays as it was.
//!
//! Pipelines open the same environments every day. Somebody who opens one that he never opened has a new task, a new right,
//! or somebody else's token. What a spec grants is told as a notice, anything else as a finding. For the first week of a log
//! everything is new: nothing is said, and it is learnt.
//!
//! Instead: see whether the spec changed. If not, ask who it was; a state file (`--state`) keeps what was learnt, so that
//! each pair is told once.
//!
//! ```jsonl events bad
//! {"timestamp": 1763000000, "event": "environment-open", "description": "Opened environment \"shop/dev\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-preview"}
//! {"timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/dev\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1763000000, "event": "environment-open", "description": "Opened environment \"shop/dev\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/dev\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"timestamp": 1763000009, "event": "environment-open", "description": "Opened environment \"shop/dev\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-preview"}
//! ```

use stackgate_report::Level;

use crate::context::{Context, May};
use crate::finding::LogFinding;
use crate::ledger::Ledger;
use crate::rule::{Check, LogRule};
use crate::time::DAY;

pub(super) static RULE: LogRule =
    LogRule { id: "log-new-pair", level: Level::Low, text: include_str!("new_pair.rs"), check: Check::End(check) };

fn check(rule: &'static LogRule, ledger: &Ledger, context: &Context) -> Vec<LogFinding> {
    let Some((begin, _)) = ledger.past.span.or(ledger.span) else { return Vec::new() };
    let learnt = begin.saturating_add(i64::from(context.settings.learning_days) * DAY);
    let mut found = Vec::new();
    for ((who, environment), pair) in &ledger.pairs {
        let Some(first) = pair.evidence.first.first() else { continue };
        let (who, environment) = (ledger.names.get(*who), ledger.names.get(*environment));
        let known = ledger.past.opened.get(who).is_some_and(|all| all.contains(environment));
        if known || first.timestamp < learnt {
            continue;
        }
        let level = match (pair.granted, context.production(environment)) {
            (May::Yes | May::Unknown, _) => Level::Notice,
            (May::No, Some(true)) => Level::Medium,
            (May::No, _) => Level::Low,
        };
        let granted = match pair.granted {
            May::Yes => "a spec grants it",
            May::Unknown => "whether a spec grants it cannot be told from here",
            May::No => "no spec grants it",
        };
        found.push(LogFinding {
            rule,
            level,
            timestamp: first.timestamp,
            message: format!("{who} opened environment `{environment}` for the first time; {granted}"),
            help: "see whether the spec changed; if not, ask who it was".into(),
            known_by: format!("{who} {environment}"),
            evidence: pair.evidence.clone(),
        });
    }
    found
}
