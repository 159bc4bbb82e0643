//! Differences of tokens, roles, stacks and environments, and what the token may not read.

use serde_json::{Value, json};
use stackgate::plan::Tier;
use stackgate_access::TeamKind;
use stackgate_cloud_fixtures::{id, instant};

use super::{Kind, Plot, kind, words};

const DAY: i64 = 86_400;

pub(super) const KINDS: &[Kind] = &[
    kind("organization-token-admin", "long-lived-token-exists", "not-declared", "critical", |plot| {
        let name = plot.take("token", names("automation"))?;
        let body = token(plot, &name, true, 0, DAY);
        plot.world.tokens.push(body);
        words([&format!("`{name}`"), "of the organization"])
    }),
    kind("organization-token", "long-lived-token-exists", "not-declared", "high", |plot| {
        let name = plot.take("token", names("reports"))?;
        let body = token(plot, &name, false, 30 * DAY, DAY);
        plot.world.tokens.push(body);
        words([&format!("`{name}`"), "of the organization"])
    }),
    kind("team-token", "long-lived-token-exists", "not-declared", "medium", |plot| {
        let name = plot.take("token", names("old-pipeline"))?;
        let team = plot.team(|team| team.kind == TeamKind::Pipeline)?;
        let body = token(plot, &name, false, 0, 2 * DAY);
        plot.world.team_tokens.insert(team.clone(), vec![body]);
        words([&format!("`{name}`"), &format!("`{team}`")])
    }),
    Kind {
        name: "token-unused",
        rule: "long-lived-token-unused",
        also: &["long-lived-token-exists"],
        class: "stale",
        level: "low",
        plant: |plot| {
            let name = plot.take("token", names("forgotten"))?;
            let body = token(plot, &name, false, 60 * DAY, 150 * DAY);
            plot.world.tokens.push(body);
            words([&format!("`{name}`")])
        },
    },
    kind("role", "role-not-declared", "not-declared", "low", |plot| {
        let name = plot.take("role", names("viewer"))?;
        let permissions = json!({ "__type": "PermissionDescriptorAllow", "permissions": ["stack:read"] });
        role(plot, &name, permissions)
    }),
    kind("role-of-administrators", "role-not-declared", "not-declared", "medium", |plot| {
        let name = plot.take("role", names("policy-editor"))?;
        let permissions = json!({ "__type": "PermissionDescriptorAllow", "permissions": ["auth_policies:update"] });
        role(plot, &name, permissions)
    }),
    kind("environment-gone", "environment-missing", "missing", "medium", |plot| {
        let name = plot.production_environment()?;
        plot.world.environments.remove(&name)?;
        plot.world.metadata_of.remove(&name)?;
        words([&format!("`{name}`"), "is not there"])
    }),
    kind("environment-unprotected", "environment-unprotected", "missing", "notice", |plot| {
        let name = plot.production_environment()?;
        plot.world.environments.get_mut(&name)?["settings"]["deletionProtected"] = json!(false);
        words([&format!("`{name}`"), "not protected"])
    }),
    kind("stack-gone", "stack-missing", "missing", "low", |plot| {
        let stack = plot.stack(Tier::Development)?;
        plot.world.stacks.remove(&stack)?;
        plot.world.collaborators.remove(&stack)?;
        words([&format!("`{stack}`"), "is not there"])
    }),
    kind("stack-not-declared", "stack-not-declared", "not-declared", "notice", |plot| {
        let stack = plot.take("stack", (1..100).map(|number| format!("sandbox/try-{number}")).collect())?;
        let (project, name) = stack.split_once('/')?;
        let body = json!({
            "id": id(&stack), "orgName": plot.world.organization, "projectName": project, "stackName": name,
            "lastUpdate": plot.world.taken - 3 * DAY, "resourceCount": 3,
        });
        plot.world.stacks.insert(stack.clone(), body);
        words([&format!("`{stack}`")])
    }),
    kind("unreadable", "review-unread", "unknown", "medium", |plot| {
        plot.once("unreadable")?;
        let team = plot.team(|team| team.kind == TeamKind::Pipeline)?;
        let path = format!("/api/orgs/{}/teams/{team}/tokens", plot.world.organization);
        plot.world.refused.push((path, 403, "missing required scope: team_tokens:list".into()));
        words([&format!("`{team}`"), "could not be read"])
    }),
];

fn names(stem: &str) -> Vec<String> {
    (1..100).map(|number| format!("{stem}-{number}")).collect()
}

/// A token that was made long ago; 0 as its end is never.
fn token(plot: &mut Plot<'_>, name: &str, admin: bool, left: i64, unused: i64) -> Value {
    let (login, taken) = (plot.person(), plot.world.taken);
    json!({
        "id": id(&format!("token {name}")),
        "name": name,
        "description": "",
        "admin": admin,
        "created": instant(taken - 300 * DAY),
        "createdBy": login,
        "expires": if left == 0 { 0 } else { taken + left },
        "lastUsed": taken - unused,
    })
}

fn role(plot: &mut Plot<'_>, name: &str, details: Value) -> Option<Vec<String>> {
    let taken = plot.world.taken;
    plot.world.roles.push(json!({
        "id": id(&format!("role {name}")),
        "orgId": id(&plot.world.organization),
        "name": name,
        "description": "",
        "resourceType": "global",
        "uxPurpose": "role",
        "details": details,
        "created": instant(taken - 90 * DAY),
        "modified": instant(taken - 90 * DAY),
        "version": 1,
        "isOrgDefault": false,
    }));
    words([&format!("`{name}`")])
}
