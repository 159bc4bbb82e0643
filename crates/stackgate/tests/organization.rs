//! An organization's spec: many repositories become one program, and what stands between them is told.
//!
//! What must hold: nothing is written while two repositories contradict each other; what is edited is drift.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::root;
use serde_json::{Value, json};

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
    let (code, _, errors) = said(folder, arguments);
    (code, errors)
}

/// Exit code, standard output and standard error.
fn said(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stackgate")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
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
    let said: Vec<&str> =
        review.lines().filter(|line| line.contains("was not proved, since its spec is not here")).collect();
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

#[test]
fn tokens_of_every_repository_are_tried_against_the_policies_of_all() {
    let temp = organization();
    let (code, out, errors) = said(temp.path(), &["trust", "prove"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    for title in ["github/stackgate.yaml: GitHub Actions", "gitlab/stackgate.yaml: GitLab CI"] {
        assert!(out.lines().any(|line| line.starts_with(title)), "{title}: {out}");
    }
    // The fragment's policies are tried, its tokens are not, and that is said.
    assert!(out.contains("note: legacy.json: its policies were taken from the file as they are"), "{out}");
    // Another repository's policy that reaches a team of this one shows its token.
    let legacy = fs::read_to_string(temp.path().join("legacy.json")).unwrap();
    let mut legacy: Value = serde_json::from_str(&legacy).unwrap();
    legacy["issuers"]["https://token.actions.githubusercontent.com"] = json!({
        "name": "GitHub Actions", "max_expiration_seconds": 3600,
        "policies": [{ "decision": "allow", "tokenType": "team", "teamName": "payroll-production",
            "authorizedPermissions": [], "rules": { "aud": "urn:pulumi:org:acme", "sub": "repo:acme/*" } }],
    });
    fs::write(temp.path().join("legacy.json"), legacy.to_string()).unwrap();
    let (code, out, _) = said(temp.path(), &["trust", "prove", "--json"]);
    let proof: Value = serde_json::from_str(&out).unwrap();
    let hole = &proof["holes"][0];
    assert_eq!((code, proof["holds"].as_bool()), (1, Some(false)), "{out}");
    assert_eq!(hole["of"], "the team `payroll-production`");
    assert!(hole["message"].as_str().unwrap().starts_with("github/stackgate.yaml: "), "{hole}");
    // What `trust prove` shows keeps `generate` from writing.
    assert!(run(temp.path(), &["generate"]).1.contains("trust-refuted"));
}

#[test]
fn a_token_is_answered_by_the_policies_of_all() {
    let temp = organization();
    let simulate = |stage: &str| said(temp.path(), &["trust", "simulate", "--stage", stage]);
    let (code, out, errors) = simulate("deploy-orders-dev");
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("team orders-dev: minted") && out.contains("team orders-production: refused"), "{out}");
    let (code, _, errors) = simulate("deploy-nothing");
    assert!(code == 2 && errors.contains("deploy-orders-dev") && errors.contains("deploy-storefront-dev"), "{errors}");
    // Two repositories may have a stage of one name, of a project and a stack that differ.
    for (folder, project, stack) in [("one", "orders-eu", "dev"), ("two", "orders", "eu-dev")] {
        let spec = format!(
            "version: 1\norganization: acme\ndefaults: {{ runtime: yaml }}\nproviders: {{ github: {{ repository: \
             acme/{folder}, repository_id: {}, owner_id: 1 }} }}\nprojects: {{ {project}: {{ directory: ., stacks: {{ {stack}: \
             {{ tier: development, deploy: {{ team: {folder}-dev, environment: {folder}-dev }} }} }} }} }}\n",
            folder.len() + usize::from(folder == "two"),
        );
        fs::create_dir(temp.path().join(folder)).unwrap();
        fs::write(temp.path().join(folder).join("stackgate.yaml"), spec).unwrap();
    }
    let (code, _, errors) = simulate("deploy-orders-eu-dev");
    assert!(
        code == 2 && errors.contains("`one/stackgate.yaml:deploy-orders-eu-dev`, `two/stackgate.yaml:"),
        "{errors}"
    );
    let (code, out, errors) = simulate("two/stackgate.yaml:deploy-orders-eu-dev");
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("team two-dev: minted") && out.contains("team one-dev: refused"), "{out}");
}

#[test]
fn an_organization_of_fragments_alone_has_no_token_to_try() {
    let temp = organization();
    let spec = SPEC.replace("\"*/stackgate.yaml\", ", "");
    fs::write(temp.path().join("stackgate.yaml"), spec).unwrap();
    let (code, out, errors) = said(temp.path(), &["trust", "prove"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(errors.contains("no repository's spec is here"), "{errors}");
}

/// The spec, the options of a repository, and what the files hold of them.
#[test]
fn the_example_has_what_its_repositories_ask_for() {
    let folder = root().join("examples/organization");
    let (code, errors) = run(&folder, &["check"]);
    assert_eq!(code, 0, "{errors}");
    let printed = Command::new(env!("CARGO_BIN_EXE_stackgate"))
        .args(["trust", "policies", "--format", "fragment"])
        .current_dir(root().join("examples/gitlab"))
        .output()
        .unwrap();
    let mut fresh: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    fresh["source"] = "orders".into();
    let kept = fs::read_to_string(folder.join("fragments/orders.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, fresh, "examples/organization/README.md says how the fragment is written anew");
    // An issuer with keys of its own is no resource, since the resource takes none; the script has it, with its policies.
    let program = fs::read_to_string(folder.join("pulumi-access/Pulumi.yaml")).unwrap();
    let script = fs::read_to_string(folder.join("pulumi-access/apply.sh")).unwrap();
    for job in ["platform/job/payroll", "platform-production/job/payroll"] {
        let issuer = format!("https://jenkins.internal.example.com/oidc/job/{job}");
        assert!(!program.contains(&issuer), "{issuer}");
        let steps: Vec<&str> =
            script.split("issuer '").filter(|step| step.starts_with(&format!("{issuer}'"))).collect();
        assert_eq!(steps.len(), 1, "{issuer}");
        assert!(steps[0].contains("\"jwks\": {") && steps[0].contains("policies <<"), "{issuer}");
    }
    assert!(program.contains("type: \"github:BranchProtection\""));
}

#[test]
fn settings_of_ci_systems_are_held_only_where_the_spec_says_so() {
    let temp = organization();
    assert_eq!(run(temp.path(), &["generate"]), (0, String::new()));
    let program = temp.path().join("pulumi-access/Pulumi.yaml");
    let without = fs::read_to_string(&program).unwrap();
    for system in ["github:", "gitlab:", "azuredevops:"] {
        assert!(!without.contains(&format!("type: \"{system}")), "{system}");
    }
    fs::write(temp.path().join("stackgate.yaml"), format!("{SPEC}ci_settings: {{ gitlab: {{}} }}\n")).unwrap();
    assert_eq!(run(temp.path(), &["generate", "--force"]).0, 0);
    let with = fs::read_to_string(&program).unwrap();
    assert!(with.contains("type: \"gitlab:ProjectProtectedEnvironment\"") && !with.contains("type: \"github:"));
}
