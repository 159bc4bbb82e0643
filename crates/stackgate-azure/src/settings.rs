//! What the project's settings must be, for a program that holds them.
//!
//! What must hold: every environment and every service connection of a deploy admits the deploy branch and one definition
//! alone. Deliberately absent: the definitions and the connections themselves, which the checklist asks for.

use stackgate_provider::plan::{Action, Plan, Stage, Trigger};
use stackgate_provider::{CiEnvironment, CiEnvironmentKind, CiProtection, CiSettings};

use crate::options::{Host, Options};
use crate::{ID, words};

/// An approval that waits longer than a day holds every other deploy back, since a run waits for the one before.
const DAY: u32 = 24 * 60;

pub(crate) fn settings(plan: &Plan, options: &Options) -> Option<CiSettings> {
    plan.stages_of(ID).next()?;
    let organization = &options.organization.as_ref()?.value;
    let previews = !words::stages(plan, Trigger::ChangeRequest).is_empty();
    let check = options.preview_definition_id.as_ref().filter(|_| previews).map(|id| id.value.to_string());
    let repository = options.repository_id.as_ref()?.value.clone();
    // GitHub keeps its own rules, and only the organization knows whether another program holds them.
    let here = options.host() == Host::AzureRepos;
    let mut settings = CiSettings {
        provider: ID.into(),
        url: format!("https://dev.azure.com/{organization}"),
        project: options.project_id.as_ref()?.value.clone(),
        title: format!("{organization}/{}", options.project.as_ref()?.value),
        branch: plan.branch.clone(),
        protection: here.then_some(CiProtection { repository, code_owners: false, check }),
        environments: Vec::new(),
    };
    for stage in words::stages(plan, Trigger::Push) {
        if let Some(name) = &stage.environment {
            let lock = stage.lock.is_some();
            settings.add(of(options, CiEnvironmentKind::Environment, name, None, stage.gate.is_some(), lock));
        }
        connection(options, stage, &mut settings);
    }
    Some(settings)
}

fn connection(options: &Options, stage: &Stage, settings: &mut CiSettings) {
    let Some(connection) = options.connection(stage) else { return };
    let deploys = stage.action == Action::Deploy;
    let id = connection.id.value.to_ascii_lowercase();
    settings.add(of(options, CiEnvironmentKind::Connection, &connection.name.value, Some(id), deploys, deploys));
}

fn of(
    options: &Options,
    kind: CiEnvironmentKind,
    name: &str,
    id: Option<String>,
    approval: bool,
    lock: bool,
) -> CiEnvironment {
    CiEnvironment {
        kind,
        name: name.to_owned(),
        id,
        approval,
        lock,
        definition: options.deploy_definition_id.as_ref().map(|id| id.value),
        timeout_minutes: (approval && options.batch()).then_some(DAY),
    }
}
