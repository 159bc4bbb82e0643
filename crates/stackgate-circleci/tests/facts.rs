//! Reads configurations as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_circleci::CircleCi;
use stackgate_provider::facts::{Aspect, Condition, Does, Observation, PipelineReader, Tree, TreeError};

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
        return Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/cases/three-tiers-circleci");
    }
    case.to_path_buf()
}

#[test]
fn every_case_reads_as_reviewed() {
    let mut wrong = Vec::new();
    for case in folders("tests/facts") {
        let printed = CircleCi.read(".circleci/config.yml", &Folder(files_of(&case))).print();
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

struct Text(String);

impl Tree for Text {
    fn read(&self, _: &str) -> Result<Arc<str>, TreeError> {
        Ok(self.0.as_str().into())
    }
}

fn read(text: impl Into<String>) -> Observation {
    CircleCi.read(".circleci/config.yml", &Text(text.into()))
}

fn limited(read: &Observation) -> bool {
    read.undecided.iter().any(|one| one.aspect == Aspect::Limit)
}

#[test]
fn any_text_is_read() {
    for text in [
        "",
        "x",
        "[]",
        "{}",
        "jobs:",
        "workflows:",
        "workflows: {w: {jobs: [",
        "version: 2.1\nworkflows: {w: {jobs: [{}]}}",
        "\u{feff}version: 2.1",
        "a: &a [*a]",
        "\0",
        "jobs: {build: {steps: [{run: '<<#<<# <<^x>> <</ >> << pipeline.'}]}}",
        "orbs: {a: {orbs: {a: {orbs: {a: {}}}}}}",
    ] {
        read(text);
    }
    assert!(read("jobs: [").undecided.iter().any(|one| one.aspect == Aspect::Syntax));
}

#[test]
fn commands_in_a_circle_end() {
    let jobs = "jobs: {build: {docker: [{image: x}], steps: [a]}}\n";
    assert!(limited(&read(format!("version: 2.1\ncommands: {{a: {{steps: [a]}}}}\n{jobs}"))));
    assert!(limited(&read(format!("version: 2.1\ncommands: {{a: {{steps: [b, b]}}, b: {{steps: [a, a]}}}}\n{jobs}"))));
    // Parameters that double with each call.
    let doubles: String = (0..19)
        .map(|n| {
            let next = n + 1;
            let given = "'<< parameters.x >><< parameters.x >>'";
            format!("  c{n}: {{parameters: {{x: {{type: string}}}}, steps: [{{c{next}: {{x: {given}}}}}]}}\n")
        })
        .collect();
    let last = "  c19: {parameters: {x: {type: string}}, steps: [{run: 'echo << parameters.x >>'}]}\n";
    let jobs =
        format!("jobs: {{build: {{docker: [{{image: x}}], steps: [{{c0: {{x: '{}'}}}}]}}}}\n", "y".repeat(1_000));
    let read = read(format!("version: 2.1\ncommands:\n{doubles}{last}{jobs}"));
    assert!(limited(&read), "{:?}", read.undecided);
}

#[test]
fn ten_thousand_jobs_are_read() {
    let head = "version: 2.1\njobs: {x: {docker: [{image: y}], steps: [checkout]}}\nworkflows:\n  w:\n    jobs:\n";
    let same = read(format!("{head}{}", "    - x\n".repeat(10_001)));
    assert_eq!(same.jobs.len(), 10_000);
    assert!(limited(&same));
    // Each of them waits for the one before, and for an approval.
    let chain: String = (1..3_000)
        .map(|n| {
            format!("    - x: {{name: n{n}, requires: [n{}, hold], filters: {{branches: {{only: b{n}}}}}}}\n", n - 1)
        })
        .collect();
    let chained =
        read(format!("{head}    - hold: {{type: approval}}\n    - x: {{name: n0, requires: [hold]}}\n{chain}"));
    assert_eq!(chained.jobs.len(), 3_001);
    assert!(chained.jobs[1..].iter().all(|job| !job.gates.is_empty()));
}

#[test]
fn deep_conditions_are_opaque() {
    for depth in [50, 5_000] {
        let when = format!("{}true{}", "{not: ".repeat(depth), "}".repeat(depth));
        read(format!("version: 2.1\njobs: {{x: {{steps: []}}}}\nworkflows: {{w: {{when: {when}, jobs: [x]}}}}"));
        let filter = format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
        let deep = read(format!(
            "version: 2.1\njobs: {{x: {{steps: []}}}}\nworkflows: {{w: {{jobs: [{{x: {{filters: '{filter}'}}}}]}}}}"
        ));
        let own = deep.jobs[0].when.last().unwrap();
        assert!(matches!(own.condition, Condition::Opaque(_)), "{:?}", own.condition);
    }
}

#[test]
fn sections_and_parameters_are_put_in() {
    let text = "version: 2.1\ncommands:\n  c:\n    parameters: {on: {type: boolean}, word: {type: string, default: hi}}\n    steps:\n      - run: say << parameters.word >><<# parameters.on >> --on<</ parameters.on >><<^parameters.on>> --off<</parameters.on>> \\<< EOF << pipeline.id >>\njobs: {build: {docker: [{image: x}], steps: [{c: {on: true}}, {c: {on: false, word: ho}}]}}\n";
    let read = read(text);
    let texts: Vec<&str> = read.jobs[0]
        .steps
        .iter()
        .map(|step| match &step.does {
            Does::Run { text, .. } => text.trim_end(),
            _ => "",
        })
        .collect();
    assert_eq!(texts, ["say hi --on \\<< EOF << pipeline.id >>", "say ho --off \\<< EOF << pipeline.id >>"]);
}
