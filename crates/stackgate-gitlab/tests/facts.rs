//! Reads pipelines as facts, and compares what is printed with what was reviewed: each case is a folder.
//!
//! `BLESS=1` writes the expectation anew; read what it writes. `REAL=folder` prints every pipeline of a folder, for trying.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_gitlab::GitLab;
use stackgate_provider::facts::{Answer, Event, Observation, PipelineReader, Ref, Tree, TreeError, universe};

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

/// Where the pipeline of a case stands: `ours` is one that is rendered, and is kept once.
fn files_of(case: &Path) -> PathBuf {
    if case.ends_with("ours") {
        return Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/cases/three-tiers-gitlab");
    }
    case.to_path_buf()
}

#[test]
fn every_case_reads_as_reviewed() {
    let mut wrong = Vec::new();
    for case in folders("tests/facts") {
        let observation = GitLab.read(".gitlab-ci.yml", &Folder(files_of(&case)));
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

struct Texts(Vec<(&'static str, String)>);

impl Tree for Texts {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        let found = self.0.iter().find(|(known, _)| *known == path);
        found.map(|(_, text)| Arc::from(text.as_str())).ok_or(TreeError::Missing)
    }
}

fn read(text: String) -> Observation {
    let observation = GitLab.read(".gitlab-ci.yml", &Texts(vec![(".gitlab-ci.yml", text)]));
    placed(&observation);
    observation
}

#[test]
fn a_fact_lies_in_the_file_that_says_it() {
    let observation = GitLab.read(
        ".gitlab-ci.yml",
        &Folder(folders("tests/facts").into_iter().find(|case| case.ends_with("inputs")).unwrap()),
    );
    let job = observation.jobs.iter().find(|job| job.id == "deploy-dev").unwrap();
    let (path, text) = observation.source(job.place).unwrap();
    assert_eq!(path, "templates/deploy.yml");
    assert!(text[job.place.span.start..].starts_with("\"$[[ inputs.job ]]\""));
    let own = observation.jobs.iter().find(|job| job.id == "own").unwrap();
    assert_eq!(observation.source(own.verbs[0].place).unwrap().0, ".gitlab-ci.yml");
    assert_eq!(observation.line_column(own.verbs[0].place).line, 15);
}

/// Our own pipeline, with every occurrence of one text replaced.
fn edited(find: &str, put: &str) -> Observation {
    let path = files_of(Path::new("ours")).join(".gitlab-ci.yml");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(find), "{find}");
    read(text.replace(find, put))
}

#[test]
fn each_edit_that_matters_changes_what_it_should() {
    let facts = |observation: &Observation| {
        let of = |fact: stackgate_provider::facts::Fact| format!("{} {}", fact.kind, fact.text);
        observation.facts().into_iter().map(of).collect::<std::collections::BTreeSet<String>>()
    };
    let before = facts(&edited("workflow:", "workflow:"));
    let token = "  id_tokens:\n    STACKGATE_ID_TOKEN:\n      aud: \"urn:pulumi:org:acme\"\n";
    let moved = format!("default:\n{token}workflow:");
    let cases: &[(&str, &str, &str)] = &[
        ("aud: \"urn:pulumi:org:acme\"", "aud: $AUD", "credential oidc {$AUD: administrator} as STACKGATE_ID_TOKEN"),
        (
            "aud: \"urn:pulumi:org:acme\"",
            "aud: [\"urn:pulumi:org:acme\", \"x\"]",
            "credential oidc urn:pulumi:org:acme x",
        ),
        (" --oidc-team \"${STACKGATE_TEAM:?}\"", "", "mint organization by login"),
        (" && $CI_COMMIT_REF_PROTECTED == \"true\"", "", "trigger job all(branch main, event push)"),
        ("FF_GIT_URLS_WITHOUT_TOKENS: \"true\"", "X: \"1\"", "before-mint checkout keeps-credentials"),
        ("action: start", "action: access", "gate environment shop-production weak(does-not-block)"),
        ("allow_failure: false", "allow_failure: true", "gate approval by - weak(anybody does-not-block)"),
        ("resource_group: acme/shop/production", "resource_group: $GROUP", "gate lock {$GROUP: administrator}"),
        (
            "  inherit:\n    default: false\n",
            "  inherit:\n    default: true\n",
            "setting inherit = {default: true, variables: false}",
        ),
        (
            "    - if: '$CI_COMMIT_BRANCH == \"main\" && $CI_PIPELINE_SOURCE == \"push\" && $CI_COMMIT_REF_PROTECTED == \"true\"'\n",
            "    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n",
            "trigger job any(event change-request, event fork-change-request, event merge-queue)",
        ),
    ];
    for (find, put, expected) in cases {
        let after = facts(&edited(find, put));
        let new: Vec<&String> = after.difference(&before).collect();
        assert!(new.iter().any(|fact| fact.starts_with(expected) || fact.contains(expected)), "{put}: {new:#?}");
    }
    // The token of every job, from the top.
    let path = files_of(Path::new("ours")).join(".gitlab-ci.yml");
    let text = std::fs::read_to_string(path).unwrap().replace(token, "").replacen("workflow:", &moved, 1);
    let text = text.replace("    default: false\n", "    default: true\n");
    let after = facts(&read(text));
    assert!(after.contains("credential oidc urn:pulumi:org:acme as STACKGATE_ID_TOKEN for job wide"), "{after:#?}");
}

#[test]
fn our_own_jobs_run_where_they_may() {
    let observation = edited("workflow:", "workflow:");
    let universe = universe([&observation]);
    for job in &observation.jobs {
        let reach = observation.reach(job, &universe);
        assert!(!reach.is_empty(), "{}", job.id);
        for (situation, answer) in reach {
            assert_eq!(answer, Answer::Yes, "{}: {situation}", job.id);
            let is_push = situation.event == Event::Push && situation.reference == Ref::Branch("main".into());
            let is_request = matches!(situation.event, Event::ChangeRequest | Event::MergeQueue);
            let expected = if job.id.starts_with("preview-") {
                is_request && situation.target.as_deref() == Some("main")
            } else {
                is_push && situation.protected
            };
            assert!(expected, "{}: {situation}", job.id);
        }
    }
}

#[test]
fn hostile_pipelines_end() {
    let limits = |observation: &Observation| {
        observation.undecided.iter().filter(|one| one.aspect == stackgate_provider::facts::Aspect::Limit).count()
    };
    let jobs = |text: &dyn Fn(usize) -> String| (0..4_000).map(text).collect::<String>();
    // Two stages of thousands: too many to say which waits for which.
    let many = jobs(&|at| format!("j{at}: {{script: x, stage: {}}}\n", if at % 2 == 0 { "build" } else { "test" }));
    let read_many = read(many);
    assert_eq!(read_many.jobs.len(), 4_000);
    assert!(limits(&read_many) > 0);
    // A base of thousands of values that thousands of jobs extend.
    let keys: String = (0..2_000).map(|at| format!("    V{at}: x\n")).collect();
    let extended = jobs(&|at| format!("j{at}: {{extends: .base}}\n"));
    assert!(limits(&read(format!(".base:\n  script: x\n  variables:\n{keys}{extended}"))) > 0);
    // References that double each time.
    let doubled: String = (0..30)
        .map(|at| format!(".r{at}: {{s: [!reference [.r{n}, s], !reference [.r{n}, s]]}}\n", n = at + 1))
        .collect();
    read(format!("{doubled}job: {{script: !reference [.r0, s]}}\n"));
    // Conditions within conditions, and needs in a ring.
    let deep = format!("{}$A{}", "(".repeat(5_000), ")".repeat(5_000));
    read(format!("job: {{script: x, rules: [{{if: '{deep}'}}]}}\n"));
    read("a: {script: x, needs: [b], when: manual}\nb: {script: x, needs: [a], when: manual}\n".into());
    // Every job by hand, each after the one before.
    read(jobs(&|at| format!("j{at}: {{script: x, when: manual, needs: [j{}]}}\n", at.max(1) - 1)));
}

#[test]
fn a_name_tells_a_pipeline() {
    for path in [".gitlab-ci.yml", "services/api/.gitlab-ci.yml"] {
        assert!(GitLab.is_pipeline(path), "{path}");
    }
    for path in ["gitlab-ci.yml", ".gitlab-ci.yaml", "ci/base.gitlab-ci.yml", ".gitlab/ci/a.yml", ".gitlab-ci.yml/x"] {
        assert!(!GitLab.is_pipeline(path), "{path}");
    }
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
