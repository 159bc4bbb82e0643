//! A stack is updated by its pipeline.
//!
//! The spec says which team's token deploys a stack. An update by anybody else passed no review, no gate and no preview that
//! anybody saw. The same is true of a state that is imported, and of a stack that is renamed, moved or deleted.
//!
//! Instead: look at what the update did, take the right away that made it possible, and run the pipeline once, which brings
//! the stack back to what the repository says.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"6f93fd86\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "stack-imported", "description": "Imported stack shop/production", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"6f93fd86\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"timestamp": 1764000000, "event": "stack-update-started", "description": "Started preview \"6f93fd86\" for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"6f93fd86\" for stack \"mallory/own\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```

use stackgate_plan::Tier;
use stackgate_report::Level;

use crate::catalogue::Class;
use crate::context::May;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::unknown;

pub(super) static RULE: LogRule = LogRule {
    id: "log-update-outside",
    level: Level::High,
    text: include_str!("update_outside.rs"),
    check: Check::Each { classes: &[Class::Update, Class::Stack], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    let stack = seen.stack?;
    let tier = seen.context.tier(stack)?;
    let preview = seen.class == Class::Update && seen.event.is_preview();
    let may = match preview {
        true => seen.context.may_read(seen.who, stack),
        false => seen.context.may_update(seen.who, stack),
    };
    let level = match (may, tier) {
        (May::Yes, _) => return None,
        // The log does not say that an update is a deployment's: the list of deployments does.
        _ if seen.class == Class::Update && seen.context.deployments(stack).is_some() && !seen.told => Level::Notice,
        (May::Unknown, _) => Level::Notice,
        (May::No, Tier::Production) => Level::High,
        (May::No, Tier::Development) => Level::Medium,
    };
    Hit::new(level, stack)
}

fn tell(hits: &Hits<'_>) -> Words {
    let did = match hits.slug {
        "stack-deleted" => "deleted",
        "stack-imported" => "replaced the state of",
        "stack-renamed" => "renamed",
        "stack-transferred-to-organization" => "moved",
        _ => "updated",
    };
    let (why, help) = match hits.level {
        Level::Notice if hits.context.deployments(hits.object).is_some() => (
            "; whether that was a deployment cannot be told from the log",
            "give the list of deployments with `--deployments FILE`",
        ),
        Level::Notice => ("; whether that is granted cannot be told from here", unknown(hits.who)),
        _ => (
            " outside its pipeline",
            "look at what it did, take away the right that made it possible, and run the pipeline once",
        ),
    };
    Words { level: hits.level, message: format!("{} {did} stack `{}`{why}", hits.who, hits.object), help: help.into() }
}
