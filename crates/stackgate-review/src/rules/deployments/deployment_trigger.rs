//! What starts a deployment is what was declared.
//!
//! A deploy on each push where the pipeline starts deployments deploys past the pipeline's gate. Previews of pull requests
//! run their author's code with admin on the stack and with its cloud identity. Tags, labels and templates start
//! deployments of their own. Paths that are not filtered any more let changes elsewhere deploy.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"vcs": {"previewPullRequests": true}}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"vcs": {"deployTags": true, "tagFilters": ["v*"]}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"vcs": {"previewPullRequests": false, "deployTags": false}}}
//! ```

use serde_json::Value;
use stackgate_report::Level;

use super::{is_on, shown, texts, vcs, weigh};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-trigger",
    group: Group::Deployments,
    text: include_str!("deployment_trigger.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, settings) in view.both_settings() {
        let body = &settings.body;
        let mut tell = |class, level, what: String, permits: &str| {
            let told = Told::new(class, level, format!("stack {name}"), what).permits(permits).mend(APPLY);
            found.add(told);
        };
        for (key, wanted, does, permits) in [
            (
                "deployCommits",
                declared.deploys_commits(),
                "deploys each push",
                "a push deploys without what the pipeline does before it",
            ),
            (
                "previewPullRequests",
                declared.preview,
                "previews pull requests",
                "whoever opens a pull request runs code with admin on the stack and with its cloud identity",
            ),
            ("pullRequestTemplate", false, "makes a stack for each pull request", "a pull request makes stacks"),
            ("deployTags", false, "deploys tags", "whoever may push a tag deploys any commit"),
        ] {
            let on = is_on(vcs(body, key));
            if on && !wanted {
                tell(
                    Class::Widened,
                    weigh(view, &name),
                    format!("Pulumi Deployments {does} of `{name}`, which was not declared"),
                    permits,
                );
            } else if !on && wanted {
                let what = format!("Pulumi Deployments no longer {does} of `{name}`");
                tell(Class::Narrowed, Level::Low, what, "what was to happen by itself does not happen");
            }
        }
        if vcs(body, "deployPullRequest").is_some_and(|value| value.as_i64() != Some(0)) {
            let what = format!("`{name}` follows the pull request {}", shown(vcs(body, "deployPullRequest")));
            tell(Class::Widened, weigh(view, &name), what, "whoever pushes to that pull request deploys the stack");
        }
        if vcs(body, "reviewStackLabels").is_some() {
            let what = format!("labels of pull requests make stacks like `{name}`");
            tell(Class::Widened, Level::Medium, what, "whoever sets a label makes a stack");
        }
        paths(&declared.paths, vcs(body, "paths"), &mut |narrower, actual: String| {
            let what =
                format!("changes in {actual} start a deployment of `{name}`, not those in {}", listed(&declared.paths));
            let class = if narrower { Class::Narrowed } else { Class::Widened };
            tell(class, Level::Low, what, "other changes than declared deploy it");
        });
    }
}

/// Tells the paths where they differ, order aside, and whether they were none before.
fn paths(declared: &[String], actual: Option<&Value>, tell: &mut dyn FnMut(bool, String)) {
    let mut wanted: Vec<&str> = declared.iter().map(String::as_str).collect();
    let mut there = texts(actual);
    wanted.sort_unstable();
    there.sort_unstable();
    if wanted != there {
        let there: Vec<String> = there.into_iter().map(str::to_owned).collect();
        tell(wanted.is_empty(), listed(&there));
    }
}

fn listed(paths: &[String]) -> String {
    if paths.is_empty() { "any path".into() } else { crate::words::listed(paths.iter().map(String::as_str)) }
}
