//! What GitLab carries of each control.
//!
//! What must hold: honest statements, with the reason where a control is not native. Facts: GitLab's documentation on
//! OIDC, environments, approvals and the CI file; the sources of GitLab's configuration entries.

use stackgate_provider::{Control, Support};

use crate::options::Options;

/// Every control in order.
pub(crate) fn controls(options: &Options) -> Vec<(Control, Support)> {
    Control::ALL.iter().map(|control| (*control, support(*control, options))).collect()
}

fn support(control: Control, options: &Options) -> Support {
    let premium = options.premium();
    match control {
        Control::SameRepositoryOnly => Support::Emulated(
            "a condition on the job; a pipeline of a fork's own file in this project is a setting, see the checklist".into(),
        ),
        Control::NothingElse if options.path.is_some() => {
            Support::Emulated("a condition on every job; the including file decides which pipelines there are".into())
        }
        Control::Approval if premium => {
            Support::Outside("an approval rule of the protected environment; the job waits for a hand in any case".into())
        }
        Control::Approval => Support::Emulated("a manual job; whoever may merge to the branch may start it".into()),
        Control::GateInClaims if premium => Support::Outside(
            "environment_protected and environment_action are claims, but that the protection asks for approval is a setting".into(),
        ),
        Control::GateInClaims => Support::Impossible(
            "on GitLab Free no claim tells an approved job from another: merging to the branch is deploying".into(),
        ),
        Control::CleanStop => Support::Emulated("timeout(1) interrupts Pulumi".into()),
        Control::TeamToken => Support::Emulated(
            "a script logs in; GitLab hands the OIDC token over when the job starts, so its first step hides it".into(),
        ),
        Control::LeastPermission => Support::Outside("what the job token reaches is a setting of each project".into()),
        Control::VerifiedCli => Support::Emulated("a script".into()),
        Control::CleanUp => Support::Emulated("after_script; where a job is killed, the files go with its container".into()),
        _ => Support::Native,
    }
}
