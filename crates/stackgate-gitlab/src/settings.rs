//! What the project's settings must be, for a program that holds them.
//!
//! What must hold: an environment is among them only where GitLab can protect it. Deliberately absent: what Pulumi's provider
//! for GitLab cannot hold without taking the whole project over; the checklist has it.

use stackgate_provider::plan::{Plan, Trigger};
use stackgate_provider::{CiEnvironment, CiEnvironmentKind, CiProtection, CiSettings};

use crate::options::Options;
use crate::{ID, trust, words};

pub(crate) fn settings(plan: &Plan, options: &Options) -> Option<CiSettings> {
    plan.stages_of(ID).next()?;
    let project = options.project_id.as_ref()?.value.to_string();
    let protection = CiProtection { repository: project.clone(), code_owners: options.premium(), check: None };
    let mut settings = CiSettings {
        provider: ID.into(),
        url: options.url().to_owned(),
        project,
        title: options.repository.as_ref()?.value.clone(),
        branch: plan.branch.clone(),
        protection: Some(protection),
        environments: Vec::new(),
    };
    for stage in words::stages(plan, Trigger::Push).into_iter().filter(|stage| trust::protected(options, stage)) {
        let Some(name) = &stage.environment else { continue };
        settings.add(CiEnvironment {
            kind: CiEnvironmentKind::Environment,
            name: name.clone(),
            id: None,
            approval: true,
            lock: false,
            definition: None,
            timeout_minutes: None,
        });
    }
    Some(settings)
}
