//! Reports as a CI job gets them: exit code, stdout, stderr, and what git makes of the patch.
//!
//! What must hold: a mistake in the spec is reported in the format that was asked for, with exit code 2; stdout holds the
//! report and nothing else; what `docs/guide/reports.md` shows is what is printed (`BLESS=1` writes it there).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{blessing, files, root};
use serde_json::Value;

const SPEC: &str = "version: 1\norganization: acme\nproviders: { github: {} }\nprojects:\n  app: { runtime: nodejs, stacks: { production: {} } }\n";
const WORKFLOW: &str = ".github/workflows/pulumi-deploy.yml";
const FORMATS: [&str; 8] = ["text", "json", "sarif", "junit", "gitlab", "github", "azure", "markdown"];

struct Repository(tempfile::TempDir);

impl Repository {
    fn new(spec: &str) -> Repository {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("stackgate.yaml"), spec).unwrap();
        Repository(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let full = self.path().join(path);
        let text = fs::read_to_string(&full).unwrap();
        assert!(text.contains(from), "{path} holds no {from:?}");
        fs::write(full, text.replacen(from, to, 1)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
        let ran = command.args(arguments).current_dir(self.path()).env_remove("CLICOLOR_FORCE").output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let (code, stdout, _) = self.run(arguments);
        (code, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}")))
    }
}

/// The repository of the guide: one time limit was taken off.
fn drifted() -> Repository {
    let repository = Repository::new(SPEC);
    assert_eq!(repository.run(&["generate"]).0, 0);
    repository.edit(WORKFLOW, "timeout-minutes: 60", "timeout-minutes: 600");
    repository
}

#[test]
fn drift_is_reported_in_every_format() {
    let repository = drifted();
    for format in FORMATS {
        let (code, stdout, stderr) = repository.run(&["check", "--format", format]);
        assert_eq!(code, 1, "{format}");
        assert!(stdout.contains(WORKFLOW) && stdout.contains("drift-behaviour"), "{format}: {stdout}");
        assert_eq!(stderr, "", "{format}");
    }
    let (_, sarif) = repository.json(&["check", "--format", "sarif"]);
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    let line = usize::try_from(region["startLine"].as_u64().unwrap()).unwrap();
    let text = fs::read_to_string(repository.path().join(WORKFLOW)).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("timeout-minutes: 600"));
}

#[test]
fn a_clean_repository_is_reported_as_such() {
    let repository = Repository::new(SPEC);
    repository.run(&["generate"]);
    for format in FORMATS {
        assert_eq!(repository.run(&["check", "--format", format]).0, 0, "{format}");
    }
    assert_eq!(repository.run(&["check", "--format", "gitlab"]).1, "[]\n");
    assert_eq!(repository.run(&["check", "--patch"]), (0, String::new(), String::new()));
    let (_, report) = repository.json(&["check", "--format", "json"]);
    assert_eq!((&report["clean"], &report["finished"]), (&Value::Bool(true), &Value::Bool(true)));
}

#[test]
fn mistakes_are_reported_in_the_format_that_was_asked_for() {
    let repository = Repository::new(&SPEC.replace("runtime", "runtme"));
    for command in [&["check"][..], &["trust", "prove"]] {
        for format in FORMATS {
            let (code, stdout, stderr) = repository.run(&[command, &["--format", format]].concat());
            assert_eq!(code, 2, "{format}");
            assert_eq!(stdout.contains("unknown-key"), format != "text", "{format}: {stdout}");
            assert!(stderr.contains("error[unknown-key]"), "people read it too: {stderr}");
        }
    }
    let (_, report) = repository.json(&["check", "--format", "json"]);
    assert_eq!((&report["clean"], &report["finished"]), (&Value::Bool(false), &Value::Bool(false)));
    let place = &report["findings"][0]["place"];
    assert_eq!(
        (place["line"].as_u64(), place["column"].as_u64(), place["end_column"].as_u64()),
        (Some(5), Some(3), Some(6))
    );
    let (code, stdout, _) = repository.run(&["check", "--patch"]);
    assert_eq!((code, stdout.as_str()), (2, ""), "there is nothing to patch towards");
    // Whatever is wrong and is no diagnostic is on stderr alone.
    fs::remove_file(repository.path().join("stackgate.yaml")).unwrap();
    let (code, stdout, stderr) = repository.run(&["check", "--format", "sarif"]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("stackgate init"), "{stdout}{stderr}");
}

#[test]
fn warnings_are_findings_that_do_not_fail() {
    let repository = Repository::new(&SPEC.replace("production: {}", "production: { esc: [app/unused] }"));
    fs::write(repository.path().join("Pulumi.production.yaml"), "environment: []\n").unwrap();
    repository.run(&["generate"]);
    let (code, report) = repository.json(&["check", "--format", "json"]);
    assert_eq!(code, 0);
    assert_eq!(report["findings"][0]["rule"], "esc-unused");
    assert_eq!(report["findings"][0]["status"], "passes");
    assert_eq!(report["clean"], true);
}

#[test]
fn a_fingerprint_outlives_lines_that_move() {
    let repository = drifted();
    let known = || {
        let (_, report) = repository.json(&["check", "--format", "sarif"]);
        report["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let before = known();
    repository.edit(WORKFLOW, "\njobs:\n", "\n# a line\n\njobs:\n");
    assert_eq!(known(), before);
}

#[test]
fn git_applies_the_patch() {
    let spec = SPEC.replace("{ production: {} }", "{ dev: { tier: development, preview: {} } }");
    let repository = Repository::new(&spec);
    repository.run(&["generate"]);
    let orphan = ".github/workflows/pulumi-preview.yml";
    fs::write(repository.path().join("stackgate.yaml"), SPEC).unwrap();
    let path = repository.path().join(WORKFLOW);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("timeout-minutes: 60", "timeout-minutes: 600 # \u{1b}[2J", 1).trim_end()).unwrap();
    let (code, patch, stderr) = repository.run(&["check", "--patch"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert!(patch.contains("\u{1b}[2J") && patch.contains("+++ /dev/null"), "{patch}");
    fs::write(repository.path().join("the.patch"), &patch).unwrap();
    let ran = Command::new("git").args(["apply", "the.patch"]).current_dir(repository.path()).output();
    let Ok(ran) = ran else { return };
    assert!(ran.status.success(), "{}\n{patch}", String::from_utf8_lossy(&ran.stderr));
    fs::remove_file(repository.path().join("the.patch")).unwrap();
    assert_eq!(repository.run(&["check"]).0, 0);
    assert!(!repository.path().join(orphan).exists());
    // Somebody's own file is left out, and named.
    fs::write(&path, "name: mine\n").unwrap();
    let (code, patch, stderr) = repository.run(&["check", "--patch"]);
    assert_eq!((code, patch.as_str()), (1, ""));
    assert!(stderr.contains(WORKFLOW) && stderr.contains("--adopt"), "{stderr}");
    assert_eq!(files(repository.path()).len(), 2);
}

#[test]
fn a_refuted_proof_is_a_report() {
    let spec = format!("{SPEC}  other: {{ directory: other, runtime: nodejs, stacks: {{ production: {{}} }} }}\n");
    let spec = spec.replace("github: {}", "github: { repository: acme/shop, repository_id: 7, owner_id: 8 }");
    let repository = Repository::new(&spec);
    let (code, stdout, stderr) = repository.run(&["trust", "policies", "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let (code, report) = repository.json(&["trust", "prove", "--format", "json"]);
    assert_eq!((code, &report["clean"]), (0, &Value::Bool(true)), "{report}");
    // Of each policy, the rule on the environment is taken away.
    let mut policies: Value = serde_json::from_str(&stdout).unwrap();
    for issuer in policies["issuers"].as_array_mut().unwrap() {
        for policy in issuer["policies"].as_array_mut().unwrap() {
            policy["rules"].as_object_mut().unwrap().retain(|claim, _| claim == "aud" || claim == "iss");
        }
    }
    fs::write(repository.path().join("policies.json"), policies.to_string()).unwrap();
    for format in FORMATS {
        let (code, stdout, stderr) =
            repository.run(&["trust", "prove", "--policies", "policies.json", "--format", format]);
        assert_eq!(code, 1, "{format}: {stderr}");
        assert!(stdout.contains(if format == "text" { "refuted" } else { "trust-refuted" }), "{format}: {stdout}");
    }
    let (_, report) = repository.json(&["trust", "prove", "--policies", "policies.json", "--format", "json"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["place"]["path"], "stackgate.yaml");
    assert!(finding["place"]["line"].as_u64() >= Some(5), "{finding}");
    assert!(
        finding["details"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().starts_with("sub = ")),
        "{finding}"
    );
    assert!(
        !repository.run(&["trust", "prove", "--json", "--format", "sarif"]).2.is_empty(),
        "one of them is asked for"
    );
}

/// Each `<!-- output: ARGUMENTS -->` of the page is followed by a fenced block with what that prints.
#[test]
fn the_guide_shows_what_is_printed() {
    let page = root().join("docs/guide/reports.md");
    let text = fs::read_to_string(&page).unwrap();
    let repository = drifted();
    let (mut wanted, mut seen) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        wanted.push_str(line);
        wanted.push('\n');
        let Some(arguments) = line.strip_prefix("<!-- output: ").and_then(|line| line.strip_suffix(" -->")) else {
            continue;
        };
        let arguments: Vec<&str> = arguments.split(' ').collect();
        seen.push(arguments.last().unwrap().to_string());
        wanted.push('\n');
        assert_eq!(lines.next(), Some(""), "an empty line follows {line}");
        let fence = lines.next().unwrap();
        let ticks = fence.trim_end_matches(|c: char| c != '`');
        wanted.push_str(&format!("{fence}\n{}{ticks}\n", repository.run(&arguments).1));
        assert!(lines.by_ref().any(|line| line == ticks), "{line}: the block has no end");
    }
    for format in FORMATS {
        assert!(seen.contains(&format.to_owned()), "the page does not show {format}");
    }
    if blessing() {
        fs::write(page, wanted).unwrap();
    } else {
        assert_eq!(text, wanted, "run `cargo xtask bless` and review the difference");
    }
}
