//! Every case under `snapshots/import/`: a repository with pipelines, the spec that `import` writes, and what it says then;
//! and the way back: what stackgate rendered, imported, is the same plan again.
//!
//! What must hold: no pipeline changes; a spec that was written has no mistake but what the report says must be filled in;
//! where nothing is written, the exit code is 2. `arguments.txt` may hold arguments.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic here is a failed test with a place"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{TODAY, blessing, cases, files, name};
use stackgate::import::{ImportOptions, Imported, import};
use stackgate::plan::{Plan, Stage};
use stackgate::{Project, SPEC_NAME};

type Snapshot = BTreeMap<String, Vec<u8>>;

fn snapshot(root: &Path) -> Snapshot {
    files(root).into_iter().map(|path| (path.clone(), fs::read(root.join(path)).unwrap())).collect()
}

fn copy(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) {
    for path in files(from).into_iter().filter(|path| wanted(path)) {
        let target = to.join(&path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&path), target).unwrap();
    }
}

fn run(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stackgate")).args(arguments).current_dir(root).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, format!("exit code {code}\n{}{}", text(output.stdout), text(output.stderr)))
}

#[test]
fn every_case_gets_its_spec_and_its_report() {
    let mut wrong = Vec::new();
    let mut rules = BTreeSet::new();
    for case in cases("import") {
        let (case_name, temp) = (name(&case), tempfile::tempdir().unwrap());
        let root = temp.path();
        copy(&case.join("repository"), root, |_| true);
        let before = snapshot(root);
        let more = fs::read_to_string(case.join("arguments.txt")).unwrap_or_default();
        let arguments: Vec<&str> = ["import"].into_iter().chain(more.split_whitespace()).collect();
        let (code, report) = run(root, &arguments);
        let after = snapshot(root);
        for (path, text) in &before {
            assert_eq!(after.get(path), Some(text), "{case_name}: {path} was changed");
        }
        let added: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path)).collect();
        let written = added.as_slice() == [SPEC_NAME];
        assert!(written || added.is_empty(), "{case_name}: {added:?}");
        assert_eq!(written, code == 0, "{case_name}:\n{report}");
        rules.extend(
            report.lines().filter_map(|line| Some(line.trim().strip_prefix('[')?.split_once(']')?.0.to_owned())),
        );
        let mut texts = vec![("report.txt", report)];
        if written {
            let spec = String::from_utf8(after[SPEC_NAME].clone()).unwrap();
            let filled = texts[0].1.contains("What no file says, and the spec needs");
            let (code, said) = run(root, &["show", "plan"]);
            assert_eq!(code == 0, !filled, "{case_name}:\n{said}");
            texts.push((SPEC_NAME, spec));
        }
        for (file, text) in texts {
            let expected = case.join(file);
            if blessing() {
                fs::write(&expected, text).unwrap();
            } else if fs::read_to_string(&expected).unwrap_or_default() != text {
                wrong.push(format!("{case_name}/{file}:\n{text}"));
            }
        }
        for file in files(&case) {
            let known = ["arguments.txt", "report.txt", SPEC_NAME].contains(&file.as_str());
            assert!(known || file.starts_with("repository/"), "{case_name}/{file}: nothing reads it");
        }
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n\n{}", wrong.join("\n"));
    let of_import = stackgate::all_rules().iter().map(|rule| rule.id).filter(|id| id.starts_with("import-"));
    let missing: Vec<&str> = of_import.filter(|id| !rules.contains(*id)).collect();
    assert!(missing.is_empty(), "without a case under snapshots/import: {missing:?}");
}

#[test]
fn every_format_holds_the_findings() {
    let case = common::root().join("snapshots/import/github-stored-token");
    let temp = tempfile::tempdir().unwrap();
    copy(&case.join("repository"), temp.path(), |_| true);
    for format in ["json", "sarif", "junit", "gitlab", "github", "azure", "markdown"] {
        let (code, said) = run(temp.path(), &["import", "--dry-run", "--format", format]);
        assert_eq!(code, 0, "{format}: {said}");
        assert!(said.contains("import-wider") || format == "azure", "{format}: {said}");
    }
    assert!(!temp.path().join(SPEC_NAME).exists(), "a dry run wrote a spec");
}

/// What the way back must keep of a stage.
fn facts(plan: &Plan, stage: &Stage) -> String {
    let after: BTreeSet<&String> = stage.after.iter().collect();
    format!(
        "{} {} in {} team {} environment {:?} gate {} after {:?} minutes {} token {} tier {:?} on {}",
        stage.id,
        stage.reference(),
        stage.directory,
        stage.token.team,
        stage.environment,
        stage.gate.is_some(),
        after,
        // Jenkins' limits hold what waits too, and are longer than the job's.
        if stage.provider == "jenkins" { 0 } else { stage.timeout_minutes },
        stage.token.lifetime_seconds,
        stage.tier,
        plan.branch,
    )
}

/// The import of a case's artifacts alone, with what has to be filled in filled in.
fn back(case: &Path) -> (Imported, Plan) {
    let temp = tempfile::tempdir().unwrap();
    copy(case, temp.path(), |path| path != SPEC_NAME);
    let options = ImportOptions { paths: files(temp.path()), ..ImportOptions::default() };
    let imported = import(temp.path(), &options, TODAY).unwrap();
    let spec = imported.compared.clone().unwrap_or_else(|| {
        panic!(
            "{}: {} {:#?}",
            case.display(),
            imported.spec.clone().unwrap(),
            imported.report.findings().iter().map(|f| (&f.message, &f.details)).collect::<Vec<_>>()
        )
    });
    fs::write(temp.path().join(SPEC_NAME), &spec).unwrap();
    let project = match Project::load(&temp.path().join(SPEC_NAME), None, TODAY) {
        Ok(project) => project,
        Err(stackgate::Error::Spec { source, diagnostics }) => {
            panic!("{}:\n{spec}\n{}", case.display(), stackgate::diagnostic::render_text(&source, &diagnostics, false))
        }
        Err(error) => panic!("{}: {error}", case.display()),
    };
    (imported, project.plan().clone())
}

/// Cases whose way back loses something, with the reason.
const LOST: &[(&str, &str)] = &[
    ("monorepo", "two systems: an import writes a spec for one"),
    ("hostile-names", "no pipeline says which tier a stack has whose name says nothing: it is taken for production"),
    ("hostile-others", "the same"),
    ("three-tiers-jenkins", "production is a job of its own on Jenkins, and no file says what it waits for"),
    ("jenkins-same-job", "Jenkins runs its stages one after another, so that a stack waits for all before it"),
    ("gitlab-free", "the approval of Free needs a waiver, which only people can give a reason for"),
];

#[test]
fn what_was_rendered_comes_back() {
    let mut tried = 0;
    for case in cases("cases") {
        let (case_name, project) = (name(&case), common::project(&case));
        let readers = project.adapters().all(|(provider, _)| provider.reader().is_some());
        let deployments = !project.plan().deployments.is_empty();
        if !readers || deployments || LOST.iter().any(|(lost, _)| *lost == case_name) {
            continue;
        }
        let (imported, plan) = back(&case);
        let all = |plan: &Plan| -> BTreeSet<String> { plan.stages.iter().map(|stage| facts(plan, stage)).collect() };
        let (before, after) = (all(project.plan()), all(&plan));
        assert_eq!(before, after, "{case_name}:\n{}", imported.spec.unwrap_or_default());
        let wider = imported.report.findings().iter().find(|finding| finding.rule.id == "import-wider");
        assert!(wider.is_none(), "{case_name}: {wider:?}");
        tried += 1;
    }
    assert!(tried >= 4, "only {tried} cases were tried");
}
