//! What must hold of any answer of Pulumi Cloud, and of any line of a saved directory.
//!
//! What must hold: a function panics exactly when a promise is broken, and depends on nothing but its input. The fuzz target
//! and `crates/stackgate/tests/crashes.rs` include this file, as they do `targets.rs`.

use serde_json::{Value, json};
use stackgate_cloud::{Answer, Api, Failure, Known, Origin, Refusal, Unknown, Wanted, audit_events, deployments, read};

/// Answers every question alike; one object can hold the lists of all of them.
struct Alike(Answer);

impl Api for Alike {
    fn get(&self, _: &str) -> Result<Answer, Failure> {
        Ok(self.0.clone())
    }
}

/// Any JSON is understood or unknown, with a message that is fit to be shown; any line is read back as it was.
pub(crate) fn cloud_answers(data: &[u8]) {
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match stackgate_cloud::read_line(line) {
            Ok((path, answer)) => {
                let again = format!("{}\n", json!({ "path": path, "status": answer.status, "body": answer.body }));
                assert_eq!(stackgate_cloud::read_line(again.as_bytes()), Ok((path, answer)));
            }
            Err(message) => assert!(!message.is_empty(), "refused without a reason"),
        }
    }
    let Ok(body) = serde_json::from_slice::<Value>(data) else { return };
    let status = body.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()).unwrap_or(200);
    let api = Alike(Answer { status, body });
    let origin = Origin { organization: "o".into(), cloud_url: "https://api.pulumi.com".into(), taken: 1 };
    let wanted = Wanted { origin, stacks: vec!["p/s".into()], environments: vec!["p/e".into()] };
    let actual = read(&api, &wanted, &mut ());
    assert_eq!(actual, read(&api, &wanted, &mut ()), "the same answers read in two ways");
    told(&actual.defaults);
    told(&actual.members);
    told(&actual.tokens);
    told(&actual.roles);
    if let Known::Here(teams) = told(&actual.teams) {
        assert!(teams.keys().is_sorted());
        for team in teams.values() {
            told(&team.members);
            told(&team.stacks);
            told(&team.environments);
            told(&team.roles);
            told(&team.tokens);
        }
    }
    if let Known::Here(issuers) = told(&actual.issuers) {
        assert!(issuers.keys().is_sorted());
        issuers.values().for_each(|issuer| drop(told(&issuer.policies)));
    }
    if let Known::Here(stacks) = told(&actual.stacks) {
        assert!(stacks.keys().is_sorted());
        for (name, stack) in stacks {
            told_of(name == "p/s", &stack.creator);
            told_of(name == "p/s", &stack.deployment);
        }
    }
    if let Known::Here(environments) = told(&actual.environments) {
        assert!(environments.keys().is_sorted());
        for (name, environment) in environments {
            told_of(name == "p/e", &environment.gated_actions);
            told_of(name == "p/e", &environment.gates);
        }
    }
    for unknown in [audit_events(&api, "o", 0, 1, None).err(), deployments(&api, "o", 1).err()].iter().flatten() {
        fit(unknown);
    }
}

/// A part that was asked for.
fn told<T>(part: &Known<T>) -> &Known<T> {
    told_of(true, part);
    part
}

/// A part is not asked for exactly where nobody wants it.
fn told_of<T>(wanted: bool, part: &Known<T>) {
    if let Known::Unknown(unknown) = part {
        assert_eq!(unknown.refusal == Refusal::NotAsked, !wanted, "{unknown:?}");
        fit(unknown);
    } else {
        assert!(wanted, "nobody asked for it");
    }
}

fn fit(unknown: &Unknown) {
    assert!(!unknown.message.is_empty() && unknown.path.starts_with("/api/"), "{unknown:?}");
    assert!(!matches!(unknown.refusal, Refusal::Stopped | Refusal::NotSaved), "{unknown:?}");
    assert!(!unknown.message.chars().any(char::is_control), "{unknown:?}");
}
