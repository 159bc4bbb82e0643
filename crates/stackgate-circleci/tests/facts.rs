//! Reads configurations as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_circleci::CircleCi;
use stackgate_provider::facts::{PipelineReader, Tree, TreeError};

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
        let printed = CircleCi.read(".circleci/config.yml", &Folder(case.clone())).print();
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
fn our_own_configurations_leave_nothing_undecided() {
    let mut seen = 0;
    for case in folders("../../snapshots/cases") {
        for file in std::fs::read_dir(case.join(".circleci")).into_iter().flatten() {
            let path = format!(".circleci/{}", file.unwrap().file_name().into_string().unwrap());
            assert!(CircleCi.is_pipeline(&path), "{path}");
            let observation = CircleCi.read(&path, &Folder(case.clone()));
            assert!(observation.undecided.is_empty(), "{}: {:?}", case.display(), observation.undecided);
            assert!(!observation.jobs.is_empty(), "{}", case.display());
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen}");
}

/// For trying only: prints what is read of every repository in a folder, with the share of facts that are decided.
#[test]
#[ignore = "needs a folder of configurations in STACKGATE_REAL"]
fn real() {
    let Some(folder) = std::env::var_os("STACKGATE_REAL") else { return };
    let (mut facts, mut undecided, mut files) = (0, 0, 0);
    for folder in folders(&folder.to_string_lossy()) {
        let mut paths: Vec<_> = std::fs::read_dir(folder.join(".circleci")).into_iter().flatten().collect();
        paths.sort_by_key(|entry| entry.as_ref().map(std::fs::DirEntry::path).unwrap());
        for path in paths {
            let path = format!(".circleci/{}", path.unwrap().file_name().to_string_lossy());
            if !CircleCi.is_pipeline(&path) {
                continue;
            }
            let read = CircleCi.read(&path, &Folder(folder.clone()));
            files += 1;
            facts += read.facts().len();
            undecided += read.undecided.len();
            println!("# {} {path}\n{}", folder.display(), read.print());
        }
    }
    println!("{files} files, {facts} facts, {undecided} undecided");
}
