//! The questions: which path is asked for which part, letter by letter.
//!
//! What must hold: a name from anywhere is percent-encoded, so that none can ask for something else; a saved directory, the
//! client and the fixtures write a question in one way alone. Source: Pulumi Cloud's OpenAPI document.

use std::fmt::Write as _;

/// `/api/orgs/{org}/metadata`.
pub fn metadata(org: &str) -> String {
    format!("/api/orgs/{}/metadata", encoded(org))
}

/// `/api/orgs/{org}/members?type=frontend`.
pub fn members(org: &str) -> String {
    format!("/api/orgs/{}/members?type=frontend", encoded(org))
}

/// `/api/orgs/{org}/teams`.
pub fn teams(org: &str) -> String {
    format!("/api/orgs/{}/teams", encoded(org))
}

/// `/api/orgs/{org}/teams/{team}`.
pub fn team(org: &str, team: &str) -> String {
    format!("/api/orgs/{}/teams/{}", encoded(org), encoded(team))
}

/// `/api/orgs/{org}/teams/{team}/tokens?filter=all`.
pub fn team_tokens(org: &str, team: &str) -> String {
    format!("/api/orgs/{}/teams/{}/tokens?filter=all", encoded(org), encoded(team))
}

/// `/api/orgs/{org}/tokens?filter=all`.
pub fn tokens(org: &str) -> String {
    format!("/api/orgs/{}/tokens?filter=all", encoded(org))
}

/// `/api/orgs/{org}/oidc/issuers`.
pub fn issuers(org: &str) -> String {
    format!("/api/orgs/{}/oidc/issuers", encoded(org))
}

/// `/api/orgs/{org}/auth/policies/oidcissuers/{id}`.
pub fn policies(org: &str, issuer_id: &str) -> String {
    format!("/api/orgs/{}/auth/policies/oidcissuers/{}", encoded(org), encoded(issuer_id))
}

/// `/api/orgs/{org}/roles?uxPurpose=role`.
pub fn roles(org: &str) -> String {
    format!("/api/orgs/{}/roles?uxPurpose=role", encoded(org))
}

/// `/api/user/stacks?organization={org}`.
pub fn stacks(org: &str) -> String {
    format!("/api/user/stacks?organization={}", encoded(org))
}

/// `/api/stacks/{org}/{project}/{stack}/deployments/settings`, of `project/stack`.
pub fn deployment_settings(org: &str, stack: &str) -> String {
    format!("/api/stacks/{}/{}/deployments/settings", encoded(org), encoded_pair(stack))
}

/// `/api/stacks/{org}/{project}/{stack}/collaborators`, of `project/stack`.
pub fn collaborators(org: &str, stack: &str) -> String {
    format!("/api/stacks/{}/{}/collaborators", encoded(org), encoded_pair(stack))
}

/// `/api/esc/environments/{org}`.
pub fn environments(org: &str) -> String {
    format!("/api/esc/environments/{}", encoded(org))
}

/// `/api/esc/environments/{org}/{project}/{env}/metadata`, of `project/env`.
pub fn environment_metadata(org: &str, environment: &str) -> String {
    format!("/api/esc/environments/{}/{}/metadata", encoded(org), encoded_pair(environment))
}

/// `/api/esc/environments/{org}/{project}/{env}/settings`, of `project/env`; asked where the list does not have them.
pub fn environment_settings(org: &str, environment: &str) -> String {
    format!("/api/esc/environments/{}/{}/settings", encoded(org), encoded_pair(environment))
}

/// `/api/change-gates/{org}?entityType=environment&qualifiedName={project}%2F{env}`, of `project/env`.
pub fn gates(org: &str, environment: &str) -> String {
    format!("/api/change-gates/{}?entityType=environment&qualifiedName={}", encoded(org), encoded(environment))
}

/// The audit log, oldest and newest second included. `/api/orgs/{org}/auditlogs/v2?startTime={from}&endTime={to}`.
pub fn audit_log(org: &str, from: i64, to: i64) -> String {
    format!("/api/orgs/{}/auditlogs/v2?startTime={from}&endTime={to}", encoded(org))
}

/// One page of the deployments, counted from 1. `/api/orgs/{org}/deployments?page={page}&pageSize=100`.
pub fn deployments(org: &str, page: u32) -> String {
    format!("/api/orgs/{}/deployments?page={page}&pageSize=100", encoded(org))
}

/// The same question for its next page: `continuationToken={token}` added.
pub fn next(path: &str, token: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}continuationToken={}", encoded(token))
}

/// The file of a saved directory in which the answer to this question stands; none for what is not kept in one.
pub fn file(path: &str) -> Option<&'static str> {
    let route = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = route.strip_prefix("/api/")?.split('/').collect();
    Some(match parts[..] {
        ["orgs", _, "metadata"] => "organization.jsonl",
        ["orgs", _, "members"] => "members.jsonl",
        ["orgs", _, "teams"] | ["orgs", _, "teams", _] => "teams.jsonl",
        ["orgs", _, "tokens"] | ["orgs", _, "teams", _, "tokens"] => "tokens.jsonl",
        ["orgs", _, "oidc", "issuers"] | ["orgs", _, "auth", "policies", "oidcissuers", _] => "issuers.jsonl",
        ["orgs", _, "roles"] => "roles.jsonl",
        ["user", "stacks"] | ["stacks", _, _, _, "collaborators"] => "stacks.jsonl",
        ["stacks", _, _, _, "deployments", "settings"] => "deployments.jsonl",
        ["esc", "environments", _] | ["esc", "environments", _, _, _, "metadata" | "settings"] => "environments.jsonl",
        ["change-gates", _] => "gates.jsonl",
        _ => return None,
    })
}

/// The files that a saved directory may have beside its manifest, sorted.
pub const FILES: [&str; 10] = [
    "deployments.jsonl",
    "environments.jsonl",
    "gates.jsonl",
    "issuers.jsonl",
    "members.jsonl",
    "organization.jsonl",
    "roles.jsonl",
    "stacks.jsonl",
    "teams.jsonl",
    "tokens.jsonl",
];

/// A name as one piece of a path or as the value of a query: what is not unreserved (RFC 3986, section 2.3) is encoded. `.`
/// and `..` as a whole are too, though unreserved, for a path would lose them.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let dots = matches!(name, "." | "..");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && !dots) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `project/name`, each half encoded.
fn encoded_pair(pair: &str) -> String {
    let (project, name) = pair.split_once('/').unwrap_or(("", pair));
    format!("{}/{}", encoded(project), encoded(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_piece() {
        assert_eq!(team("a/b", "x?y#z é"), "/api/orgs/a%2Fb/teams/x%3Fy%23z%20%C3%A9");
        assert_eq!(team("acme", ".."), "/api/orgs/acme/teams/%2E%2E");
        assert_eq!(collaborators("acme", "web/prod/x"), "/api/stacks/acme/web/prod%2Fx/collaborators");
    }

    #[test]
    fn a_next_page_is_a_question_of_its_own() {
        assert_eq!(next(&teams("acme"), "a=b"), "/api/orgs/acme/teams?continuationToken=a%3Db");
        assert_eq!(next(&tokens("acme"), "1"), "/api/orgs/acme/tokens?filter=all&continuationToken=1");
    }

    #[test]
    fn every_question_of_a_review_has_a_file() {
        let all = [
            metadata("o"),
            members("o"),
            teams("o"),
            team("o", "t"),
            team_tokens("o", "t"),
            tokens("o"),
            issuers("o"),
            policies("o", "1"),
            roles("o"),
            stacks("o"),
            deployment_settings("o", "p/s"),
            collaborators("o", "p/s"),
            environments("o"),
            next(&environments("o"), "x"),
            environment_metadata("o", "p/e"),
            environment_settings("o", "p/e"),
            gates("o", "p/e"),
        ];
        for path in all {
            assert!(file(&path).is_some_and(|name| FILES.contains(&name)), "{path}");
        }
        assert_eq!(file(&audit_log("o", 1, 2)), None);
    }
}
