//! Links, folders, pipes and sockets where a file or a folder should be.
//!
//! What must hold: nothing is read or written through a link in any position; what a link leads to stays as it is; a pipe is
//! not waited for.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::repository::{Ran, Repository, SMALL, WORKFLOW, skipped, strace, traced};

/// Where links lead: paths that hold `OUTSIDE` for a folder outside the repository.
const TARGETS: &[&str] =
    &["OUTSIDE", "OUTSIDE/file.yml", "nowhere", "itself", "OUTSIDE/nowhere", "inside", "inside/file.yml", "/"];

#[test]
fn a_link_in_any_position_is_refused_and_not_followed() {
    // Kernels without the call that refuses links in every component go another way.
    let injections =
        if strace("links without openat2") { vec![vec![], vec!["openat2:error=ENOSYS".to_owned()]] } else { vec![] };
    for position in [".github", ".github/workflows", WORKFLOW] {
        for target in TARGETS {
            let outside = tempfile::tempdir().unwrap();
            fs::write(outside.path().join("file.yml"), "keep me\n").unwrap();
            let repository = Repository::new(SMALL);
            repository.put("inside/file.yml", "keep me\n");
            let link = repository.at(position);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            let itself = Path::new(position).file_name().unwrap().to_str().unwrap();
            let target = target.replace("OUTSIDE", outside.path().to_str().unwrap()).replace("itself", itself);
            let target = target.replace("inside", repository.at("inside").to_str().unwrap());
            symlink(&target, &link).unwrap();
            let said = repository.refused(&["generate", "--force", "--adopt", WORKFLOW]);
            assert!(said.contains("symbolic link"), "{position} -> {target}: {said}");
            for injection in &injections {
                let log = Path::new("/dev/null");
                let run = traced(repository.path(), log, "openat2", injection)
                    .args(["generate", "--adopt", WORKFLOW])
                    .output();
                let ran = Ran::from(run.unwrap());
                assert!(
                    ran.code == Some(2) && ran.stderr.contains("symbolic link"),
                    "{position} -> {target}: {}",
                    ran.stderr
                );
            }
            let check = repository.run(&["check"]);
            let refused = check.code == Some(1) && check.stdout.contains("symbolic link");
            assert!(refused, "{position} -> {target}: {}{}", check.stdout, check.stderr);
            assert!(!check.stdout.contains("keep me"), "what a link leads to is not shown");
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "{position} -> {target}");
            assert_eq!(fs::read_to_string(outside.path().join("file.yml")).unwrap(), "keep me\n");
            assert_eq!(fs::read_link(&link).unwrap(), Path::new(&target));
        }
    }
}

#[test]
fn files_that_are_right_but_behind_a_link_are_not_taken_for_ours() {
    let traced_too = strace("reading through links without openat2");
    for position in [".github", ".github/workflows", WORKFLOW] {
        let (repository, outside) = (Repository::new(SMALL), tempfile::tempdir().unwrap());
        repository.done(&["generate"]);
        let away = outside.path().join("away");
        fs::rename(repository.at(position), &away).unwrap();
        symlink(&away, repository.at(position)).unwrap();
        let mut runs = vec![repository.run(&["check"])];
        if traced_too {
            let injection = ["openat2:error=ENOSYS".to_owned()];
            let mut run = traced(repository.path(), Path::new("/dev/null"), "openat2", &injection);
            runs.push(Ran::from(run.arg("check").output().unwrap()));
        }
        for ran in runs {
            assert!(
                ran.code == Some(1) && ran.stdout.contains("symbolic link"),
                "{position}: {}{}",
                ran.stdout,
                ran.stderr
            );
        }
    }
}

#[test]
fn the_root_itself_may_be_reached_by_a_link() {
    let (repository, elsewhere) = (Repository::new(SMALL), tempfile::tempdir().unwrap());
    let link = elsewhere.path().join("link");
    symlink(repository.path(), &link).unwrap();
    let ran = Ran::from(
        crate::repository::stackgate(elsewhere.path()).args(["generate", "--root", "link"]).output().unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(repository.at(WORKFLOW).is_file());
}

#[test]
fn what_is_no_file_and_no_folder_is_in_the_way() {
    type Make = fn(&Path);
    let makes: [(&str, Make); 4] = [
        ("a directory", |at| fs::create_dir(at).unwrap()),
        ("a directory with something in it", |at| fs::create_dir_all(at.join("deeper")).unwrap()),
        ("a pipe", |at| assert!(Command::new("mkfifo").arg(at).status().unwrap().success())),
        ("a socket", |at| drop(UnixListener::bind(at).unwrap())),
    ];
    for (what, make) in makes {
        let repository = Repository::new(SMALL);
        fs::create_dir_all(repository.at(".github/workflows")).unwrap();
        make(&repository.at(WORKFLOW));
        let kind = fs::symlink_metadata(repository.at(WORKFLOW)).unwrap().mode();
        let ran = repository.run(&["generate", "--force", "--adopt", WORKFLOW]);
        assert!(ran.code == Some(2) && ran.stderr.contains(WORKFLOW), "{what}: {:?} {}", ran.code, ran.stderr);
        assert_eq!(repository.run(&["check"]).code, Some(1), "{what}");
        assert_eq!(fs::symlink_metadata(repository.at(WORKFLOW)).unwrap().mode(), kind, "{what}");
    }
    for folder in [".github", ".github/workflows"] {
        let repository = Repository::new(SMALL);
        repository.put(folder, "a file\n");
        let said = repository.refused(&["generate"]);
        assert!(said.contains(&format!("{folder} is not a directory")), "{said}");
        assert_eq!(repository.run(&["check"]).code, Some(1));
    }
}

#[test]
fn a_hard_link_is_broken_and_the_other_name_keeps_its_content() {
    let (repository, outside) = (Repository::new(SMALL), tempfile::tempdir().unwrap());
    repository.put(WORKFLOW, "name: shared\n");
    let other = outside.path().join("other.yml");
    if fs::hard_link(repository.at(WORKFLOW), &other).is_err() {
        return skipped("hard links: the disk has none");
    }
    repository.done(&["generate", "--adopt", WORKFLOW]);
    assert_eq!(fs::read_to_string(&other).unwrap(), "name: shared\n");
    assert_eq!(fs::metadata(&other).unwrap().nlink(), 1);
    repository.done(&["check"]);
}
