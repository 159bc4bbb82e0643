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
use stackgate::audit_rules::{PoliciesSubject, audit_policies};
use stackgate::spec::ORGANIZATION_SPEC;
use stackgate::{Error, Organization, Project, SPEC_NAME, fragment_subject, policies_subject, project_subject};

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

#[test]
fn no_policy_of_our_own_has_a_finding() {
    let (mut wrong, mut proved) = (String::new(), 0);
    for spec in specs() {
        let project = match Project::load(&spec, None, TODAY) {
            Ok(project) => project,
            // Judged below, whole.
            Err(Error::Spec { diagnostics, .. }) if diagnostics.iter().any(|one| one.rule == &ORGANIZATION_SPEC) => {
                continue;
            }
            Err(error) => panic!("{}: {error}", spec.display()),
        };
        let Ok(subject) = project_subject(&project) else { continue };
        let model = project.trust().unwrap();
        let fragment = project.fragment(&model).to_json().unwrap();
        // What is known least of: the policies alone, whose issuer says whose they are.
        let issuers: Vec<_> = model
            .issuers
            .iter()
            .map(|(url, held)| json!({ "url": url, "maxExpiration": held.max_expiration_seconds, "policies": held.policies }))
            .collect();
        let alone = json!({ "issuers": issuers }).to_string();
        proved += 1;
        for (how, subject) in [
            ("the spec", subject),
            ("its fragment", policies_subject("fragment", &fragment, None).unwrap()),
            ("its policies alone", policies_subject("policies", &alone, None).unwrap()),
        ] {
            assert!(!subject.issuers.is_empty(), "{}", spec.display());
            let found = told(&subject);
            if !found.is_empty() {
                writeln!(wrong, "{}: {how}\n{found}", spec.display()).unwrap();
            }
        }
    }
    assert!(proved >= 11, "{proved}");
    assert_eq!(wrong, "");
}

#[test]
fn no_organization_of_ours_has_a_finding() {
    let spec = root().join("examples/organization").join(SPEC_NAME);
    let organization = Organization::load(&spec, None, TODAY).unwrap();
    let subject = fragment_subject(organization.fragment(), "stackgate.yaml");
    assert!(subject.issuers.len() >= 4 && subject.grants.is_some());
    assert_eq!(told(&subject), "");
}
