//! Pulumi Deployments runs what the spec says, from where it says.
//!
//! The spec names a stack's repository, its branch, and what starts a deployment. One from another branch or repository
//! runs code that nobody reviewed with the stack's own rights, and so does one that was told a commit in place of the
//! branch: it may be an old one, or one of a fork. One that a person starts in the console, where the spec
//! says that the pipeline does, came past the pipeline's gate.
//!
//! Instead: look at what it did, and at who may start deployments of the stack; `stackgate review` compares the settings.
//!
//! ```jsonl deployments bad
//! {"id": "d1", "version": 7, "created": "2025-11-24 16:00:00.000", "modified": "2025-11-24 16:05:00.000", "status": "succeeded", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "initiator": "console", "requestedBy": {"githubLogin": "ada"}, "updates": [{"environment": {"git.headName": "refs/heads/hotfix"}}]}
//! ```
//!
//! ```jsonl deployments bad
//! {"id": "d2", "version": 8, "created": "2025-11-24 16:00:00.000", "modified": "2025-11-24 16:05:00.000", "status": "succeeded", "projectName": "shop", "stackName": "preview", "pulumiOperation": "update", "initiator": "api", "requestedBy": {"githubLogin": "ada"}, "updates": []}
//! ```
//!
//! ```jsonl deployments bad
//! {"id": "d5", "version": 11, "created": "2025-11-24 16:00:00.000", "modified": "2025-11-24 16:05:00.000", "status": "succeeded", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "initiator": "api", "requestedBy": {"githubLogin": "shop-production"}, "updates": [{"environment": {"git.head": "4c9a1f0e6d2b", "vcs.owner": "acme", "vcs.repo": "shop"}}]}
//! ```
//!
//! ```jsonl deployments good
//! {"id": "d3", "version": 9, "created": "2025-11-24 16:00:00.000", "modified": "2025-11-24 16:05:00.000", "status": "succeeded", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "initiator": "api", "requestedBy": {"githubLogin": "shop-production"}, "updates": [{"environment": {"git.headName": "refs/heads/main", "vcs.owner": "acme", "vcs.repo": "shop"}}]}
//! {"id": "d4", "version": 10, "created": "2025-11-24 16:00:00.000", "modified": "2025-11-24 16:05:00.000", "status": "succeeded", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "preview", "initiator": "console", "requestedBy": {"githubLogin": "ada"}, "updates": []}
//! ```

use stackgate_plan::{DeploymentTrigger, Deployments, Tier};
use stackgate_report::Level;

use crate::context::{Context, May, Who};
use crate::deployment::{Deployment, Initiator};
use crate::rule::{Check, LogRule, Words};

pub(super) static RULE: LogRule = LogRule {
    id: "log-deployment-source",
    level: Level::High,
    text: include_str!("deployment_source.rs"),
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, context: &Context) -> Option<Words> {
    let tier = context.tier(&deployment.stack)?;
    // What changes nothing is held by the rights of whoever starts it.
    if matches!(deployment.operation.as_str(), "preview" | "detect-drift") {
        return None;
    }
    let level = if tier == Tier::Production { Level::High } else { Level::Medium };
    let why = match context.deployments(&deployment.stack) {
        None => Some("which no spec lets Pulumi Deployments run".to_owned()),
        Some(declared) => other(deployment, declared, context),
    }?;
    let login = if deployment.login.is_empty() { "nobody named" } else { &deployment.login };
    Some(Words {
        level,
        message: format!(
            "deployment {} ({}) of stack `{}`, started by {login}, {why}",
            deployment.version, deployment.operation, deployment.stack
        ),
        help: "look at what it did, and with `stackgate review` at who may start deployments of this stack".into(),
    })
}

/// In what a deployment differs from what is declared.
fn other(deployment: &Deployment, declared: &Deployments, context: &Context) -> Option<String> {
    let source = &declared.source;
    let branch = |name: &&String| name.strip_prefix("refs/heads/").unwrap_or(name) != source.branch;
    if let Some(name) = deployment.branches.iter().find(branch) {
        return Some(format!("ran from `{name}`; the spec says branch `{}`", source.branch));
    }
    if let Some(name) = deployment.repositories.iter().find(|name| !name.eq_ignore_ascii_case(&source.repository)) {
        return Some(format!("ran from repository `{name}`; the spec says `{}`", source.repository));
    }
    let started = deployment.started_by()?;
    // A checkout of a commit is on no branch, and the CLI tells none then. A push may be run by its commit.
    if let (Some(commit), [], false) =
        (deployment.commits.first(), deployment.branches.as_slice(), started == Initiator::Push)
    {
        return Some(format!("ran commit `{commit}`, which it was told; the spec says branch `{}`", source.branch));
    }
    let his = context.may_update(&whose(deployment, context), &deployment.stack) == May::Yes;
    let fits = match (started, declared.trigger) {
        (Initiator::Schedule, _) => {
            !declared.schedules.is_empty() || declared.drift.is_some() || declared.ttl.is_some()
        }
        (Initiator::Push, trigger) => trigger == DeploymentTrigger::Push,
        (Initiator::Rest, DeploymentTrigger::Rest) => his,
        (Initiator::Rest | Initiator::Person | Initiator::Request, _) => false,
    };
    let by = match started {
        Initiator::Push => "a push",
        Initiator::Request => "a pull request",
        Initiator::Schedule => "a schedule",
        Initiator::Rest => "the REST API",
        Initiator::Person => "a person",
    };
    let should = match declared.trigger {
        DeploymentTrigger::Push => "a push",
        DeploymentTrigger::Rest => "the pipeline, with its team's token",
    };
    (!fits).then(|| format!("came of {by} (`{}`); the spec says {should}", deployment.initiator))
}

/// Who asked for a deployment.
fn whose<'a>(deployment: &'a Deployment, context: &Context) -> Who<'a> {
    let login = deployment.login.as_str();
    if context.is_team(login) { Who::Team(login) } else { Who::Person(login) }
}
