//! Differences of what teams may do.

use serde_json::{Value, json};
use stackgate_access::TeamKind;

use super::{Kind, Plot, environment_of, kind, stack_of, words};

pub(super) const KINDS: &[Kind] = &[
    kind("stack-admin", "stack-grant-wider", "widened", "medium", |plot| {
        stack(plot, Of::Pipeline, 102, "`admin`", |grant| grant["permission"] = json!(103))
    }),
    kind("people-write", "stack-grant-wider", "widened", "high", |plot| {
        stack(plot, Of::People, 101, "`write`", |grant| grant["permission"] = json!(102))
    }),
    kind("stack-read", "stack-grant-lacking", "narrowed", "low", |plot| {
        stack(plot, Of::Pipeline, 102, "`read`", |grant| grant["permission"] = json!(101))
    }),
    kind("stack-nothing", "stack-grant-lacking", "missing", "low", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline && !team.stacks.is_empty())?;
        let gone = plot.body(&team)?["stacks"].as_array_mut()?.pop()?;
        words([&format!("`{team}`"), &stack_of(&gone), "no grant"])
    }),
    kind("stack-of-others", "stack-grant-wider", "not-declared", "high", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline && !super::deploys_production(team))?;
        let stack = plot.stack(stackgate::plan::Tier::Production)?;
        let (project, name) = stack.split_once('/')?;
        let grant = json!({ "projectName": project, "stackName": name, "permission": 102 });
        plot.body(&team)?["stacks"].as_array_mut()?.push(grant);
        words([&format!("`{team}`"), &format!("`{stack}`"), "nobody declared"])
    }),
    kind("creator", "creator-grant", "widened", "medium", |plot| {
        stack(plot, Of::Pipeline, 102, "created", |grant| grant["permission"] = json!(104))
    }),
    kind("permission-set", "permission-unknown", "unknown", "medium", |plot| {
        stack(plot, Of::Pipeline, 102, "stack-tinkerer", |grant| grant["permissionSetName"] = json!("stack-tinkerer"))
    }),
    kind("environment-write", "environment-grant-wider", "widened", "medium", |plot| {
        environment(plot, "`write`", |grant| grant["permission"] = json!("write"))
    }),
    kind("environment-of-others", "environment-grant-wider", "not-declared", "high", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::People)?;
        let name = plot.production_environment()?;
        let (project, own) = name.split_once('/')?;
        let grant =
            json!({ "projectName": project, "envName": own, "permission": "open", "maxOpenDuration": "1h0m0s" });
        plot.body(&team)?["environments"].as_array_mut()?.push(grant);
        words([&format!("`{team}`"), &format!("`{name}`"), "nobody declared"])
    }),
    kind("environment-read", "environment-grant-lacking", "narrowed", "low", |plot| {
        environment(plot, "`read`", |grant| grant["permission"] = json!("read"))
    }),
    kind("environment-nothing", "environment-grant-lacking", "missing", "low", |plot| {
        let team = plot.team(|team| team.kind == TeamKind::Pipeline && !team.environments.is_empty())?;
        let gone = plot.body(&team)?["environments"].as_array_mut()?.pop()?;
        words([&format!("`{team}`"), &environment_of(&gone), "`none`"])
    }),
    kind("open-longer", "open-duration", "widened", "low", |plot| {
        environment(plot, "not", |grant| grant["maxOpenDuration"] = json!("26h0m0s"))
    }),
    kind("open-for-ever", "open-duration", "widened", "low", |plot| {
        environment(plot, "no limit", |grant| grant["maxOpenDuration"] = json!(""))
    }),
    kind("open-shorter", "open-duration", "narrowed", "low", |plot| {
        environment(plot, "not", |grant| grant["maxOpenDuration"] = json!("5m0s"))
    }),
];

/// Whose team.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    People,
    Pipeline,
}

/// Changes one grant on a stack that has that permission.
fn stack(plot: &mut Plot<'_>, of: Of, had: u32, what: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
    let kind = if of == Of::People { TeamKind::People } else { TeamKind::Pipeline };
    let team =
        plot.team(|team| team.kind == kind && team.stacks.values().any(|permission| permission.number() == had))?;
    let grant = plot.grant(&team, "stacks", |grant| grant["permission"] == had)?;
    let stack = stack_of(grant);
    change(grant);
    words([&team, &format!("`{stack}`"), what])
}

/// Changes one grant of opening.
fn environment(plot: &mut Plot<'_>, what: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
    let team = plot.team(|team| team.kind == TeamKind::Pipeline && !team.environments.is_empty())?;
    let grant = plot.grant(&team, "environments", |grant| grant["permission"] == "open")?;
    let name = environment_of(grant);
    change(grant);
    words([&format!("`{team}`"), &format!("`{name}`"), what])
}
