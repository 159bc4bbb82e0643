//! The golden files against the public schemas themselves, which are not carried here. See `tests/schemas/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::schema::faults;
use common::{cases, golden, read};
use serde_json::{Value, json};
use stackgate_report::Format;

fn schemas() -> PathBuf {
    PathBuf::from(std::env::var_os("PUBLIC_SCHEMAS").expect("PUBLIC_SCHEMAS names the folder with the schemas"))
}

fn value(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

#[test]
#[ignore = "needs the public schemas, which are not carried here"]
fn gitlabs_own_schema_takes_every_issue() {
    let schema = value(&schemas().join("codeclimate.json"));
    for (name, case) in cases() {
        for issue in value(&case.join(golden(Format::Gitlab))).as_array().unwrap() {
            assert_eq!(faults(&schema, issue), [""; 0], "{name}");
        }
    }
    assert_ne!(faults(&schema, &json!({})), [""; 0]);
}

#[test]
#[ignore = "needs the public schemas, which are not carried here"]
fn the_errata_of_sarif_take_every_log() {
    let schema = value(&schemas().join("sarif-schema-2.1.0.json"));
    for (name, case) in cases() {
        assert_eq!(faults(&schema, &value(&case.join(golden(Format::Sarif)))), [""; 0], "{name}");
    }
    assert_ne!(faults(&schema, &json!({ "version": "2.1.0" })), [""; 0]);
}

#[test]
#[ignore = "needs the public schemas, which are not carried here, and python3 with lxml"]
fn jenkins_own_schema_takes_every_file() {
    const PROGRAM: &str = "import sys\nfrom lxml import etree\nschema = etree.XMLSchema(etree.parse(sys.argv[1]))\n\
        for path in sys.argv[2:]:\n    if not schema.validate(etree.parse(path)): sys.exit(path + ': ' + str(schema.error_log))\n";
    let files: Vec<PathBuf> = cases().into_iter().map(|(_, case)| case.join(golden(Format::Junit))).collect();
    let ran =
        Command::new("python3").args(["-c", PROGRAM]).arg(schemas().join("junit-10.xsd")).args(files).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
