//! `show`: the plan, the provider matrix, the checklist, the pins; as text or JSON.
//!
//! What must hold: everything comes from the plan and from the adapters' own statements, never from prose here.

use serde_json::json;
use stackgate::adapter::{CheckItem, Control};
use stackgate::args::{Show, What};
use stackgate::plan::{Action, DeploymentTrigger, Deployments, Stage, Trigger, When};
use stackgate::{Error, Project};

use super::deployments;
use super::output::{DIM, Output, STRONG};
use super::{Outcome, Run};

pub(crate) fn run(project: &Project, options: &Show, output: &mut Output) -> Run {
    if options.format.is_some() {
        return Err(
            Error::Refused("`--format` is the picture's alone; this is text, or JSON with `--json`".into()).into()
        );
    }
    match options.what {
        // Drawn elsewhere: it is of an organization's spec too.
        What::Picture => {}
        What::Plan => plan(project, options.json, output)?,
        What::Matrix => matrix(project, options.json, output)?,
        What::Checklist => checklist(project, options.json, output)?,
        What::Pins => pins(project, options.json, output)?,
    }
    Ok(Outcome::Done)
}

fn print_json(value: &impl serde::Serialize, output: &mut Output) -> std::io::Result<()> {
    output.line(&serde_json::to_string_pretty(value)?)
}

fn plan(project: &Project, as_json: bool, output: &mut Output) -> std::io::Result<()> {
    let plan = project.plan();
    if as_json {
        return print_json(plan, output);
    }
    output.styled(STRONG, &format!("{} on {}, deployed from {}", plan.organization, plan.cloud_url, plan.branch))?;
    for job in plan.jobs.iter().filter(|job| job.when == When::Before) {
        output.line(&format!("{}  before the stages, on {}: {}", job.id, job.provider, first_line(&job.run)))?;
    }
    for stage in &plan.stages {
        output.line("")?;
        describe(stage, &plan.organization, output)?;
    }
    for deployments in &plan.deployments {
        output.line("")?;
        delegated(deployments, &plan.organization, output)?;
    }
    for job in plan.jobs.iter().filter(|job| job.when == When::After) {
        output.line("")?;
        output.line(&format!("{}  after the stages, on {}: {}", job.id, job.provider, first_line(&job.run)))?;
    }
    Ok(())
}

fn describe(stage: &Stage, organization: &str, output: &mut Output) -> std::io::Result<()> {
    let verb = if stage.action == Action::Deploy { "deploy" } else { "preview" };
    output.styled(STRONG, &format!("{}  {verb} {} on {}", stage.id, stage.qualified(organization), stage.provider))?;
    let trigger = match stage.trigger {
        Trigger::ChangeRequest => "a change request from the same repository",
        Trigger::Push => "a push to the deploy branch",
        Trigger::Schedule => "a schedule, on the deploy branch",
    };
    output.line(&format!("  when    {trigger}"))?;
    if !stage.paths.is_empty() {
        output.line(&format!("  paths   {}", stage.paths.join(" ")))?;
    }
    if !stage.after.is_empty() {
        output.line(&format!("  after   {}", stage.after.join(", ")))?;
    }
    if stage.gate.is_some() {
        output.line("  gate    somebody approves")?;
    }
    let minutes = stage.token.lifetime_seconds / 60;
    output.line(&format!("  token   of team {}, for {minutes} minutes", stage.token.team))?;
    if let Some(environment) = &stage.environment {
        output.line(&format!("  in      environment {environment}"))?;
    }
    if let Some(lock) = &stage.lock {
        output.line(&format!("  lock    {lock}"))?;
    }
    if !stage.esc.is_empty() {
        output.line(&format!("  opens   {}", stage.esc.join(", ")))?;
    }
    if !stage.references.is_empty() {
        output.line(&format!("  reads   {}", stage.references.join(", ")))?;
    }
    if stage.request().is_some() {
        output.line("  runs    nothing itself: it starts a deployment of Pulumi Deployments, and waits for it")?;
        return output.line(&format!("  limit   {} minutes", stage.timeout_minutes));
    }
    let version = if stage.runtime.version.is_empty() { String::new() } else { format!(" {}", stage.runtime.version) };
    output.line(&format!("  runs    {}{version} in {}", stage.runtime.language.as_str(), stage.directory))?;
    output.line(&format!("  limit   {} minutes", stage.timeout_minutes))
}

/// What Pulumi Deployments does for a stack.
fn delegated(deployments: &Deployments, organization: &str, output: &mut Output) -> std::io::Result<()> {
    output.styled(STRONG, &format!("{organization}/{}  run by Pulumi Deployments", deployments.reference()))?;
    output.line(match deployments.trigger {
        DeploymentTrigger::Push => "  when    a push to the deploy branch, without an approval",
        DeploymentTrigger::Rest => "  when    the pipeline asks for it",
    })?;
    let source = &deployments.source;
    output
        .line(&format!("  source  {} {}, {} in {}", source.vcs, source.repository, source.branch, source.directory))?;
    if deployments.preview {
        let with = if deployments.preview_cloud.is_some() { ", with read-only identities" } else { "" };
        output.line(&format!("  preview pull requests, with their own code{with}"))?;
    }
    if let Some(drift) = &deployments.drift {
        let then = if drift.remediate { ", and puts it right" } else { "" };
        output.line(&format!("  drift   looked for at {}{then}", drift.cron))?;
    }
    if let Some(ttl) = &deployments.ttl {
        let stack = if ttl.delete_stack { ", and the stack deleted" } else { "" };
        output.line(&format!("  ends    destroyed at {}{stack}", ttl.at))?;
    }
    for schedule in &deployments.schedules {
        let time = schedule.cron.as_ref().or(schedule.at.as_ref()).map_or("", String::as_str);
        output.line(&format!("  also    {} at {time}", schedule.operation))?;
    }
    Ok(())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn matrix(project: &Project, as_json: bool, output: &mut Output) -> std::io::Result<()> {
    let realised: Vec<_> =
        project.adapters().map(|(provider, adapter)| (provider, adapter.realise(project.plan()).controls)).collect();
    if as_json {
        let value: serde_json::Map<String, serde_json::Value> = realised
            .iter()
            .map(|(provider, controls)| {
                let controls: Vec<_> =
                    controls.iter().map(|(control, support)| json!({ "control": control, "support": support.word(), "note": support.note() })).collect();
                (provider.id().to_owned(), json!(controls))
            })
            .collect();
        return print_json(&value, output);
    }
    let width = Control::ALL.iter().map(|control| control.title().len()).max().unwrap_or_default();
    for (provider, controls) in &realised {
        output.styled(STRONG, provider.title())?;
        for (control, support) in controls {
            output.line(&format!("  {:width$}  {support}", control.title()))?;
        }
        output.line("")?;
    }
    Ok(())
}

fn checklist(project: &Project, as_json: bool, output: &mut Output) -> std::io::Result<()> {
    let lists: Vec<_> =
        project.adapters().map(|(provider, adapter)| (provider, adapter.checklist(project.plan()))).collect();
    let mut lists: Vec<(&str, &str, Vec<CheckItem>)> =
        lists.into_iter().map(|(provider, items)| (provider.id(), provider.title(), items)).collect();
    let of_deployments = deployments::checklist(project.plan());
    if !of_deployments.is_empty() {
        lists.push(("deployments", "Pulumi Deployments", of_deployments));
    }
    if as_json {
        let value: serde_json::Map<String, serde_json::Value> =
            lists.iter().map(|(id, _, items)| ((*id).to_owned(), json!(items))).collect();
        return print_json(&value, output);
    }
    for (_, title, items) in &lists {
        output.styled(STRONG, &format!("{title}: set these yourself; no file can"))?;
        for item in items {
            output.line(&format!("- {}", item.what))?;
            output.line(&format!("    why  {}", item.why))?;
            output.styled(DIM, &format!("    how  {}", item.how))?;
        }
        output.line("")?;
    }
    Ok(())
}

fn pins(project: &Project, as_json: bool, output: &mut Output) -> std::io::Result<()> {
    let plan = project.plan();
    if as_json {
        return print_json(&json!({ "cli": plan.cli, "pins": *plan.pins }), output);
    }
    output.line(&format!("pulumi {}", plan.cli.version))?;
    output.line(&format!("  linux-x64    sha256 {}", plan.cli.sha256_x64))?;
    output.line(&format!("  linux-arm64  sha256 {}", plan.cli.sha256_arm64))?;
    for (action, pin) in &plan.pins.actions {
        output.line(&format!("{action} {}\n  {}", pin.version, pin.commit))?;
    }
    for (language, pin) in &plan.pins.runtimes {
        output.line(&format!("{} {}\n  {}@{}", language, pin.exact, pin.image, pin.digest))?;
    }
    for (name, pin) in &plan.pins.images {
        output.line(&format!("{name}\n  {}@{}", pin.image, pin.digest))?;
    }
    Ok(())
}
