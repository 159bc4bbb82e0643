//! Nobody is refused again and again.
//!
//! A refusal now and then is a person who tried a door. Many of one day are a pipeline that has lost a right it needs, or
//! somebody who looks for a door that is open. An issuer whose certificate does not validate is one that somebody may be
//! imitating.
//!
//! Instead: see whether it is a pipeline whose grants were taken away, with `stackgate review`; if not, ask the person, and
//! revoke the token if he knows nothing of it.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "oidc-issuer-validation-failed", "description": "Validation failed", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "authFailure": true}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "auth-failure-stack-permission", "description": "Denied", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}, "authFailure": true}
//! {"timestamp": 1764000009, "event": "user-login-failed", "description": "Wrong password", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```

use stackgate_report::Level;

use crate::catalogue::Class;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};

/// How many refusals of one sort and one day are many.
const MANY: u64 = 10;

pub(super) static RULE: LogRule = LogRule {
    id: "log-refused",
    level: Level::Medium,
    text: include_str!("refused.rs"),
    check: Check::Each { classes: &[Class::Refused], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    let level = if seen.event.slug == "oidc-issuer-validation-failed" { Level::Medium } else { Level::Notice };
    Hit::new(level, "")
}

fn tell(hits: &Hits<'_>) -> Words {
    let what = match hits.slug {
        "oidc-issuer-validation-failed" => "the certificate of an issuer did not validate",
        "user-login-failed" => "a login failed",
        "environment-unauthorized-open" | "auth-failure-environment" => "an environment was refused",
        "auth-failure-stack-permission" => "a stack was refused",
        "auth-failure-organization-role" => "an act that needs another role was refused",
        _ => "something was refused",
    };
    let level = if hits.count >= MANY { hits.level.max(Level::Medium) } else { hits.level };
    let times = if hits.count == 1 { "once".to_owned() } else { format!("{} times", hits.count) };
    Words {
        level,
        message: format!("{what}, {times} in one day, to {}", hits.who),
        help: "see with `stackgate review` whether a grant is missing; if not, ask who it was, and revoke the token"
            .into(),
    }
}
