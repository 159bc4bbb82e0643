//! What CircleCI carries of each control.
//!
//! What must hold: honest statements, with the reason where a control is not native. Facts: CircleCI's documentation on
//! configuration, contexts, OIDC tokens and serial groups, as of August 2026.

use stackgate_provider::{Control, Support};

use crate::options::{Class, Events, Options};

/// Every control in order.
pub(crate) fn controls(options: &Options) -> Vec<(Control, Support)> {
    Control::ALL.iter().map(|control| (*control, support(*control, options))).collect()
}

fn support(control: Control, options: &Options) -> Support {
    let oauth = options.events() == Events::Oauth;
    let gated = options.context(Class::Production).is_some();
    let apart = gated && options.context(Class::Development).is_some();
    match control {
        Control::ChangeRequestPreview if oauth => emulated(
            "a preview on a push to every branch but the deploy branch: through GitHub's OAuth app, CircleCI sees \
             no change requests",
        ),
        Control::SameRepositoryOnly if oauth => emulated(
            "a condition on the branch's name; forks get no OIDC token unless the project passes its secrets to them",
        ),
        Control::NothingElse => outside(
            "the workflows run for nothing else; that a pipeline which somebody starts through the API, with a \
             config of another branch, gets no token is up to the contexts' expressions",
        ),
        Control::Environment if apart => emulated("a context for each trust class, which the OIDC token shows"),
        Control::Environment => Support::Impossible(
            "CircleCI has none that the OIDC token shows; without a context for development and one for production, \
             nothing stands in"
                .into(),
        ),
        Control::Approval => outside(
            "an approval job, which everybody who can push may approve; whose approval counts is set at \
             production's context",
        ),
        Control::GateInClaims if gated => {
            outside("the OIDC token shows production's context; its restrictions are set in CircleCI")
        }
        Control::GateInClaims => Support::Impossible("an approval job leaves no trace in the OIDC token".into()),
        Control::Lock => emulated(
            "a serial group: while a newer pipeline's deploy waits or runs, an older one is not run and its \
             workflow may still show success; who waits for five hours is cancelled; people with access may release a \
             group by hand",
        ),
        Control::NeverCancelled => outside(
            "CircleCI cancels redundant workflows on the default branch never, on another one if the project says so",
        ),
        Control::TimeLimit => Support::Impossible(
            "CircleCI has no limit per job: a step ends when it is silent for the stage's limit, Pulumi by \
             timeout(1), the job by the organization's plan"
                .into(),
        ),
        Control::CleanStop => emulated("timeout(1) interrupts Pulumi"),
        Control::TeamToken => emulated("`pulumi login` in a script, with the team as a literal"),
        Control::Audience => emulated(
            "a script asks for it; the tokens that CircleCI gives to every job by itself have another audience",
        ),
        Control::MintPerJob => {
            Support::Impossible("every job can ask for an OIDC token; only the contexts in it tell jobs apart".into())
        }
        Control::LeastPermission => outside("the key of the checkout: a deploy key that can only read"),
        Control::VerifiedCli => emulated("a script"),
        Control::CleanCheckout => {
            emulated("a script removes the checkout's key, and what git was told about passwords")
        }
        Control::PathFilters => {
            emulated("the job ends itself, well and before any token, so that required checks always report")
        }
        Control::CleanUp => emulated("a last step that always runs, and a container that no other job sees"),
        Control::ChangeRequestPreview
        | Control::SameRepositoryOnly
        | Control::DeployBranchOnly
        | Control::Order
        | Control::Pinned
        | Control::NoCache => Support::Native,
    }
}

fn emulated(note: &str) -> Support {
    Support::Emulated(note.into())
}

fn outside(note: &str) -> Support {
    Support::Outside(note.into())
}
