//! Rules about how Pulumi Deployments runs stacks.

mod deployment_identity;
mod deployment_program;
mod deployment_settings_missing;
mod deployment_settings_not_declared;
mod deployment_source;
mod deployment_token;
mod deployment_trigger;

use serde_json::Value;
use stackgate_report::Level;

use crate::rule::ReviewRule;
use crate::view::View;

pub(super) static RULES: &[&ReviewRule] = &[
    &deployment_identity::RULE,
    &deployment_program::RULE,
    &deployment_settings_missing::RULE,
    &deployment_settings_not_declared::RULE,
    &deployment_source::RULE,
    &deployment_token::RULE,
    &deployment_trigger::RULE,
];

/// What lies at a path of keys; nothing where it is not there, null, or empty.
fn at<'v>(body: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let empty = |value: &&Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    path.iter().try_fold(body, |value, key| value.get(key)).filter(|value| !empty(value))
}

/// The part on the repository and on what starts a deployment: `vcs`, or `gitHub` as it was called before.
fn vcs<'v>(body: &'v Value, key: &str) -> Option<&'v Value> {
    let part = if at(body, &["vcs"]).is_some() { "vcs" } else { "gitHub" };
    at(body, &[part, key])
}

fn is_on(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool).unwrap_or(false)
}

/// The texts of a list.
fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A value as people read it.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "nothing".into(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => format!("`{other}`"),
    }
}

/// On production it is as bad as a deploy to it.
fn weigh(view: &View<'_>, stack: &str) -> Level {
    if view.is_production(stack) { Level::High } else { Level::Medium }
}
