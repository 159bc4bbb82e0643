//! Any workflow, read into facts: our own artifacts whole, and a case for each feature.
//!
//! What must hold: a case is a folder that is a repository, with `expected.txt` beside it; `BLESS=1` writes that anew, and
//! whoever does it reads the difference.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_github::GitHub;
use stackgate_provider::facts::{
    Answer, Event, GateKind, Observation, PipelineReader, Ref, TokenKind, Tree, TreeError, Value, VerbKind, universe,
};

struct Folder(PathBuf);

impl Tree for Folder {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        if path.split('/').any(|part| part == "..") {
            return Err(TreeError::Outside);
        }
        let file = self.0.join(path);
        if !file.is_file() {
            return Err(TreeError::Missing);
        }
        fs::read_to_string(file).map(Arc::from).map_err(|error| TreeError::Unreadable(error.to_string()))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The workflows of a repository, sorted.
fn workflows(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.join(".github/workflows")) else { return Vec::new() };
    let mut paths: Vec<String> =
        entries.map(|entry| format!(".github/workflows/{}", entry.unwrap().file_name().to_string_lossy())).collect();
    paths.retain(|path| GitHub.is_pipeline(path));
    paths.sort();
    paths
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}

fn printed(folder: &Path) -> String {
    let tree = Folder(folder.to_owned());
    let mut out = String::new();
    for path in workflows(folder) {
        let observation = GitHub.read(&path, &tree);
        out.push_str(&format!("# {path}\n{}\n", observation.print()));
    }
    out
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/facts");
    let mut wrong = Vec::new();
    for case in folders(&folder) {
        let printed = printed(&case);
        let expected = case.join("expected.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &printed).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != printed {
            wrong.push(format!("{}:\n{printed}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every workflow that we render, or show as an example.
fn ours() -> Vec<(String, Observation)> {
    let mut all = Vec::new();
    for folder in folders(&root().join("snapshots/cases")).into_iter().chain(folders(&root().join("examples"))) {
        for path in workflows(&folder) {
            let read = GitHub.read(&path, &Folder(folder.clone()));
            all.push((folder.join(path).display().to_string(), read));
        }
    }
    assert!(all.len() > 15, "{}", all.len());
    all
}

#[test]
fn our_own_are_decided() {
    for (path, read) in ours() {
        assert!(read.undecided.is_empty(), "{path}: {:#?}", read.undecided);
        for job in &read.jobs {
            for mint in &job.mints {
                let literal = |value: &Option<Value>| matches!(value, Some(Value::Literal(text)) if !text.is_empty());
                assert_eq!(mint.kind, TokenKind::Team, "{path} {}", job.id);
                for value in [&mint.organization, &mint.team, &mint.seconds, &mint.url] {
                    assert!(literal(value), "{path} {}: {mint:?}", job.id);
                }
            }
            if job.can_mint() {
                assert!(!job.mints.is_empty(), "{path} {}", job.id);
            }
        }
    }
}

#[test]
fn our_own_are_reached_by_the_right_events() {
    let (mut deploys, mut previews) = (0, 0);
    for (path, read) in ours() {
        let universe = universe([&read]);
        for job in read.jobs.iter().filter(|job| job.can_mint()) {
            let reach = read.reach(job, &universe);
            let events: BTreeSet<&Event> = reach.iter().map(|(situation, _)| &situation.event).collect();
            if path.ends_with("pulumi-deploy.yml") {
                deploys += 1;
                assert_eq!(events, BTreeSet::from([&Event::Push]), "{path} {}", job.id);
                let refs: BTreeSet<&Ref> = reach.iter().map(|(situation, _)| &situation.reference).collect();
                assert_eq!(refs.len(), 1, "{path} {}: {refs:?}", job.id);
                assert!(reach.iter().all(|(_, answer)| *answer == Answer::Yes), "{path} {}: {reach:?}", job.id);
                let locked = job
                    .gates
                    .iter()
                    .any(|gate| matches!(&gate.kind, GateKind::Lock { cancels: false, name: Value::Literal(_), .. }));
                let changes = job.verbs.iter().any(|verb| verb.kind == VerbKind::Up);
                assert!(locked || !changes, "{path} {}: {:?}", job.id, job.gates);
            } else if path.ends_with("pulumi-audit.yml") {
                let strangers = [&Event::ChangeRequest, &Event::Push];
                assert!(
                    !events.is_empty() && strangers.iter().all(|event| !events.contains(event)),
                    "{path}: {events:?}"
                );
                let refs: BTreeSet<&Ref> = reach.iter().map(|(situation, _)| &situation.reference).collect();
                assert_eq!(refs.len(), 1, "{path} {}: {refs:?}", job.id);
            } else {
                previews += 1;
                assert_eq!(events, BTreeSet::from([&Event::ChangeRequest]), "{path} {}", job.id);
                let targets: BTreeSet<_> = reach.iter().map(|(situation, _)| &situation.target).collect();
                assert_eq!(targets.len(), 1, "{path} {}: {targets:?}", job.id);
            }
        }
    }
    assert!(deploys > 10 && previews > 5, "{deploys} {previews}");
}

struct Files(BTreeMap<&'static str, String>);

impl Tree for Files {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        self.0.get(path).map(|text| text.as_str().into()).ok_or(TreeError::Missing)
    }
}

const PATH: &str = ".github/workflows/x.yml";

fn read(text: String) -> Observation {
    GitHub.read(PATH, &Files(BTreeMap::from([(PATH, text)])))
}

#[test]
fn large_ones_end_in_a_limit() {
    let many = |job: &str, count: usize| (0..count).map(|n| format!("  j{n}: {job}\n")).collect::<String>();
    let head = "on: push\njobs:\n";
    let jobs = read(format!("{head}{}", many("{runs-on: x}", 10_000)));
    assert_eq!(jobs.jobs.len(), 10_000);
    // Much for each job, times many jobs.
    let variables: String = (0..10_000).map(|n| format!("  V{n}: x\n")).collect();
    let env = read(format!("on: push\nenv:\n{variables}jobs:\n{}", many("{runs-on: x}", 3_000)));
    assert!(env.undecided.iter().any(|undecided| undecided.why.contains("facts")), "{:?}", env.undecided);
    // Jobs that call a workflow that calls another, each of them often.
    let calls = |name: &str| {
        format!("on: workflow_call\njobs:\n{}", many(&format!("{{uses: ./.github/workflows/{name}.yml}}"), 100))
    };
    let files = Files(BTreeMap::from([
        (PATH, calls("a")),
        (".github/workflows/a.yml", calls("b")),
        (".github/workflows/b.yml", calls("c")),
        (".github/workflows/c.yml", format!("{head}{}", many("{runs-on: x}", 100))),
    ]));
    let called = GitHub.read(PATH, &files);
    assert!(called.jobs.len() <= 10_000, "{}", called.jobs.len());
    assert!(called.undecided.iter().any(|undecided| undecided.why.contains("jobs or")), "{:?}", called.undecided.len());
    // Inputs that double with each level.
    let double = |name: &str| {
        let with = "{x: '${{ inputs.x }}${{ inputs.x }}${{ inputs.x }}${{ inputs.x }}'}";
        format!("on: workflow_call\njobs: {{a: {{uses: ./.github/workflows/{name}.yml, with: {with}}}}}")
    };
    let names: Vec<&'static str> =
        (0..9).map(|n| &*Box::leak(format!(".github/workflows/d{n}.yml").into_boxed_str())).collect();
    let mut files: BTreeMap<&'static str, String> =
        names.iter().enumerate().map(|(n, name)| (*name, double(&format!("d{}", n + 1)))).collect();
    files.insert(PATH, double("d0"));
    GitHub.read(PATH, &Files(files));
    for text in ["x", "[]", "{}", "on:", "jobs:", "on: {push: }\njobs: {a: {}}", "\u{feff}on: push", "a: &a [*a]", "\0"]
    {
        read(text.to_owned());
    }
}

#[test]
fn a_comment_says_the_version() {
    let read = read("on: push\njobs: \n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@c # tag=v1.2.3 (stable)\n      - uses: c/d@e # the latest\n".into());
    let comments: Vec<_> = read.jobs[0].every_code().map(|code| code.comment.as_deref()).collect();
    assert_eq!(comments, [Some("v1.2.3"), None]);
}

#[test]
fn places_are_those_of_the_file() {
    let text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          one\n          two ${{ github.head_ref }}\n      - run: >\n          folded\n          text\n";
    let read = read(text.into());
    let by_line = |step: usize| match &read.jobs[0].steps[step].does {
        stackgate_provider::facts::Does::Run { by_line, .. } => *by_line,
        other => panic!("{other:?}"),
    };
    assert!(by_line(0) && !by_line(1));
    let embedded = &read.jobs[0].steps[0].embedded[0];
    let span = embedded.place.span;
    assert_eq!(text.get(span.start..span.end), Some("${{ github.head_ref }}"));
    assert_eq!(read.line_column(read.script_place(&read.jobs[0].steps[0], 4..7)).line, 8);
}

/// For trying only: prints what is read of every repository in a folder, with the share of facts that are decided.
#[test]
#[ignore = "needs a folder of workflows in STACKGATE_REAL"]
fn real() {
    let Some(folder) = std::env::var_os("STACKGATE_REAL") else { return };
    let (mut facts, mut undecided, mut files) = (0, 0, 0);
    for folder in folders(Path::new(&folder)) {
        for path in workflows(&folder) {
            let read = GitHub.read(&path, &Folder(folder.clone()));
            files += 1;
            facts += read.facts().len();
            undecided += read.undecided.len();
            println!("# {} {path}\n{}", folder.display(), read.print());
        }
    }
    println!("{files} files, {facts} facts, {undecided} undecided");
}
