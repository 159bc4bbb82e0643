//! What Azure carries of each control.
//!
//! What must hold: honest statements, with the reason where a control is not native. Facts: Microsoft's documentation of
//! Azure Pipelines and its agent, as `docs/assumptions.md` lists what could not be tried.

use stackgate_provider::plan::{Action, Plan, Trigger};
use stackgate_provider::{Control, Support};

use crate::options::{Host, Options};
use crate::words;

/// Every control in order.
pub(crate) fn controls(plan: &Plan, options: &Options) -> Vec<(Control, Support)> {
    Control::ALL.iter().map(|control| (*control, support(*control, plan, options))).collect()
}

fn support(control: Control, plan: &Plan, options: &Options) -> Support {
    let emulated = |note: &str| Support::Emulated(note.into());
    let outside = |note: &str| Support::Outside(note.into());
    let impossible = |note: &str| Support::Impossible(note.into());
    match control {
        Control::ChangeRequestPreview if options.host() == Host::AzureRepos => {
            outside("a branch policy (build validation) starts it; Azure Repos ignores `pr`")
        }
        Control::SameRepositoryOnly => emulated(
            "conditions on the stage and in the step that mints; the token does not show a fork, so builds of forks must be off",
        ),
        Control::NothingElse => emulated("conditions on the stage and in the step that mints"),
        Control::Approval => outside("approval checks on the environment and on the service connection"),
        Control::GateInClaims => gate(plan, options),
        Control::Lock if options.batch() => emulated(
            "a deploy starts when the one before has ended; an exclusive lock on the environment covers stages that are run again",
        ),
        Control::Lock => {
            outside("an exclusive lock on the environment, which `lockBehavior: sequential` keeps in order")
        }
        Control::CleanStop => emulated("timeout(1) interrupts Pulumi"),
        Control::TeamToken => emulated("a script exchanges the OIDC token with `pulumi login`"),
        Control::Audience => impossible(
            "Azure's audience is fixed, the same for whoever asks; the policies pin definition, repository and branch, or the connection",
        ),
        Control::MintPerJob => emulated(
            "one step is given the job's access token, which asks for the OIDC token; Azure would give it to any step of the definition that named it",
        ),
        Control::LeastPermission => outside("the project's settings limit the job's access token; no file does"),
        Control::Pinned => impossible(
            "Azure's own tasks are named by major version, and the images carry their own Java; nothing of a third party is used",
        ),
        Control::VerifiedCli => emulated("a script"),
        Control::PathFilters => {
            emulated("a stage compares the merge commit with its base, so that the definition always reports")
        }
        Control::CleanUp => emulated("a last step that always runs"),
        _ => Support::Native,
    }
}

fn gate(plan: &Plan, options: &Options) -> Support {
    let stages = words::stages(plan, Trigger::Push);
    let mut deploys = stages.iter().filter(|stage| stage.action == Action::Deploy && words::is_production(stage));
    if deploys.any(|stage| options.connection(stage).is_none()) {
        Support::Impossible("the run's own token shows no approval; `production_connection` names a service connection that waits for one".into())
    } else {
        Support::Emulated(
            "production's token is a service connection's, which Azure gives to a stage whose checks on it have passed"
                .into(),
        )
    }
}
