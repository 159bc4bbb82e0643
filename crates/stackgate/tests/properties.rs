//! Properties of every spec that there could be, tried on specs that proptest makes up: the same ones in every run.
//!
//! What must hold of each that is accepted: the same bytes twice; what is read back is what the plan says; two parsers read
//! the same, and YAML 1.1 the same as 1.2; a check after a write finds nothing; another notation of the same spec renders to
//! the same. `STACKGATE_PROPTEST_CASES` raises their number. A generator whose specs are mostly refused fails.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]
#![allow(clippy::print_stderr, reason = "what was counted is said")]

mod common;
#[path = "common/parsers.rs"]
mod parsers;
#[path = "properties/specs.rs"]
mod specs;
#[path = "common/yaml11.rs"]
mod yaml11;

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::path::Path;

use common::TODAY;
use proptest::prelude::TestCaseError;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use serde_json::Value;
use stackgate::adapter::{Artifact, Comment};
use stackgate::diagnostic::Source;
use stackgate::{Error, Project, WriteOptions};

/// How many specs are made unless the environment says otherwise.
const CASES: u32 = 60;

#[test]
fn what_is_accepted_renders_to_what_it_says() {
    let cases = std::env::var("STACKGATE_PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (tried, accepted, refusals) = (Cell::new(0_u32), Cell::new(0_u32), RefCell::new(String::new()));
    let result = runner.run(&specs::spec(), |spec| {
        tried.set(tried.get() + 1);
        match hold(&spec.data())? {
            None => accepted.set(accepted.get() + 1),
            Some(refusal) => writeln!(refusals.borrow_mut(), "{refusal}").unwrap(),
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    eprintln!("{} of {} specs were accepted", accepted.get(), tried.get());
    assert!(accepted.get() * 10 >= tried.get() * 6, "most specs are refused:\n{}", refusals.borrow());
}

/// Holds every property of one spec, or says why it was refused.
fn hold(data: &Value) -> Result<Option<String>, TestCaseError> {
    let text = block(data);
    let project = match open(&text) {
        Ok(project) => project,
        Err(Error::Spec { diagnostics, .. }) => {
            return Ok(Some(diagnostics.iter().map(|told| format!("{}: {}; ", told.rule.id, told.message)).collect()));
        }
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    let artifacts = verified(&project)?;
    prop_assert_eq!(&artifacts, &verified(&project)?, "other bytes the second time");
    for artifact in artifacts.iter().filter(|artifact| artifact.comment == Comment::Hash) {
        prop_assert!(parsers::agree(&artifact.body), "two parsers differ on {}", artifact.path);
        yaml11::check(&artifact.body).map_err(TestCaseError::fail)?;
    }
    let other = open(&flow(data, "")).map_err(|error| TestCaseError::fail(format!("another notation: {error}")))?;
    prop_assert_eq!(&artifacts, &verified(&other)?, "another notation renders to something else");
    on_disk(&text)?;
    Ok(None)
}

fn open(text: &str) -> Result<Project, Error> {
    Project::of(Source::new(stackgate::SPEC_NAME, text), Path::new(".").to_path_buf(), TODAY)
}

fn verified(project: &Project) -> Result<Vec<Artifact>, TestCaseError> {
    project.render_verified().map_err(|error| TestCaseError::fail(error.to_string()))
}

/// A write, and then a check.
fn on_disk(text: &str) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join(stackgate::SPEC_NAME);
    std::fs::write(&spec, text).unwrap();
    let project = Project::load(&spec, None, TODAY).unwrap();
    project.write(&WriteOptions::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(project.check().unwrap().is_clean(), "a check after a write finds a difference");
    Ok(())
}

/// The spec in block style, with single quotes.
fn block(data: &Value) -> String {
    let mut out = String::new();
    write_block(data, 0, &mut out);
    out
}

fn write_block(data: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match data {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                write!(out, "\n{pad}{}:", single(key)).unwrap();
                write_block(value, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(out, "\n{pad}-").unwrap();
                write_block(item, indent + 2, out);
            }
        }
        Value::String(text) => write!(out, " {}", single(text)).unwrap(),
        other => write!(out, " {other}").unwrap(),
    }
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The spec as JSON on one line, with the keys of this program backwards. The order of the user's own keys is the order of
/// the pipeline, and stays.
fn flow(data: &Value, key: &str) -> String {
    match data {
        Value::Object(entries) => {
            let own = ["projects", "stacks", "jobs"].contains(&key);
            let one = |(key, value): (&String, &Value)| format!("{}: {}", Value::String(key.clone()), flow(value, key));
            let mut all: Vec<String> = entries.iter().map(one).collect();
            if !own {
                all.reverse();
            }
            format!("{{{}}}", all.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| flow(item, "")).collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}
