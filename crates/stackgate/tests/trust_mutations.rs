//! Every rule of every policy of the examples matters: without it, or with a wider one, the proof finds a hole.
//!
//! What must hold: what no proof can tell is in `ALIKE` with its reason, and nothing stands there in vain. The changed
//! policy is tried alone, and jobs that it refuses do not count: all policies allow only, and together they have no hole,
//! so that whatever a changed one lets in is all that is new.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]
#![allow(clippy::print_stdout, reason = "the share that is caught is for people, with `--nocapture`")]

mod common;

use std::collections::BTreeSet;

use common::{TODAY, root};
use indexmap::IndexMap;
use stackgate::Project;
use stackgate::trust_model::{Kind, Model, Policy, prove};

/// What is changed of which claim's rule without a difference, and why.
const ALIKE: &[(&str, &str, &str)] = &[(
    "\"oidc.circleci.com/ssh-rerun\"",
    "false*",
    "the claim is a boolean in CircleCI's documentation, and of `true` and `false` the pattern takes the latter alone",
)];

fn holds(model: &Model<'_>, issuer: &str, policy: &Policy) -> bool {
    let proof = prove(model, &IndexMap::from([(issuer.to_owned(), vec![policy.clone()])]));
    proof.holes.iter().all(|hole| hole.kind == Kind::Refuses)
}

/// Takes each rule away, and widens it; what passed for a proof nevertheless must be `ALIKE`.
fn every_rule_matters(example: &str) {
    let spec = root().join("examples").join(example).join("stackgate.yaml");
    let project = Project::load(&spec, None, TODAY).unwrap();
    let model = project.trust().unwrap();
    assert!(prove(&model, &model.policies()).holes.is_empty(), "{example}");
    let (mut tried, mut caught) = (0, 0);
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for (issuer, policies) in model.policies() {
        for policy in &policies {
            for (claim, pattern) in &policy.rules {
                let mut ways = vec![None, Some("*".to_owned())];
                if !pattern.ends_with('*') {
                    ways.push(Some(format!("{pattern}*")));
                }
                for way in ways {
                    let mut changed = policy.clone();
                    match &way {
                        None => changed.rules.shift_remove(claim),
                        Some(wider) => changed.rules.insert(claim.clone(), wider.clone()),
                    };
                    let known = ALIKE.iter().find(|(of, wider, _)| of == claim && way.as_deref() == Some(*wider));
                    let found = !holds(&model, &issuer, &changed);
                    tried += 1;
                    caught += u32::from(found);
                    match known {
                        Some((of, wider, _)) if !found => met.extend([(*of, *wider)]),
                        None if found => {}
                        _ => wrong.push(format!("{:?}, {claim}: {pattern}, as {way:?}", policy.team_name)),
                    }
                }
            }
        }
    }
    println!("{example}: {caught} of {tried} changes are caught");
    for (claim, wider, why) in ALIKE.iter().filter(|(claim, wider, _)| met.contains(&(*claim, *wider))) {
        println!("{example}: not {claim} as {wider}: {why}");
    }
    assert!(wrong.is_empty(), "not caught, or caught although `ALIKE` says otherwise: {wrong:#?}");
    // All that stands there is about CircleCI.
    assert!(example != "circleci" || met.len() == ALIKE.len(), "stands in `ALIKE` in vain; met: {met:?}");
}

#[test]
fn of_jenkins() {
    every_rule_matters("jenkins");
}

#[test]
fn of_azure() {
    every_rule_matters("azure");
}

#[test]
#[ignore = "a minute and more without optimisation"]
fn of_circleci() {
    every_rule_matters("circleci");
}

#[test]
#[ignore = "a minute and more without optimisation"]
fn of_gitlab() {
    every_rule_matters("gitlab");
}

#[test]
#[ignore = "minutes without optimisation"]
fn of_github() {
    every_rule_matters("github");
}

#[test]
#[ignore = "minutes without optimisation"]
fn of_five() {
    every_rule_matters("five");
}
