//! The organization of the rules' examples, as it is once its access program was applied, and answers that differ from it.
//!
//! What must hold: an answer that a test gives is laid over what stands there: objects key by key, the entries of a list of
//! named things by their names, anything else whole.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "not every test uses everything; a panic is a failed test"
)]

use serde_json::Value;
use stackgate_access::{Fragment, Options};
use stackgate_cloud::{Actual, Answer, Api, Failure, Origin, Wanted, read};
use stackgate_cloud_fixtures::{OPERATOR, TAKEN, World, applied};
use stackgate_review::{Declared, Difference, compare};

/// What is declared in every example.
pub(crate) fn declared() -> Declared {
    let fragment = Fragment::from_json(include_str!("../example.json")).unwrap();
    let mut declared = Declared::new(fragment, Some("operators".into()), false);
    declared.operators.insert(OPERATOR.into());
    declared
}

/// What is there once it was applied, with ids that an example can name.
pub(crate) fn world(declared: &Declared) -> World {
    let options =
        Options { approvers: declared.approvers.clone(), gate_open: declared.gate_open, ..Options::default() };
    let mut world = applied(&declared.fragment, &options);
    let issuer = world.issuers.values_mut().next().unwrap();
    let old = issuer["id"].as_str().unwrap().to_owned();
    issuer["id"] = "issuer-1".into();
    let policies = world.policies.remove(&old).unwrap();
    world.policies.insert("issuer-1".into(), policies);
    world.gates[0]["id"] = "gate-1".into();
    world
}

/// A world, and what a test says instead.
pub(crate) struct Shown {
    world: World,
    lines: Vec<Value>,
}

impl Shown {
    /// The lines are JSON objects, one after another: `path`, and `body`, `status` or `without`.
    pub(crate) fn new(world: World, text: &str) -> Shown {
        let lines = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        Shown { world, lines: lines.map(|line| line.expect(text)).collect() }
    }

    pub(crate) fn differences(&self, declared: &Declared) -> Vec<Difference> {
        compare(declared, &self.actual(declared), TAKEN)
    }

    pub(crate) fn actual(&self, declared: &Declared) -> Actual {
        let fragment = &declared.fragment;
        let opened = fragment.stacks.values().flat_map(|stack| &stack.esc);
        let granted = fragment.teams.values().flat_map(|team| team.environments.keys());
        let wanted = Wanted {
            origin: Origin {
                organization: fragment.organization.clone(),
                cloud_url: fragment.cloud_url.clone(),
                taken: TAKEN,
            },
            stacks: fragment.stacks.keys().cloned().collect(),
            environments: opened.chain(granted).cloned().collect(),
        };
        read(self, &wanted, &mut ())
    }
}

impl Api for Shown {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        let mut answer = self.world.get(path).unwrap();
        if answer.status == 404 && path.contains("/teams/") && path.ends_with("/tokens?filter=all") {
            // A team that the example brings has no tokens.
            answer = Answer { status: 200, body: serde_json::json!({ "tokens": [] }) };
        }
        for line in self.lines.iter().filter(|line| line["path"] == path) {
            if let Some(status) = line.get("status").and_then(Value::as_u64) {
                answer = Answer { status: u16::try_from(status).unwrap(), body: line["body"].clone() };
                continue;
            }
            if let Some(body) = line.get("body") {
                if answer.status == 404 {
                    answer = Answer { status: 200, body: Value::Null };
                }
                lay(&mut answer.body, body, true);
            }
            for (list, names) in line.get("without").and_then(Value::as_object).into_iter().flatten() {
                let gone: Vec<&str> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
                let items = answer.body[list].as_array_mut().unwrap();
                items.retain(|item| !name(item).is_some_and(|name| gone.contains(&name.as_str())));
            }
        }
        Ok(answer)
    }
}

fn lay(under: &mut Value, over: &Value, top: bool) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    under.remove(key);
                } else {
                    lay_list(under.entry(key.clone()).or_insert(Value::Null), value, top);
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn lay_list(under: &mut Value, over: &Value, top: bool) {
    let (Value::Array(items), Value::Array(more), true) = (&mut *under, over, top) else {
        return lay(under, over, false);
    };
    if more.is_empty() || more.iter().any(|one| name(one).is_none()) {
        return items.clone_from(more);
    }
    for one in more {
        match items.iter_mut().find(|item| name(item) == name(one)) {
            Some(item) => lay(item, one, false),
            None => items.push(one.clone()),
        }
    }
}

/// What an entry of a list is known by.
fn name(item: &Value) -> Option<String> {
    let text = |path: &str| item.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let pair = |one: &str, other: &str| Some(format!("{}/{}", text(one)?, text(other)?));
    pair("/projectName", "/stackName")
        .or_else(|| pair("/project", "/name"))
        .or_else(|| text("/url"))
        .or_else(|| text("/id"))
        .or_else(|| text("/user/githubLogin"))
        .or_else(|| text("/name"))
}
