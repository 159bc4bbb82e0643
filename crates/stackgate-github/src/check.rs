//! What is wrong with a plan on GitHub: job ids that the workflows use themselves, production without preflight.
//!
//! What must hold: every diagnostic has the place in the spec that it is about. Names are checked in lowering already;
//! GitHub's environments and job ids take all of those.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Plan, Tier, Trigger};

use crate::options::Options;
use crate::{ID, rules, words};

const RESERVED: &[&str] = &["changes", "preflight", "report"];

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for job in
        plan.jobs.iter().filter(|job| job.provider == ID && RESERVED.contains(&job.id.to_ascii_lowercase().as_str()))
    {
        let message = format!("the job `{}` has the name of a job of the workflows themselves", job.id);
        diagnostics.push(Diagnostic::error(&rules::RESERVED_JOB, job.place, message).help("give it another name"));
    }
    let production = words::stages(plan, Trigger::Push).into_iter().find(|stage| stage.tier == Tier::Production);
    if let (Some(stage), Some(preflight)) = (production, &options.preflight)
        && !preflight.value
        && !plan.waives(rules::PREFLIGHT_OFF.id, &[ID, &stage.reference(), &stage.project])
    {
        let message =
            format!("`{}` is production, and nothing looks whether its environment is protected", stage.reference());
        let help = format!("drop `preflight: false`, or waive `{}` for `{ID}`", rules::PREFLIGHT_OFF.id);
        diagnostics.push(Diagnostic::error(&rules::PREFLIGHT_OFF, preflight.span, message).help(help));
    }
    diagnostics
}
