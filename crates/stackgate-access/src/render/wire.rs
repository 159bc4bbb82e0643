//! Bodies of Pulumi Cloud's REST API.
//!
//! What must hold: the keys are those of its OpenAPI document. Settings are merged there, so that what the spec does not
//! say is said to be null: what stood there before must not stay. Deliberately absent: sending.

use serde_json::{Value, json};
use stackgate_plan::Deployments;

use crate::fragment::{Issuer, OrganizationDefaults};

/// The organization's defaults: `UpdateOrganizationRequest`.
pub(super) fn organization(defaults: &OrganizationDefaults) -> Value {
    json!({
        "setDefaultStackPermission": defaults.stacks.map_or(0, stackgate_plan::StackPermission::number),
        "setDefaultEnvironmentPermission":
            defaults.environments.map_or("none", stackgate_plan::EnvironmentPermission::as_str),
        "setMembersCanCreateStacks": defaults.members_create_stacks,
    })
}

/// An issuer with its keys: `OidcIssuerRegistrationRequest`. Keys are as RFC 7517 has them.
pub(super) fn issuer(url: &str, issuer: &Issuer) -> Value {
    json!({
        "name": issuer.name,
        "url": url,
        "maxExpiration": issuer.max_expiration_seconds,
        "jwks": issuer.jwks,
    })
}

/// All policies of an issuer: `AuthPolicyUpdateRequest`.
pub(super) fn policies(issuer: &Issuer) -> Value {
    json!({ "policies": issuer.policies })
}

/// The settings of a stack: `DeploymentSettingsRequest`.
pub(super) fn settings(settings: &Deployments) -> Value {
    let mut oidc = json!({ "aws": null, "azure": null, "gcp": null });
    if let (Some(all), Value::Object(given)) = (oidc.as_object_mut(), settings.stored_cloud().wire()) {
        all.extend(given);
    }
    json!({
        "agentPoolID": settings.agent_pool,
        "executorContext": settings.image.as_ref().map(|image| json!({ "executorImage": { "reference": image } })),
        "sourceContext": {
            "git": {
                "branch": format!("refs/heads/{}", settings.source.branch),
                "repoDir": settings.source.directory,
            },
        },
        "vcs": {
            "provider": settings.source.vcs,
            "repository": settings.source.repository,
            "deployCommits": settings.deploys_commits(),
            "previewPullRequests": settings.preview,
            "pullRequestTemplate": false,
            "paths": settings.paths,
        },
        "operationContext": {
            "preRunCommands": settings.pre_run,
            "options": {
                "skipInstallDependencies": settings.skip_install,
                "skipIntermediateDeployments": settings.skip_intermediate,
            },
            "oidc": oidc,
            "role": settings.role.as_ref().map(|role| json!({ "id": role })),
        },
    })
}

/// The name of an environment's gate of opening; by it a gate that is there is found again.
pub(super) fn gate_name(environment: &str) -> String {
    format!("stackgate: open {environment}")
}

/// A gate of opening: `CreateChangeGateRequest`.
pub(super) fn gate(environment: &str, approvers: &str) -> Value {
    json!({
        "name": gate_name(environment),
        "enabled": true,
        "rule": {
            "ruleType": "approval_required",
            "numApprovalsRequired": 1,
            "allowSelfApproval": false,
            "requireReapprovalOnChange": true,
            "eligibleApprovers": [{ "eligibilityType": "team_member", "teamName": approvers }],
        },
        "target": { "entityType": "environment", "actionTypes": ["open"], "qualifiedName": environment },
    })
}
