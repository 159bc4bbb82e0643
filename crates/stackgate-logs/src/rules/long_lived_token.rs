//! Nobody makes a token that lives until it is deleted.
//!
//! A pipeline gets a token of minutes from its job's identity. A token of the organization or of a team that somebody makes
//! by hand works from anywhere, for whoever holds it, for as long as it was given, and is noticed by nobody when it is
//! copied.
//!
//! Instead: delete the token, and let whatever needs it mint one by OIDC. What cannot be changed yet stands in the
//! baseline, reviewed like code.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "team-token-created", "description": "Created team token \"ci\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "Organization Token Created", "description": "Created organization token \"ci\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "team-token-deleted", "description": "Deleted team token \"ci\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "ada"}}
//! {"timestamp": 1764000000, "event": "team-token-created-for-oidc-issuer", "description": "Created", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}}
//! ```

use stackgate_report::Level;

use crate::catalogue::Class;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::quoted;

pub(super) static RULE: LogRule = LogRule {
    id: "log-long-lived-token",
    level: Level::High,
    text: include_str!("long_lived_token.rs"),
    check: Check::Each { classes: &[Class::LongLived], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    Hit::new(Level::High, quoted(&seen.event.description).unwrap_or_default())
}

fn tell(hits: &Hits<'_>) -> Words {
    let whose = if hits.slug.starts_with("team") { "a team" } else { "the organization" };
    let name = if hits.object.is_empty() { String::new() } else { format!(" `{}`", hits.object) };
    Words {
        level: hits.level,
        message: format!("{} made a long-lived token{name} of {whose}", hits.who),
        help: "delete it, and mint tokens by OIDC; what must stay for now goes into the baseline".into(),
    }
}
