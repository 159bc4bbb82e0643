//! Others at work in the same repository: another run, somebody's editor, somebody who swaps folders for links.
//!
//! What must hold: one run writes at a time; what somebody changed meanwhile stays; nothing outside is written. Where a moment
//! must be hit, the run is stopped there, so that no test depends on luck.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::process::{Pid, Signal, kill_process};

use crate::repository::{BEFORE, HUMAN, Ran, Repository, SMALL, WORKFLOW, WRITE, stackgate, strace, traced};

const PREVIEW: &str = ".github/workflows/pulumi-preview.yml";

#[test]
fn sixteen_runs_at_once_come_to_what_one_comes_to() {
    let repository = Repository::before();
    let run =
        || stackgate(repository.path()).args(WRITE).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<Child> = (0..16).map(|_| run()).collect();
    let ran: Vec<Ran> = children.into_iter().map(|child| Ran::from(child.wait_with_output().unwrap())).collect();
    for ran in &ran {
        let waited = ran.code == Some(2) && ran.stderr.contains("is at work");
        assert!(ran.code == Some(0) || waited, "{:?} {}", ran.code, ran.stderr);
    }
    let wrote = ran.iter().filter(|ran| ran.stdout.contains("removed")).count();
    assert_eq!(wrote, 1, "one run writes, the others find nothing to do");
    assert!(repository.files() == *Repository::after());
    assert!(repository.temporaries().is_empty());
}

#[test]
fn who_does_not_get_a_turn_says_so() {
    let repository = Repository::before();
    let held = fs::File::open(repository.path()).unwrap();
    flock(&held, FlockOperation::LockExclusive).unwrap();
    assert_eq!(repository.run(&["check"]).code, Some(1), "a check needs no turn");
    let said = repository.refused(WRITE);
    assert!(said.contains("is at work"), "{said}");
    drop(held);
    repository.done(WRITE);
}

#[test]
fn a_spec_that_changes_while_a_run_waits_is_not_overtaken() {
    let repository = Repository::before();
    let held = fs::File::open(repository.path()).unwrap();
    flock(&held, FlockOperation::LockExclusive).unwrap();
    let waiting =
        stackgate(repository.path()).args(WRITE).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let before = repository.files();
    repository.put("stackgate.yaml", BEFORE);
    drop(held);
    let ran = Ran::from(waiting.wait_with_output().unwrap());
    // Whether it had read the spec by then or not, it never writes what the spec no longer says.
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    for path in [HUMAN, "Jenkinsfile.production", WORKFLOW] {
        assert_eq!(repository.read(path).as_bytes(), before[path], "{path}: {}", ran.stderr);
    }
}

/// Starts a write, stops it behind its nth rename, does something, and lets it go on. The first rename is the journal's,
/// the second takes a file away.
fn stopped(repository: &Repository, nth: usize, meanwhile: impl FnOnce()) -> Ran {
    let injection = [format!("renameat2:signal=STOP:when={nth}")];
    let mut run = traced(repository.path(), Path::new("/dev/null"), "renameat2", &injection);
    let mut child = run.args(WRITE).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = repository.at(".stackgate-journal");
    let behind = || match nth {
        1 => journal.exists(),
        _ => journal.exists() && !(repository.at(".gitlab-ci.yml").exists() && repository.at(PREVIEW).exists()),
    };
    while !behind() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
        std::thread::sleep(Duration::from_millis(5));
    }
    meanwhile();
    // The names of temporaries tell the process.
    let text = fs::read_to_string(&journal).unwrap();
    let process = text.split(".stackgate-").nth(1).and_then(|rest| rest.split('-').next()).unwrap();
    let process = Pid::from_raw(i32::from_str_radix(process, 16).unwrap()).unwrap();
    kill_process(process, Signal::CONT).unwrap();
    Ran::from(child.wait_with_output().unwrap())
}

#[test]
fn what_somebody_changes_at_the_last_moment_stays() {
    if !strace("a change at the last moment") {
        return;
    }
    let text = "# at the last moment\n";
    type Change = fn(&Repository, &str, &str);
    let in_place: Change = |to, path, text| to.put(path, text);
    let replaced: Change = |to, path, text| {
        to.put("editor.tmp", text);
        fs::rename(to.at("editor.tmp"), to.at(path)).unwrap();
    };
    let linked: Change = |to, path, _| {
        let _ = fs::remove_file(to.at(path));
        symlink("stackgate.yaml", to.at(path)).unwrap();
    };
    let gone: Change = |to, path, _| drop(fs::remove_file(to.at(path)));
    // A file that is removed, one that is adopted, one that is updated, one that is created.
    let paths = [".gitlab-ci.yml", HUMAN, "Jenkinsfile.production", "azure-pipelines/pulumi-deploy.yml"];
    for path in paths {
        for change in [in_place, replaced, linked, gone] {
            let repository = Repository::before();
            let mut expected = None;
            let ran = stopped(&repository, 1, || {
                change(&repository, path, text);
                expected = Some(repository.files());
            });
            let expected = expected.unwrap();
            let untouched = expected == Repository::before().files();
            // What did not exist and is gone is no change.
            if untouched {
                assert_eq!(ran.code, Some(0), "{path}: {}", ran.stderr);
                continue;
            }
            assert!(ran.code == Some(2) && ran.stderr.contains(path), "{path}: {:?} {}", ran.code, ran.stderr);
            assert!(repository.files() == expected, "{path}: {}", ran.stderr);
            assert!(repository.temporaries().is_empty(), "{path}: {:?} {}", repository.temporaries(), ran.stderr);
        }
    }
}

#[test]
fn a_folder_that_is_swapped_for_a_link_at_the_last_moment_takes_nothing_outside() {
    if !strace("a folder swapped at the last moment") {
        return;
    }
    for folder in [".github", ".github/workflows", ".circleci", "azure-pipelines"] {
        let (repository, outside) = (Repository::before(), tempfile::tempdir().unwrap());
        let ran = stopped(&repository, 2, || {
            fs::rename(repository.at(folder), repository.at("moved")).unwrap();
            symlink(outside.path(), repository.at(folder)).unwrap();
        });
        assert!(ran.code == Some(2) && ran.stderr.contains("changed while"), "{folder}: {:?} {}", ran.code, ran.stderr);
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0, "{folder}");
        assert!(repository.temporaries().is_empty(), "{folder}: {:?}", repository.temporaries());
        fs::remove_file(repository.at(folder)).unwrap();
        fs::rename(repository.at("moved"), repository.at(folder)).unwrap();
        assert!(repository.files() == Repository::before().files(), "{folder}: {}", ran.stderr);
    }
}

#[test]
fn a_folder_that_is_swapped_for_a_link_all_the_time_takes_nothing_outside() {
    let (repository, outside) = (Repository::new(SMALL), tempfile::tempdir().unwrap());
    fs::create_dir_all(outside.path().join("workflows")).unwrap();
    fs::create_dir_all(repository.at(".github/workflows")).unwrap();
    symlink(outside.path(), repository.at("link")).unwrap();
    let (one, other) = (repository.at(".github"), repository.at("link"));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
            }
        });
        for round in 0..40 {
            let ran = repository.run(&["generate", "--force"]);
            assert!(matches!(ran.code, Some(0 | 2)), "{round}: {:?} {}", ran.code, ran.stderr);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(crate::common::files(outside.path()), Vec::<String>::new());
}
