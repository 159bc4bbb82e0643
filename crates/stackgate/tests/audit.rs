//! The command `audit` as a user runs it: exit codes, what is judged, what is set aside, and what cannot be read.
//!
//! What must hold: 0 nothing that fails, 1 findings, 2 where something could not be read or nothing was audited; one bad file
//! keeps no other from being judged; nothing outside the root is read. `docs/guide/audit.md` shows what is printed
//! (`BLESS=1` writes it there).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{blessing, cases, files, root};
use serde_json::Value;

const WORKFLOW: &str = ".github/workflows/deploy.yml";
const LOGIN: &str = "on: { push: { branches: [main] } }\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    steps:\n      - run: pulumi login https://api.pulumi.com --oidc-token file:///t --oidc-org acme --oidc-expiration 30m\n";
const SPEC: &str = "version: 1\norganization: acme\nproviders: { github: {} }\nprojects:\n  app: { runtime: nodejs, stacks: { production: {} } }\n";

struct Repository(tempfile::TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        files.iter().for_each(|(path, text)| repository.put(path, text));
        repository
    }

    fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.0.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
        let ran = command.args(arguments).current_dir(self.0.path()).env_remove("CLICOLOR_FORCE").output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
    }

    /// The exit code, and each finding as `rule status path`.
    fn findings(&self, arguments: &[&str]) -> (i32, Vec<String>) {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
        let (code, stdout, stderr) = self.run(&arguments);
        let report: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let told =
            |one: &Value| format!("{} {} {}", word(&one["rule"]), word(&one["status"]), word(&one["place"]["path"]));
        (code, report["findings"].as_array().unwrap().iter().map(told).collect())
    }
}

/// The finding of the workflow that all these tests use.
fn team(status: &str) -> String {
    format!("cli-oidc-team-missing {status} {WORKFLOW}")
}

#[test]
fn findings_fail_from_the_bar_on() {
    let repository = Repository::new(&[(WORKFLOW, LOGIN)]);
    let (code, found) = repository.findings(&["audit"]);
    assert_eq!(code, 1);
    assert!(found.contains(&team("fails")), "{found:?}");
    let mild = LOGIN.replace("--oidc-expiration 30m", "--oidc-expiration 9h --oidc-team app");
    repository.put(WORKFLOW, &mild);
    let (_, found) = repository.findings(&["audit", "--fail-on", "critical"]);
    assert!(found.contains(&format!("token-expiry-long passes {WORKFLOW}")), "{found:?}");
    let (code, _, _) = repository.run(&["audit", "--fail-on", "critical"]);
    assert_eq!(code, 0);
}

#[test]
fn nothing_to_audit_is_an_error_and_so_is_a_path_that_is_not_there_or_outside() {
    let repository = Repository::new(&[("README.md", "nothing")]);
    for (arguments, word) in [
        (&["audit"][..], "nothing was audited"),
        (&["audit", "missing"], "there is no such file"),
        (&["audit", ".."], "lies outside the repository"),
        (&["audit", "README.md"], "not everything could be read"),
    ] {
        let (code, _, stderr) = repository.run(arguments);
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stderr.contains(word), "{arguments:?}: {stderr}");
    }
}

#[test]
fn one_bad_file_keeps_no_other_from_being_judged() {
    let repository = Repository::new(&[(WORKFLOW, LOGIN), (".github/workflows/broken.yml", "a: [\n")]);
    repository.put(".github/workflows/binary.yml", [0xff, 0xfe, 0x00]);
    repository.put(".github/workflows/huge.yml", vec![b'#'; 2 * 1024 * 1024]);
    let (code, found) = repository.findings(&["audit"]);
    assert_eq!(code, 2);
    assert!(found.contains(&team("fails")), "{found:?}");
    for name in ["broken", "binary", "huge"] {
        let wanted = format!("audit-unread fails .github/workflows/{name}.yml");
        assert!(found.contains(&wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn what_cannot_be_told_is_said_and_does_not_fail() {
    let text = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    nonsense: 1\n    steps: [{ run: echo }]\n";
    let repository = Repository::new(&[(WORKFLOW, text)]);
    let (_, found) = repository.findings(&["audit", "--fail-on", "critical"]);
    assert!(found.contains(&format!("audit-undecided passes {WORKFLOW}")), "{found:?}");
}

#[test]
fn an_audit_is_bounded() {
    // Sixty-five files of one MiB are more than one audit reads.
    let text = format!("on: push\njobs: {{}}\n{}", "#".repeat(1023 * 1024));
    let repository = Repository::new(&[]);
    (0..65).for_each(|number| repository.put(&format!(".github/workflows/{number:02}.yml"), &text));
    let (code, found) = repository.findings(&["audit"]);
    assert_eq!(code, 2);
    assert!(found.contains(&"audit-unread fails .github/workflows/64.yml".to_owned()), "{found:?}");
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    let outside = Repository::new(&[("deploy.yml", LOGIN)]);
    let repository = Repository::new(&[(".github/workflows/other.yml", "on: push\njobs: {}\n")]);
    std::os::unix::fs::symlink(outside.0.path().join("deploy.yml"), repository.0.path().join(WORKFLOW)).unwrap();
    let (code, found) = repository.findings(&["audit"]);
    assert_eq!(code, 2);
    assert!(found.contains(&format!("audit-unread fails {WORKFLOW}")), "{found:?}");
    assert!(!found.iter().any(|one| one.starts_with("cli-oidc-team-missing")), "{found:?}");
}

#[test]
fn a_waiver_of_the_spec_sets_a_finding_aside_and_is_noticed_where_it_does_not() {
    let waiver = |place: &str, until: &str| {
        let rest = format!("where: \"{place}\", reason: \"until the move is done\", until: {until}");
        format!("{SPEC}waivers:\n  - {{ rule: cli-oidc-team-missing, {rest} }}\n")
    };
    let repository = Repository::new(&[(WORKFLOW, LOGIN)]);
    for place in [WORKFLOW.to_owned(), format!("{WORKFLOW}:deploy")] {
        repository.put("stackgate.yaml", waiver(&place, "2999-01-01"));
        let (_, found) = repository.findings(&["audit"]);
        assert!(found.contains(&team("suppressed")), "{place}: {found:?}");
        assert!(!found.iter().any(|one| one.starts_with("audit-waiver-unused")), "{found:?}");
    }
    for place in [format!("{WORKFLOW}:other"), ".github".to_owned(), ".github/workflows/deploy.ym".to_owned()] {
        repository.put("stackgate.yaml", waiver(&place, "2999-01-01"));
        let (code, found) = repository.findings(&["audit"]);
        assert!(code == 1 && found.contains(&team("fails")), "{place}: {found:?}");
        assert!(found.contains(&"audit-waiver-unused passes stackgate.yaml".to_owned()), "{found:?}");
    }
    // One that has ended sets nothing aside, and is a mistake of the spec.
    repository.put("stackgate.yaml", waiver(WORKFLOW, "2020-01-01"));
    let (code, found) = repository.findings(&["audit"]);
    assert!(code == 2 && found.contains(&team("fails")), "{found:?}");
    assert!(found.contains(&"waiver-expired fails stackgate.yaml".to_owned()), "{found:?}");
}

#[test]
fn a_folder_and_a_file_of_any_name_can_be_named() {
    let repository = Repository::new(&[("ci/run.yaml", LOGIN), ("fleet/one/.github/workflows/x.yml", LOGIN)]);
    for (path, place) in [
        ("ci/run.yaml", "ci/run.yaml"),
        ("fleet/one", "fleet/one/.github/workflows/x.yml"),
        ("fleet/one/.github/workflows/x.yml", "fleet/one/.github/workflows/x.yml"),
    ] {
        let (code, found) = repository.findings(&["audit", path]);
        assert_eq!(code, 1, "{path}: {found:?}");
        assert!(found.contains(&format!("cli-oidc-team-missing fails {place}")), "{path}: {found:?}");
    }
    // A repository within the repository runs nothing there.
    assert_eq!(repository.run(&["audit"]).0, 2);
}

#[test]
fn policies_of_a_file_are_judged() {
    let policies = |seconds: u32| {
        format!(
            "{{\"issuers\":{{\"https://token.actions.githubusercontent.com\":{{\"max_expiration_seconds\":{seconds},\"policies\":[]}}}}}}"
        )
    };
    let repository = Repository::new(&[("long.json", &policies(90_000)), ("short.json", &policies(3600))]);
    let (code, found) = repository.findings(&["audit", "--policies", "long.json"]);
    assert!(code == 1 && found == ["issuer-max-expiration-default fails long.json"], "{found:?}");
    assert_eq!(repository.findings(&["audit", "--policies", "short.json"]), (0, Vec::new()));
    repository.put("broken.json", "{");
    assert_eq!(repository.run(&["audit", "--policies", "broken.json"]).0, 2);
}

#[test]
fn what_is_rendered_has_no_finding_and_every_format_prints() {
    let repository = Repository::new(&[("stackgate.yaml", SPEC)]);
    assert_eq!(repository.run(&["generate"]).0, 0);
    let (code, stdout, _) = repository.run(&["audit"]);
    assert_eq!(code, 0, "{stdout}");
    repository.put(WORKFLOW, LOGIN);
    for format in ["text", "json", "sarif", "junit", "gitlab", "github", "azure", "markdown"] {
        let (code, stdout, stderr) = repository.run(&["audit", "--format", format]);
        assert!(code == 1 && stdout.contains("cli-oidc-team-missing"), "{format}: {stdout}{stderr}");
    }
}

/// Each case of `snapshots/fix`: the files after a fix, and what it says; a second fix finds nothing more to mend.
#[test]
fn every_fix_is_as_it_stands_in_the_snapshots() {
    let mut wrong = Vec::new();
    for case in cases("fix") {
        let before = case.join("before");
        // A provider whose pipelines nobody reads yet mends nothing.
        let read = |path: &String| {
            stackgate::PROVIDERS.iter().any(|one| one.reader().is_some_and(|reader| reader.is_pipeline(path)))
        };
        if !files(&before).iter().any(read) {
            continue;
        }
        let repository = Repository::new(&[]);
        for path in files(&before) {
            repository.put(&path, fs::read(before.join(&path)).unwrap());
        }
        let (dry, _, _) = repository.run(&["audit", "--fix", "--dry-run"]);
        for path in files(&before) {
            let same = fs::read(before.join(&path)).unwrap() == fs::read(repository.0.path().join(&path)).unwrap();
            assert!(same, "{}: a dry run changed {path}", case.display());
        }
        let (code, _, said) = repository.run(&["audit", "--fix"]);
        assert!(dry < 2 && code < 2, "{}: {said}", case.display());
        let mut after: Vec<(String, String)> = files(&before)
            .into_iter()
            .map(|path| (format!("after/{path}"), fs::read_to_string(repository.0.path().join(path)).unwrap()))
            .collect();
        after.push(("said.txt".to_owned(), said));
        for (path, text) in after {
            let expected = case.join(&path);
            if blessing() {
                fs::create_dir_all(expected.parent().unwrap()).unwrap();
                fs::write(expected, text).unwrap();
            } else if fs::read_to_string(&expected).unwrap_or_default() != text {
                wrong.push(format!("{}/{path}:\n{text}", common::name(&case)));
            }
        }
        let (_, _, again) = repository.run(&["audit", "--fix"]);
        assert!(!again.contains(": mended: "), "{}: {again}", case.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the guide shows of the first workflow is what is printed.
#[test]
fn the_guide_shows_what_is_printed() {
    let seed = fs::read_to_string(root().join("crates/stackgate-audit/fixtures/seed/workflow").join(WORKFLOW)).unwrap();
    let repository = Repository::new(&[(WORKFLOW, &seed)]);
    let (_, audited, _) = repository.run(&["audit"]);
    let page = root().join("docs/guide/audit.md");
    shown(&page, "stackgate audit", &audited);
    // The report of what is left follows, and is the same as above.
    let (_, mended, _) = repository.run(&["audit", "--fix", "--dry-run"]);
    let diff = mended.strip_suffix(audited.as_str()).unwrap();
    shown(&page, "stackgate audit --fix --dry-run", diff);
}

/// Holds the block that begins with a command against what that printed.
fn shown(page: &Path, command: &str, printed: &str) {
    let text = fs::read_to_string(page).unwrap();
    let start = format!("```console\n$ {command}\n");
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("no block for {command}"));
    let (block, after) = rest.split_once("```\n").unwrap();
    if blessing() {
        fs::write(page, format!("{before}{start}{printed}```\n{after}")).unwrap();
    } else {
        assert_eq!(block, printed, "{command}");
    }
}

/// The limits that `docs/reference/limits.md` states: at one all is judged, past it what was left out is said.
#[test]
fn an_audit_is_of_bearable_size() {
    let small = "on: push\njobs: {}\n";
    let many = Repository::new(&[]);
    for number in 0..10_000 {
        many.put(&format!(".github/workflows/{number}.yml"), small);
    }
    let told =
        |repository: &Repository| repository.findings(&["audit"]).1.iter().any(|one| one.starts_with("audit-too-much"));
    assert!(!told(&many));
    many.put(".github/workflows/x.yml", small);
    assert!(told(&many));
    // One file may have a mebibyte, so that it takes sixty-four of them.
    let large = format!("{small}#{}\n", "x".repeat(1024 * 1024 - small.len() - 2));
    let heavy = Repository::new(&[]);
    for number in 0..64 {
        heavy.put(&format!(".github/workflows/{number}.yml"), &large);
    }
    let unread =
        |repository: &Repository| repository.findings(&["audit"]).1.iter().any(|one| one.starts_with("audit-unread"));
    assert!(!unread(&heavy));
    heavy.put(".github/workflows/x.yml", small);
    assert!(unread(&heavy));
}
