//! Azure DevOps: environments, checks on them and on service connections, permission for one definition, branch policies.
//!
//! What must hold: a check names its environment by the id that the program learns when it makes it, a connection by the id
//! of the spec. Source: pulumi-azuredevops' schema, and Azure DevOps' REST reference on checks and policies.

use stackgate_provider::{CiEnvironment, CiEnvironmentKind, CiProtection, CiSettings};

use super::{base, resource};
use crate::render::yaml::{Node, map, text, texts};

/// Source: pulumi/pulumi-azuredevops, tag v3.15.0 of 2026-05-22.
pub(super) const VERSION: &str = "3.15.0";

pub(super) fn resources(settings: &CiSettings, approvers: &[String]) -> Vec<(String, Node)> {
    let mut resources = Vec::new();
    for environment in &settings.environments {
        checked(settings, environment, approvers, &mut resources);
    }
    if let Some(protection) = &settings.protection {
        policies(settings, protection, &mut resources);
    }
    resources
}

fn project(settings: &CiSettings) -> Node {
    map([("projectId", text(&settings.project))])
}

fn checked(settings: &CiSettings, environment: &CiEnvironment, approvers: &[String], out: &mut Vec<(String, Node)>) {
    let (kind, target, name) = match (&environment.kind, &environment.id) {
        (CiEnvironmentKind::Connection, Some(id)) => {
            ("endpoint", text(id), format!("{}/connection/{id}", base(settings)))
        }
        _ => {
            let name = format!("{}/environment/{}", base(settings), environment.name);
            let properties = project(settings).with("name", Some(text(&environment.name)));
            out.push((name.clone(), resource("azuredevops:Environment", settings, properties, None)));
            ("environment", Node::Property(name.clone(), "id"), name)
        }
    };
    let on = || {
        project(settings).with("targetResourceId", Some(target.clone())).with("targetResourceType", Some(text(kind)))
    };
    let mut check = |what: &str, kind: &str, properties: Node| {
        out.push((format!("{name}/{what}"), resource(&format!("azuredevops:{kind}"), settings, properties, None)));
    };
    let branch = on()
        .with("displayName", Some(text("stackgate: deploy branch")))
        .with("allowedBranches", Some(text(format!("refs/heads/{}", settings.branch))))
        .with("verifyBranchProtection", Some(Node::Flag(false)))
        .with("ignoreUnknownProtectionStatus", Some(Node::Flag(false)));
    check("branch", "CheckBranchControl", branch);
    if environment.approval {
        let approval = on()
            .with("approvers", Some(texts(approvers)))
            .with("minimumRequiredApprovers", Some(Node::Number(1)))
            .with("requesterCanApprove", Some(Node::Flag(false)))
            .with("timeout", environment.timeout_minutes.map(|minutes| Node::Number(minutes.into())));
        check("approval", "CheckApproval", approval);
    }
    if environment.lock {
        check("lock", "CheckExclusiveLock", on());
    }
    if let Some(definition) = environment.definition {
        let permission = project(settings)
            .with("resourceId", Some(target.clone()))
            .with("type", Some(text(kind)))
            .with("pipelineId", Some(Node::Number(definition)));
        check("permission", "PipelineAuthorization", permission);
    }
}

fn policies(settings: &CiSettings, protection: &CiProtection, out: &mut Vec<(String, Node)>) {
    let scopes = || {
        let scope = map([
            ("repositoryId", text(&protection.repository)),
            ("repositoryRef", text(format!("refs/heads/{}", settings.branch))),
            ("matchType", text("Exact")),
        ]);
        Node::List(vec![scope])
    };
    let mut policy = |what: &str, kind: &str, own: Node| {
        let properties = project(settings)
            .with("enabled", Some(Node::Flag(true)))
            .with("blocking", Some(Node::Flag(true)))
            .with("settings", Some(own.with("scopes", Some(scopes()))));
        let name = format!("{}/{}/branch/{}/{what}", base(settings), protection.repository, settings.branch);
        out.push((name, resource(&format!("azuredevops:{kind}"), settings, properties, None)));
    };
    let review = map([
        ("reviewerCount", Node::Number(1)),
        ("submitterCanVote", Node::Flag(false)),
        ("allowCompletionWithRejectsOrWaits", Node::Flag(false)),
        ("onPushResetApprovedVotes", Node::Flag(true)),
    ]);
    policy("review", "BranchPolicyMinReviewers", review);
    if let Some(definition) = protection.check.as_ref().and_then(|check| check.parse().ok()) {
        let build = map([
            ("displayName", text("Pulumi preview")),
            ("buildDefinitionId", Node::Number(definition)),
            ("manualQueueOnly", Node::Flag(false)),
            ("queueOnSourceUpdateOnly", Node::Flag(true)),
            ("validDuration", Node::Number(0)),
        ]);
        policy("preview", "BranchPolicyBuildValidation", build);
    }
}
