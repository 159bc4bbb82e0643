//! Reads pipelines as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes. `REAL=folder` prints every pipeline of a folder, for trying.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_gitlab::GitLab;
use stackgate_provider::facts::{Observation, PipelineReader, Tree, TreeError};

struct Folder(PathBuf);

impl Tree for Folder {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        std::fs::read_to_string(self.0.join(path)).map(Arc::from).map_err(|_| TreeError::Missing)
    }

    fn paths(&self) -> Option<Vec<String>> {
        let mut all = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    all.push(path.strip_prefix(&self.0).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        all.sort();
        Some(all)
    }
}

fn folders(path: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// Every fact lies in a file of the observation, and within its text.
fn placed(observation: &Observation) {
    for fact in observation.facts() {
        let (path, text) = observation.source(fact.place).unwrap_or_else(|| panic!("{fact:?}"));
        assert!(fact.place.span.end <= text.len(), "{path}: {fact:?}");
    }
}

#[test]
fn every_case_reads_as_reviewed() {
    let mut wrong = Vec::new();
    for case in folders("tests/facts") {
        let observation = GitLab.read(".gitlab-ci.yml", &Folder(case.clone()));
        placed(&observation);
        let printed = observation.print();
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
        for path in [".gitlab-ci.yml", ".gitlab/ci/pulumi.yml"] {
            if !case.join(path).is_file() {
                continue;
            }
            let observation = GitLab.read(path, &Folder(case.clone()));
            placed(&observation);
            assert!(observation.undecided.is_empty(), "{}: {:?}", case.display(), observation.undecided);
            assert!(!observation.jobs.is_empty(), "{}", case.display());
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn real_pipelines_can_be_tried() {
    let Some(root) = std::env::var_os("REAL") else { return };
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    for case in all {
        let observation = GitLab.read(".gitlab-ci.yml", &Folder(case.clone()));
        placed(&observation);
        let printed = observation.print();
        let facts = observation.facts().len();
        std::fs::write(case.join("facts.txt"), printed).unwrap();
        println!("{} {} facts, {} undecided", case.display(), facts, observation.undecided.len());
        for one in &observation.undecided {
            println!("    {:?} {:?} {}", one.aspect, one.job, one.why);
        }
    }
}
