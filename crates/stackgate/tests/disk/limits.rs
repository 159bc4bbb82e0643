//! Disks that are full, read-only or forbidden, and processes that may open or write little.
//!
//! What must hold: the old files stand, or all the new ones, nothing is left, and the message says what the system said. Each
//! limit is tried at every value from nothing to enough, so that each write meets it once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::repository::{Ran, Repository, SMALL, WORKFLOW, WRITE, say, skipped, stackgate};

/// Runs a shell with a mount table of its own; none where this machine does not allow it.
fn mounted(script: &str, arguments: &[&Path], what: &str) -> Option<Ran> {
    let root = rustix::process::geteuid().is_root();
    let unshare = if root { ["--mount"].as_slice() } else { &["--mount", "--map-root-user"] };
    let shell = |script: &str| {
        let mut run = Command::new("unshare");
        run.args(unshare).args(["sh", "-c", script, "sh"]);
        run
    };
    let probe = shell("mount -t tmpfs tmpfs /mnt").output();
    if !probe.is_ok_and(|ran| ran.status.success()) {
        skipped(&format!("{what}: nothing can be mounted here"));
        return None;
    }
    Some(Ran::from(shell(script).arg(env!("CARGO_BIN_EXE_stackgate")).args(arguments).output().unwrap()))
}

/// Writes on a disk of that size; what became of it is copied to `$4`.
const SMALL_DISK: &str = r#"mount -t tmpfs -o OPTIONS tmpfs "$2" && cp -r "$3"/. "$2" 2>/dev/null || exit 77
cd "$2" && "$1" generate --force --adopt .circleci/config.yml; code=$?; cp -r "$2"/. "$4"; exit $code"#;

fn small_disks(what: &str, options: impl Iterator<Item = String>, message: &str) {
    let (mut refused, mut done) = (0, 0);
    for option in options {
        let (source, target, result) = (Repository::before(), tempfile::tempdir().unwrap(), Repository::new(""));
        let script = SMALL_DISK.replace("OPTIONS", &option);
        let Some(ran) = mounted(&script, &[target.path(), source.path(), result.path()], what) else { return };
        match ran.code {
            // Not even what is there before has room.
            Some(77) => continue,
            Some(0) => {
                assert!(result.files() == *Repository::after(), "{option}");
                done += 1;
            }
            Some(2) => {
                assert!(
                    ran.stderr.contains(message) && ran.stderr.contains(target.path().to_str().unwrap()),
                    "{}",
                    ran.stderr
                );
                assert!(result.files() == source.files(), "{option}: {}", ran.stderr);
                refused += 1;
            }
            code => panic!("{option}: {code:?} {}", ran.stderr),
        }
        assert!(result.temporaries().is_empty(), "{option}: {:?}", result.temporaries());
    }
    assert!(refused > 2 && done > 0, "{what}: {refused} refused and {done} done show too little");
    say(&format!("{what}: {refused} sizes refused, {done} large enough"));
}

#[test]
fn a_full_disk_leaves_the_old_files() {
    small_disks("a full disk", (80..400).step_by(16).map(|size| format!("size={size}k")), "No space left on device");
}

#[test]
fn a_disk_without_inodes_leaves_the_old_files() {
    small_disks("no inodes", (8..30).map(|count| format!("size=4m,nr_inodes={count}")), "No space left on device");
}

#[test]
fn a_read_only_disk_can_be_checked_and_not_written() {
    let repository = Repository::before();
    let script = r#"mount --bind "$2" "$2" && mount -o remount,ro,bind "$2" && cd "$2" && "$1" check --format json; echo "check $?"
"$1" generate --force --adopt .circleci/config.yml; echo "generate $?""#;
    let Some(ran) = mounted(script, &[repository.path()], "a read-only disk") else { return };
    assert!(ran.stdout.contains("check 1") && ran.stdout.contains("generate 2"), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("Read-only file system") && ran.stderr.contains("config.yml"), "{}", ran.stderr);
    assert!(repository.files() == Repository::before().files());
}

/// The command as somebody whom modes of files concern.
fn ordinary(repository: &Repository) -> Option<Command> {
    if !rustix::process::geteuid().is_root() {
        return Some(stackgate(repository.path()));
    }
    let mut run = Command::new("setpriv");
    run.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    let mut probe = Command::new("setpriv");
    probe.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_stackgate"), "--version"]);
    if !probe.output().is_ok_and(|ran| ran.status.success()) {
        skipped("modes of files: nobody may not run the command here");
        return None;
    }
    run.arg(env!("CARGO_BIN_EXE_stackgate")).current_dir(repository.path());
    Some(run)
}

/// Gives everything to the one who will run, with those modes for one of them.
fn belong(repository: &Repository, path: &str, mode: u32) {
    if rustix::process::geteuid().is_root() {
        let chown = Command::new("chown").arg("-R").arg("65534:65534").arg(repository.path()).status();
        assert!(chown.unwrap().success());
    }
    fs::set_permissions(repository.at(path), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_may_not_be_written_or_read_is_named() {
    let cases = [
        ("", 0o555, "ermission denied"),
        (".github/workflows", 0o555, "ermission denied"),
        (".circleci", 0o555, "ermission denied"),
        (".github", 0o000, ".github"),
        (".github/workflows", 0o311, ".github/workflows"),
        (".github/workflows/pulumi-preview.yml", 0o000, "pulumi-preview.yml"),
        (".circleci/config.yml", 0o000, ".circleci/config.yml"),
        ("stackgate.yaml", 0o000, "stackgate.yaml"),
    ];
    for (path, mode, message) in cases {
        let repository = Repository::before();
        let before = repository.files();
        belong(&repository, path, mode);
        let Some(mut run) = ordinary(&repository) else { return };
        let ran = Ran::from(run.args(WRITE).output().unwrap());
        fs::set_permissions(repository.at(path), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(ran.code, Some(2), "{path:?} {mode:o}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(message), "{path:?} {mode:o}: {}", ran.stderr);
        assert!(repository.files() == before && repository.temporaries().is_empty(), "{path:?} {mode:o}");
    }
}

#[test]
fn a_file_keeps_its_mode_and_a_new_one_may_be_read_by_all() {
    let repository = Repository::new(SMALL);
    let shell = format!("umask 077; {} generate", env!("CARGO_BIN_EXE_stackgate"));
    assert!(Command::new("sh").args(["-c", &shell]).current_dir(repository.path()).output().unwrap().status.success());
    let mode = || fs::metadata(repository.at(WORKFLOW)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(), 0o644);
    repository.put(WORKFLOW, repository.read(WORKFLOW) + "# more\n");
    fs::set_permissions(repository.at(WORKFLOW), fs::Permissions::from_mode(0o440)).unwrap();
    repository.done(&["generate", "--force"]);
    assert_eq!(mode(), 0o440, "a read-only file is replaced, and stays read-only");
}

/// Runs under a limit of the shell's.
fn limited(limit: &str, repository: &Repository) -> Ran {
    let line =
        format!("{limit}; exec {} generate --force --adopt .circleci/config.yml", env!("CARGO_BIN_EXE_stackgate"));
    Ran::from(Command::new("bash").args(["-c", &line]).current_dir(repository.path()).output().unwrap())
}

#[test]
fn few_open_files_are_an_error_and_no_mixture() {
    let before = Repository::before().files();
    let (mut refused, mut done) = (0, 0);
    for count in 3..16 {
        let repository = Repository::before();
        let ran = limited(&format!("ulimit -n {count}"), &repository);
        assert!(repository.temporaries().is_empty(), "{count}: {:?} {}", repository.temporaries(), ran.stderr);
        match ran.code {
            Some(0) => {
                assert!(repository.files() == *Repository::after(), "{count}");
                done += 1;
            }
            _ => {
                assert!(repository.files() == before, "{count}: {}", ran.stderr);
                assert!(!ran.stderr.is_empty(), "{count}");
                refused += 1;
            }
        }
    }
    assert!(refused > 1 && done > 1, "{refused} refused, {done} done");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_or_a_kill() {
    let before = Repository::before().files();
    for (limit, code) in [("trap '' XFSZ; ulimit -f 4", Some(2)), ("ulimit -f 4", None)] {
        let repository = Repository::before();
        let ran = limited(limit, &repository);
        assert_eq!(ran.code, code, "{limit}: {}", ran.stderr);
        assert!(repository.files() == before, "{limit}");
        assert!(
            code.is_none() || (ran.stderr.contains("too large") && repository.temporaries().is_empty()),
            "{}",
            ran.stderr
        );
        repository.done(WRITE);
        assert!(repository.files() == *Repository::after() && repository.temporaries().is_empty());
    }
}

#[test]
fn output_that_is_lost_is_never_a_success() {
    if !Path::new("/dev/full").exists() {
        return skipped("lost output: there is no /dev/full");
    }
    for arguments in [
        "check",
        "check --format json",
        "check --format github",
        "generate --dry-run",
        "generate",
        "generate --adopt .circleci/config.yml",
    ] {
        let repository = Repository::before();
        let line = format!("{} {arguments} > /dev/full", env!("CARGO_BIN_EXE_stackgate"));
        let ran = Ran::from(Command::new("bash").args(["-c", &line]).current_dir(repository.path()).output().unwrap());
        assert!(ran.code == Some(2) && !ran.stderr.contains("panicked"), "{arguments}: {:?} {}", ran.code, ran.stderr);
        // What would be lost could not be shown, so it is not lost.
        assert!(repository.files() == Repository::before().files(), "{arguments}");
        assert!(repository.temporaries().is_empty());
    }
}

#[test]
fn a_reader_that_went_away_does_not_make_a_success_of_nothing() {
    for (arguments, code) in [(&["generate", "--adopt", ".circleci/config.yml"][..], 2), (WRITE, 0), (&["check"], 0)] {
        let repository = Repository::before();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::from(stackgate(repository.path()).args(arguments).stdout(writer).output().unwrap());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        let written = repository.files() == *Repository::after();
        assert_eq!(written, arguments == WRITE, "{arguments:?}: {}", ran.stderr);
        assert!(repository.temporaries().is_empty());
    }
}
