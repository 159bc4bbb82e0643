//! The scripts of the release workflow that decide, run as they stand: whether a tag may be released, and which files are
//! published.
//!
//! What must hold: each refusal is shown with one change from what passes. `gh` is a stand-in that answers from the
//! environment; what GitHub really answers is not tried here.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

/// Answers what the workflow asks of GitHub, and fails when it is asked anything else.
const GH: &str = r#"#!/bin/sh
case "$*" in
  "api repos/acme/stackgate/git/ref/tags/v1.2.3 --jq "*) echo "$REF" ;;
  "api repos/acme/stackgate/git/tags/0bject --jq "*) echo "$SIGNED" ;;
  "run list --repo acme/stackgate --workflow ci.yml --commit c0mmit --branch main --event push --status success "*) echo "$RUNS" ;;
  *) echo "gh: not foreseen: $*" >&2; exit 1 ;;
esac
"#;

fn script(job: &str, step: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let workflow: Value =
        serde_yaml::from_str(&fs::read_to_string(root.join(".github/workflows/release.yml")).unwrap()).unwrap();
    let steps = workflow["jobs"][job]["steps"].as_sequence().unwrap();
    let found = steps.iter().find(|found| found["name"] == step).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

/// Runs a script as GitHub does where a step names no shell.
fn run(script: &str, folder: &Path, variables: &[(&str, &str)]) -> (bool, String) {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", script]).current_dir(folder).env("PATH", path).envs(variables.iter().copied());
    let output = bash.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn a_tag_is_released_when_it_is_signed_unmoved_and_ci_has_passed() {
    let temp = tempfile::tempdir().unwrap();
    let gh = temp.path().join("gh");
    fs::write(&gh, GH).unwrap();
    fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script("check", "Look whether the tag is signed, and whether CI has passed");
    let answers = |reference, signed, runs| {
        let variables = [
            ("COMMIT", "c0mmit"),
            ("REPOSITORY", "acme/stackgate"),
            ("TAG", "v1.2.3"),
            ("REF", reference),
            ("SIGNED", signed),
            ("RUNS", runs),
        ];
        run(&script, temp.path(), &variables)
    };
    let (passed, text) = answers("tag 0bject", "true c0mmit", "1");
    assert!(passed, "{text}");
    for (reference, signed, runs, why) in [
        ("commit c0mmit", "true c0mmit", "1", "not an annotated one"),
        ("", "true c0mmit", "1", "not an annotated one"),
        ("tag 0bject", "false c0mmit", "1", "not signed"),
        ("tag 0bject", "true 0ther", "1", "moved"),
        ("tag 0bject", "", "1", "not signed"),
        ("tag 0bject", "true c0mmit", "0", "CI has not passed"),
        ("tag 0bject", "true c0mmit", "", "CI has not passed"),
    ] {
        let (passed, text) = answers(reference, signed, runs);
        assert!(!passed && text.contains(why), "{reference}, {signed}, {runs}: {text}");
    }
}

#[test]
fn only_the_bytes_that_were_built_are_published() {
    let temp = tempfile::tempdir().unwrap();
    let script = script("publish", "Compare the binaries with what the builds said, and write the sums");
    let other = "0".repeat(64);
    let sum = |name: &str| {
        let output = Command::new("sha256sum").arg(temp.path().join(name)).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
    };
    for name in ["stackgate-x86_64-unknown-linux-musl", "stackgate-aarch64-unknown-linux-musl"] {
        fs::write(temp.path().join(name), name).unwrap();
    }
    fs::write(temp.path().join("stackgate-notices.txt"), "notices").unwrap();
    fs::write(temp.path().join("stackgate.cdx.json"), "{}").unwrap();
    let (first, second) = (sum("stackgate-x86_64-unknown-linux-musl"), sum("stackgate-aarch64-unknown-linux-musl"));
    let (passed, text) = run(&script, temp.path(), &[("X64", &first), ("ARM64", &second)]);
    assert!(passed, "{text}");
    assert_eq!(fs::read_to_string(temp.path().join("SHA256SUMS")).unwrap().lines().count(), 4);
    for (first, second) in [(second.as_str(), first.as_str()), (&other, &second), ("", &second), (&first, "")] {
        let (passed, text) = run(&script, temp.path(), &[("X64", first), ("ARM64", second)]);
        assert!(!passed, "{first}, {second}: {text}");
    }
    fs::remove_file(temp.path().join("stackgate-notices.txt")).unwrap();
    assert!(!run(&script, temp.path(), &[("X64", &first), ("ARM64", &second)]).0, "a file is missing");
}
