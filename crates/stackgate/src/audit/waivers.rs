//! Findings that the spec sets aside.
//!
//! What must hold: a waiver names rule and place exactly, so that it never covers more than was decided; one that covers
//! nothing is said. Whether a waiver has ended, or names a rule at all, the spec's own check says, and a spec with such a
//! mistake waives nothing.

use stackgate_audit::find;
use stackgate_plan::Waiver;
use stackgate_report::{Finding, Level, Place, Status};

use super::rules::AUDIT_WAIVER_UNUSED;
use super::{Audit, Judged};
use crate::project::Project;

/// The waivers of audit rules, each with its place in the spec.
#[derive(Default)]
pub(super) struct Waivers(Vec<(Waiver, Place)>);

impl Waivers {
    pub(super) fn of(project: &Project) -> Waivers {
        let of_audit = project.plan().waivers.iter().filter(|waiver| find(&waiver.rule).is_some());
        Waivers(of_audit.map(|waiver| (waiver.clone(), Place::of(waiver.span, project.source()))).collect())
    }

    /// Sets aside what they name. Where everything was audited, one that names nothing is noticed.
    pub(super) fn apply(self, audit: &mut Audit, everything: bool) {
        for (waiver, place) in self.0 {
            let mut used = false;
            for judged in audit.findings.iter_mut().filter(|judged| covers(&waiver, judged)) {
                used = true;
                judged.finding.status =
                    Status::Suppressed { reason: waiver.reason.clone(), until: waiver.until.clone() };
            }
            if !used && everything {
                let message = format!("the waiver of `{}` for `{}` sets nothing aside", waiver.rule, waiver.place);
                let finding = Finding::new(&AUDIT_WAIVER_UNUSED, Level::Notice, message).at(place);
                let finding = finding.status(Status::Passes).help(AUDIT_WAIVER_UNUSED.instead);
                audit.findings.push(Judged::settled(finding));
            }
        }
    }
}

/// Whether a waiver is about a finding: its rule, and its path, alone or with `:` and the job, issuer or team.
fn covers(waiver: &Waiver, judged: &Judged) -> bool {
    let Some(place) = judged.finding.place.as_ref().filter(|_| judged.severity.is_some()) else { return false };
    if judged.finding.rule.id != waiver.rule.as_str() {
        return false;
    }
    match waiver.place.strip_prefix(place.path.as_str()) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(|of| judged.subject.as_deref() == Some(of)),
        None => false,
    }
}
