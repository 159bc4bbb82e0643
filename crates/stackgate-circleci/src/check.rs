//! What is wrong with a plan on CircleCI: gates that no claim shows, jobs that last too long, runtimes without an
//! image.
//!
//! What must hold: every diagnostic has the place in the spec that it is about, and each place is told once. Names are
//! checked in lowering already: CircleCI's jobs, serial groups and expressions take all of those.

use stackgate_provider::diagnostic::{Diagnostic, Limit, Span};
use stackgate_provider::plan::{Plan, Runtime, Stage};

use crate::options::{Class, Options};
use crate::{ID, rules, words};

/// The most that CircleCI gives a job, on its largest plan.
pub(crate) const MINUTES: Limit = Limit::new("minutes of a job", 5 * 60, &rules::TIME_LIMIT);

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for stage in plan.stages_of(ID) {
        diagnostics.extend(claims(plan, options, stage));
        diagnostics.extend(time(stage.timeout_minutes, &stage.id, stage.places.stack));
        image(&stage.runtime, stage.places.runtime, &mut diagnostics);
    }
    let approvals: Vec<String> = plan.stages_of(ID).filter_map(words::approval).collect();
    for job in plan.jobs.iter().filter(|job| job.provider == ID) {
        if approvals.iter().any(|approval| approval.eq_ignore_ascii_case(&job.id)) {
            let message = format!("the job `{}` has the name of an approval", job.id);
            diagnostics.push(Diagnostic::error(&rules::RESERVED_JOB, job.place, message).help("give it another name"));
        }
        diagnostics.extend(time(job.timeout_minutes, &job.id, job.place));
        image(&job.runtime, job.place, &mut diagnostics);
    }
    diagnostics
}

/// Whether the claims show what class a production stage is of.
fn claims(plan: &Plan, options: &Options, stage: &Stage) -> Option<Diagnostic> {
    let class = Class::of(stage);
    let rule = match class {
        Class::Production => &rules::GATE_NOT_IN_CLAIMS,
        Class::ProductionPreview => &rules::PREVIEW_CONTEXT,
        Class::Preview | Class::Development => return None,
    };
    let reference = stage.reference();
    if options.context(class).is_some() || plan.waives(rule.id, &[&reference, &stage.project, ID]) {
        return None;
    }
    let message = match class {
        Class::Production => {
            format!("nothing in CircleCI's claims shows that somebody approved the deploy of `{reference}`")
        }
        _ => format!(
            "nothing in CircleCI's claims tells the preview of `{reference}` from any other job on the deploy branch"
        ),
    };
    let help = format!(
        "add `contexts: {{ {}: NAME }}` to CircleCI's options, or waive `{}` for `{reference}`",
        class.key(),
        rule.id
    );
    Some(Diagnostic::error(rule, stage.places.stack, message).help(help))
}

fn time(minutes: u32, id: &str, place: Span) -> Option<Diagnostic> {
    (minutes as usize > MINUTES.most).then(|| {
        let message = format!("`{id}` may take {minutes} minutes; CircleCI ends every job after {}", MINUTES.most);
        Diagnostic::error(&rules::TIME_LIMIT, place, message).help("write a `timeout` of at most `5h`")
    })
}

fn image(runtime: &Runtime, place: Span, diagnostics: &mut Vec<Diagnostic>) {
    let told = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.rule == &rules::IMAGE_UNPINNED && diagnostic.span == Some(place));
    // Lowering told already where a version is not exact, or no language is known.
    if runtime.image.is_some() || told || runtime.version.split('.').count() < 3 {
        return;
    }
    let name = format!("{}@{}", runtime.language.as_str(), runtime.version);
    let message = format!("CircleCI runs jobs in containers, and no image is pinned for `{name}`");
    let help = format!(
        "leave the version out for the pinned one, or add `pins: {{ images: {{ \"{name}\": {{ image: NAME:TAG, digest: \"sha256:…\" }} }} }}`"
    );
    diagnostics.push(Diagnostic::error(&rules::IMAGE_UNPINNED, place, message).help(help));
}
