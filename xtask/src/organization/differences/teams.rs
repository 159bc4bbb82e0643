//! Differences of teams and of who is in them.

use serde_json::json;
use stackgate_access::{Team, TeamKind};

use super::{Kind, Plot, kind, user, words};

pub(super) const KINDS: &[Kind] = &[
    kind("team-not-declared", "team-not-declared", "not-declared", "high", |plot| {
        let stack = plot.stack(stackgate::plan::Tier::Production)?;
        let (project, name) = stack.split_once('/')?;
        let team = plot.take("team", (1..100).map(|number| format!("helpers-{number}")).collect())?;
        let login = plot.person();
        let mut member = user(&login);
        member["role"] = json!("member");
        let body = json!({
            "kind": "pulumi", "name": team, "displayName": team, "description": "", "members": [member],
            "stacks": [{ "projectName": project, "stackName": name, "permission": 102 }],
            "environments": [], "accounts": [], "roleIds": [], "userRole": "none",
        });
        plot.world.teams.insert(team.clone(), body);
        words([&format!("`{team}`")])
    }),
    kind("pipeline-team-missing", "team-missing", "missing", "medium", |plot| missing(plot, TeamKind::Pipeline)),
    kind("people-team-missing", "team-missing", "missing", "medium", |plot| missing(plot, TeamKind::People)),
    kind("pipeline-team-member", "pipeline-team-member", "widened", "medium", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline)?;
        let login = plot.person();
        join(plot, &team, &login, "member")
    }),
    kind("people-member-added", "team-member", "widened", "medium", |plot| {
        let team = plot.team(kept)?;
        let free = |login: &String, plot: &Plot<'_>| {
            plot.declared.teams[&team].members.as_ref().is_some_and(|members| !members.contains(login))
        };
        let login = (0..50).map(|_| plot.person()).collect::<Vec<_>>().into_iter().find(|login| free(login, plot))?;
        join(plot, &team, &login, "member")
    }),
    kind("people-member-removed", "team-member", "missing", "low", |plot| {
        let team = plot.team(kept)?;
        let members = plot.body(&team)?["members"].as_array_mut()?;
        let gone = members.pop()?;
        words([gone["githubLogin"].as_str()?, &format!("`{team}`"), "is not in"])
    }),
    kind("pipeline-team-scim", "team-kind", "widened", "high", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline)?;
        plot.body(&team)?["kind"] = json!("scim");
        words([&format!("`{team}`"), "scim"])
    }),
    kind("people-team-by-hand", "team-kind", "widened", "low", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::People && team.members.is_none())?;
        plot.body(&team)?["kind"] = json!("pulumi");
        words([&format!("`{team}`"), "pulumi"])
    }),
    kind("team-administrator", "team-admin", "widened", "low", |plot| {
        let team = plot.team(kept)?;
        let member = plot.body(&team)?["members"].get_mut(0)?;
        member["role"] = json!("admin");
        let login = member["githubLogin"].as_str()?.to_owned();
        words([&login, &format!("`{team}`"), "administrator"])
    }),
    kind("team-role", "team-role", "widened", "high", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline)?;
        let role = plot.random.uuid();
        plot.body(&team)?["roleIds"] = json!([role]);
        words([&format!("`{team}`"), &role])
    }),
];

/// Whether a team's people are listed in the spec.
fn kept(team: &Team) -> bool {
    team.kind == TeamKind::People && team.members.as_ref().is_some_and(|members| members.len() > 1)
}

fn missing(plot: &mut Plot<'_>, kind: TeamKind) -> Option<Vec<String>> {
    let team = plot.team(|team| team.kind == kind)?;
    plot.world.teams.remove(&team)?;
    words([&format!("the team `{team}` is not there")])
}

fn join(plot: &mut Plot<'_>, team: &str, login: &str, role: &str) -> Option<Vec<String>> {
    let mut member = user(login);
    member["role"] = json!(role);
    plot.body(team)?["members"].as_array_mut()?.push(member);
    words([&format!("`{login}`"), &format!("`{team}`")])
}
