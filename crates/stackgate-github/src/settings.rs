//! What the repository's settings must be, for a program that holds them.
//!
//! What must hold: every environment of a deploy admits the deploy branch alone. Deliberately absent: what Pulumi's provider
//! for GitHub cannot hold, such as the settings on forks; the checklist has it.

use stackgate_provider::plan::{Plan, Trigger};
use stackgate_provider::{CiEnvironment, CiEnvironmentKind, CiProtection, CiSettings};

use crate::options::Options;
use crate::{ID, words};

/// The check that reports on every change request: the name of the job `report` in the preview's file.
const CHECK: &str = "Pulumi preview";

pub(crate) fn settings(plan: &Plan, options: &Options) -> Option<CiSettings> {
    plan.stages_of(ID).next()?;
    let repository = &options.repository.as_ref()?.value;
    let previews = !words::stages(plan, Trigger::ChangeRequest).is_empty();
    let protection =
        CiProtection { repository: repository.clone(), code_owners: true, check: previews.then(|| CHECK.to_owned()) };
    let mut settings = CiSettings {
        provider: ID.into(),
        url: "https://github.com".into(),
        project: repository.clone(),
        title: repository.clone(),
        branch: plan.branch.clone(),
        protection: Some(protection),
        environments: Vec::new(),
    };
    for stage in words::stages(plan, Trigger::Push) {
        let Some(name) = &stage.environment else { continue };
        settings.add(CiEnvironment {
            kind: CiEnvironmentKind::Environment,
            name: name.clone(),
            id: None,
            approval: stage.gate.is_some(),
            lock: false,
            definition: None,
            timeout_minutes: None,
        });
    }
    Some(settings)
}
