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
