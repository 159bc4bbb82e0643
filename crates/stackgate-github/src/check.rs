//! What is wrong with a plan on GitHub: job ids that the workflows use themselves, production without preflight.
//!
//! What must hold: every diagnostic has the place in the spec that it is about. Names are checked in lowering already;
//! GitHub's environments and job ids take all of those.

use stackgate_provider::diagnostic::{Diagnostic, Limit};
use stackgate_provider::plan::{Plan, Tier, Trigger};

use crate::options::Options;
use crate::{ID, rules, words};

/// GitHub ends a job on its own runners then.
pub(crate) const HOSTED: Limit = Limit::new("minutes of a job on GitHub's own runners", 6 * 60, &rules::TIME_LIMIT);

const RESERVED: &[&str] = &["changes", "preflight", "report"];

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if plan.auditing.is_some() {
        return time(plan, options);
    }
    for job in
        plan.jobs.iter().filter(|job| job.provider == ID && RESERVED.contains(&job.id.to_ascii_lowercase().as_str()))
    {
        let message = format!("the job `{}` has the name of a job of the workflows themselves", job.id);
        diagnostics.push(Diagnostic::error(&rules::RESERVED_JOB, job.place, message).help("give it another name"));
    }
    let unguarded = words::stages(plan, Trigger::Push).into_iter().find(|stage| {
        let places = [ID, &*stage.reference(), &stage.project];
        stage.tier == Tier::Production && !plan.waives(rules::PREFLIGHT_OFF.id, &places)
    });
    if let (Some(stage), Some(preflight)) = (unguarded, &options.preflight)
        && !preflight.value
    {
        let message =
            format!("`{}` is production, and nothing looks whether its environment is protected", stage.reference());
        let help = format!("drop `preflight: false`, or waive `{}` for `{ID}`", rules::PREFLIGHT_OFF.id);
        diagnostics.push(Diagnostic::error(&rules::PREFLIGHT_OFF, preflight.span, message).help(help));
    }
    diagnostics.extend(time(plan, options));
    diagnostics
}

/// Jobs that GitHub would end before their limit.
fn time(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if options.is_hosted() {
        let stages = plan.stages_of(ID).map(|stage| (&stage.id, stage.timeout_minutes, stage.places.stack));
        let jobs =
            plan.jobs.iter().filter(|job| job.provider == ID).map(|job| (&job.id, job.timeout_minutes, job.place));
        for (id, minutes, place) in stages.chain(jobs).filter(|(_, minutes, _)| *minutes as usize > HOSTED.most) {
            let message =
                format!("`{id}` may take {minutes} minutes; GitHub's own runners end every job after {}", HOSTED.most);
            let help = "write a `timeout` of at most `6h`, or name runners of your own with `runner`";
            diagnostics.push(Diagnostic::error(&rules::TIME_LIMIT, place, message).help(help));
        }
    }
    diagnostics
}
