//! Pulumi Deployments takes the program from where it was declared.
//!
//! Whoever says where the program comes from says what is deployed: another repository, a branch that nobody protects, a
//! commit from long ago, another directory.
//!
//! Instead: apply the access program, and find out who changed it.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"sourceContext": {"git": {"branch": "refs/heads/try"}}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"sourceContext": {"git": {"branch": "main"}}}}
//! ```

use serde_json::Value;
use stackgate_plan::Deployments;

use super::{at, vcs, weigh};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-source",
    group: Group::Deployments,
    text: include_str!("deployment_source.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, settings) in view.both_settings() {
        for (what, wanted, actual) in differences(declared, &settings.body) {
            let told = format!("Pulumi Deployments takes `{name}` from {what} `{actual}`, not `{wanted}`");
            found.add(
                Told::new(Class::Widened, weigh(view, &name), format!("stack {name}"), told)
                    .permits("whoever writes there says what is deployed")
                    .mend(APPLY)
                    .facts(wanted, actual),
            );
        }
    }
}

fn differences(declared: &Deployments, body: &Value) -> Vec<(&'static str, String, String)> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("nothing").to_owned();
    let git = |key: &str| at(body, &["sourceContext", "git", key]);
    let source = &declared.source;
    let mut found = Vec::new();
    let mut differs = |what, wanted: &str, actual: String| {
        if wanted != actual {
            found.push((what, wanted.to_owned(), actual));
        }
    };
    let old = at(body, &["vcs"]).is_none() && at(body, &["gitHub"]).is_some();
    let provider = if old { "github".to_owned() } else { text(vcs(body, "provider")) };
    differs("the integration", &source.vcs, provider);
    differs("the repository", &source.repository, text(vcs(body, "repository")));
    let branch = text(git("branch"));
    differs("the branch", &source.branch, branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned());
    let plain = |path: &str| {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if path.is_empty() { ".".to_owned() } else { path.to_owned() }
    };
    let directory = git("repoDir").and_then(Value::as_str).unwrap_or(".");
    differs("the directory", &plain(&source.directory), plain(directory));
    // Pulumi Cloud may fill in the address of the same repository.
    if let Some(url) = git("repoUrl").and_then(Value::as_str) {
        let path = url.trim_end_matches('/').trim_end_matches(".git");
        if !path.ends_with(&format!("/{}", source.repository)) && !path.ends_with(&format!(":{}", source.repository)) {
            differs("the address", &source.repository, url.to_owned());
        }
    }
    differs("the commit", "nothing", text(git("commit")));
    for other in ["hg", "template"] {
        if at(body, &["sourceContext", other]).is_some() {
            differs("another kind of source", "git", other.to_owned());
        }
    }
    found
}
