//! An organization's spec: many repositories become one program, and what stands between them is told.
//!
//! What must hold: nothing is written while two repositories contradict each other; what is edited is drift.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::root;

const SPEC: &str = "\
version: 1
organization: acme
repositories: [\"*/stackgate.yaml\", { fragment: legacy.json }]
access:
  defaults: { stacks: none, environments: none, members_create_stacks: false }
approvers: release-managers
";

/// Exit code and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stackgate")).args(arguments).current_dir(folder).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// An organization of two examples, and a third one's fragment.
fn organization() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    for example in ["github", "gitlab"] {
        let from = root().join("examples").join(example);
        fs::create_dir(temp.path().join(example)).unwrap();
        fs::copy(from.join("stackgate.yaml"), temp.path().join(example).join("stackgate.yaml")).unwrap();
    }
    let fragment = Command::new(env!("CARGO_BIN_EXE_stackgate"))
        .args(["trust", "policies", "--format", "fragment"])
        .current_dir(root().join("examples/jenkins"))
        .output()
        .unwrap();
    fs::write(temp.path().join("legacy.json"), fragment.stdout).unwrap();
    fs::write(temp.path().join("stackgate.yaml"), SPEC).unwrap();
    temp
}

#[test]
fn repositories_become_one_program_and_an_edit_is_drift() {
    let temp = organization();
    let (code, errors) = run(temp.path(), &["check"]);
    assert_eq!(code, 1, "{errors}");
    let (code, errors) = run(temp.path(), &["generate"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(run(temp.path(), &["check"]).0, 0);
    let program = temp.path().join("pulumi-access/Pulumi.yaml");
    let text = fs::read_to_string(&program).unwrap();
    for team in ["storefront-production", "orders-production", "payroll-production"] {
        assert!(text.contains(&format!("teamName: {team}\n")), "{team}");
    }
    // What nobody tried is said to be so, to whoever reviews the change.
    let review = fs::read_to_string(temp.path().join("pulumi-access/REVIEW.md")).unwrap();
    let said: Vec<&str> = review.lines().filter(|line| line.contains("no proof tried them")).collect();
    assert!(matches!(said[..], [one] if one.contains("legacy.json: its policies")), "{said:?}");
    fs::write(&program, text.replace("refs/heads/main", "refs/heads/*")).unwrap();
    assert_eq!(run(temp.path(), &["check"]).0, 1);
    // A script keeps its marker below its first line, and a page in a comment: both are known as ours when they go.
    fs::write(temp.path().join("stackgate.yaml"), SPEC.replace("approvers: release-managers\n", "")).unwrap();
    assert_eq!(run(temp.path(), &["generate", "--force"]).0, 0);
    assert_eq!(run(temp.path(), &["check"]).0, 0);
}

#[test]
fn two_repositories_with_one_stack_are_told_and_nothing_is_written() {
    let temp = organization();
    fs::create_dir(temp.path().join("copy")).unwrap();
    fs::copy(temp.path().join("github/stackgate.yaml"), temp.path().join("copy/stackgate.yaml")).unwrap();
    let (code, errors) = run(temp.path(), &["generate"]);
    assert_eq!(code, 2);
    for rule in ["fragment-stack-claimed-twice", "fragment-team-claimed-twice"] {
        assert!(errors.contains(rule), "{rule}: {errors}");
    }
    assert!(errors.contains("copy/stackgate.yaml and github/stackgate.yaml"), "{errors}");
    assert!(!temp.path().join("pulumi-access").exists());
}

#[test]
fn a_fragment_that_is_none_is_told_with_its_place() {
    let temp = organization();
    fs::write(temp.path().join("legacy.json"), "{ \"version\": 2 }").unwrap();
    let (code, errors) = run(temp.path(), &["check"]);
    assert_eq!(code, 2);
    assert!(errors.contains("legacy.json: "), "{errors}");
}
