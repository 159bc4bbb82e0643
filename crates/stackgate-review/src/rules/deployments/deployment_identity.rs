//! A deployment has the identities that were declared, and runs where it was declared to.
//!
//! The role says what a deployment that a push started may do in Pulumi Cloud, the cloud identities what it may do in the
//! cloud, the agent pool on whose machines its secrets lie. Another role of a cloud account may do anything there; an agent
//! pool of somebody else sees every secret.
//!
//! Instead: apply the access program, and find out who changed it.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"oidc": {"aws": {
//!   "roleArn": "arn:aws:iam::111111111111:role/admin", "sessionName": "x"}}}}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"agentPoolID": "pool-9"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"oidc": {}, "role": null}}}
//! ```

use serde_json::Value;

use super::{at, shown, weigh};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-identity",
    group: Group::Deployments,
    text: include_str!("deployment_identity.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, settings) in view.both_settings() {
        let body = &settings.body;
        let mut tell = |what: &str, wanted: Option<&Value>, actual: Option<&Value>, permits: &str| {
            let (wanted, actual) = (shown(wanted), shown(actual));
            let class = if actual == "nothing" { Class::Narrowed } else { Class::Widened };
            let told = format!("deployments of `{name}` have as {what} {actual}, not {wanted}");
            found.add(
                Told::new(class, weigh(view, &name), format!("stack {name}"), told)
                    .permits(permits)
                    .mend(APPLY)
                    .facts(wanted, actual),
            );
        };
        let wanted = declared.role.clone().map(Value::String);
        let role = at(body, &["operationContext", "role", "id"]);
        if wanted.as_ref() != role {
            tell("role", wanted.as_ref(), role, "what they may do in Pulumi Cloud is not what was declared");
        }
        let wanted = declared.agent_pool.clone().map(Value::String);
        let pool = at(body, &["agentPoolID"]);
        if wanted.as_ref() != pool {
            tell("agent pool", wanted.as_ref(), pool, "their secrets lie on other machines than declared");
        }
        let wanted = declared.stored_cloud().wire();
        for cloud in ["aws", "azure", "gcp"] {
            let (wanted, actual) = (at(&wanted, &[cloud]), at(body, &["operationContext", "oidc", cloud]));
            if !same(wanted, actual) {
                let what = format!("identity of {cloud}");
                tell(&what, wanted, actual, "what they may do in the cloud is not what was declared");
            }
        }
    }
}

/// Whether two identities are the same; what is empty is not there, and the order of policies means nothing.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    canonical(one) == canonical(other)
}

fn canonical(value: Option<&Value>) -> Vec<(String, Vec<String>)> {
    let mut fields: Vec<(String, Vec<String>)> = value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let mut texts: Vec<String> = match value {
                Value::Array(items) => items.iter().map(Value::to_string).collect(),
                Value::Null => Vec::new(),
                Value::String(text) if text.is_empty() => Vec::new(),
                other => vec![other.to_string()],
            };
            texts.sort_unstable();
            (key.clone(), texts)
        })
        .filter(|(_, texts)| !texts.is_empty())
        .collect();
    fields.sort();
    fields
}
