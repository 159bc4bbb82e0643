//! GitHub's own words for what a plan says: conditions, pins, tools, jobs' needs.
//!
//! What must hold: both the templates' context and the expected read-back use these, so that they cannot disagree about
//! what a condition is; whether the template renders it is what reading back finds out. No literal of a template here.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_provider::plan::{Action, Language, Plan, Runtime, Stage, Trigger, When};

use crate::ID;
use crate::options::{Options, RunWith};

/// Where the preview workflow goes.
pub(crate) const PREVIEW: &str = ".github/workflows/pulumi-preview.yml";

/// Where the deploy workflow goes.
pub(crate) const DEPLOY: &str = ".github/workflows/pulumi-deploy.yml";

/// The folder outside the checkout where a job keeps the CLI and its credentials.
pub(crate) const HOME: &str = "${{ runner.temp }}/stackgate";

/// From the same repository, and not by Dependabot, whose runs get no token. The author, not the actor: the actor is
/// whoever triggered last.
pub(crate) const SAME_REPOSITORY: &str = "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == \
     github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";

/// An action by commit, with the version that people read.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Pin {
    pub(crate) uses: String,
    pub(crate) version: String,
}

/// The pin of an action; the spec refuses a table without it.
pub(crate) fn pin(plan: &Plan, action: &str) -> Pin {
    let (commit, version) =
        plan.pins.actions.get(action).map_or(("", ""), |pin| (pin.commit.as_str(), pin.version.as_str()));
    Pin { uses: format!("{action}@{commit}"), version: version.into() }
}

/// A step that sets a language up.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    #[serde(flatten)]
    pub(crate) pin: Pin,
    pub(crate) inputs: BTreeMap<&'static str, String>,
}

/// The set-up step of a runtime, with its caches off; `None` for YAML, which needs none.
pub(crate) fn tool(plan: &Plan, runtime: &Runtime) -> Option<Tool> {
    let version = runtime.version.clone();
    let off = || "false".to_owned();
    let (name, action, inputs) = match runtime.language {
        Language::Nodejs => {
            ("Set up Node.js", "actions/setup-node", vec![("node-version", version), ("package-manager-cache", off())])
        }
        Language::Python => ("Set up Python", "actions/setup-python", vec![("python-version", version)]),
        Language::Go => ("Set up Go", "actions/setup-go", vec![("go-version", version), ("cache", off())]),
        Language::Dotnet => {
            ("Set up .NET", "actions/setup-dotnet", vec![("dotnet-version", version), ("cache", off())])
        }
        Language::Java => {
            ("Set up Java", "actions/setup-java", vec![("java-version", version), ("distribution", "temurin".into())])
        }
        Language::Yaml => return None,
    };
    Some(Tool { name, pin: pin(plan, action), inputs: inputs.into_iter().collect() })
}

/// Whether a stage is run by a script or by `pulumi/actions`, which cannot start a deployment.
pub(crate) fn run_with(options: &Options, stage: &Stage) -> RunWith {
    if stage.request().is_some() { RunWith::Cli } else { options.run_with() }
}

/// The condition of a deploy: the second lock behind the trigger.
pub(crate) fn deploy_condition(plan: &Plan) -> String {
    format!("github.event_name == 'push' && github.ref == 'refs/heads/{}'", plan.branch)
}

/// The condition of a preview; with path filters, it waits for what `changes` found.
pub(crate) fn preview_condition(stage: &Stage) -> String {
    if stage.paths.is_empty() {
        SAME_REPOSITORY.into()
    } else {
        format!("{SAME_REPOSITORY} && contains(needs.changes.outputs.changed, ' {} ')", stage.id)
    }
}

/// The stages that this provider runs on a trigger.
pub(crate) fn stages(plan: &Plan, trigger: Trigger) -> Vec<&Stage> {
    plan.stages_of(ID).filter(|stage| stage.trigger == trigger).collect()
}

/// The ids of the tokenless jobs that come before the stages.
pub(crate) fn before(plan: &Plan, trigger: Trigger) -> Vec<String> {
    plan.jobs_of(ID, trigger).filter(|job| job.when == When::Before).map(|job| job.id.clone()).collect()
}

/// What a stage waits for, in the order in which the file names it.
pub(crate) fn needs(plan: &Plan, stage: &Stage, preflight: bool) -> Vec<String> {
    let mut needs = Vec::new();
    if stage.trigger == Trigger::Push && preflight {
        needs.push("preflight".to_owned());
    }
    needs.extend(before(plan, stage.trigger));
    if !stage.paths.is_empty() && stage.trigger == Trigger::ChangeRequest {
        needs.push("changes".to_owned());
    }
    needs.extend(stage.after.iter().cloned());
    needs
}

/// The concurrency group of a stage in the deploy workflow. One group a stack, whatever the ref: GitHub compares groups
/// without case, and Pulumi's own lock would refuse the second anyway.
pub(crate) fn group(plan: &Plan, stage: &Stage) -> String {
    let kind = if stage.action == Action::Deploy { "deploy" } else { "preview" };
    format!("pulumi-{kind}-{}", stage.qualified(&plan.organization))
}

/// What the preflight job must find: `approval:NAME` or `branch:NAME`, one for each environment.
pub(crate) fn environments(plan: &Plan) -> String {
    let mut items: Vec<String> = Vec::new();
    for stage in stages(plan, Trigger::Push) {
        if let Some(name) = &stage.environment {
            let item = format!("{}:{name}", if stage.gate.is_some() { "approval" } else { "branch" });
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    items.join(" ")
}

/// The path filters, one line a stage: its id, then its globs.
pub(crate) fn filters(stages: &[&Stage]) -> String {
    let filtered = stages.iter().filter(|stage| stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty());
    filtered.map(|stage| format!("{} {}", stage.id, stage.paths.join(" "))).collect::<Vec<_>>().join("\n")
}
