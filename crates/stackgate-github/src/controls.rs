//! What GitHub carries of each control, and what must be set outside the workflows.
//!
//! What must hold: honest statements, with the reason where a control is not native. Facts: GitHub's documentation on
//! OIDC, environments and workflow syntax; the sources of pulumi/actions v7.0.0.

use stackgate_provider::plan::{Plan, Trigger};
use stackgate_provider::{CheckItem, Control, Support};

use crate::options::{Options, RunWith};
use crate::words;

/// Every control in order.
pub(crate) fn controls(options: &Options) -> Vec<(Control, Support)> {
    Control::ALL.iter().map(|control| (*control, support(*control, options))).collect()
}

fn support(control: Control, options: &Options) -> Support {
    let action = options.run_with() == RunWith::Action;
    match control {
        Control::SameRepositoryOnly => {
            Support::Emulated("a condition on the job; forks and Dependabot get no OIDC token anyway".into())
        }
        Control::Approval => {
            Support::Outside("required reviewers of the environment; the preflight job refuses without".into())
        }
        Control::PathFilters => Support::Emulated(
            "a job compares the merge commit with its base, so that required checks always report".into(),
        ),
        Control::Lock if options.queue_all() => Support::Native,
        Control::Lock => {
            Support::Emulated("a concurrency group; of the deploys that wait, GitHub keeps the newest".into())
        }
        Control::CleanStop if action => Support::Impossible("pulumi/actions has no time limit of its own".into()),
        Control::CleanStop => Support::Emulated("timeout(1) interrupts Pulumi".into()),
        Control::VerifiedCli if action => {
            Support::Impossible("pulumi/actions downloads the CLI without a checksum".into())
        }
        Control::VerifiedCli => Support::Emulated("a script".into()),
        Control::TeamToken => Support::Emulated(
            "pulumi/auth-actions; it shows the token to every later step, so that only Pulumi follows".into(),
        ),
        Control::CleanUp => Support::Emulated("a last step that always runs".into()),
        _ => Support::Native,
    }
}

/// The body by which GitHub's API protects an environment; the id of the reviewing team is for the user to fill in.
fn environment_body(gate: bool) -> String {
    let policy = r#""deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}"#;
    if gate {
        format!(
            r#"{{{policy}, "can_admins_bypass": false, "prevent_self_review": true, "reviewers": [{{"type": "Team", "id": TEAM_ID}}]}}"#
        )
    } else {
        format!("{{{policy}}}")
    }
}

/// What to set in the repository.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let repository = options.repository.as_ref().map_or("OWNER/NAME", |repository| repository.value.as_str());
    let mut items = Vec::new();
    for stage in words::stages(plan, Trigger::Push) {
        let Some(name) = &stage.environment else { continue };
        let reviewers = if stage.gate.is_some() {
            " and required reviewers (prevent self-review, no bypass by administrators)"
        } else {
            ""
        };
        items.push(CheckItem {
            what: format!("Create the environment `{name}`, with branch `{}` as the only deployment branch{reviewers}", plan.branch),
            why: "GitHub creates a missing environment without protection, and the environment is what the trust policy can see.".into(),
            how: format!(
                "printf '%s' '{}' | gh api --method PUT repos/{repository}/environments/{name} --input -; gh api --method POST \
                 repos/{repository}/environments/{name}/deployment-branch-policies --raw-field name={}; shown by: gh api \
                 repos/{repository}/environments/{name}, and the same with /deployment-branch-policies",
                environment_body(stage.gate.is_some()),
                plan.branch
            ),
        });
    }
    items.push(CheckItem {
        what: format!("Protect the branch `{}`: changes by pull request with a review", plan.branch),
        why: "Whoever can push to it deploys to development.".into(),
        how: format!(
            "https://github.com/{repository}/settings/rules; shown by: gh api repos/{repository}/rules/branches/{}",
            plan.branch
        ),
    });
    items.push(CheckItem {
        what: "Make code owners review changes under `.github/` and of the spec".into(),
        why: "A changed workflow on the deploy branch has the trust of the one that stackgate wrote.".into(),
        how: format!(
                "a CODEOWNERS file with `/.github/` and the spec, and the rule that requires code owners' review; shown by: gh api \
                 repos/{repository}/codeowners/errors, and gh api repos/{repository}/rules/branches/{}",
                plan.branch
            ),
    });
    if !words::stages(plan, Trigger::ChangeRequest).is_empty() {
        items.push(CheckItem {
            what: "Require the check `Pulumi preview` (the job `report`)".into(),
            why: "It reports on every change request, also where path filters hold every preview back.".into(),
            how: format!(
                "https://github.com/{repository}/settings/rules; shown by: gh api repos/{repository}/rules/branches/{} --jq \
                 '.[] | select(.type == \"required_status_checks\")'",
                plan.branch
            ),
        });
        items.push(CheckItem {
            what: "Leave \"Send write tokens to workflows from fork pull requests\" off".into(),
            why: "With it, a fork's pull request could ask for an OIDC token.".into(),
            how: format!("https://github.com/{repository}/settings/actions; shown by: gh api repos/{repository}/actions/permissions/fork-pr-workflows-private-repos"),
        });
    }
    items
}
