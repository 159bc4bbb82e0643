//! A repository to be written to, in the state before or after, and what became of it. It decides nothing about faults.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::common::files;

pub(crate) const BEFORE: &str = include_str!("before.yaml");
pub(crate) const AFTER: &str = include_str!("after.yaml");
pub(crate) const SMALL: &str = "version: 1\norganization: acme\nproviders: { github: {} }\nprojects:\n  app: { runtime: yaml, stacks: { production: {} } }\n";
/// What `SMALL` writes.
pub(crate) const WORKFLOW: &str = ".github/workflows/pulumi-deploy.yml";
/// A file of somebody's own that `AFTER` wants to replace.
pub(crate) const HUMAN: &str = ".circleci/config.yml";
/// What a write of `AFTER` is told.
pub(crate) const WRITE: &[&str] = &["generate", "--force", "--adopt", HUMAN];

/// Paths and contents of everything but temporaries; a link's content is where it leads.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// What a run came to.
pub(crate) struct Ran {
    /// Absent where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Repository {
    pub(crate) fn new(spec: &str) -> Repository {
        Repository::of(tempfile::tempdir().unwrap(), spec)
    }

    pub(crate) fn of(folder: tempfile::TempDir, spec: &str) -> Repository {
        fs::write(folder.path().join("stackgate.yaml"), spec).unwrap();
        Repository { folder }
    }

    /// With the files of `BEFORE`, one of them edited, a file of somebody's own, and the spec of `AFTER`.
    pub(crate) fn before() -> Repository {
        static FILES: OnceLock<Files> = OnceLock::new();
        let files = FILES.get_or_init(|| {
            let repository = Repository::new(BEFORE);
            repository.done(&["generate"]);
            repository.put(HUMAN, "# somebody's own\nversion: 2.1\n");
            let edited = repository.read("Jenkinsfile.production") + "// a change by hand\n";
            repository.put("Jenkinsfile.production", edited);
            repository.put("stackgate.yaml", AFTER);
            repository.files()
        });
        let repository = Repository::new(AFTER);
        for (path, text) in files {
            repository.put(path, text);
        }
        repository
    }

    /// The files that a write of `before()` comes to.
    pub(crate) fn after() -> &'static Files {
        static FILES: OnceLock<Files> = OnceLock::new();
        FILES.get_or_init(|| {
            let repository = Repository::before();
            repository.done(WRITE);
            repository.done(&["check"]);
            repository.files()
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(crate) fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(stackgate(self.path()).args(arguments).output().unwrap())
    }

    /// Runs, and holds that it went well.
    pub(crate) fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        ran
    }

    /// Runs, and holds that it was refused with no file changed and nothing left; the message is returned.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let before = self.files();
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(self.files() == before, "a refused run changed a file: {}", ran.stderr);
        assert!(self.temporaries().is_empty(), "{:?}", self.temporaries());
        ran.stderr
    }

    pub(crate) fn files(&self) -> Files {
        let all = files(self.path()).into_iter().filter(|path| !is_temporary(path));
        all.map(|path| (path.clone(), content(&self.at(&path)))).collect()
    }

    /// What a run has left of its own.
    pub(crate) fn temporaries(&self) -> Vec<String> {
        files(self.path()).into_iter().filter(|path| is_temporary(path)).collect()
    }
}

fn is_temporary(path: &str) -> bool {
    path.rsplit('/').next().unwrap().starts_with(".stackgate-")
}

fn content(path: &Path) -> Vec<u8> {
    match fs::read_link(path) {
        Ok(target) => format!("-> {}", target.display()).into_bytes(),
        Err(_) => fs::read(path).unwrap_or_default(),
    }
}

/// The command, at work in a folder.
pub(crate) fn stackgate(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").current_dir(folder);
    command
}

/// Whether everything that this machine allows is to be done, and nothing may be skipped.
pub(crate) fn must() -> bool {
    std::env::var_os("STACKGATE_DISK_MUST").is_some_and(|value| value == "1")
}

/// Says that something was not tested, past what captures the output of tests.
pub(crate) fn skipped(what: &str) {
    assert!(!must(), "this must not be skipped: {what}");
    say(&format!("skipped: {what}"));
}

/// Says something that is worth knowing of a test that went well.
pub(crate) fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "disk: {what}");
}

/// Whether strace can be used here; it is said where not.
pub(crate) fn strace(what: &str) -> bool {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).output().is_ok_and(|ran| ran.status.success());
    if !works {
        skipped(&format!("{what}: strace cannot be used"));
    }
    works
}

/// The command under strace with these injections, its calls written to a file.
pub(crate) fn traced(folder: &Path, log: &Path, calls: &str, injections: &[String]) -> Command {
    let mut command = Command::new("strace");
    command.arg("-qq").arg("-o").arg(log).args(["-e", &format!("trace={calls}"), "-e", "signal=none"]);
    for injection in injections {
        command.args(["-e", &format!("inject={injection}")]);
    }
    command.arg(env!("CARGO_BIN_EXE_stackgate")).env_remove("NO_COLOR").current_dir(folder);
    command
}
