//! A stack that no spec gives to Pulumi Deployments has no settings there.
//!
//! Settings that somebody made in the console deploy the stack beside its pipeline: on a push to any branch that they name,
//! without the pipeline's review, gate and identity. Previews of pull requests run their author's code with admin on the
//! stack.
//!
//! Instead: delete the settings, or declare `deployments` for the stack in its repository's spec.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/production/deployments/settings", "status": 200, "body": {
//!   "vcs": {"provider": "github", "repository": "acme/app", "deployCommits": true},
//!   "sourceContext": {"git": {"branch": "refs/heads/main"}}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/production/deployments/settings", "status": 404, "body": {"code": 404, "message": "none"}}
//! ```

use std::collections::BTreeSet;

use stackgate_report::Level;

use super::{at, is_on, shown, vcs};
use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-settings-not-declared",
    group: Group::Deployments,
    text: include_str!("deployment_settings_not_declared.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    let declared: BTreeSet<String> = view.fragment().deployments.iter().map(|one| one.reference()).collect();
    for (name, stack) in view.declared_stacks().filter(|(name, _)| !declared.contains(*name)) {
        let Some(settings) = stack.deployment.here().and_then(Option::as_ref) else { continue };
        let body = &settings.body;
        let branch = shown(at(body, &["sourceContext", "git", "branch"]));
        let repository = shown(vcs(body, "repository"));
        let (deploys, previews) = (is_on(vcs(body, "deployCommits")), is_on(vcs(body, "previewPullRequests")));
        let tags = is_on(vcs(body, "deployTags"));
        let (starts, permits) = match (deploys || tags, previews) {
            (true, _) => (true, format!("whoever pushes to {branch} of {repository} deploys it, past its pipeline")),
            (false, true) => (true, format!("whoever opens a pull request on {repository} runs code with admin on it")),
            (false, false) => {
                (false, "whoever may write to the stack deploys it from there, past its pipeline".to_owned())
            }
        };
        let level = match (starts, view.is_production(name)) {
            (true, true) => Level::High,
            (true, false) | (false, true) => Level::Medium,
            (false, false) => Level::Low,
        };
        found.add(
            Told::new(
                Class::NotDeclared,
                level,
                format!("stack {name}"),
                format!("nobody declared the settings of Pulumi Deployments for `{name}`"),
            )
            .key(permits.clone())
            .permits(permits)
            .mend(view.commands.stack("DELETE", name, &["deployments", "settings"], None)),
        );
    }
}
