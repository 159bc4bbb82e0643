//! GitHub: environments that admit one branch, and the protection of that branch.
//!
//! What must hold: an environment of production has reviewers, and nobody reviews their own run. Source: pulumi-github's
//! schema, and GitHub's documentation of environments and protected branches.

use stackgate_provider::CiSettings;

use super::{GitHubReviewers, base, numbers, owner, resource};
use crate::render::yaml::{Node, map, text};

/// Source: pulumi/pulumi-github, tag v6.15.0 of 2026-08-14.
pub(super) const VERSION: &str = "6.15.0";

pub(super) fn resources(settings: &CiSettings, reviewers: &GitHubReviewers) -> Vec<(String, Node)> {
    let (_, repository) = owner(settings);
    let base = base(settings);
    let mut resources = Vec::new();
    for environment in &settings.environments {
        let name = format!("{base}/environment/{}", environment.name);
        let policy = map([("protectedBranches", Node::Flag(false)), ("customBranchPolicies", Node::Flag(true))]);
        let place = map([("repository", text(repository)), ("environment", text(&environment.name))]);
        let approval = environment.approval.then(|| {
            let teams = (!reviewers.teams.is_empty()).then(|| numbers(&reviewers.teams));
            let users = (!reviewers.users.is_empty()).then(|| numbers(&reviewers.users));
            Node::List(vec![map([]).with("teams", teams).with("users", users)])
        });
        let properties = place
            .clone()
            .with("deploymentBranchPolicy", Some(policy))
            .with("canAdminsBypass", Some(Node::Flag(false)))
            .with("preventSelfReview", approval.is_some().then_some(Node::Flag(true)))
            .with("reviewers", approval);
        resources.push((name.clone(), resource("github:RepositoryEnvironment", settings, properties, None)));
        let branch = place.with("branchPattern", Some(text(&settings.branch)));
        let branch = resource("github:RepositoryEnvironmentDeploymentPolicy", settings, branch, Some(&name));
        resources.push((format!("{name}/branch"), branch));
    }
    if let Some(protection) = &settings.protection {
        let review = map([
            ("requiredApprovingReviewCount", Node::Number(1)),
            ("requireCodeOwnerReviews", Node::Flag(protection.code_owners)),
            ("dismissStaleReviews", Node::Flag(true)),
        ]);
        let checks = protection.check.as_ref().map(|check| {
            Node::List(vec![map([("strict", Node::Flag(false)), ("contexts", Node::List(vec![text(check)]))])])
        });
        let properties = map([
            ("repositoryId", text(repository)),
            ("pattern", text(&settings.branch)),
            ("enforceAdmins", Node::Flag(true)),
            ("allowsForcePushes", Node::Flag(false)),
            ("allowsDeletions", Node::Flag(false)),
            ("requiredPullRequestReviews", Node::List(vec![review])),
        ])
        .with("requiredStatusChecks", checks);
        let name = format!("{base}/branch/{}", settings.branch);
        resources.push((name, resource("github:BranchProtection", settings, properties, None)));
    }
    resources
}
