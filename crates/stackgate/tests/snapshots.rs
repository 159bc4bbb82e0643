//! Every case under `snapshots/cases/`: a spec, and beside it all that it renders to.
//!
//! What must hold: our own check finds no drift in a case, every artifact reads back as the plan, and a case holds no
//! file that nothing renders. `BLESS=1` writes the artifacts anew; somebody reads them then.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;

use common::{blessing, cases, files, name, project};
use stackgate::unified;

#[test]
fn every_case_renders_to_what_lies_beside_it() {
    let mut wrong = Vec::new();
    for case in cases("cases") {
        let project = project(&case);
        let artifacts = project.render_verified().unwrap_or_else(|error| panic!("{}: {error}", name(&case)));
        let expected: Vec<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
        let stray: Vec<String> = files(&case)
            .into_iter()
            .filter(|file| file != stackgate::SPEC_NAME && !expected.contains(&file.as_str()))
            .collect();
        if blessing() {
            for file in &stray {
                fs::remove_file(case.join(file)).unwrap();
            }
            for artifact in &artifacts {
                let path = case.join(&artifact.path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, artifact.contents(project.source().path())).unwrap();
            }
            continue;
        }
        wrong.extend(stray.iter().map(|file| format!("{}/{file}: nothing renders it", name(&case))));
        for file in project.check().unwrap().drifted() {
            wrong.push(format!("{}/{}: {}\n{}", name(&case), file.path, file.state.as_str(), unified(file)));
        }
        for artifact in &artifacts {
            let found = fs::read_to_string(case.join(&artifact.path)).unwrap_or_default();
            if found != artifact.contents(project.source().path()) {
                wrong.push(format!("{}/{}: not the same bytes", name(&case), artifact.path));
            }
        }
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n\n{}", wrong.join("\n"));
}

#[test]
fn every_case_says_what_it_shows() {
    for case in cases("cases") {
        let text = fs::read_to_string(case.join(stackgate::SPEC_NAME)).unwrap();
        assert!(
            text.starts_with("# "),
            "{}: the first line must be a comment that says what the case shows",
            name(&case)
        );
    }
}

#[test]
fn every_provider_has_a_case() {
    let mut seen: Vec<&str> = Vec::new();
    for case in cases("cases") {
        seen.extend(project(&case).adapters().map(|(provider, _)| provider.id()));
    }
    for provider in stackgate::PROVIDERS {
        assert!(seen.contains(&provider.id()), "{} has no case", provider.id());
    }
}
