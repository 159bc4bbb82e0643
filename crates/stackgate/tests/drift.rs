//! Every case under `snapshots/drift/`: a spec, edits after it was generated, and the report that `check` prints then.
//!
//! What must hold: the report is what a user reads. `edits.txt` holds one edit a paragraph: `replace PATH` with a `-` and
//! a `+` line, `crlf PATH`, `remove PATH`, `foreign PATH`, or `replace stackgate.yaml`, which makes files outdated.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{blessing, cases, files, name};

#[test]
fn every_case_gets_its_report() {
    let mut wrong = Vec::new();
    for case in cases("drift") {
        let temp = tempfile::tempdir().unwrap();
        fs::copy(case.join("stackgate.yaml"), temp.path().join("stackgate.yaml")).unwrap();
        assert_eq!(run(temp.path(), "generate").0, 0, "{}", name(&case));
        for edit in fs::read_to_string(case.join("edits.txt")).unwrap().split("\n\n") {
            apply(temp.path(), edit.trim());
        }
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

fn apply(root: &Path, edit: &str) {
    let mut lines = edit.lines();
    let (verb, path) = lines.next().unwrap().split_once(' ').unwrap();
    let file = root.join(path);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let text = match verb {
        "replace" => {
            let (old, new) = (lines.next().unwrap(), lines.next().unwrap_or("+"));
            let (old, new) = (old.strip_prefix('-').unwrap(), new.strip_prefix('+').unwrap());
            assert!(text.contains(old), "{path} does not hold {old:?}");
            text.replacen(old, new, 1)
        }
        "crlf" => text.replace('\n', "\r\n"),
        "foreign" => "name: mine\n".to_owned(),
        "remove" => return fs::remove_file(file).unwrap(),
        other => panic!("unknown edit {other:?}"),
    };
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}
