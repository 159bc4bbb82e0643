//! Odd names and many of them: of the repository, of files in the way.
//!
//! What must hold: any path that a disk can hold works; what is shown of a name is one harmless line.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use crate::repository::{Repository, SMALL, WORKFLOW};

#[test]
fn a_repository_on_any_path_works() {
    let names: [&[u8]; 7] = [
        b"with spaces  and more",
        "größer 日本 🚀".as_bytes(),
        b"line\nbreak",
        b"not \xff utf-8",
        b"-rf",
        b"$(touch gone) `id` ;",
        b"\x1b[31mred",
    ];
    for name in names {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join(OsStr::from_bytes(name));
        fs::create_dir(&path).unwrap();
        let folder = tempfile::Builder::new().prefix("in").tempdir_in(&path).unwrap();
        let repository = Repository::of(folder, SMALL);
        repository.done(&["generate"]);
        repository.done(&["check"]);
        assert!(repository.temporaries().is_empty());
        fs::remove_file(repository.at(WORKFLOW)).unwrap();
        fs::create_dir(repository.at(WORKFLOW)).unwrap();
        let said = repository.refused(&["generate"]);
        assert!(said.contains("is a directory") && !said.contains('\u{1b}') && said.lines().count() == 1, "{said:?}");
        fs::write(repository.at(".stackgate-journal"), "").unwrap();
        let ran = repository.run(&["check"]);
        assert!(ran.code == Some(2) && ran.stderr.lines().count() == 1, "{:?}", ran.stderr);
    }
}

#[test]
fn ten_thousand_files_in_the_way_are_passed_over() {
    let repository = Repository::new(SMALL);
    let (many, text) = (10_000, "name: somebody's own\n");
    for folder in [".github/workflows", "ci", ""] {
        fs::create_dir_all(repository.at(folder)).unwrap();
        for number in 0..many / 3 {
            fs::write(repository.at(folder).join(format!("own-{number}.yml")), text).unwrap();
        }
    }
    for number in 0..many / 10 {
        fs::write(repository.at(".github/workflows").join(format!(".stackgate-{number}")), text).unwrap();
    }
    let before = repository.files();
    repository.done(&["generate"]);
    let mut after = repository.files();
    assert!(after.remove(WORKFLOW).is_some());
    assert!(after == before, "a file of somebody's own was changed");
    let ran = repository.done(&["check"]);
    assert!(ran.stdout.contains("1 file, "), "{}", ran.stdout);
}

#[test]
fn files_that_claim_to_be_ours_are_bounded_together() {
    let repository = Repository::new(SMALL);
    repository.done(&["generate"]);
    let marker = fs::read_to_string(repository.at(WORKFLOW)).unwrap().lines().next().unwrap().to_owned();
    let text = format!("{marker}\n{}", "# nothing\n".repeat(100_000));
    for number in 0..20 {
        repository.put(&format!(".github/workflows/old-{number:02}.yml"), text.clone().into_bytes());
    }
    let ran = repository.run(&["check"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("more than 16 MiB together"), "{}", ran.stderr);
    for number in 5..20 {
        fs::remove_file(repository.at(&format!(".github/workflows/old-{number:02}.yml"))).unwrap();
    }
    assert_eq!(repository.run(&["check"]).code, Some(1), "five orphans are drift");
}

#[test]
fn of_a_large_file_that_is_not_ours_only_the_head_is_read() {
    if !crate::repository::strace("how much is read of others' files") {
        return;
    }
    let repository = Repository::new(SMALL);
    repository.done(&["generate"]);
    repository.put(".github/workflows/large.yml", vec![b'#'; 1_000_000]);
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut run = crate::repository::traced(repository.path(), log.path(), "read", &[]);
    assert!(run.arg("check").output().unwrap().status.success());
    let trace = fs::read_to_string(log.path()).unwrap();
    let largest = trace.lines().filter_map(|line| line.rsplit_once("= ")?.1.trim().parse::<usize>().ok()).max();
    assert!(largest.unwrap() < 100_000, "{trace}");
}

#[test]
fn names_of_files_are_shown_as_one_harmless_line() {
    let repository = Repository::new(SMALL);
    repository.done(&["generate"]);
    let ours = repository.read(WORKFLOW);
    let names: [&[u8]; 4] =
        [b"a\n::error::x.yml", b"\x1b[2Jb.yml", "\u{202e}lmy.c.yml".as_bytes(), b"not \xff utf-8.yml"];
    for name in names {
        fs::write(repository.at(".github/workflows").join(OsStr::from_bytes(name)), &ours).unwrap();
    }
    for format in ["text", "github"] {
        let ran = repository.run(&["check", "--format", format]);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!ran.stdout.contains(bad) && !ran.stdout.contains("\n::error::x"), "{format}: {:?}", ran.stdout);
    }
    let ran = repository.done(&["generate"]);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']) && !ran.stdout.contains("\n::error::x"), "{:?}", ran.stdout);
    assert_eq!(ran.stdout.matches(" removed").count(), 3, "{}", ran.stdout);
    // A name that is not UTF-8 is none that an artifact ever had.
    let left = Command::new("ls").arg(repository.at(".github/workflows")).output().unwrap();
    assert_eq!(left.stdout.iter().filter(|byte| **byte == b'\n').count(), 2);
}
