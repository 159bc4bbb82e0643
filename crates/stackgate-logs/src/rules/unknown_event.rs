//! Every kind of event is one that this program knows.
//!
//! Pulumi Cloud gets new kinds of events. No rule here asks for one that was not known when this program was made, so that
//! it passes, whatever it says.
//!
//! Instead: read what these events say, and use a newer stackgate.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "quantum-key-exported", "description": "Exported", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "Stack Provider Open", "description": "Read", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```

use stackgate_report::Level;

use crate::context::Context;
use crate::finding::{Evidence, LogFinding};
use crate::ledger::Ledger;
use crate::rule::{Check, LogRule};

pub(super) static RULE: LogRule = LogRule {
    id: "log-event-unknown",
    level: Level::Notice,
    text: include_str!("unknown_event.rs"),
    check: Check::End(check),
};

fn check(rule: &'static LogRule, ledger: &Ledger, _: &Context) -> Vec<LogFinding> {
    let Some((timestamp, _)) = ledger.span else { return Vec::new() };
    let tell = |(slug, count): (&String, &u64)| LogFinding {
        rule,
        level: rule.level,
        timestamp,
        message: format!("{count} event{} of the unknown kind `{slug}`", if *count == 1 { "" } else { "s" }),
        help: "read what they say; a newer stackgate may know them".into(),
        known_by: slug.clone(),
        evidence: Evidence { count: *count, first: Vec::new() },
    };
    ledger.unknown.iter().map(tell).collect()
}
