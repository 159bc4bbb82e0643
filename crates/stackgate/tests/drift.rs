//! Every case under `snapshots/drift/`: a spec, edits after it was generated, and the report that `check` prints then.
//!
//! What must hold: the report is what a user reads. `edits.txt` is as
//! `common/edits.rs` says; one of `stackgate.yaml` makes files outdated.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::edits::apply;
use common::{blessing, cases, files, name};

#[test]
fn every_case_gets_its_report() {
    let mut wrong = Vec::new();
    for case in cases("drift") {
        let temp = tempfile::tempdir().unwrap();
        fs::copy(case.join("stackgate.yaml"), temp.path().join("stackgate.yaml")).unwrap();
        assert_eq!(run(temp.path(), "generate").0, 0, "{}", name(&case));
        apply(temp.path(), &case.join("edits.txt"));
        let (code, stdout) = run(temp.path(), "check");
        let report = format!("exit code {code}\n{stdout}");
        let expected = case.join("report.txt");
        if blessing() {
            fs::write(&expected, report).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{}:\n{report}", name(&case)));
        }
        assert_eq!(
            files(&case),
            ["edits.txt", "report.txt", "stackgate.yaml"],
            "{}: nothing reads the rest",
            name(&case)
        );
        // Whatever the drift was, generating mends it, or refuses because somebody's work would be lost.
        let (generated, _) = run(temp.path(), "generate");
        assert!(generated == 2 || run(temp.path(), "check").0 == 0, "{}", name(&case));
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n\n{}", wrong.join("\n"));
}

fn run(root: &Path, command: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stackgate")).arg(command).current_dir(root).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}
