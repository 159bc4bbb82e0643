//! Every input that once broke a promise, under `snapshots/crashes/<target>/`, given to the body of its fuzz target again.
//!
//! What must hold: the body is the fuzz target's own. A case is a file; its name says what was wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

#[path = "../../../fuzz/cloud.rs"]
mod cloud;
mod common;
#[path = "../../../fuzz/targets.rs"]
mod targets;

use common::{cases, name};

#[test]
fn what_crashed_once_does_not_again() {
    let mut replayed = 0;
    for folder in cases("crashes") {
        let target = name(&folder);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let data = std::fs::read(&path).unwrap();
            println!("{}", path.display());
            match target.as_str() {
                "cloud_answers" => cloud::cloud_answers(&data),
                "spec" => targets::spec(&data),
                "whole" => targets::whole(&data),
                "script" => targets::script(&data),
                "drift" => targets::drift(&data),
                "log_json" => targets::log_json(&data),
                "log_csv" => targets::log_csv(&data),
                "log_cef" => targets::log_cef(&data),
                "pipeline_yaml" => targets::pipeline_yaml(&data),
                other => match (other.strip_prefix("observe_"), other.strip_prefix("facts_")) {
                    (Some(provider), _) => targets::observe(provider, &data),
                    (_, Some(provider)) => targets::facts(provider, &data),
                    _ => panic!("{other} is no fuzz target"),
                },
            }
            replayed += 1;
        }
    }
    assert!(replayed > 0, "there are no cases");
}
