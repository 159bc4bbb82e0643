//! What the auditor's team may read, all over the organization: the scopes of its custom role.
//!
//! What must hold: each scope is one of the enumeration in Pulumi Cloud's OpenAPI document, and reads; none of them decrypts,
//! opens, exports or changes anything. That is why the team gets no permission on stacks: `read` there decrypts their secrets
//! (Pulumi's permission sets, "Stack Read"). Deliberately absent: a scope for change gates, of which the document has none.

/// In the order of the document.
const AUDIT: &[&str] = &[
    "stack:list",
    "stack:read",
    "stack_deployment:read",
    "stack_deployment_settings:read",
    "stack_access:read",
    "stack_schedule:read",
    "audit_logs:read",
    "org_member_access:read",
    "org_member:read",
    "org_token:read",
    "auth_policies:read",
    "oidc_issuers:read",
    "deployments:read",
    "environment:list",
    "environment:read",
    "environment_settings:read",
    "environment_access:read",
    "team:list",
    "team:read",
    "team:list_tokens",
    "role:read",
];

/// Whether a scope is one of the auditor's.
pub(crate) fn is_audit(scope: &str) -> bool {
    AUDIT.contains(&scope)
}

/// The scopes of the auditor's role.
#[must_use]
pub(crate) fn audit() -> Vec<String> {
    AUDIT.iter().map(|scope| (*scope).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_is_pulumi_clouds_own_and_reads() {
        let known: serde_json::Value = serde_json::from_str(include_str!("../tests/schemas/scopes.json")).unwrap();
        let known = known["Scope"]["enum"].as_array().unwrap();
        assert!(known.len() > 150);
        for scope in AUDIT {
            assert!(known.iter().any(|one| one == scope), "{scope} is none of Pulumi Cloud's");
            let verb = scope.rsplit(':').next().unwrap();
            assert!(["read", "list", "list_tokens"].contains(&verb), "{scope} does more than read");
        }
        let more: Vec<&str> =
            AUDIT.iter().copied().filter(|one| one.contains("ai_") || one.contains("cache")).collect();
        assert!(more.is_empty() && AUDIT.is_sorted_by_key(|one| known.iter().position(|known| known == one)));
    }
}
