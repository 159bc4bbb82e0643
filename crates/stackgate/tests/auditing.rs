//! Every case under `snapshots/auditing/`: an organization whose audit one system runs, and beside it the audit's pipeline.
//!
//! What must hold: each pipeline reads back as the plan, loses no line unnoticed, and its policies admit no other job of this
//! or another repository. `BLESS=1` writes the pipelines anew; somebody reads them then.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{blessing, cases, name, root};
use jiff::civil::date;
use stackgate::adapter::{Artifact, Engine, Syntax, compare, templates};
use stackgate::trust_model::prove;
use stackgate::{Organization, PROVIDERS, Project};

fn organization(case: &Path) -> Organization {
    Organization::load(&case.join("stackgate.yaml"), None, date(2026, 11, 26))
        .unwrap_or_else(|error| panic!("{}: {error}", name(case)))
}

#[test]
fn every_system_has_a_case() {
    let all: Vec<String> = cases("auditing").iter().map(|case| name(case).to_owned()).collect();
    for provider in PROVIDERS {
        assert!(all.iter().any(|case| case == provider.id()), "snapshots/auditing/{}", provider.id());
    }
}

#[test]
fn every_case_renders_to_what_lies_beside_it() {
    let mut wrong = Vec::new();
    for case in cases("auditing") {
        let organization = organization(&case);
        for artifact in organization.render().unwrap().iter().filter(|file| file.provider != "pulumi") {
            let (path, text) = (case.join(&artifact.path), artifact.contents(organization.source().path()));
            if blessing() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, text).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != text {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n{}", wrong.join("\n"));
}

#[test]
fn the_audits_policies_admit_the_audit_alone() {
    for case in cases("auditing") {
        let organization = organization(&case);
        let audit = organization.audit().expect("an audit");
        let proof = audit.prove().unwrap();
        assert!(proof.holes.is_empty(), "{}: {:#?}", name(&case), proof.holes);
        assert!(proof.issued > 5 && proof.mutated > 20, "{}: {} {}", name(&case), proof.issued, proof.mutated);
        let team = &organization.fragment().teams["auditors"];
        assert!(team.stacks.is_empty() && team.environments.is_empty() && team.scopes.len() > 10);
    }
}

#[test]
fn a_policy_that_lost_a_rule_admits_another_job() {
    for case in cases("auditing") {
        let organization = organization(&case);
        let audit = organization.audit().expect("an audit");
        let model = audit.trust().unwrap();
        let mut policies = model.policies();
        for policy in policies.values_mut().flatten() {
            policy.rules.retain(|claim, _| claim == "aud");
        }
        let proof = prove(&model, &policies);
        assert!(!proof.holes.is_empty(), "{}", name(&case));
    }
}

#[test]
fn a_template_that_loses_a_line_does_not_read_back() {
    let listed = fs::read_to_string(root().join("snapshots/template-lines.txt")).unwrap();
    // A line that one case does not have is noticed by another.
    let (mut tried, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for case in cases("auditing") {
        let organization = organization(&case);
        let audit = organization.audit().expect("an audit");
        let (provider, _) = audit.adapters().next().unwrap();
        let id = provider.id();
        let syntax = if id == "jenkins" { Syntax::Groovy } else { Syntax::Yaml };
        let all: Vec<(&str, &str)> = templates::ALL.iter().flat_map(|set| set.iter()).copied().collect();
        let all: Vec<(&str, &str)> = all.into_iter().filter(|(name, _)| name.starts_with(&format!("{id}/"))).collect();
        let whole = render(audit, provider.engine().unwrap()).unwrap();
        let (template, text) = all.iter().find(|(name, _)| name.contains("audit") && name.ends_with(".tera")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for index in 0..lines.len() {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != index);
            let without: String = kept.map(|(_, line)| format!("{line}\n")).collect();
            let texts: Vec<(&str, &str)> = all
                .iter()
                .map(|(name, text)| if name == template { (*name, &*without) } else { (*name, *text) })
                .collect();
            let entry = format!("{template}: {}", lines[index].trim());
            if noticed(audit, &whole, syntax, &texts) || listed.contains(&entry) {
                seen.insert((index, entry.clone()));
            }
            tried.insert((index, entry));
        }
    }
    let unnoticed: Vec<_> = tried.difference(&seen).collect();
    assert!(unnoticed.is_empty(), "nobody notices when these lines go missing:\n{unnoticed:#?}");
}

fn render(audit: &Project, engine: &Engine) -> Option<Vec<Artifact>> {
    let (_, adapter) = audit.adapters().next()?;
    adapter.render(audit.plan(), engine).ok()
}

fn noticed(audit: &Project, whole: &[Artifact], syntax: Syntax, texts: &[(&str, &str)]) -> bool {
    let Ok(engine) = Engine::new(syntax, texts) else { return true };
    let Some(files) = render(audit, &engine) else { return true };
    let (_, adapter) = audit.adapters().next().unwrap();
    files != whole && compare(&adapter.realise(audit.plan()).pipeline, &adapter.observe(&files)).is_err()
}

#[test]
fn our_own_rules_find_nothing_in_it() {
    for case in cases("auditing") {
        let organization = organization(&case);
        let audit = organization.audit().expect("an audit");
        let temp = tempfile::tempdir().unwrap();
        for file in audit.render().unwrap() {
            let path = temp.path().join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.contents("stackgate.yaml")).unwrap();
        }
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_stackgate"))
            .arg("audit")
            .current_dir(temp.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        let included = name(&case).ends_with("-include");
        assert!(output.status.success() || included, "{}: {said}", name(&case));
        assert!(!said.contains("[audit-") && !said.contains("high"), "{}: {said}", name(&case));
    }
}
