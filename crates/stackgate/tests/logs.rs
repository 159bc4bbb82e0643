//! `logs` as users run it: cases as folders, the state, bad input.
//!
//! What must hold: a case is a log in a folder of `snapshots/logs`, beside what comes of it; the spec above them is that of
//! all.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{blessing, cases, files, root};

/// Exit code, standard output and standard error.
fn said(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
    command.env_remove("PULUMI_ACCESS_TOKEN").env("PULUMI_HOME", folder.join("no-such-folder"));
    let output = command.arg("logs").args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder() -> PathBuf {
    root().join("snapshots/logs")
}

/// A folder with the spec, and a log of so many lines of the case of that name.
fn copied(case: &str, lines: usize) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    for file in ["stackgate.yaml", "shop.json"] {
        fs::copy(folder().join(file), temp.path().join(file)).unwrap();
    }
    let log = fs::read_to_string(folder().join(case).join("events.jsonl")).unwrap();
    let log: Vec<&str> = log.lines().take(lines).collect();
    fs::write(temp.path().join("log.jsonl"), log.join("\n") + "\n").unwrap();
    temp
}

#[test]
fn every_case_gives_what_stands_beside_it() {
    let mut wrong = Vec::new();
    for case in cases("logs") {
        let name = common::name(&case);
        let log = files(&case).into_iter().find(|file| file.starts_with("events.")).unwrap();
        let log = format!("{name}/{log}");
        let more = fs::read_to_string(case.join("arguments.txt")).unwrap_or_default();
        let mut arguments = vec![log.as_str()];
        arguments.extend(more.split_whitespace());
        let (code, report, _) = said(&folder(), &arguments);
        let (again, figures, _) = said(&folder(), &[arguments.as_slice(), &["--figures"]].concat());
        assert_eq!(code, again);
        let text = format!("{report}\nexit code {code}\n\n{figures}");
        let path = case.join("report.txt");
        if blessing() {
            fs::write(&path, text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "bless with `cargo xtask bless` and read the difference:\n{}", wrong.join("\n"));
}

#[test]
fn a_state_is_where_the_next_run_goes_on() {
    let temp = copied("incidents", 4);
    let run = |more: &[&str]| said(temp.path(), &[&["log.jsonl", "--state", "state.json"], more].concat());
    let (code, report, _) = run(&[]);
    assert_eq!((code, report.contains("4 events")), (1, true), "{report}");
    let kept = fs::read_to_string(temp.path().join("state.json")).unwrap();
    let (code, report, _) = run(&[]);
    assert_eq!((code, report.contains("0 events, 4 judged before: no finding")), (0, true), "{report}");
    assert_eq!(fs::read_to_string(temp.path().join("state.json")).unwrap(), kept);
    // A log with more, that ends in the middle: what is there is judged, and the state stays.
    let whole = fs::read_to_string(folder().join("incidents/events.jsonl")).unwrap();
    fs::write(temp.path().join("log.jsonl"), &whole[..whole.len() - 20]).unwrap();
    let (code, report, errors) = run(&[]);
    assert_eq!(code, 2, "{report}");
    assert!(report.contains("log.jsonl:9: the file ends in the middle of this event"), "{report}");
    assert!(report.contains("made a long-lived token `backup`") && errors.contains("was left as it was"), "{errors}");
    assert_eq!(fs::read_to_string(temp.path().join("state.json")).unwrap(), kept);
    assert_eq!(
        files(temp.path()),
        ["log.jsonl", "shop.json", "stackgate.yaml", "state.json"],
        "nothing is left behind"
    );
}

#[test]
fn bad_input_is_one_clear_message() {
    let temp = copied("incidents", 9);
    fs::write(temp.path().join("newer.json"), "{\"version\": 2}").unwrap();
    fs::write(temp.path().join("broken.json"), "{\"version\": 1").unwrap();
    fs::write(temp.path().join("readme.txt"), "hello\n").unwrap();
    for (arguments, told) in [
        (vec!["log.jsonl", "--state", "newer.json"], "newer.json: this state is of version 2"),
        (vec!["log.jsonl", "--state", "broken.json"], "broken.json: this is no state of `stackgate logs`"),
        (vec!["nowhere.jsonl"], "could not read nowhere.jsonl"),
        (vec!["."], "this is a folder"),
        (vec![], "there is no token for https://api.pulumi.com"),
        (vec!["log.jsonl", "--from", "2025-12-01", "--to", "2025-11-01"], "before it begins"),
        (vec!["log.jsonl", "--figures", "--format", "sarif"], "text or JSON"),
    ] {
        let (code, _, errors) = said(temp.path(), &arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(errors.contains(told) && errors.lines().count() == 1, "{arguments:?}: {errors}");
    }
    let (code, report, _) = said(temp.path(), &["readme.txt"]);
    assert_eq!(code, 2);
    assert!(report.contains("readme.txt:1: this is no audit log"), "{report}");
}

#[test]
fn time_and_bar_are_what_was_asked_for() {
    let temp = copied("incidents", 9);
    let (code, report, _) = said(temp.path(), &["log.jsonl", "--from", "1764001200"]);
    assert_eq!((code, report.contains("1 event ")), (0, true), "{report}");
    assert_eq!(said(temp.path(), &["log.jsonl", "--from", "1764001200", "--fail-on", "notice"]).0, 1);
    assert_eq!(said(temp.path(), &["log.jsonl", "--fail-on", "critical"]).0, 0);
    let (_, json, _) = said(temp.path(), &["log.jsonl", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["command"], "logs");
    let (_, json, _) = said(temp.path(), &["log.jsonl", "--figures", "--format", "json"]);
    let figures: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(figures["figures"]["events"], 9);
    assert_eq!(figures["timeline"]["days"][0]["date"], "2025-11-24");
}

#[test]
fn what_is_known_does_not_fail_and_hides_no_other_day() {
    let temp = copied("incidents", 4);
    let run = |more: &[&str]| said(temp.path(), &[&["log.jsonl", "--baseline", "known.json"], more].concat());
    let (code, _, errors) = run(&["--write-baseline"]);
    assert_eq!((code, errors.contains("4 findings are known from now on")), (0, true), "{errors}");
    let (code, report, _) = run(&[]);
    assert_eq!((code, report.matches("known: it stands in the baseline").count()), (0, 4), "{report}");
    let log = fs::read_to_string(temp.path().join("log.jsonl")).unwrap();
    fs::write(temp.path().join("log.jsonl"), format!("{log}{}", log.replace("17640", "17650"))).unwrap();
    let (code, report, _) = run(&[]);
    assert_eq!((code, report.matches("known: it stands in the baseline").count()), (1, 4), "{report}");
}

#[test]
fn a_repository_has_no_log() {
    let folder = root().join("examples/github");
    let (code, _, errors) = said(&folder, &["nowhere.jsonl"]);
    assert_eq!(code, 2);
    assert!(errors.contains("name its spec with `--spec`"), "{errors}");
}
