//! The command as a user runs it: exit codes, what is written, and what is refused with nothing written.
//!
//! What must hold: 0 done or clean, 1 drift, 2 everything else; each kind of bad input gives one clear message.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{files, root};

const SPEC: &str = "version: 1\norganization: acme\nproviders: { github: {} }\nprojects:\n  app: { runtime: nodejs, stacks: { production: {} } }\n";
const WORKFLOW: &str = ".github/workflows/pulumi-deploy.yml";

struct Repository {
    folder: tempfile::TempDir,
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Repository {
    fn new(spec: &str) -> Repository {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("stackgate.yaml"), spec).unwrap();
        Repository { folder }
    }

    fn empty() -> Repository {
        Repository { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(command().args(arguments).current_dir(self.path()).output().unwrap())
    }

    /// Runs, and holds that it failed without writing anything; the message is returned.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = snapshot(self.path());
        let ran = self.run(arguments);
        assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
        assert_eq!(snapshot(self.path()), before, "something was written");
        ran.stderr
    }
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn snapshot(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    files(folder).into_iter().map(|path| (path.clone(), fs::read(folder.join(path)).ok())).collect()
}

#[test]
fn generate_then_check_then_edit_then_mend() {
    let repository = Repository::new(SPEC);
    let ran = repository.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains(&format!("{WORKFLOW}: missing")), "{}", ran.stdout);
    let ran = repository.run(&["generate", "--dry-run"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("+name: Pulumi deploy") && ran.stdout.contains("would be created"), "{}", ran.stdout);
    assert_eq!(files(repository.path()), ["stackgate.yaml"]);
    assert_eq!(repository.run(&["generate"]).code, 0);
    let written = repository.read(WORKFLOW);
    assert_eq!(repository.run(&["check"]).code, 0);
    repository.put(WORKFLOW, written.replace("cancel-in-progress: false", "cancel-in-progress: true"));
    let ran = repository.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains(" 1 edited; the worst of it: removes a gate")
            && ran.stdout.contains("-      cancel-in-progress: true"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains('\u{1b}'), "no colour in a pipe");
    assert!(repository.run(&["check", "--color", "always"]).stdout.contains('\u{1b}'));
    let ran = repository.run(&["generate"]);
    assert!(ran.stdout.contains("-      cancel-in-progress: true"), "what is lost is shown first: {}", ran.stdout);
    assert_eq!(repository.read(WORKFLOW), written);
    assert!(repository.run(&["generate"]).stdout.contains("nothing to do"));
}

#[test]
fn check_speaks_json_and_github() {
    let repository = Repository::new(SPEC);
    repository.run(&["generate"]);
    repository.put(WORKFLOW, repository.read(WORKFLOW).replace("timeout-minutes: 60", "timeout-minutes: 600"));
    let ran = repository.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["clean"], false);
    assert_eq!(report["files"][0]["state"], "edited");
    assert_eq!(report["files"][0]["path"], WORKFLOW);
    let ran = repository.run(&["check", "--format", "github"]);
    assert!(ran.stdout.starts_with(&format!("::warning file={WORKFLOW},line=")), "{}", ran.stdout);
    let line: usize = ran.stdout.split("line=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!(repository.read(WORKFLOW).lines().nth(line - 1).unwrap().contains("600"), "{}", ran.stdout);
}

#[test]
fn a_foreign_file_is_left_alone_until_it_is_adopted() {
    let repository = Repository::new(SPEC);
    repository.put(WORKFLOW, "name: mine\n");
    assert!(repository.run(&["check"]).stdout.contains("not ours"));
    assert!(repository.refused(&["generate"]).contains("--adopt"));
    assert!(repository.refused(&["generate", "--adopt", "README.md"]).contains("README.md"));
    assert_eq!(repository.run(&["generate", "--adopt", WORKFLOW]).code, 0);
    assert_eq!(repository.run(&["check"]).code, 0);
}

#[test]
fn an_orphan_is_removed_and_an_edited_one_is_not() {
    let repository =
        Repository::new(&SPEC.replace("{ production: {} }", "{ dev: { tier: development, preview: {} } }"));
    repository.run(&["generate"]);
    let preview = ".github/workflows/pulumi-preview.yml";
    let text = repository.read(preview);
    repository.put("stackgate.yaml", SPEC);
    assert!(repository.run(&["check"]).stdout.contains(&format!("{preview}: orphaned")));
    repository.put(preview, text.replace("timeout-minutes", "timeout-hours"));
    assert!(repository.run(&["check"]).stdout.contains("orphaned and edited"));
    assert!(repository.refused(&["generate"]).contains(preview));
    repository.put(preview, text);
    assert_eq!(repository.run(&["generate"]).code, 0);
    assert!(!repository.path().join(preview).exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_or_over_a_directory() {
    let outside = tempfile::tempdir().unwrap();
    let repository = Repository::new(SPEC);
    std::os::unix::fs::symlink(outside.path(), repository.path().join(".github")).unwrap();
    assert!(repository.refused(&["generate"]).contains("symbolic link"));
    assert!(files(outside.path()).is_empty());

    let repository = Repository::new(SPEC);
    fs::create_dir_all(repository.path().join(".github/workflows")).unwrap();
    let target = outside.path().join("target.yml");
    fs::write(&target, "keep me\n").unwrap();
    std::os::unix::fs::symlink(&target, repository.path().join(WORKFLOW)).unwrap();
    assert!(repository.refused(&["generate", "--adopt", WORKFLOW]).contains("symbolic link"));
    assert_eq!(fs::read_to_string(&target).unwrap(), "keep me\n");

    let repository = Repository::new(SPEC);
    fs::create_dir_all(repository.path().join(WORKFLOW)).unwrap();
    assert!(repository.refused(&["generate"]).contains("directory"));
    assert_eq!(repository.run(&["check"]).code, 1);
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::new(SPEC);
    let folder = repository.path().join(".github/workflows");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(repository.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write anywhere; as nobody, the mode counts. Another name that cannot be dropped to is left untested.
    let mut run = if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        let mut run = Command::new("setpriv");
        run.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_stackgate")]);
        run
    } else {
        command()
    };
    if let Ok(output) = run.arg("generate").current_dir(repository.path()).output() {
        let ran = Ran::of(output);
        if !ran.stderr.contains("setpriv") {
            assert_eq!(ran.code, 2, "{}", ran.stderr);
            assert!(
                ran.stderr.contains("pulumi-deploy.yml") && ran.stderr.contains("ermission denied"),
                "{}",
                ran.stderr
            );
        }
    }
    assert!(fs::read_dir(&folder).unwrap().next().is_none());
}

#[test]
fn a_spec_that_cannot_be_read_gives_one_clear_message() {
    let repository = Repository::new("");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "empty-file"),
        (b"version: 1\norganization: \xff\xfe\n".to_vec(), "not-utf-8"),
        (vec![b'#'; 300 * 1024], "too-large"),
        ("[".repeat(5000).into_bytes(), "too-deep"),
        (b"version: 1\n---\nversion: 1\n".to_vec(), "several-documents"),
        (b"version: 2\n".to_vec(), "unknown-version"),
    ];
    for (bytes, rule) in cases {
        repository.put("stackgate.yaml", bytes);
        let message = repository.refused(&["generate"]);
        assert!(message.contains(&format!("[{rule}]")), "{rule}: {message}");
    }
    let empty = Repository::empty();
    assert!(empty.refused(&["check"]).contains("stackgate init"));
    fs::create_dir(empty.path().join("stackgate.yaml")).unwrap();
    assert!(empty.refused(&["check"]).contains("stackgate.yaml"));
    let piped = Repository::empty();
    if Command::new("mkfifo").arg(piped.path().join("stackgate.yaml")).status().is_ok_and(|made| made.success()) {
        // Nothing may be read back from the pipe either, so that the folder is looked at by its names.
        let ran = piped.run(&["generate"]);
        assert!(ran.code == 2 && ran.stderr.contains("not a regular file"), "{}", ran.stderr);
        assert_eq!(files(piped.path()), ["stackgate.yaml"]);
    }
}

#[test]
fn every_mistake_comes_in_one_run() {
    let repository = Repository::new(
        "version: 1\norganization: acme\nproviders: { github: { runer: x } }\nprojects:\n  app: { runtime: nodejs, stacks: { dev: { tier: developmnt, after: [nope] }, p: { after: [q] } } }\n",
    );
    let message = repository.refused(&["generate"]);
    for expected in ["unknown-key", "unknown-value", "after-unknown", "`runner`", "`development`"] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn esc_is_held_against_the_stack_file() {
    let repository = Repository::new(&SPEC.replace("production: {}", "production: { esc: [app/unused] }"));
    repository.put(
        "Pulumi.production.yaml",
        "environment:\n  - app/live@stable\n  - app/other: { merge: false }\nconfig: {}\n",
    );
    let message = repository.refused(&["generate"]);
    assert!(
        message.contains("esc-missing") && message.contains("app/live") && message.contains("app/other"),
        "{message}"
    );
    assert!(message.contains("esc-unused"), "{message}");
    repository.put("Pulumi.production.yaml", "environment: [app/unused]\n");
    assert_eq!(repository.run(&["generate"]).code, 0);
}

#[test]
fn the_spec_is_found_upwards_and_the_root_can_be_named() {
    let repository = Repository::new(SPEC);
    fs::create_dir_all(repository.path().join("a/b")).unwrap();
    let ran = Ran::of(command().arg("generate").current_dir(repository.path().join("a/b")).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(repository.path().join(WORKFLOW).is_file());
    let nested = Repository::empty();
    nested.put("deploy/stackgate.yaml", SPEC);
    let ran = nested.run(&["generate", "--root", ".", "--spec", "deploy/stackgate.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(nested.read(WORKFLOW).starts_with("# stackgate 0.1.0 | spec deploy/stackgate.yaml | "));
    assert_eq!(nested.run(&["check", "--root", ".", "--spec", "deploy/stackgate.yaml"]).code, 0);
}

#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
    let repository = Repository::new(SPEC);
    repository.run(&["generate"]);
    let shell = |line: &str| {
        let binary = env!("CARGO_BIN_EXE_stackgate");
        Ran::of(
            Command::new("bash")
                .args(["-c", &line.replace("SG", binary)])
                .current_dir(repository.path())
                .output()
                .unwrap(),
        )
    };
    assert_eq!(shell("set -o pipefail; SG schema | true; exit ${PIPESTATUS[0]}").code, 0);
    if Path::new("/dev/full").exists() {
        let ran = shell("SG check > /dev/full");
        assert_eq!(ran.code, 2, "lost output is never a success: {}", ran.stderr);
    }
}

#[test]
fn init_writes_a_spec_that_works_at_once_and_never_overwrites() {
    let repository = Repository::empty();
    repository.put(".git/config", "[remote \"origin\"]\n\turl = git@github.com:acme/shop.git\n");
    repository.put(".git/HEAD", "ref: refs/heads/trunk\n");
    repository.put("infra/Pulumi.yaml", "name: shop\nruntime: { name: nodejs, options: { typescript: true } }\n");
    repository.put("infra/package-lock.json", "{}\n");
    repository.put("infra/Pulumi.dev.yaml", "config: {}\n");
    repository.put("infra/Pulumi.production.yaml", "environment: [shop/production]\n");
    let ran = repository.run(&["init", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let spec = repository.read("stackgate.yaml");
    for expected in
        ["branch: trunk", "repository: acme/shop", "directory: infra", "tier: production", "esc: [shop/production]"]
    {
        assert!(spec.contains(expected), "{expected}: {spec}");
    }
    assert!(repository.refused(&["init", "--yes"]).contains("never overwrites"));
    assert_eq!(repository.run(&["generate"]).code, 0);
    assert_eq!(repository.run(&["check"]).code, 0);
    let bare = Repository::empty();
    let message = bare.refused(&["init", "--yes"]);
    for expected in ["--organization", "--provider", "Pulumi.yaml"] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn everything_that_is_shown_can_be_shown_for_every_example() {
    for example in fs::read_dir(root().join("examples")).unwrap().flatten() {
        // An organization's spec has no plan to show.
        let spec = fs::read_to_string(example.path().join("stackgate.yaml")).unwrap_or_default();
        if spec.is_empty() || spec.contains("\nrepositories:\n") {
            continue;
        }
        for what in ["plan", "matrix", "checklist", "pins"] {
            for json in [false, true] {
                let mut run = command();
                run.args(["show", what]).current_dir(example.path());
                if json {
                    run.arg("--json");
                }
                let ran = Ran::of(run.output().unwrap());
                assert_eq!(ran.code, 0, "{} {what}: {}", example.path().display(), ran.stderr);
                assert!(!ran.stdout.is_empty());
                assert!(!json || serde_json::from_str::<serde_json::Value>(&ran.stdout).is_ok());
            }
        }
    }
}

#[test]
fn schema_completions_man_and_explain_print() {
    let empty = Repository::empty();
    assert!(serde_json::from_str::<serde_json::Value>(&empty.run(&["schema"]).stdout).is_ok());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(empty.run(&["completions", shell]).stdout.contains("stackgate"));
    }
    assert!(empty.run(&["man"]).stdout.contains(".TH"));
    assert_eq!(empty.run(&["man", "--dir", "."]).code, 0);
    assert!(empty.path().join("stackgate-check.1").is_file());
    assert!(empty.run(&["explain", "after-cycle"]).stdout.contains("Why"));
    let ran = empty.run(&["explain", "after-cycel"]);
    assert!(ran.code == 2 && ran.stderr.contains("`after-cycle`"), "{}", ran.stderr);
    assert_eq!(empty.run(&["chek"]).code, 2);
}

#[test]
fn the_plan_shows_what_a_stage_may_read() {
    let spec = "version: 1\norganization: acme\nproviders: { github: {} }\ndefaults: { runtime: yaml }\nprojects:\n  \
                network: { stacks: { dev: { tier: development } } }\n  \
                app: { stacks: { dev: { tier: development, references: [network/dev] } } }\n";
    let shown = Repository::new(spec).run(&["show", "plan"]).stdout;
    let (network, app) = shown.split_once("\ndeploy-app-dev ").unwrap();
    assert!(app.contains("\n  reads   network/dev\n") && !network.contains("  reads "), "{shown}");
}
