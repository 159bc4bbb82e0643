//! Rules about policies: whole files of policies, and everything that our own specs ask Pulumi Cloud to trust.
//!
//! What must hold: no spec of ours has a finding, whether it is judged as a spec, as an organization, as the fragment or as
//! the policies alone that `trust policies` prints; what vendors' guides tell people to trust has; an expected text is read
//! before it is blessed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{TODAY, blessing, cases, root};
use serde_json::json;
use stackgate::audit_rules::{PoliciesSubject, Severity, audit_policies};
use stackgate::diagnostic::{Source, render_text};
use stackgate::spec::ORGANIZATION_SPEC;
use stackgate::trust_model::IssuerPolicies;
use stackgate::{
    AuditOptions, Error, Organization, Project, SPEC_NAME, audit, fragment_subject, policies_subject, project_subject,
};

/// An example, a text in its spec, and what stands in its place.
const VARIANTS: &[(&str, &str, &str)] = &[
    ("github", "    repository: acme/storefront\n", "    repository: acme/store.front\n"),
    ("github", "    repository_id", "    subject: names\n    repository_id"),
    ("github", "    repository_id", "    subject: ids\n    repository_id"),
    ("gitlab", "    repository: acme/orders\n", "    repository: acme.shop/my.orders\n"),
    ("gitlab", "    premium: true", "    url: https://gitlab.acme.example\n    premium: true"),
    ("gitlab", "    premium: true", "    url: https://gitlab.acme.example\n    version: 17.11.0\n    premium: true"),
    ("azure", "    host: azure-repos", "    connection_issuer: azure-devops\n    host: azure-repos"),
    ("azure", "    project: billing\n", "    project: my.billing\n"),
    ("jenkins", "    job: platform/payroll ", "    job: platform.example/payroll "),
    ("jenkins", "    approvers:", "    issuer: https://keys.example.com/jenkins\n    approvers:"),
    (
        "circleci",
        "    contexts:\n",
        "    events: github-app\n    pipeline_definition_id: 9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b07\n    contexts:\n",
    ),
    ("circleci", "    repository: acme/domains\n", "    repository: acme/my.domains\n"),
];

/// The findings in a subject, as fixtures have them.
fn told(subject: &PoliciesSubject) -> String {
    let mut told = String::new();
    for finding in audit_policies(subject) {
        let about = finding.subject.as_deref().unwrap_or("-");
        let (severity, rule, path) = (finding.severity.as_str(), finding.rule.id, &subject.path);
        writeln!(told, "{severity} {rule} {path}:1 {about}: {}", finding.message).unwrap();
    }
    told
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

#[test]
fn every_file_of_policies_has_what_stands_beside_it() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for rule in folders(&root().join("crates/stackgate-audit/fixtures")) {
        for case in folders(&rule) {
            let Ok(text) = std::fs::read_to_string(case.join("policies.json")) else { continue };
            seen += 1;
            let subject = policies_subject("policies.json", &text, None).unwrap();
            let (found, expected) = (told(&subject), case.join("expected.txt"));
            if blessing() {
                std::fs::write(&expected, &found).unwrap();
            } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
                wrong.push(format!("{}:\n{found}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty() && seen >= 10, "{seen} cases\n{}", wrong.join("\n"));
}

/// Every spec of ours that is one repository's.
fn specs() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = cases("cases");
    found.extend(folders(&root().join("examples")));
    found.extend(folders(&root().join("examples/organization")));
    found.into_iter().map(|folder| folder.join(SPEC_NAME)).filter(|spec| spec.exists()).collect()
}

/// What is found in what a project asks for, in each form in which it can come; nothing where it has no ids.
fn found(project: &Project) -> Option<String> {
    let subject = project_subject(project).ok()?;
    let model = project.trust().unwrap();
    let fragment = project.fragment(&model).to_json().unwrap();
    // What is known least of: the policies alone, whose issuer says whose they are.
    let issuer = |(url, held): (&String, &IssuerPolicies)| json!({ "url": url, "maxExpiration": held.max_expiration_seconds, "policies": held.policies });
    let alone = json!({ "issuers": model.issuers.iter().map(issuer).collect::<Vec<_>>() }).to_string();
    let mut found = String::new();
    for (how, subject) in [
        ("the spec", subject),
        ("its fragment", policies_subject("fragment", &fragment, None).unwrap()),
        ("its policies alone", policies_subject("policies", &alone, None).unwrap()),
    ] {
        assert!(subject.issuers.iter().any(|issuer| !issuer.policies.is_empty()));
        let told = told(&subject);
        if !told.is_empty() {
            writeln!(found, "{how}\n{told}").unwrap();
        }
    }
    Some(found)
}

#[test]
fn no_policy_of_our_own_has_a_finding() {
    let (mut wrong, mut judged) = (String::new(), 0);
    for spec in specs() {
        let project = match Project::load(&spec, None, TODAY) {
            Ok(project) => project,
            // Judged below, whole.
            Err(Error::Spec { diagnostics, .. }) if diagnostics.iter().any(|one| one.rule == &ORGANIZATION_SPEC) => {
                continue;
            }
            Err(error) => panic!("{}: {error}", spec.display()),
        };
        let Some(found) = found(&project) else { continue };
        judged += 1;
        if !found.is_empty() {
            writeln!(wrong, "{}: {found}", spec.display()).unwrap();
        }
    }
    assert!(judged >= 11, "{judged}");
    assert_eq!(wrong, "");
}

/// The examples with other options: each layout that changes what a policy can ask for.
#[test]
fn no_other_layout_of_ours_has_a_finding() {
    let mut wrong = String::new();
    for (example, from, to) in VARIANTS {
        let text = std::fs::read_to_string(root().join("examples").join(example).join(SPEC_NAME)).unwrap();
        assert!(text.contains(from), "{example}: {from}");
        let text = text.replacen(from, to, 1);
        let temp = tempfile::tempdir().unwrap();
        let source = Source::new(SPEC_NAME, text.as_str());
        let project = match Project::of(source, temp.path().to_path_buf(), TODAY) {
            Ok(project) => project,
            Err(Error::Spec { source, diagnostics }) => {
                writeln!(wrong, "{example}: {to}\n{}", render_text(&source, &diagnostics, false)).unwrap();
                continue;
            }
            Err(error) => panic!("{example}: {to}: {error}"),
        };
        match found(&project).as_deref() {
            Some("") => {}
            other => writeln!(wrong, "{example}: {to}: {}", other.unwrap_or("nothing was judged")).unwrap(),
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn no_organization_of_ours_has_a_finding() {
    let spec = root().join("examples/organization").join(SPEC_NAME);
    let organization = Organization::load(&spec, None, TODAY).unwrap();
    let subject = fragment_subject(organization.fragment(), "stackgate.yaml");
    assert!(subject.issuers.len() >= 4 && subject.grants.is_some());
    assert_eq!(told(&subject), "");
    // So does the command, although there is no pipeline beside the spec.
    let root = root().join("examples/organization");
    let options = AuditOptions { root: &root, spec: Some(&spec), paths: &[], today: TODAY };
    let report = audit(&options).unwrap().report(Severity::Low);
    assert!(report.is_clean(), "{:?}", report.findings());
}

/// A thousand policies, each with one to compare it with, are judged at once; more than Pulumi Cloud takes are refused.
#[test]
fn many_policies_are_judged_in_time() {
    let policy = |at: usize| {
        let (team, rest) = if at.is_multiple_of(2) { ("preview", "pull_request") } else { ("deploy", "*") };
        let rules = json!({ "aud": "urn:pulumi:org:acme", "sub": format!("repo:acme/app{}:{rest}", at / 2) });
        json!({ "decision": "allow", "tokenType": "team", "teamName": format!("{team}-{}", at / 2), "rules": rules })
    };
    let of = |count: usize| {
        let policies: Vec<_> = (0..count).map(policy).collect();
        json!({ "url": "https://token.actions.githubusercontent.com", "policies": policies }).to_string()
    };
    let subject = policies_subject("policies.json", &of(1_000), None).unwrap();
    let findings = audit_policies(&subject);
    assert_eq!(findings.iter().filter(|one| one.rule.id == "policy-multi-team").count(), 500);
    assert!(policies_subject("policies.json", &of(5_001), None).unwrap_err()[0].contains("5000 at most"));
}
