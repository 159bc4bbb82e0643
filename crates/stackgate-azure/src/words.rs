//! Azure's own words for what a plan says: identifiers, conditions, tasks, what a stage waits for.
//!
//! What must hold: both the templates' context and the expected read-back use these, so that they cannot disagree about
//! what a condition is; whether the template renders it is what reading back finds out. No literal of a template here.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_provider::Script;
use stackgate_provider::plan::{Language, Plan, Runtime, Stage, Trigger, TrustClass, When};

use crate::ID;
use crate::options::Options;

/// The folder outside the checkout where a job keeps the CLI and its credentials. The agent empties it before each job.
pub(crate) const HOME: &str = "$(Agent.TempDirectory)/stackgate";

/// The file in which the OIDC token waits for the login.
pub(crate) const ID_TOKEN_FILE: &str = "$(Agent.TempDirectory)/stackgate/id-token";

/// The stage that finds out which paths a pull request touches.
pub(crate) const CHANGES: &str = "changes";

/// The word for no service connection: the token is the run's own.
const NO_CONNECTION: &str = "none";

/// A plan's id as Azure takes it: letters, digits and `_`. Two ids that this makes one are an error of `check`.
pub(crate) fn identifier(id: &str) -> String {
    id.replace('-', "_")
}

/// A task that sets a language up.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) task: &'static str,
    pub(crate) inputs: BTreeMap<&'static str, String>,
}

/// The set-up task of a runtime; none of them caches. `None` for YAML, which needs none.
pub(crate) fn tool(runtime: &Runtime) -> Option<Tool> {
    let version = runtime.version.clone();
    let (name, task, inputs) = match runtime.language {
        Language::Nodejs => ("Set up Node.js", "UseNode@1", vec![("version", version)]),
        Language::Python => ("Set up Python", "UsePythonVersion@0", vec![("versionSpec", version)]),
        Language::Go => ("Set up Go", "GoTool@0", vec![("version", version)]),
        Language::Dotnet => ("Set up .NET", "UseDotNet@2", vec![("packageType", "sdk".into()), ("version", version)]),
        Language::Java => {
            let major = java_major(&version).to_owned();
            let inputs = vec![
                ("versionSpec", major),
                ("jdkArchitectureOption", "x64".into()),
                ("jdkSourceOption", "PreInstalled".into()),
            ];
            ("Set up Java", "JavaToolInstaller@1", inputs)
        }
        Language::Yaml => return None,
    };
    Some(Tool { name, task, inputs: inputs.into_iter().collect() })
}

/// The part of a Java version that Azure's task can choose by: the images carry one release of each.
pub(crate) fn java_major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// A string of Azure's expression language; a quote in it is doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What starts a stage, as conjuncts: the second lock behind the trigger. A pull request's target is a bare name where
/// the repository is on GitHub and a full ref in Azure Repos; either is of the branch that the trigger names.
fn event(plan: &Plan, trigger: Trigger) -> String {
    match trigger {
        Trigger::ChangeRequest => format!(
            "eq(variables['Build.Reason'], 'PullRequest'), in(variables['System.PullRequest.TargetBranch'], {}, {}), \
             eq(variables['System.PullRequest.IsFork'], 'False')",
            literal(&plan.branch),
            literal(&format!("refs/heads/{}", plan.branch)),
        ),
        Trigger::Schedule => format!(
            "in(variables['Build.Reason'], 'Schedule', 'Manual'), eq(variables['Build.SourceBranch'], {})",
            literal(&format!("refs/heads/{}", plan.branch)),
        ),
        Trigger::Push => format!(
            "in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI'), eq(variables['Build.SourceBranch'], {})",
            literal(&format!("refs/heads/{}", plan.branch)),
        ),
    }
}

/// The condition of a tokenless stage.
pub(crate) fn plain_condition(plan: &Plan, trigger: Trigger, when: When) -> String {
    let state = if when == When::Before { "succeeded()" } else { "always()" };
    format!("and({state}, {})", event(plan, trigger))
}

/// The condition of a stage; with path filters, a preview runs unless `changes` says that its paths are untouched, so that
/// an output which got lost holds nothing back.
pub(crate) fn condition(plan: &Plan, stage: &Stage) -> String {
    let event = event(plan, stage.trigger);
    if filtered(stage) {
        let id = literal(&format!(" {} ", identifier(&stage.id)));
        format!(
            "and(succeeded(), {event}, not(contains(dependencies.{CHANGES}.outputs['find.paths.unchanged'], {id})))"
        )
    } else {
        format!("and(succeeded(), {event})")
    }
}

/// Whether a stage's runs are held back by path filters.
fn filtered(stage: &Stage) -> bool {
    stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty()
}

/// The stages that this provider runs on a trigger.
pub(crate) fn stages(plan: &Plan, trigger: Trigger) -> Vec<&Stage> {
    plan.stages_of(ID).filter(|stage| stage.trigger == trigger).collect()
}

/// What a stage waits for, in the order in which the file names it.
pub(crate) fn needs(plan: &Plan, stage: &Stage) -> Vec<String> {
    let before = plan.jobs_of(ID, stage.trigger).filter(|job| job.when == When::Before).map(|job| identifier(&job.id));
    let changes = filtered(stage).then(|| CHANGES.to_owned());
    before.chain(changes).chain(stage.after.iter().map(|id| identifier(id))).collect()
}

/// The path filters, one line a stage: its id, then its globs.
pub(crate) fn filters(stages: &[&Stage]) -> String {
    let filtered = stages.iter().filter(|stage| filtered(stage));
    filtered.map(|stage| format!("{} {}", identifier(&stage.id), stage.paths.join(" "))).collect::<Vec<_>>().join("\n")
}

/// What the script that asks for the OIDC token is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    connection: &'a str,
    reasons: &'static str,
    reference: String,
}

/// The values of the script that asks for the OIDC token. It checks once more what the stage's condition says, since this
/// one knows upper from lower case, and stands where the token is.
pub(crate) fn told<'a>(plan: &Plan, options: &'a Options, stage: &Stage) -> Told<'a> {
    let (reference, reasons) = match stage.trigger {
        Trigger::ChangeRequest => ("refs/pull".to_owned(), "PullRequest"),
        Trigger::Push => (format!("refs/heads/{}", plan.branch), "IndividualCI BatchedCI"),
        Trigger::Schedule => (format!("refs/heads/{}", plan.branch), "Schedule Manual"),
    };
    let connection = options.connection(stage).map_or(NO_CONNECTION, |connection| connection.id.as_str());
    Told { connection, reasons, reference }
}

/// The script that asks for the OIDC token.
pub(crate) fn mint(plan: &Plan, options: &Options, stage: &Stage) -> Script {
    let Told { connection, reasons, reference } = told(plan, options, stage);
    let variables =
        [("STACKGATE_CONNECTION", connection), ("STACKGATE_REASONS", reasons), ("STACKGATE_REF", &reference)];
    Script::reviewed("Ask for the OIDC token", "id-token-azure", &variables)
}

/// A script of the user's own, as [`stopping`].
pub(crate) fn own(mut script: Script) -> Script {
    if script.role.is_none() {
        script.text = stopping(&script.text).into();
    }
    script
}

/// The text of a script of the user's own. Azure would go on after a line that fails, so it is told to stop.
pub(crate) fn stopping(text: &str) -> String {
    format!("set -e\n{}\n", text.trim_end_matches([' ', '\n']))
}

/// Whether a stage's token reaches production.
pub(crate) fn is_production(stage: &Stage) -> bool {
    stage.class == TrustClass::Production
}
