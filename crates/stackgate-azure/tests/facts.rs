//! Reads pipelines as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_azure::Azure;
use stackgate_provider::facts::{GateKind, PipelineReader, Tree, TreeError};

struct Folder(PathBuf);

impl Tree for Folder {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        std::fs::read_to_string(self.0.join(path)).map(Arc::from).map_err(|_| TreeError::Missing)
    }
}

fn folders(path: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn every_case_reads_as_reviewed() {
    let mut wrong = Vec::new();
    for case in folders("tests/facts") {
        let printed = Azure.read("azure-pipelines.yml", &Folder(case.clone())).print();
        let expected = case.join("facts.txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &printed).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != printed {
            wrong.push(format!("{}:\n{printed}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn our_own_pipelines_leave_nothing_undecided() {
    let mut seen = 0;
    for case in folders("../../snapshots/cases") {
        for file in std::fs::read_dir(case.join("azure-pipelines")).into_iter().flatten() {
            let path = format!("azure-pipelines/{}", file.unwrap().file_name().into_string().unwrap());
            assert!(Azure.is_pipeline(&path), "{path}");
            let observation = Azure.read(&path, &Folder(case.clone()));
            assert!(observation.undecided.is_empty(), "{}: {:?}", case.display(), observation.undecided);
            let deploys = path.ends_with("pulumi-deploy.yml");
            assert!(observation.jobs.iter().any(|job| job.can_mint()), "{}", case.display());
            let universe = stackgate_provider::facts::universe([&observation]);
            for job in &observation.jobs {
                assert!(!observation.reach(job, &universe).is_empty(), "{}: {} never runs", case.display(), job.id);
                let gated = job.gates.iter().any(|gate| matches!(gate.kind, GateKind::Environment(_)));
                assert!(gated || !job.mutates() || !deploys, "{}: {}", case.display(), job.id);
            }
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
}

/// Every file is the same text.
struct Same(String);

impl Tree for Same {
    fn read(&self, _: &str) -> Result<Arc<str>, TreeError> {
        Ok(self.0.as_str().into())
    }
}

/// What a stranger's file can ask for is bounded, and what was left out is said.
#[test]
fn hostile_pipelines_end_and_say_so() {
    let many = format!("jobs:\n{}", "- {job: x, steps: [{script: a}]}\n".repeat(12_000));
    let list = format!("parameters: [{{name: l, type: object, default: [{}]}}]\n", "a,".repeat(400));
    let each = |name: &str, inner: &str| format!("- ${{{{ each {name} in parameters.l }}}}:\n{inner}");
    let nested =
        each("a", &each("b", &each("c", "   - script: x\n").replace("- $", "  - $")).replace("\n  -", "\n - "));
    let nested = format!("{list}steps:\n{nested}");
    let deep = format!("steps:\n- script: x\n  condition: {}true{}\n", "not(".repeat(5_000), ")".repeat(5_000));
    let circle = "steps:\n- template: a.yml\n- template: b.yml\n".to_owned();
    let long = format!("trigger: ['{}']\nsteps: [{{script: '{}'}}]\n", "*".repeat(20_000), "$(".repeat(20_000));
    let cases = [(many, true), (nested, true), (deep, false), (circle, true), (long, false)];
    for (number, (text, cut)) in cases.into_iter().enumerate() {
        let began = std::time::Instant::now();
        let observation = Azure.read("azure-pipelines.yml", &Same(text));
        assert!(began.elapsed().as_secs() < 20, "case {number} took {:?}", began.elapsed());
        assert!(!cut || !observation.undecided.is_empty(), "case {number} says nothing of what it left out");
    }
}

#[test]
fn pipelines_are_known_by_their_names() {
    for path in ["azure-pipelines.yml", "ci/azure-pipelines.yaml", "azure-pipelines/x.yml", ".azuredevops/x.yml"] {
        assert!(Azure.is_pipeline(path), "{path}");
    }
    for path in ["azure-pipelines.json", ".github/workflows/ci.yml", "docs/azure-pipelines.md", "azure/x.yml"] {
        assert!(!Azure.is_pipeline(path), "{path}");
    }
}
