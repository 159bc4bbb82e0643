//! Every golden file of a JSON format against its schema.
//!
//! What must hold: the schema is that of whoever reads the format, and each wrong document that a case here makes is
//! refused, or the validator would prove nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;

use common::schema::faults;
use common::{cases, folder, golden, read, report};
use serde_json::{Value, json};
use stackgate_report::{Format, json_schema, print};

fn schema(name: &str) -> Value {
    serde_json::from_str(&read(&folder("schemas").join(name))).unwrap()
}

fn goldens(format: Format) -> Vec<(String, Value)> {
    let read = |(name, case): (String, std::path::PathBuf)| {
        (name, serde_json::from_str(&read(&case.join(golden(format)))).unwrap())
    };
    cases().into_iter().map(read).collect()
}

fn hold(format: Format, schema: &Value) {
    for (name, value) in goldens(format) {
        assert_eq!(faults(schema, &value), [""; 0], "{name}");
    }
}

#[test]
fn sarif_is_as_oasis_has_it() {
    let schema = schema("sarif-2.1.0.json");
    hold(Format::Sarif, &schema);
    let good: Value = serde_json::from_str(&print(&report(&folder("cases/drift")), Format::Sarif)).unwrap();
    for (pointer, wrong) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/columnKind", json!("bytes")),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/ruleIndex", json!(-2)),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", json!("a b")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/tool/driver", json!({})),
        ("/runs/0/results/0/unknown", json!(1)),
    ] {
        let mut bad = good.clone();
        match bad.pointer_mut(pointer) {
            Some(place) => *place = wrong,
            None => drop(bad["runs"][0]["results"][0].as_object_mut().unwrap().insert("unknown".into(), wrong)),
        }
        assert_ne!(faults(&schema, &bad), [""; 0], "{pointer}");
    }
}

#[test]
fn sarif_says_what_code_scanning_reads() {
    for (name, value) in goldens(Format::Sarif) {
        let run = &value["runs"][0];
        let mut known = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"], "{name}");
            let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
            assert!((0.0..=10.0).contains(&severity), "{name}");
            assert!(known.insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string()), "{name}");
            // The standard: what is no failure has no level.
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "{name}");
        }
    }
}

#[test]
fn code_quality_is_as_gitlab_has_it() {
    let schema = schema("gitlab-code-quality.json");
    hold(Format::Gitlab, &schema);
    for (name, value) in goldens(Format::Gitlab) {
        let known: BTreeSet<String> =
            value.as_array().unwrap().iter().map(|issue| issue["fingerprint"].to_string()).collect();
        assert_eq!(known.len(), value.as_array().unwrap().len(), "{name}: GitLab shows one of two equal fingerprints");
    }
    for wrong in [
        json!({}),
        json!([{}]),
        json!([{ "description": "x", "check_name": "x", "fingerprint": "x", "severity": "bad", "location": { "path": "x", "lines": { "begin": 1 } } }]),
    ] {
        assert_ne!(faults(&schema, &wrong), [""; 0]);
    }
}

#[test]
fn json_is_as_its_own_schema_has_it() {
    let schema = json_schema();
    hold(Format::Json, &schema);
    let mut seen = BTreeSet::new();
    for (_, value) in goldens(Format::Json) {
        keys(&value, &mut seen);
    }
    let mut known = BTreeSet::new();
    for part in schema["$defs"].as_object().unwrap().values().chain([&schema]) {
        known.extend(part["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()));
    }
    assert_eq!(seen, known, "each key of the schema is in some case, and no other is");
    let report = report(&folder("cases/drift"));
    let mut bad: Value = serde_json::from_str(&print(&report, Format::Json)).unwrap();
    bad["findings"][0]["level"] = json!("terrible");
    assert_ne!(faults(&schema, &bad), [""; 0]);
}

fn keys(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                seen.insert(key.clone());
                keys(value, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, seen)),
        _ => {}
    }
}
