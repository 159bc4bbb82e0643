//! Stacks and ESC environments, and what is asked of those that are declared.
//!
//! Source: `AppStackSummary`, `DeploymentSettings`, `ListStackCollaboratorsResponse`, `OrgEnvironment`,
//! `EnvironmentMetadata` and `ChangeGate` of Pulumi Cloud's OpenAPI document.

use indexmap::IndexMap;

use super::ask::{List, each, known, one, one_or_none, pages};
use super::field::{At, Fault};
use super::{Progress, Wanted, not_asked, put, sorted};
use crate::actual::{Approver, Creator, DeploymentSettings, Environment, Gate, GateAction, Stack, Unknown};
use crate::api::Api;
use crate::{path, secret};

pub(super) fn stacks(
    api: &dyn Api,
    wanted: &Wanted,
    progress: &mut dyn Progress,
) -> Result<IndexMap<String, Stack>, Unknown> {
    let org = wanted.origin.organization.as_str();
    progress.at("stacks", 0, 1);
    let mut stacks = IndexMap::new();
    pages(api, &List { path: &path::stacks(org), token: "continuationToken" }, |page| {
        for at in page.list("stacks")? {
            // The list is of the token's owner, so that it must say whose stack each is.
            if at.name("orgName")? != org {
                continue;
            }
            let name = format!("{}/{}", at.name("projectName")?, at.name("stackName")?);
            let stack = Stack {
                last_update: at.opt_seconds("lastUpdate")?,
                creator: not_asked(path::collaborators(org, &name)),
                deployment: not_asked(path::deployment_settings(org, &name)),
            };
            put(&mut stacks, &at, name, stack)?;
        }
        Ok(())
    })?;
    let asked: Vec<&String> = wanted.stacks.iter().filter(|name| stacks.contains_key(*name)).collect();
    let answers = each(
        &asked,
        |name| (known(creator(api, org, name)), known(deployment(api, org, name))),
        |done| progress.at("stacks", done, asked.len()),
    );
    for (name, (creator, deployment)) in asked.into_iter().zip(answers) {
        if let Some(stack) = stacks.get_mut(name) {
            (stack.creator, stack.deployment) = (creator, deployment);
        }
    }
    Ok(sorted(stacks))
}

fn creator(api: &dyn Api, org: &str, stack: &str) -> Result<Option<Creator>, Unknown> {
    one(api, &path::collaborators(org, stack), |at| {
        Ok(at.opt_text("stackCreatorUserName")?.map(|login| Creator { login }))
    })
}

/// The settings; 404 is how the API says that there are none, for the stack itself is in the list.
fn deployment(api: &dyn Api, org: &str, stack: &str) -> Result<Option<DeploymentSettings>, Unknown> {
    one_or_none(api, &path::deployment_settings(org, stack), |at| match at.value().is_object() {
        true => Ok(DeploymentSettings { body: secret::taken_out(at.value()) }),
        false => Err(at.fault("is no object")),
    })
}

pub(super) fn environments(
    api: &dyn Api,
    wanted: &Wanted,
    progress: &mut dyn Progress,
) -> Result<IndexMap<String, Environment>, Unknown> {
    let org = wanted.origin.organization.as_str();
    progress.at("environments", 0, 1);
    let mut environments = IndexMap::new();
    pages(api, &List { path: &path::environments(org), token: "nextToken" }, |page| {
        for at in page.list("environments")? {
            // One that was deleted can be restored, but nobody can open it.
            if at.opt_text("deletedAt")?.is_some() {
                continue;
            }
            // Those that are older than projects are in one of this name.
            let project = at.opt_text("project")?.unwrap_or_else(|| "default".to_owned());
            let name = format!("{project}/{}", at.name("name")?);
            let environment = Environment {
                owner: owner(&at)?,
                deletion_protected: protected(&at)?,
                gated_actions: not_asked(path::environment_metadata(org, &name)),
                gates: not_asked(path::gates(org, &name)),
            };
            put(&mut environments, &at, name, environment)?;
        }
        Ok(())
    })?;
    let asked: Vec<(&String, bool)> = wanted
        .environments
        .iter()
        .filter_map(|name| Some((name, environments.get(name)?.deletion_protected.is_none())))
        .collect();
    let answers = each(
        &asked,
        |(name, lacks_settings)| {
            let metadata = known(one(api, &path::environment_metadata(org, name), gated_actions));
            let gates = known(gates(api, org, name));
            let settings = lacks_settings
                .then(|| one(api, &path::environment_settings(org, name), |at| at.flag("deletionProtected")).ok());
            (metadata, gates, settings.flatten())
        },
        |done| progress.at("environments", done, asked.len()),
    );
    for ((name, _), (gated_actions, gates, protected)) in asked.into_iter().zip(answers) {
        if let Some(environment) = environments.get_mut(name) {
            (environment.gated_actions, environment.gates) = (gated_actions, gates);
            environment.deletion_protected = environment.deletion_protected.or(protected);
        }
    }
    Ok(sorted(environments))
}

fn owner(at: &At) -> Result<Option<String>, Fault> {
    Ok(at.opt("ownedBy")?.map(|owner| owner.opt_text("githubLogin")).transpose()?.flatten())
}

fn protected(at: &At) -> Result<Option<bool>, Fault> {
    Ok(at.opt("settings")?.map(|settings| settings.opt_flag("deletionProtected")).transpose()?.flatten())
}

fn gated_actions(at: &At) -> Result<Vec<GateAction>, Fault> {
    // Without this key nothing is gated; the id shows that it is an answer at all.
    at.name("id")?;
    at.opt_list("gatedActions")?.unwrap_or_default().iter().map(action).collect()
}

fn action(at: &At) -> Result<GateAction, Fault> {
    Ok(match at.text()? {
        "update" => GateAction::Update,
        "open" => GateAction::Open,
        other => GateAction::Other(other.to_owned()),
    })
}

/// The gates of an environment, sorted by id.
fn gates(api: &dyn Api, org: &str, environment: &str) -> Result<Vec<Gate>, Unknown> {
    let mut gates: IndexMap<String, Gate> = IndexMap::new();
    let path = path::gates(org, environment);
    pages(api, &List { path: &path, token: "continuationToken" }, |page| {
        page.list("gates")?.iter().try_for_each(|at| {
            let gate = gate(at)?;
            put(&mut gates, at, gate.id.clone(), gate)
        })
    })?;
    Ok(sorted(gates).into_values().collect())
}

/// A gate; one whose rule is of a kind that is not known is told as one that asks for no approval.
fn gate(at: &At) -> Result<Gate, Fault> {
    let rule = at.get("rule")?;
    let approval = rule.get("ruleType")?.text()? == "approval_required";
    let mut gate = Gate {
        id: at.name("id")?,
        name: at.get("name")?.text()?.to_owned(),
        enabled: at.flag("enabled")?,
        actions: at.get("target")?.list("actionTypes")?.iter().map(action).collect::<Result<_, _>>()?,
        approvals: None,
        self_approval: true,
        reapproval: false,
        approvers: Vec::new(),
    };
    if approval {
        rule.get("numApprovalsRequired")?;
        gate.approvals = rule.opt_count("numApprovalsRequired")?;
        gate.self_approval = rule.flag("allowSelfApproval")?;
        gate.reapproval = rule.flag("requireReapprovalOnChange")?;
        gate.approvers = rule.list("eligibleApprovers")?.iter().map(approver).collect::<Result<_, _>>()?;
        gate.approvers.sort_unstable();
    }
    Ok(gate)
}

fn approver(at: &At) -> Result<Approver, Fault> {
    Ok(match at.get("eligibilityType")?.text()? {
        "team_member" => Approver::Team(at.name("name")?),
        "specific_user" => Approver::User(at.get("user")?.name("githubLogin")?),
        "has_permission_on_target" => Approver::Permission(at.get("permission")?.text()?.to_owned()),
        _ => Approver::Other(secret::taken_out(at.value()).to_string()),
    })
}
