//! What is wrong with a plan on Jenkins: gates that the claims do not show, nobody who may approve, images without pins.
//!
//! What must hold: every diagnostic has the place in the spec that it is about. Most names are checked in lowering
//! already, in narrower sets than those of Jenkins.

use stackgate_provider::diagnostic::{Diagnostic, Span};
use stackgate_provider::plan::{Plan, Runtime, Stage, Tier, Trigger, When};

use crate::options::{Options, Production};
use crate::words::{self, Entry};
use crate::{ID, rules};

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let stages: Vec<&Stage> = plan.stages_of(ID).collect();
    let Some(first) = stages.first() else { return diagnostics };
    // The other characters of a branch are checked in lowering.
    if plan.branch.contains('/') {
        let message = format!("the branch `{}` has a `/`, which Jenkins encodes twice in its OIDC token", plan.branch);
        let help = "deploy from a branch of letters, digits, `.`, `_` and `-`, such as `main`";
        diagnostics.push(Diagnostic::error(&rules::BRANCH, first.places.provider, message).help(help));
    }
    if let Some(stage) = stages.iter().find(|stage| stage.gate.is_some())
        && options.submitter().is_empty()
    {
        let message = format!("`{}` waits for an approval, and nobody is named who may give it", stage.reference());
        let help = "add `approvers: [GROUP]` to the options of Jenkins";
        diagnostics.push(Diagnostic::error(&rules::APPROVERS, stage.places.stack, message).help(help));
    }
    diagnostics.extend(gates(plan, options, &stages));
    diagnostics.extend(shared_agents(plan, options, &stages));
    diagnostics.extend(entries(plan, options));
    diagnostics
}

fn gates(plan: &Plan, options: &Options, stages: &[&Stage]) -> Vec<Diagnostic> {
    let Some(same) = options.production.as_ref().filter(|choice| choice.value == Production::SameJob) else {
        return Vec::new();
    };
    let unseen = stages.iter().filter(|stage| {
        let places = [&*stage.reference(), &stage.project, ID];
        stage.tier == Tier::Production && stage.gate.is_some() && !plan.waives(rules::GATE_NOT_IN_CLAIMS.id, &places)
    });
    let diagnostic = |stage: &&&Stage| {
        let message = format!("the OIDC token does not show that `{}` was approved", stage.reference());
        let help = format!(
            "leave `production: same-job` out, or waive `{}` for `{}`",
            rules::GATE_NOT_IN_CLAIMS.id,
            stage.reference()
        );
        Diagnostic::error(&rules::GATE_NOT_IN_CLAIMS, same.span, message)
            .related(stage.places.stack, "this stack is production")
            .help(help)
    };
    unseen.map(|stage| diagnostic(&stage)).collect()
}

fn shared_agents(plan: &Plan, options: &Options, stages: &[&Stage]) -> Option<Diagnostic> {
    let unreviewed = stages.iter().any(|stage| stage.trigger == Trigger::ChangeRequest);
    let production = stages.iter().any(|stage| stage.trigger == Trigger::Push && stage.tier == Tier::Production);
    let label = options.production_label.as_ref().or(options.label.as_ref())?;
    let shared = unreviewed && production && options.label() == options.production_label();
    if !shared || plan.waives(rules::SHARED_AGENTS.id, &[ID]) {
        return None;
    }
    let message = format!("production runs on the agents `{}`, which run unreviewed code too", label.value);
    let help = format!(
        "give `production_label` agents of their own, or waive `{}` for `{ID}` where agents live for one build",
        rules::SHARED_AGENTS.id
    );
    Some(Diagnostic::warning(&rules::SHARED_AGENTS, label.span, message).help(help))
}

fn entries(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut unpinned = |runtime: &Runtime, span: Span, what: &str| {
        let known = diagnostics.iter().any(|diagnostic| diagnostic.span == Some(span));
        // Lowering told already where a version is not exact, or no language is known.
        let undecided = runtime.version.split('.').count() < 3;
        if !options.docker() || runtime.image.is_some() || known || undecided {
            return;
        }
        let wanted = format!("{}@{}", runtime.language.as_str(), runtime.version);
        let message = format!("no image is pinned for `{wanted}`, which {what} runs in");
        let help = format!(
            "leave the version out for the pinned one, or add `pins: {{ images: {{ \"{wanted}\": {{ image: NAME:TAG, digest: \"sha256:…\" }} }} }}`"
        );
        diagnostics.push(Diagnostic::error(&rules::IMAGE_UNPINNED, span, message).help(help));
    };
    let layouts = words::layouts(plan, options);
    for entry in layouts.iter().flat_map(|layout| &layout.entries) {
        match entry {
            Entry::Stage(stage) => unpinned(&stage.runtime, stage.places.runtime, &format!("`{}`", stage.reference())),
            Entry::Plain(job, _) => unpinned(&job.runtime, job.place, &format!("the job `{}`", job.id)),
        }
    }
    let after = plan.jobs.iter().filter(|job| job.provider == ID && job.when == When::After);
    diagnostics.extend(after.filter(|_| !plan.waives(rules::AFTER_JOBS.id, &[ID])).map(|job| {
        let message = format!("Jenkins would not run the job `{}` after a stage that failed", job.id);
        let help = format!(
            "remove the job, or waive `{}` for `{ID}`: it then runs when all before it succeeded",
            rules::AFTER_JOBS.id
        );
        Diagnostic::error(&rules::AFTER_JOBS, job.place, message).help(help)
    }));
    diagnostics
}
