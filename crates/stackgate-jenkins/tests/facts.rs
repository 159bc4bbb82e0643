//! Reads Jenkinsfiles as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_jenkins::Jenkins;
use stackgate_provider::facts::{Credential, CredentialKind, PipelineReader, Tree, TreeError};

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

/// Where the pipeline of a case stands: `ours` is one that is rendered, and is kept once.
fn files_of(case: &Path) -> PathBuf {
    if case.ends_with("ours") {
        return Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/cases/three-tiers-jenkins");
    }
    case.to_path_buf()
}

#[test]
fn every_case_reads_as_reviewed() {
    let mut wrong = Vec::new();
    for case in folders("tests/facts") {
        let printed = Jenkins.read("Jenkinsfile", &Folder(files_of(&case))).print();
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
        for folder in ["", "ci/", "jenkins/"] {
            for file in std::fs::read_dir(case.join(folder)).into_iter().flatten() {
                let path = format!("{folder}{}", file.unwrap().file_name().into_string().unwrap());
                if !Jenkins.is_pipeline(&path) {
                    continue;
                }
                let observation = Jenkins.read(&path, &Folder(case.clone()));
                assert!(observation.undecided.is_empty(), "{}: {:?}", case.display(), observation.undecided);
                assert!(!observation.jobs.is_empty(), "{}", case.display());
                for job in observation.jobs.iter().filter(|job| !job.verbs.is_empty()) {
                    let oidc = |one: &Credential| matches!(one.kind, CredentialKind::Oidc(_));
                    assert!(job.credentials.iter().any(oidc), "{}: {}", case.display(), job.id);
                    assert!(!job.mints.is_empty(), "{}: {}", case.display(), job.id);
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 5, "{seen}");
}

struct Text(String);

impl Tree for Text {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        if path == "Jenkinsfile" { Ok(self.0.as_str().into()) } else { Err(TreeError::Missing) }
    }
}

/// What a stranger writes takes bounded time and memory, whatever it is.
#[test]
fn hostile_files_are_read_within_bounds() {
    let stages: String = (0..5000).map(|n| format!("stage('s{n}'){{steps{{sh 'x'}}}}\n")).collect();
    let variables: String = (0..5000).map(|n| format!("V{n} = \"$V{}\"\n", n / 2)).collect();
    let names: String =
        (0..300).map(|n| format!("def n{n} = \"{}\"\n", format!("${{n{}}}", n + 1).repeat(50))).collect();
    let calls: String =
        (0..30).map(|n| format!("def f{n}() {{ {} }}\n", format!("f{}();", n + 1).repeat(20))).collect();
    for text in [
        format!("pipeline {{ agent any\n environment {{ {variables} }}\n stages {{ {stages} }} }}"),
        format!("{names} node {{ sh n0 }}"),
        format!("{calls} node {{ f0() }}"),
        format!("node {{ {} }}", "if (a) {".repeat(60)),
        format!("node {{ {} }}", "withEnv(['A=b']) { stage('x') { sh 'y' } }\n".repeat(5000)),
        "stage(".repeat(10_000),
        format!("node {{ x = {} b }}", "a && ".repeat(900)),
        format!("node {{ if ({} b) {{ sh 'x' }} }}", "a() || ".repeat(900)),
        format!("def x = {} 'b'\nnode {{ sh x }}", "a + ".repeat(900)),
        (0..10)
            .map(|n| format!("def d{n}() {{ {} d{}() {} }}\n", "withEnv(['A=b']) {".repeat(50), n + 1, "}".repeat(50)))
            .chain(["node { d0() }".to_owned()])
            .collect(),
    ] {
        let started = std::time::Instant::now();
        let observation = Jenkins.read("Jenkinsfile", &Text(text.clone()));
        assert!(observation.jobs.len() <= 10_000);
        // Ten times what it takes without optimisation.
        assert!(started.elapsed().as_secs() < 60, "{}", &text[..80]);
    }
}
