//! The organization of the rules' examples, as it is once its access program was applied, and answers that differ from it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "not every test uses everything; a panic is a failed test"
)]

use stackgate_access::{Fragment, Options};
use stackgate_cloud::{Actual, Origin, Wanted, read};
use stackgate_cloud_fixtures::{Laid, OPERATOR, TAKEN, World, applied};
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
    world.roles[0]["id"] = "role-1".into();
    if let Some(auditor) = world.team_mut("auditor") {
        auditor["roleIds"] = serde_json::json!(["role-1"]);
    }
    world
}

/// A world with the answers of an example laid over it.
pub(crate) struct Shown(Laid);

impl Shown {
    pub(crate) fn new(world: World, text: &str) -> Shown {
        Shown(Laid::new(world, text).expect(text))
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
        read(&self.0, &wanted, &mut ())
    }
}
