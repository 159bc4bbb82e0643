//! The seed of the fuzz target is understood as a whole, so that what is made of it reaches everything.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use stackgate_cloud::{Answer, Api, Failure, Origin, Wanted, read};

struct Alike(Answer);

impl Api for Alike {
    fn get(&self, _: &str) -> Result<Answer, Failure> {
        Ok(self.0.clone())
    }
}

#[test]
fn every_part_of_the_seed_is_understood() {
    let text = include_str!("../../../snapshots/cloud/everything.json");
    let api = Alike(Answer { status: 200, body: serde_json::from_str(text).unwrap() });
    let origin = Origin { organization: "o".into(), cloud_url: "u".into(), taken: 1 };
    let wanted = Wanted { origin, stacks: vec!["p/s".into()], environments: vec!["p/e".into()] };
    let actual = read(&api, &wanted, &mut ());
    assert_eq!(common::unknown(&actual), Vec::new());
    assert_eq!(actual.stacks.here().unwrap().len(), 1);
    assert_eq!(actual.environments.here().unwrap().len(), 1);
}
