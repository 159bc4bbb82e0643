//! Our own workflows are held to what we render for others.
//!
//! What must hold: every action is a commit with its version beside it, one commit for one action in the whole repository;
//! nothing is permitted that a job does not ask for; no workflow runs a stranger's code with our rights. Everything else is
//! for actionlint and zizmor.

use std::collections::BTreeMap;
use std::path::Path;

use serde_yaml::{Mapping, Value};

use crate::Result;
use crate::tidy::{files, name};

pub(crate) fn check(root: &Path, offences: &mut Vec<String>) -> Result<()> {
    let mut known = pins(root)?;
    for file in files(root, &[".github/workflows"], "yml")? {
        let text = std::fs::read_to_string(&file)?;
        for offence in workflow(&text, &mut known)? {
            offences.push(format!("{}: {offence}", name(root, &file)));
        }
    }
    Ok(())
}

/// Each action of the pin table with its version and commit, so that ours are the same.
fn pins(root: &Path) -> Result<BTreeMap<String, String>> {
    let table: toml::Table = std::fs::read_to_string(root.join("templates/pins.toml"))?.parse()?;
    let mut pins = BTreeMap::new();
    for (action, pin) in table.get("actions").and_then(toml::Value::as_table).into_iter().flatten() {
        let part = |key| pin.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        pins.insert(action.clone(), format!("{} # {}", part("commit"), part("version")));
    }
    Ok(pins)
}

fn workflow(text: &str, known: &mut BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut offences = Vec::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ");
        if let Some(uses) = line.strip_prefix("uses: ") {
            offences.extend(action(uses, known));
        }
    }
    let tree: Value = serde_yaml::from_str(text)?;
    if tree.get("permissions") != Some(&Value::Mapping(Mapping::new())) {
        offences.push("the first thing that a workflow says of permissions is `permissions: {}`".into());
    }
    // A parser that follows YAML 1.1 reads the key `on` as a boolean.
    let events = tree.get("on").or_else(|| tree.get(Value::Bool(true))).unwrap_or(&Value::Null);
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        if mentions(events, event) {
            offences.push(format!("{event} runs with our rights on a stranger's word"));
        }
    }
    for (job, content) in tree.get("jobs").and_then(Value::as_mapping).into_iter().flatten() {
        let job = job.as_str().unwrap_or_default();
        for key in ["name", "permissions"] {
            if content.get(key).is_none() {
                offences.push(format!("the job {job} has no `{key}`"));
            }
        }
        // A job that calls another workflow has neither steps nor a limit of its own.
        if content.get("uses").is_none() && content.get("timeout-minutes").is_none() {
            offences.push(format!("the job {job} has no `timeout-minutes`"));
        }
        for step in content.get("steps").and_then(Value::as_sequence).into_iter().flatten() {
            offences.extend(self::step(step).map(|offence| format!("the job {job}: {offence}")));
        }
    }
    Ok(offences)
}

fn action(uses: &str, known: &mut BTreeMap<String, String>) -> Option<String> {
    if uses.starts_with("./.github/workflows/") {
        return None;
    }
    let (action, pin) = uses.split_once('@').unwrap_or((uses, ""));
    let (commit, version) = pin.split_once(" # ").unwrap_or((pin, ""));
    if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!("{action} is not pinned by a full commit"));
    }
    if !version.starts_with('v') || version.split('.').count() != 3 {
        return Some(format!("{action} has no whole version beside its commit, such as `# v1.2.3`"));
    }
    let first = known.entry(action.to_owned()).or_insert_with(|| pin.to_owned());
    (first != pin)
        .then(|| format!("{action} is {first} elsewhere, in templates/pins.toml or a workflow, and {pin} here"))
}

fn step(step: &Value) -> Option<String> {
    let text = |key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("uses").starts_with("actions/checkout@")
        && step.get("with").and_then(|with| with.get("persist-credentials")) != Some(&Value::Bool(false))
    {
        return Some("a checkout keeps no credentials: `persist-credentials: false`".into());
    }
    text("run").contains("${{").then(|| "a script takes values from its environment, not from an expression".into())
}

fn mentions(events: &Value, event: &str) -> bool {
    match events {
        Value::String(one) => one == event,
        Value::Sequence(all) => all.iter().any(|one| one == event),
        other => other.get(event).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "on: push\npermissions: {}\njobs:\n  a:\n    name: A\n    permissions: {}\n    timeout-minutes: 5\n    steps:\n      - uses: actions/checkout@0123456789012345678901234567890123456789 # v1.2.3\n        with:\n          persist-credentials: false\n      - run: echo\n";

    #[test]
    fn each_rule_is_broken_by_one_change() {
        assert_eq!(workflow(GOOD, &mut BTreeMap::new()).unwrap(), Vec::<String>::new());
        let other = BTreeMap::from([("actions/checkout".to_owned(), format!("{} # v1.2.3", "a".repeat(40)))]);
        assert_eq!(workflow(GOOD, &mut other.clone()).unwrap().len(), 1, "another commit in the pin table");
        for (from, to, said) in [
            ("@0123456789012345678901234567890123456789 #", "@v1 #", "full commit"),
            (" # v1.2.3", "", "whole version"),
            (" # v1.2.3", " # v1", "whole version"),
            ("permissions: {}\njobs", "jobs", "permissions"),
            ("permissions: {}\njobs", "permissions: read-all\njobs", "permissions"),
            ("on: push", "on: [push, pull_request_target]", "rights"),
            ("on: push", "on:\n  workflow_run:\n    workflows: [x]", "rights"),
            ("    name: A\n", "", "no `name`"),
            ("    permissions: {}\n", "", "no `permissions`"),
            ("    timeout-minutes: 5\n", "", "timeout-minutes"),
            ("false", "true", "credentials"),
            ("run: echo", "run: echo ${{ github.ref }}", "expression"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let found = workflow(&GOOD.replace(from, to), &mut BTreeMap::new()).unwrap();
            assert!(found.len() == 1 && found[0].contains(said), "{to}: {found:?}");
        }
    }
}
