//! A job's identity mints the tokens of its team, and no others.
//!
//! stackgate's policies mint team tokens alone. An organization token reaches what every member reaches, and everything
//! where a policy lets it be admin; a personal token is a person; a runner token takes the deployments of others. None of
//! them is minted unless somebody added a policy that no spec asks for.
//!
//! Instead: look at which policy minted it (`stackgate review` shows the policies that are not declared), take the policy
//! away, and look through what the token did while it lived.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "organization-token-created-for-oidc-issuer", "description": "Created", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "team-token-created-for-oidc-issuer", "description": "Created a token of team \"intruders\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "team-token-created-for-oidc-issuer", "description": "Created a token of team \"shop-production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}}
//! {"timestamp": 1764000060, "event": "team-token-created-for-oidc-issuer", "description": "A registered OIDC issuer exchanged a token for a team access token.", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}}
//! ```

use stackgate_report::Level;
use stackgate_trust::TokenType;

use crate::catalogue::Class;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::UNNAMED;

pub(super) static RULE: LogRule = LogRule {
    id: "log-token-kind",
    level: Level::High,
    text: include_str!("token_kind.rs"),
    check: Check::Each { classes: &[Class::Exchange], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    let (kind, level) = match &*seen.event.slug {
        "organization-token-created-for-oidc-issuer" => (TokenType::Organization, Level::High),
        "personal-token-created-for-oidc-issuer" => (TokenType::Personal, Level::High),
        "deployment-runner-token-created-for-oidc-issuer" => (TokenType::Runner, Level::Medium),
        _ => {
            let name = team(&seen.event.description)?;
            return if seen.context.is_team(name) { None } else { Hit::new(Level::High, name) };
        }
    };
    if seen.context.mints(kind) { None } else { Hit::new(level, "") }
}

/// The team that a description names, where it does: `team "NAME"`.
fn team(description: &str) -> Option<&str> {
    let (_, rest) = description.split_once("team \"")?;
    rest.split_once('"').map(|(name, _)| name).filter(|name| !name.is_empty())
}

fn tell(hits: &Hits<'_>) -> Words {
    let what = match hits.slug {
        "organization-token-created-for-oidc-issuer" => "an organization token".to_owned(),
        "personal-token-created-for-oidc-issuer" => "a personal token".to_owned(),
        "deployment-runner-token-created-for-oidc-issuer" => "a deployment runner's token".to_owned(),
        _ => format!("a token of team `{}`, which no spec declares,", hits.object),
    };
    let by = if hits.who == UNNAMED { String::new() } else { format!(" for {}", hits.who) };
    Words {
        level: hits.level,
        message: format!("an OIDC identity minted {what}{by}; no declared policy does"),
        help: "find the policy with `stackgate review`, take it away, and look through what the token did".into(),
    }
}
