//! GitLab: protected environments with an approval rule, and the protection of the deploy branch.
//!
//! What must hold: nobody pushes to the deploy branch. Source: pulumi-gitlab's schema, which has two forms of who may push and
//! merge: levels for the Community Edition, lists from Premium on.

use stackgate_provider::CiSettings;

use super::{GitLabApprovers, base, resource};
use crate::render::yaml::{Node, map, text};

/// Source: pulumi/pulumi-gitlab, tag v10.1.1 of 2026-07-23.
pub(super) const VERSION: &str = "10.1.1";

pub(super) fn resources(settings: &CiSettings, approvers: &GitLabApprovers) -> Vec<(String, Node)> {
    let base = base(settings);
    let mut resources = Vec::new();
    for environment in &settings.environments {
        let level = |level: &str| map([("accessLevel", text(level))]);
        let who = match approvers.group {
            Some(group) => map([("groupId", Node::Number(group))]),
            None => level("maintainer"),
        };
        let rule = environment.approval.then(|| Node::List(vec![who.with("requiredApprovals", Some(Node::Number(1)))]));
        let properties = map([
            ("project", text(&settings.project)),
            ("environment", text(&environment.name)),
            ("deployAccessLevelsAttributes", Node::List(vec![level("maintainer")])),
        ])
        .with("approvalRules", rule);
        let resource = resource("gitlab:ProjectProtectedEnvironment", settings, properties, None);
        resources.push((format!("{base}/environment/{}", environment.name), resource));
    }
    if let Some(protection) = &settings.protection {
        let project = map([
            ("project", text(&protection.repository)),
            ("branch", text(&settings.branch)),
            ("allowForcePush", Node::Flag(false)),
        ]);
        let one = |level: &str| Node::List(vec![map([("accessLevel", text(level))])]);
        let properties = if protection.code_owners {
            project
                .with("allowedToPushes", Some(one("no one")))
                .with("allowedToMerges", Some(one("maintainer")))
                .with("codeOwnerApprovalRequired", Some(Node::Flag(true)))
        } else {
            project.with("pushAccessLevel", Some(text("no one"))).with("mergeAccessLevel", Some(text("maintainer")))
        };
        let name = format!("{base}/branch/{}", settings.branch);
        resources.push((name, resource("gitlab:BranchProtection", settings, properties, None)));
    }
    resources
}
