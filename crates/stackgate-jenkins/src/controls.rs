//! What Jenkins carries of each control.
//!
//! What must hold: honest statements, with the reason where a control is not native. Facts: the sources of the plugins
//! pipeline-model-definition, oidc-provider and lockable-resources; what must be set outside is the checklist's.

use stackgate_provider::plan::{Gate, Plan};
use stackgate_provider::{Control, Support};

use crate::ID;
use crate::options::{Options, Production};
use crate::words;

/// Every control in order.
pub(crate) fn controls(plan: &Plan, options: &Options) -> Vec<(Control, Support)> {
    Control::ALL.iter().map(|control| (*control, support(*control, plan, options))).collect()
}

fn support(control: Control, plan: &Plan, options: &Options) -> Support {
    let gated = plan.stages_of(ID).any(|stage| stage.gate == Some(Gate::Approval));
    let apart = plan.stages_of(ID).any(|stage| !words::elsewhere(plan, options, stage).is_empty());
    let emulated = |note: &str| Support::Emulated(note.into());
    let outside = |note: &str| Support::Outside(note.into());
    let impossible = |note: &str| Support::Impossible(note.into());
    match control {
        Control::ChangeRequestPreview | Control::DeployBranchOnly => {
            emulated("a condition on the stage: Jenkins builds every branch and change request that the job discovers")
        }
        Control::SameRepositoryOnly => {
            emulated("a condition on the stage; the job should not discover change requests of forks at all")
        }
        Control::NothingElse => emulated(
            "conditions on the stages: a build whose cause is not a push or a change of a request, or that somebody started \
             by hand, runs nothing; neither does one of a tag or of another branch",
        ),
        Control::Order if apart => outside(
            "stages of one file run one after another, and a failure stops all behind it; the production job cannot wait for \
             the other, so the approver is asked to look",
        ),
        Control::Order => {
            emulated("one stage after another; a failure stops all behind it, also what does not wait for it")
        }
        Control::Environment => {
            impossible("Jenkins has no environments; the stack is named by the lock, the team by the token")
        }
        Control::Approval if gated => {
            emulated("`input` on the stage itself; an administrator may always approve, the author too")
        }
        Control::Approval => Support::Native,
        Control::GateInClaims => match options.production() {
            Production::OwnJob => {
                outside("the production job has a `sub` and a credential of its own; its folder's permissions guard it")
            }
            Production::SameJob => {
                impossible("one job has one `sub`, approved or not: whoever changes or replays it skips the approval")
            }
        },
        Control::Lock => emulated("lockable-resources, and Pulumi's own lock behind it"),
        Control::NeverCancelled => emulated(
            "a newer build cancels an older one only before its deploy begins; the end of `wait_hours` ends a build wherever \
             it is",
        ),
        Control::TimeLimit => Support::Native,
        Control::CleanStop => emulated("timeout(1) interrupts Pulumi"),
        Control::TeamToken => emulated("`pulumi login`, right before Pulumi runs"),
        Control::Audience => outside("the credential's audience, which a Jenkinsfile cannot choose"),
        Control::MintPerJob => {
            outside("the store that the credential lies in; the file binds it around the login alone")
        }
        Control::LeastPermission => outside("the credential that the job checks out with; it needs to read, no more"),
        Control::Pinned if options.docker() => Support::Native,
        Control::Pinned => impossible("with `agent: label` the tools are those of the agent"),
        Control::VerifiedCli => emulated("a script"),
        Control::CleanCheckout => {
            emulated("the git plugin gives its credential to the fetch alone; each stage begins in an empty folder")
        }
        Control::NoCache => emulated("each stage empties its workspace before and after"),
        Control::PathFilters => emulated(
            "a script compares with the deploy branch; where the job did not fetch that (change requests are not merged \
             before the build), the preview runs",
        ),
        Control::CleanUp => {
            emulated("`post { cleanup }`; where the agent itself is lost, the next stage on it starts by removing")
        }
    }
}
