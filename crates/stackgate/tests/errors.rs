//! Every mistake has a case under `snapshots/errors/`: a spec, and the diagnostics that it gets, as people see them.
//!
//! What must hold: each rule, of the reader, the spec, the plan and every adapter, has a case, and no case is without an
//! error. `BLESS=1` rewrites the expected texts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{TODAY, blessing, cases, files, name};
use stackgate::diagnostic::{Diagnostic, Severity, Source, render_text};
use stackgate::{Error, Organization, Project, WriteOptions, all_rules};

/// Rules that no small text file can show; each is tested where it is declared, in `limits.rs`, `hostile_files.rs`,
/// `disk.rs` or `stackgate-trust`. Those of fragments have their cases in `stackgate-access`, those of drift under
/// `snapshots/drift`, those of adopted pins under `snapshots/adopt`.
const WITHOUT_A_CASE: &[&str] = &[
    "malformed-policies",
    "malformed-token",
    "not-utf-8",
    "too-large",
    "too-many-nodes",
    "artifact-too-large",
    "esc-missing",
    "esc-unread",
    "esc-unused",
];

fn judge(case: &Path) -> (Source, Vec<Diagnostic>) {
    let text = fs::read_to_string(case.join(stackgate::SPEC_NAME)).unwrap();
    let source = Source::new(stackgate::SPEC_NAME, text.clone());
    match Project::of(source, case.to_path_buf(), TODAY) {
        Ok(project) => {
            // What only a trust policy needs is asked for last.
            let refused = project.trust().err().or_else(|| project.intend(&WriteOptions::default()).err());
            match refused {
                Some(Error::Spec { source, diagnostics }) => (*source, diagnostics),
                _ => (Source::new(stackgate::SPEC_NAME, text), project.notices().to_vec()),
            }
        }
        Err(Error::Spec { diagnostics, .. }) if name(case).starts_with("organization-of") => {
            assert_eq!(diagnostics[0].rule.id, "organization-spec");
            match Organization::load(&case.join(stackgate::SPEC_NAME), None, TODAY) {
                Err(Error::Spec { source, diagnostics }) => (*source, diagnostics),
                other => panic!("{}: {:?}", case.display(), other.err()),
            }
        }
        Err(Error::Spec { source, diagnostics }) => (*source, diagnostics),
        Err(error) => panic!("{}: {error}", case.display()),
    }
}

#[test]
fn every_case_gets_its_diagnostics() {
    let mut wrong = Vec::new();
    for case in cases("errors") {
        let (source, found) = judge(&case);
        let has_error = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        assert!(has_error, "{} has no error", name(&case));
        let rendered = render_text(&source, &found, false);
        let expected = case.join("diagnostics.txt");
        if blessing() {
            fs::write(&expected, rendered).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != rendered {
            wrong.push(format!("{}:\n{rendered}", name(&case)));
        }
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n\n{}", wrong.join("\n"));
}

/// The groups of rules that other commands than `check` cite, tested with those.
const OTHERS: [&str; 7] = ["adopt-", "audit-", "baseline-", "drift-", "fragment-", "import-", "log-"];

#[test]
fn every_rule_has_a_case() {
    let mut seen = BTreeSet::new();
    for case in cases("errors") {
        seen.extend(judge(&case).1.iter().map(|diagnostic| diagnostic.rule.id));
        for file in files(&case) {
            let repository = name(&case).starts_with("organization-of") && file.contains('/');
            let known = repository || ["diagnostics.txt", stackgate::SPEC_NAME].contains(&file.as_str());
            assert!(known, "{}/{file}: nothing reads it", name(&case));
        }
    }
    // No spec can break the rules of other people's pipelines, of Pulumi Cloud and of its logs; they have their examples,
    // and `audit.rs`, `review.rs` and `logs.rs`.
    let elsewhere = |id: &str| {
        stackgate::adapter::yaml::PIPELINE_RULES.iter().any(|rule| rule.id == id)
            || stackgate::audit_rules::find(id).is_some()
            || stackgate::review_rules::find(id).is_some()
    };
    let missing: Vec<&str> = all_rules()
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !seen.contains(id) && !WITHOUT_A_CASE.contains(id) && !elsewhere(id))
        .filter(|id| !OTHERS.iter().any(|group| id.starts_with(group)))
        .collect();
    assert!(missing.is_empty(), "without a case under snapshots/errors: {missing:?}");
}

#[test]
fn every_rule_reads_well() {
    for rule in all_rules() {
        assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", rule.id);
        for text in [rule.why, rule.instead] {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text:?}", rule.id);
        }
        assert!(!rule.title.ends_with('.') && !rule.title.contains('\n'), "{}: {:?}", rule.id, rule.title);
    }
}
