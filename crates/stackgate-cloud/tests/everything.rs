//! The seed of the fuzz target is understood as a whole, so that what is made of it reaches everything.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

#[path = "../../../fuzz/cloud.rs"]
mod cloud;
mod common;

use serde_json::{Value, json};
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

/// Every place of the seed, one after another, with everything that it should not be.
#[test]
fn whatever_stands_anywhere_is_understood_or_unknown() {
    let text = include_str!("../../../snapshots/cloud/everything.json");
    let whole: Value = serde_json::from_str(text).unwrap();
    let odd = [
        Value::Null,
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{202e}\n\u{1b}"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "": {} }),
    ];
    let mut places = Vec::new();
    collect(&whole, String::new(), &mut places);
    assert!(places.len() > 150, "{}", places.len());
    for place in places {
        for value in &odd {
            let mut changed = whole.clone();
            *changed.pointer_mut(&place).unwrap() = value.clone();
            cloud::cloud_answers(changed.to_string().as_bytes());
        }
    }
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                collect(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
