//! The page that a change review reads: who gets which token for what, and who may do what.
//!
//! What must hold: everything that the program and the scripts change stands here, sorted, one thing a line, so that a
//! difference reads well. Deliberately absent: JSON.

use std::fmt::Write as _;

use stackgate_plan::{DeploymentTrigger, Deployments, EnvironmentGrant, StackPermission, Tier, TrustClass};
use stackgate_trust::{Decision, Policy, is_wildcard};

use super::markdown::{code, text};
use super::script::has_production;
use super::{Options, audit, ci, production_environments, settings, sorted};
use crate::fragment::{Fragment, Issuer, Team, TeamKind};

/// Everything below the marker.
pub(super) fn body(fragment: &Fragment, options: &Options, apply: bool, bootstrap: bool) -> String {
    let organization = code(&fragment.organization);
    let mut out = format!(
        "# Access of {organization}\n\nWhat Pulumi Cloud at {} must hold. Whoever approves a change of this page approves who \
         gets a token for what.\n",
        code(&fragment.cloud_url)
    );
    how(&mut out, apply, bootstrap);
    defaults(&mut out, fragment);
    issuers(&mut out, fragment);
    stacks(&mut out, fragment);
    teams(&mut out, fragment);
    deployments(&mut out, fragment);
    gates(&mut out, fragment, options);
    ci::section(&mut out, fragment, &options.ci);
    audit::section(&mut out, &options.audit);
    out.push_str("\n## What remains\n\n");
    if fragment.residual.is_empty() {
        out.push_str("Nothing is known that the policies leave open.\n");
    }
    for sentence in &fragment.residual {
        let _ = writeln!(out, "- {}", text(sentence));
    }
    out
}

fn how(out: &mut String, apply: bool, bootstrap: bool) {
    let mut steps = vec![
        "In this folder, the teams: `pulumi up --target 'urn:pulumi:**::pulumiservice:index:Team::**'`.",
        "Everything else: `pulumi up --refresh`. Run it a second time after teams were created: whoever creates a team becomes \
         its member, and the second run takes that back.",
    ];
    if apply {
        steps.insert(1, "What no resource covers: `sh apply.sh --dry-run`, then `sh apply.sh`.");
    }
    if bootstrap {
        steps.insert(
            1,
            "Stacks that do not exist yet: `sh bootstrap.sh --dry-run`, then `sh bootstrap.sh`. A person runs it.",
        );
    }
    out.push_str(
        "\n## How it is applied\n\nBy an administrator of the organization, never by a pipeline that it trusts:\n\n",
    );
    for (index, step) in steps.iter().enumerate() {
        let _ = writeln!(out, "{}. {step}", index + 1);
    }
}

fn defaults(out: &mut String, fragment: &Fragment) {
    out.push_str("\n## Defaults of the organization\n\n");
    let Some(defaults) = &fragment.defaults else {
        out.push_str(
            "Not set here. They must be `none`: every team token carries them besides its team's permissions.\n",
        );
        return;
    };
    let stacks = defaults.stacks.map_or("nothing", permission);
    let environments = defaults.environments.map_or("nothing", |permission| permission.as_str());
    let create = if defaults.members_create_stacks { "may" } else { "may not" };
    let _ = writeln!(out, "- Every member and every team token may do to every stack: {stacks}.");
    let _ = writeln!(out, "- And to every ESC environment: {environments}.");
    let _ = writeln!(out, "- Members {create} create stacks.");
}

fn issuers(out: &mut String, fragment: &Fragment) {
    out.push_str("\n## Issuers and their policies\n");
    if fragment.issuers.is_empty() {
        out.push_str("\nNone.\n");
    }
    for (url, issuer) in sorted(&fragment.issuers) {
        issuer_section(out, url, issuer);
    }
}

fn issuer_section(out: &mut String, url: &str, issuer: &Issuer) {
    let _ = write!(
        out,
        "\n### {}: {}\n\nA token lives at most {} seconds. ",
        text(&issuer.name),
        code(url),
        issuer.max_expiration_seconds
    );
    out.push_str(match (issuer.policies.is_empty(), &issuer.jwks) {
        (true, None) => {
            "No policy: the program leaves the issuer out, and deletes it where it made it. One that was registered by hand \
             keeps its policies until you delete it.\n"
        }
        (true, Some(_)) => "No policy: nothing is applied. An issuer that is there keeps its policies until you delete it.\n",
        (false, None) => "Pulumi Cloud fetches its keys.\n",
        (false, Some(_)) => "Its keys are given, by `apply.sh`: when it changes them, they must be given anew.\n",
    });
    if let (false, Some(keys)) = (issuer.policies.is_empty(), &issuer.jwks) {
        let keys = keys["keys"].as_array().into_iter().flatten();
        let ids: Vec<String> = keys.filter_map(|key| key["kid"].as_str()).map(code).collect();
        let _ =
            writeln!(out, "\nWhoever holds one of these keys can sign any token of the issuer: {}.", ids.join(", "));
    }
    for policy in &issuer.policies {
        let _ = writeln!(out, "\n- {}", policy_words(policy));
        for (claim, pattern) in &policy.rules {
            let _ = writeln!(out, "  - {} {}", code(claim), pattern_words(pattern));
        }
    }
}

fn policy_words(policy: &Policy) -> String {
    let decision = match policy.decision {
        Decision::Allow => "Allow",
        Decision::Deny => "Deny",
    };
    let whose = [&policy.team_name, &policy.user_login, &policy.runner_id, &policy.role_id];
    let whose: Vec<String> = whose.into_iter().flatten().map(|name| code(name)).collect();
    let kind = serde_json::to_value(policy.token_type).ok();
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let more = match policy.authorized_permissions.as_slice() {
        [] => String::new(),
        more => format!(" with {}", text(&more.join(", "))),
    };
    format!("{decision} a {kind} token of {}{more} to a job in whose OIDC token:", whose.join(", "))
}

fn pattern_words(pattern: &str) -> String {
    if pattern.contains(['*', '?']) {
        let any = if pattern.chars().all(|c| c == '*') { ", which is anything" } else { "" };
        format!("matches {}{any}", code(pattern))
    } else if pattern.contains(is_wildcard) {
        format!("is {}, with any character in place of each dot", code(pattern))
    } else {
        format!("is {}", code(pattern))
    }
}

fn stacks(out: &mut String, fragment: &Fragment) {
    out.push_str("\n## Stacks\n\n| stack | tier | opens |\n| --- | --- | --- |\n");
    for (name, stack) in sorted(&fragment.stacks) {
        let tier = match stack.tier {
            Tier::Development => "development",
            Tier::Production => "**production**",
        };
        let esc: Vec<String> = stack.esc.iter().map(|esc| code(esc)).collect();
        let _ = writeln!(out, "| {} | {tier} | {} |", code(name), esc.join(", "));
    }
}

fn teams(out: &mut String, fragment: &Fragment) {
    out.push_str("\n## Teams\n");
    if fragment.teams.is_empty() {
        out.push_str("\nNone.\n");
    }
    for (name, team) in sorted(&fragment.teams) {
        let whose = match (team.kind, team.class) {
            (TeamKind::People, _) => "of people",
            (TeamKind::Pipeline, Some(TrustClass::Audit)) => "of a pipeline, for the audit",
            (TeamKind::Pipeline, Some(TrustClass::ChangeRequest)) => "of a pipeline, for change requests",
            (TeamKind::Pipeline, Some(TrustClass::Development)) => "of a pipeline, for development",
            (TeamKind::Pipeline, Some(TrustClass::Production)) => "of a pipeline, for production",
            (TeamKind::Pipeline, None) => "of a pipeline",
        };
        let _ = writeln!(out, "\n### {}, {whose}\n", code(name));
        if !team.description.is_empty() {
            let _ = writeln!(out, "{}\n", text(&team.description));
        }
        let _ = writeln!(out, "{}\n", members(team));
        out.push_str("| may | what | |\n| --- | --- | --- |\n");
        if !team.scopes.is_empty() {
            let scopes: Vec<String> = team.scopes.iter().map(|scope| code(scope)).collect();
            let _ = writeln!(
                out,
                "| role | {} | all over the organization; nothing of it decrypts, opens or changes |",
                scopes.join(", ")
            );
        }
        for (stack, granted) in sorted(&team.stacks) {
            let tier = fragment.stacks.get(stack).map(|stack| stack.tier);
            let note = match (tier, team.kind) {
                (Some(Tier::Production), TeamKind::People) if *granted > StackPermission::Read => "**past the gate**",
                (Some(Tier::Production), _) => "production",
                (Some(Tier::Development), _) => "",
                (None, _) => "of another repository",
            };
            let _ = writeln!(out, "| {} | stack {} | {note} |", permission(*granted), code(stack));
        }
        for (environment, grant) in sorted(&team.environments) {
            let _ = writeln!(
                out,
                "| {} | environment {} | {} |",
                grant.permission.as_str(),
                code(environment),
                longest(grant)
            );
        }
    }
}

fn members(team: &Team) -> String {
    match (&team.members, team.kind) {
        (_, TeamKind::Pipeline) => "No members.".into(),
        (None, TeamKind::People) => {
            "Another system keeps the team and its members: it must exist before the program runs.".into()
        }
        (Some(members), TeamKind::People) => {
            let mut members: Vec<String> = members.iter().map(|member| code(member)).collect();
            members.sort_unstable();
            if members.is_empty() { "No members.".into() } else { format!("Members: {}.", members.join(", ")) }
        }
    }
}

fn permission(permission: StackPermission) -> &'static str {
    match permission {
        StackPermission::Read => "read, secrets included",
        StackPermission::Write => "write",
        StackPermission::Admin => "admin",
    }
}

fn longest(grant: &EnvironmentGrant) -> String {
    grant.max_open_minutes.map_or_else(String::new, |minutes| format!("at most {minutes} minutes"))
}

fn deployments(out: &mut String, fragment: &Fragment) {
    if fragment.deployments.is_empty() {
        return;
    }
    out.push_str("\n## Pulumi Deployments\n");
    for settings in settings::by_stack(fragment) {
        let _ = writeln!(out, "\n### {}\n", code(&settings.reference()));
        for line in deployment(settings) {
            let _ = writeln!(out, "- {line}");
        }
    }
}

fn deployment(settings: &Deployments) -> Vec<String> {
    let source = &settings.source;
    let branch = code(&source.branch);
    let mut lines = vec![match settings.trigger {
        DeploymentTrigger::Push => format!("Deployed by Pulumi Cloud on each push to {branch}."),
        DeploymentTrigger::Rest => format!("Deployed when the pipeline asks for it, from {branch}."),
    }];
    let by = if settings.role.is_some() { "`apply.sh`, since it has a role" } else { "the program" };
    lines.push(format!(
        "Source: {} on {}, folder {}.",
        code(&source.repository),
        code(&source.vcs),
        code(&source.directory)
    ));
    let previews = if settings.preview {
        "Pull requests are previewed: their author's code runs with the stack's own token."
    } else {
        "Pull requests are not previewed."
    };
    lines.push(previews.into());
    let list = |what: &str, all: &[String]| {
        let all: Vec<String> = all.iter().map(|one| code(one)).collect();
        (!all.is_empty()).then(|| format!("{what}: {}.", all.join(", ")))
    };
    lines.extend(list("Only for changes of", &settings.paths));
    lines.extend(list("Runs before Pulumi", &settings.pre_run));
    let single = [("Image", &settings.image), ("Agent pool", &settings.agent_pool), ("Role", &settings.role)];
    lines.extend(single.into_iter().filter_map(|(what, value)| Some(format!("{what}: {}.", code(value.as_ref()?)))));
    lines.extend(clouds("Stored cloud identity", settings.stored_cloud()));
    if settings.preview_cloud.is_some() {
        lines.extend(clouds("Cloud identity that the pipeline brings to a deployment", &settings.cloud));
    }
    if let Some(drift) = &settings.drift {
        let what = if drift.remediate { "looked for and put right" } else { "looked for" };
        lines.push(format!("Drift is {what} at {}.", code(&drift.cron)));
    }
    if let Some(ttl) = &settings.ttl {
        let and = if ttl.delete_stack { ", and the stack deleted" } else { "" };
        lines.push(format!("**Destroyed** at {}{and}.", code(&ttl.at)));
    }
    for planned in &settings.schedules {
        let when = planned.cron.as_ref().or(planned.at.as_ref()).map_or_else(String::new, |when| code(when));
        lines.push(format!("{} at {when}.", code(&planned.operation)));
    }
    lines.push(format!("Settings are written by {by}."));
    lines
}

fn clouds(what: &str, clouds: &stackgate_plan::CloudIdentities) -> Vec<String> {
    let aws = clouds.aws.as_ref().map(|aws| format!("{what}: {} on AWS.", code(&aws.role_arn)));
    let azure = clouds.azure.as_ref().map(|azure| format!("{what}: application {} on Azure.", code(&azure.client_id)));
    let gcp = clouds.gcp.as_ref().map(|gcp| format!("{what}: {} on Google Cloud.", code(&gcp.service_account)));
    [aws, azure, gcp].into_iter().flatten().collect()
}

fn gates(out: &mut String, fragment: &Fragment, options: &Options) {
    if !has_production(fragment) {
        return;
    }
    out.push_str("\n## Approvals for ESC environments of production\n\n");
    let environments = production_environments(fragment);
    match &options.approvers {
        _ if environments.is_empty() => out.push_str("No production stack opens one.\n"),
        None => out.push_str("None: whoever may write to one changes what production's deploys open, at once.\n"),
        Some(approvers) => {
            let what = if options.gate_open { "changing or opening" } else { "changing" };
            for environment in environments {
                let _ = writeln!(out, "- {}: {what} it needs one approval of {}.", code(environment), code(approvers));
            }
        }
    }
}
