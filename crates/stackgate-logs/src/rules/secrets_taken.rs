//! Production's secrets are taken by those to whom a spec grants them.
//!
//! An ESC environment that production's stacks open holds production's credentials, and so do the secrets of the stacks
//! themselves. Each spec says which team may open it. Whoever else does has a right that no spec gave, and has now read the
//! credentials.
//!
//! Instead: ask who it was. Rotate what the environment holds unless it was right, and take away the right that made it
//! possible; `stackgate review` shows where it comes from. A person who should see it is made a member of a team that may.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "secret-decrypted", "description": "Decrypted secret value for stack \"shop/production\" (cipher text suffix: \"tbpiX4c=\")", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-preview"}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
//! {"timestamp": 1764000000, "event": "environment-read", "description": "Read environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! {"timestamp": 1764000000, "event": "secret-decrypted", "description": "Decrypted secret value for stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"timestamp": 1764000000, "event": "environment-open", "description": "Opened environment \"mallory/own\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```

use stackgate_plan::Tier;
use stackgate_report::Level;

use crate::catalogue::Class;
use crate::context::May;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::unknown;

pub(super) static RULE: LogRule = LogRule {
    id: "log-secrets-taken",
    level: Level::High,
    text: include_str!("secrets_taken.rs"),
    check: Check::Each { classes: &[Class::Open, Class::Secrets], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    let (object, may, production) = match (seen.class, seen.environment, seen.stack) {
        (Class::Open, Some(name), _) => (name, seen.context.may_open(seen.who, name), seen.context.production(name)?),
        (Class::Secrets, _, Some(name)) => {
            (name, seen.context.may_read(seen.who, name), seen.context.tier(name)? == Tier::Production)
        }
        _ => return None,
    };
    let level = match (may, production) {
        (May::Yes, _) => return None,
        (May::No, true) => Level::High,
        (May::No, false) => Level::Medium,
        (May::Unknown, _) => Level::Notice,
    };
    // An environment that is opened is read then; that is one thing.
    let opened = seen.class == Class::Open
        && !matches!(&*seen.event.slug, "environment-decrypted" | "environment-oidc-token-issued");
    Some(Hit { level, as_if: opened.then_some("environment-open"), object: object.to_owned().into() })
}

fn tell(hits: &Hits<'_>) -> Words {
    let what = match hits.slug {
        "secret-decrypted" | "secrets-batch-decrypted" => "decrypted secrets of stack",
        "stack-exported" => "exported the state of stack",
        "environment-oidc-token-issued" => "minted a cloud's token through environment",
        "environment-decrypted" => "decrypted the definition of environment",
        _ => "opened environment",
    };
    let (why, help) = match hits.level {
        Level::Notice => ("; whether that is granted cannot be told from here", unknown(hits.who)),
        _ => (
            ", which no spec grants him",
            "rotate what it holds unless this was right, and take the right away; `stackgate review` shows where it comes from",
        ),
    };
    let (who, object) = (hits.who, hits.object);
    Words { level: hits.level, message: format!("{who} {what} `{object}`{why}"), help: help.into() }
}
