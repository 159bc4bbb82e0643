//! Journals and temporaries that stackgate did not write: whatever they claim, nothing of anybody else's is touched.
//!
//! What must hold: a case is a line of a table. Anybody who can commit a file can commit a journal.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::repository::{Repository, SMALL, WORKFLOW};

const FIRST: &str = "stackgate journal 1: a run that did not end left this; `stackgate generate` undoes it\n";
const MINE: &str = "name: mine\n";
const OTHER: &str = "name: hers\n";
const BESIDE: &str = ".github/workflows/.stackgate-1-1";

/// What stackgate writes for the spec of these repositories.
static OURS: LazyLock<String> = LazyLock::new(|| {
    let repository = Repository::new(SMALL);
    repository.done(&["generate"]);
    repository.read(WORKFLOW)
});

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Somebody's own files, in every place that a journal might point to.
fn repository() -> Repository {
    let repository = Repository::new(SMALL);
    for path in ["README.md", ".git/hooks/pre-commit", "ci/own.yml", "Jenkinsfile", WORKFLOW] {
        repository.put(path, MINE);
    }
    repository.put(BESIDE, OTHER);
    repository.put("docs/ours.yml", &*OURS);
    repository.put("docs/.stackgate-1-1", OTHER);
    repository
}

#[test]
fn a_journal_that_somebody_made_up_moves_and_removes_nothing() {
    let (mine, hers) = (digest(MINE), digest(OTHER));
    let (empty, ours) = (digest(""), digest(&OURS));
    // What a step claims: the old digest, the new one, the temporary, the path.
    let steps = [
        format!("- {mine} .stackgate-1-1 ../outside.yml"),
        format!("- {mine} .stackgate-1-1 /etc/hostname"),
        format!("- {mine} .stackgate-1-1 README.md"),
        format!("- {mine} .stackgate-1-1 stackgate.yaml"),
        format!("- {mine} .stackgate-1-1 .git/hooks/pre-commit"),
        format!("- {mine} .stackgate-1-1 .github/workflows/../../README.md"),
        format!("- {mine} .stackgate-1-1 {WORKFLOW}"),
        format!("{hers} {mine} .stackgate-1-1 {WORKFLOW}"),
        format!("{empty} {mine} .stackgate-1-1 {WORKFLOW}"),
        format!("{hers} - .stackgate-1-1 {WORKFLOW}"),
        format!("{hers} - .stackgate-1-1 .github/workflows/new.yml"),
        format!("- {hers} .stackgate-1-2 .github/workflows/new.yml"),
        // What is ours to the byte, but in no place of ours, may be somebody's example.
        format!("- {ours} .stackgate-1-2 docs/ours.yml"),
        format!("{hers} {ours} .stackgate-1-1 docs/ours.yml"),
        format!("{mine} - .stackgate-1-1 ci/own.yml"),
        format!("- {mine} .stackgate-1-1 ci/own.yml"),
        format!("{hers} {mine} .stackgate-1-1 Jenkinsfile"),
        format!("{hers} {mine} ../../README.md {WORKFLOW}"),
        format!("{hers} {mine} pulumi-deploy.yml {WORKFLOW}"),
        format!("{mine} {mine} .stackgate-1-1 {WORKFLOW}"),
        format!("- - .stackgate-1-1 {WORKFLOW}"),
        format!("{hers} {mine} .stackgate-1-1~ {WORKFLOW}"),
        format!("{hers} {} .stackgate-1-1 {WORKFLOW}", mine.to_uppercase()),
        format!("- {mine} .stackgate-1-1 {WORKFLOW}\n- {mine} .stackgate-1-1 {WORKFLOW}"),
        "nonsense".to_owned(),
        String::new(),
    ];
    for step in &steps {
        let repository = repository();
        repository.put(".stackgate-journal", format!("{FIRST}{step}\nend\n"));
        unmoved(&repository, step);
    }
    let whole = format!("{FIRST}- {mine} .stackgate-1-1 {WORKFLOW}\nend\n");
    for cut in 0..whole.len() {
        let repository = repository();
        repository.put(".stackgate-journal", &whole[..cut]);
        if cut % 7 == 0 {
            unmoved(&repository, &format!("cut at {cut}"));
        }
    }
}

#[test]
fn a_journal_that_is_no_file_is_refused() {
    type Make = fn(&Repository);
    let makes: [(&str, Make); 5] = [
        ("a directory", |to| fs::create_dir(to.at(".stackgate-journal")).unwrap()),
        ("a link", |to| symlink("README.md", to.at(".stackgate-journal")).unwrap()),
        ("a link to nothing", |to| symlink("nowhere", to.at(".stackgate-journal")).unwrap()),
        ("not text", |to| to.put(".stackgate-journal", [0xff, 0xfe, 0x00])),
        ("too large", |to| to.put(".stackgate-journal", vec![b'-'; 2 * 1024 * 1024])),
    ];
    for (what, make) in makes {
        let repository = repository();
        make(&repository);
        unmoved(&repository, what);
    }
}

fn unmoved(repository: &Repository, what: &str) {
    let before = repository.files();
    let beside = repository.read(BESIDE);
    let check = repository.run(&["check"]);
    assert!(check.code == Some(2) && check.stderr.contains(".stackgate-journal"), "{what}: {}", check.stderr);
    let dry = repository.run(&["generate", "--dry-run"]);
    assert_eq!(dry.code, Some(2), "{what}: {}", dry.stdout);
    let ran = repository.run(&["generate", "--force"]);
    assert_eq!(ran.code, Some(2), "{what}: {}", ran.stdout);
    assert!(ran.stderr.contains(".stackgate-journal") || ran.stderr.contains("--adopt"), "{what}: {}", ran.stderr);
    assert!(repository.files() == before, "{what}: a file was changed");
    assert_eq!(repository.read(BESIDE), beside, "{what}");
}

#[test]
fn a_journal_of_a_finished_write_removes_only_what_it_wrote() {
    let repository = repository();
    let journal = format!("{FIRST}{} {} .stackgate-1-1 {WORKFLOW}\nend\n", digest(MINE), digest(OTHER));
    repository.put(".stackgate-journal-done", journal);
    let before = repository.files();
    let ran = repository.run(&["generate"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("--adopt"), "{}", ran.stderr);
    assert!(repository.files() == before);
    assert_eq!(repository.read(BESIDE), OTHER, "its digest is not the one of the journal");
}

#[test]
fn of_what_is_named_like_a_temporary_only_ours_is_removed() {
    let repository = Repository::new(SMALL);
    let (ours, others) =
        (["", "#", "# stackgate 0.1.0 | spec stackga", "// stackgate 0.1.0", FIRST], [MINE, OTHER, "#!/bin/sh\n"]);
    for (number, text) in ours.iter().chain(&others).enumerate() {
        repository.put(&format!(".github/workflows/.stackgate-a1-{number}"), text);
        // A name that no run gives is nobody's business, whatever is in the file.
        repository.put(&format!(".github/workflows/.stackgate-{number}"), text);
    }
    repository.put("docs/.stackgate-a1-1", "");
    symlink("../../stackgate.yaml", repository.at(".github/workflows/.stackgate-a1-100")).unwrap();
    fs::create_dir(repository.at(".github/workflows/.stackgate-a1-101")).unwrap();
    let ran = repository.done(&["generate"]);
    let left = repository.temporaries();
    for number in 0..ours.len() + others.len() {
        let name = format!(".github/workflows/.stackgate-a1-{number}");
        assert_eq!(left.contains(&name), number >= ours.len(), "{name}");
        assert_eq!(ran.stderr.contains(&name), number >= ours.len(), "{name} is to be said: {}", ran.stderr);
        assert!(left.contains(&format!(".github/workflows/.stackgate-{number}")));
    }
    assert!(left.contains(&"docs/.stackgate-a1-1".to_owned()), "it lies where no artifact belongs");
    assert!(left.contains(&".github/workflows/.stackgate-a1-100".to_owned()));
    assert!(repository.at(".github/workflows/.stackgate-a1-101").is_dir());
}
