//! What is wrong with a plan on GitLab: a gate that no claim shows, images without a pin, names and numbers that GitLab
//! refuses.
//!
//! What must hold: every diagnostic has the place in the spec that it is about. Stacks, environments and branches have
//! been read in characters that GitLab takes everywhere, and are not looked at again.

use std::collections::BTreeSet;

use stackgate_provider::diagnostic::{Diagnostic, Limit, Span};
use stackgate_provider::plan::{Gate, Plan, Runtime};

use crate::options::Options;
use crate::{ID, rules, words};

/// Names that GitLab takes for something else than a job, and the job of the file itself.
const RESERVED: &[&str] = &[
    words::REPORT,
    "after_script",
    "before_script",
    "cache",
    "default",
    "false",
    "image",
    "include",
    "nil",
    "pages",
    "services",
    "spec",
    "stages",
    "true",
    "types",
    "variables",
    "workflow",
];

/// How many entries GitLab takes in `needs`.
pub(crate) const NEEDS: Limit = Limit::new("jobs that a job waits for", 50, &rules::NEEDS);
/// How many entries GitLab takes in `changes`.
pub(crate) const PATHS: Limit =
    Limit::new("path filters of a preview, one without `*` counted twice", 50, &rules::PATHS);

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    gates(plan, options, &mut diagnostics);
    images(plan, &mut diagnostics);
    for job in words::jobs(plan) {
        if RESERVED.contains(&job.id.as_str()) {
            let message = format!("the name `{}` means something else in GitLab's file", job.id);
            diagnostics
                .push(Diagnostic::error(&rules::RESERVED_JOB, job.place, message).help("give the job another name"));
        }
        let mend = "remove the job";
        needs(plan, &job.id, words::plain_needs(plan, job).len(), job.place, mend, &mut diagnostics);
    }
    // One list of paths serves every stack of a project.
    let mut filtered: BTreeSet<&str> = BTreeSet::new();
    for stage in plan.stages_of(ID) {
        let mend = "order the stacks in a chain";
        needs(plan, &stage.id, words::needs(plan, stage).len(), stage.places.stack, mend, &mut diagnostics);
        let changes = words::changes(stage).len();
        if changes > PATHS.most && filtered.insert(&stage.project) {
            let message = format!(
                "the previews of `{}` have {changes} path filters on GitLab, more than {}",
                stage.project, PATHS.most
            );
            let help = "write wider filters, such as `folder/**`; a path without `*` counts twice";
            diagnostics.push(Diagnostic::error(&rules::PATHS, stage.places.stack, message).help(help));
        }
    }
    diagnostics
}

fn gates(plan: &Plan, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    if options.premium() {
        return;
    }
    for stage in plan.stages_of(ID).filter(|stage| stage.gate == Some(Gate::Approval)) {
        let reference = stage.reference();
        if plan.waives(rules::GATE_NOT_IN_CLAIMS.id, &[&reference, &stage.project, ID]) {
            continue;
        }
        let message = format!("on GitLab Free no claim shows that somebody approved `{reference}`");
        let help = format!(
            "write `premium: true` where the plan has protected environments with approvals, or waive `{}` for `{reference}`",
            rules::GATE_NOT_IN_CLAIMS.id
        );
        diagnostics.push(Diagnostic::error(&rules::GATE_NOT_IN_CLAIMS, stage.places.stack, message).help(help));
    }
}

fn images(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let stages = plan.stages_of(ID).map(|stage| (&stage.runtime, stage.places.runtime));
    let jobs = words::jobs(plan).map(|job| (&job.runtime, job.place));
    let mut told: Vec<&Runtime> = Vec::new();
    for (runtime, place) in stages.chain(jobs).filter(|(runtime, _)| runtime.image.is_none()) {
        // One image mends all jobs of a runtime; where a version is not exact, or no language is known, lowering told it.
        if told.contains(&runtime) || runtime.version.split('.').count() < 3 {
            continue;
        }
        told.push(runtime);
        let name = format!("{}@{}", runtime.language.as_str(), runtime.version);
        let message = format!("GitLab runs jobs in containers, and no image is pinned for `{name}`");
        let help = format!(
            "leave the version out for the pinned one, or add `pins: {{ images: {{ \"{name}\": {{ image: NAME:TAG, digest: \"sha256:…\" }} }} }}`"
        );
        diagnostics.push(Diagnostic::error(&rules::IMAGE_UNPINNED, place, message).help(help));
    }
}

fn needs(plan: &Plan, id: &str, count: usize, place: Span, mend: &str, diagnostics: &mut Vec<Diagnostic>) {
    if count > NEEDS.most && !plan.waives(rules::NEEDS.id, &[ID]) {
        let message = format!("`{id}` waits for {count} jobs, and GitLab takes {} at most", NEEDS.most);
        let help = format!("{mend}, or waive `{}` for `{ID}` where your GitLab allows more", rules::NEEDS.id);
        diagnostics.push(Diagnostic::error(&rules::NEEDS, place, message).help(help));
    }
}
