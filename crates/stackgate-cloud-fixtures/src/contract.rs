//! Answers held against Pulumi Cloud's OpenAPI document.
//!
//! What must hold: each question of a review, of the audit log and of the deployments has its schema; only answers with
//! status 200 have a form.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use stackgate_fixtures::Schemas;

/// What is wrong with the body of a good answer to this question.
pub fn faults(path: &str, body: &Value) -> Vec<String> {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    let schemas =
        SCHEMAS.get_or_init(|| Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/rest.json")));
    match schema(path) {
        Some(schema) => schemas.faults(schema, body).into_iter().map(|fault| format!("{path}: {fault}")).collect(),
        None => vec![format!("{path}: there is no schema for this question")],
    }
}

/// The schema of the answer to a question.
fn schema(path: &str) -> Option<&'static str> {
    let route = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = route.strip_prefix("/api/")?.split('/').collect();
    Some(match parts[..] {
        ["orgs", _, "metadata"] => "OrganizationMetadata",
        ["orgs", _, "members"] => "ListOrganizationMembersResponse",
        ["orgs", _, "teams"] => "ListTeamsResponse",
        ["orgs", _, "teams", _] => "Team",
        ["orgs", _, "tokens"] | ["orgs", _, "teams", _, "tokens"] => "ListAccessTokensResponse",
        ["orgs", _, "oidc", "issuers"] => "ListOidcIssuersResponse",
        ["orgs", _, "auth", "policies", "oidcissuers", _] => "AuthPolicy",
        ["orgs", _, "roles"] => "ListRolesResponse",
        ["orgs", _, "auditlogs", "v2"] => "ResponseAuditLogs",
        ["orgs", _, "deployments"] => "ListDeploymentResponseV2",
        ["user", "stacks"] => "AppListStacksResponse",
        ["stacks", _, _, _, "collaborators"] => "ListStackCollaboratorsResponse",
        ["stacks", _, _, _, "deployments", "settings"] => "DeploymentSettings",
        ["esc", "environments", _] => "ListEnvironmentsResponse",
        ["esc", "environments", _, _, _, "metadata"] => "EnvironmentMetadata",
        ["esc", "environments", _, _, _, "settings"] => "EnvironmentSettings",
        ["change-gates", _] => "ListChangeGatesResponse",
        _ => return None,
    })
}
