//! Deployment settings as they are read back after the access program, or its script, has set them.
//!
//! What must hold: what was never set is absent, and nothing is null. Source: `DeploymentSettings` of Pulumi Cloud's
//! OpenAPI document.

use serde_json::{Value, json};
use stackgate_plan::Deployments;

/// The body of `GET …/deployments/settings`.
pub(crate) fn settings(settings: &Deployments) -> Value {
    let mut operation = json!({
        "options": {
            "skipInstallDependencies": settings.skip_install,
            "skipIntermediateDeployments": settings.skip_intermediate,
        },
    });
    if !settings.pre_run.is_empty() {
        operation["preRunCommands"] = json!(settings.pre_run);
    }
    if !settings.stored_cloud().is_empty() {
        operation["oidc"] = settings.stored_cloud().wire();
    }
    if let Some(role) = &settings.role {
        operation["role"] = json!({ "id": role });
    }
    let mut vcs = json!({
        "provider": settings.source.vcs,
        "repository": settings.source.repository,
        "deployCommits": settings.deploys_commits(),
        "previewPullRequests": settings.preview,
        "pullRequestTemplate": false,
    });
    if !settings.paths.is_empty() {
        vcs["paths"] = json!(settings.paths);
    }
    let mut body = json!({
        "operationContext": operation,
        "source": if settings.role.is_some() { "api" } else { "provider" },
        "sourceContext": { "git": {
            "branch": format!("refs/heads/{}", settings.source.branch),
            "repoDir": settings.source.directory,
        } },
        "vcs": vcs,
        "version": 1,
    });
    if let Some(pool) = &settings.agent_pool {
        body["agentPoolID"] = json!(pool);
    }
    if let Some(image) = &settings.image {
        body["executorContext"] = json!({ "executorImage": { "reference": image } });
    }
    body
}
