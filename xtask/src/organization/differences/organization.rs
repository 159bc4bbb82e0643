//! Differences of the organization as a whole, and of its members' rights.

use serde_json::{Value, json};

use super::{Kind, Plot, kind, words};

pub(super) const KINDS: &[Kind] = &[
    kind("default-stacks-read", "default-permission", "widened", "medium", |plot| {
        set(plot, "defaultStackPermission", json!(101), "the default permission on stacks is `read`")
    }),
    kind("default-environments-open", "default-permission", "widened", "high", |plot| {
        let what = "the default permission on ESC environments is `open`";
        set(plot, "defaultEnvironmentPermission", json!("open"), what)
    }),
    kind("members-create-stacks", "member-rights", "widened", "medium", |plot| {
        set(plot, "membersCanCreateStacks", json!(true), "every member may create stacks")
    }),
    kind("members-delete-stacks", "member-rights", "not-declared", "low", |plot| {
        set(plot, "membersCanDeleteStacks", json!(true), "every member may delete stacks")
    }),
    kind("members-transfer-stacks", "member-rights", "not-declared", "low", |plot| {
        set(plot, "membersCanTransferStacks", json!(true), "every member may transfer stacks")
    }),
    kind("members-create-teams", "member-rights", "not-declared", "low", |plot| {
        set(plot, "membersCanCreateTeams", json!(true), "every member may create teams")
    }),
    kind("tokens-for-ever", "token-lifetime-unlimited", "not-declared", "low", |plot| {
        set(plot, "maxAccessTokenExpiryDays", json!(0), "access tokens may live for ever")
    }),
    kind("default-deployment-role", "default-role", "not-declared", "medium", |plot| {
        let role = plot.random.uuid();
        let mut place = set(plot, "defaultDeploymentRoleId", json!(role), "every deployment without a role")?;
        place.push(role);
        Some(place)
    }),
    kind("member-administrator", "organization-admin", "not-declared", "notice", |plot| {
        member(plot, "is an administrator of the organization", |body| {
            body["role"] = json!("admin");
            body["fgaRole"] =
                json!({ "id": stackgate_cloud_fixtures::id("Admin"), "name": "Admin", "modifiedAt": body["created"] });
        })
    }),
    kind("member-virtual-administrator", "organization-admin", "not-declared", "notice", |plot| {
        member(plot, "is an administrator through the system", |body| body["virtualAdmin"] = json!(true))
    }),
    kind("member-custom-role", "member-role", "not-declared", "medium", |plot| {
        let role = format!("keeper-{}", plot.random.below(1000));
        let mut place = member(plot, &role.clone(), |body| {
            body["fgaRole"]["name"] = json!(role);
            body["fgaRole"]["id"] = json!(stackgate_cloud_fixtures::id(&role));
        })?;
        place.push("custom role".into());
        Some(place)
    }),
];

fn set(plot: &mut Plot<'_>, key: &str, value: Value, what: &str) -> Option<Vec<String>> {
    plot.once(key)?;
    plot.world.metadata[key] = value;
    words([what])
}

/// Changes one ordinary member.
fn member(plot: &mut Plot<'_>, what: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
    let ordinary = plot.world.members.iter().filter(|member| member["role"] == "member");
    let logins: Vec<String> =
        ordinary.filter_map(|member| member["user"]["githubLogin"].as_str().map(str::to_owned)).collect();
    let login = plot.take("member", logins)?;
    change(plot.world.members.iter_mut().find(|member| member["user"]["githubLogin"] == *login)?);
    words([&login, what])
}
