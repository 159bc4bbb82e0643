//! The shared shell, run by `sh` with stand-ins for `pulumi`, `curl` and the folders that a job has.
//!
//! What must hold: each script does what its comment says, and stops with a clear message, before any deploy, where
//! something is not as it must be. Linux only: the scripts are for Linux agents.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use stackgate_provider::text_of;

struct Job {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Job {
    fn new(name: &str) -> Job {
        let folder = std::env::temp_dir().join(format!("stackgate-shell-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for part in ["home/pulumi", "home/home", "bin", "app"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        fs::write(folder.join("app/Pulumi.yaml"), "name: app\nruntime: yaml\n").unwrap();
        let path = |name: &str| folder.join(name).display().to_string();
        let given = [
            ("CALLS", path("calls")),
            ("STACKGATE_HOME", path("home")),
            ("STACKGATE_ID_TOKEN_FILE", path("id-token")),
            ("STACKGATE_DIRECTORY", "app".into()),
            ("STACKGATE_ORGANIZATION", "acme".into()),
            ("STACKGATE_STACK", "acme/app/dev".into()),
            ("STACKGATE_TEAM", "app-dev".into()),
            ("STACKGATE_TOKEN_SECONDS", "900".into()),
            ("STACKGATE_STOP_AFTER", "60".into()),
            ("PULUMI_BACKEND_URL", "https://api.pulumi.com".into()),
        ];
        let variables = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let job = Job { folder, variables };
        // It writes down how it was called; a login leaves what a login leaves.
        job.program(
            "home/pulumi/pulumi",
            "echo \"$PWD $PULUMI_BACKEND_URL $*\" >> \"$CALLS\"\n\
             if [ \"$1\" = login ]; then echo '{}' > \"$PULUMI_HOME/credentials.json\"; fi",
        );
        job
    }

    fn program(&self, path: &str, body: &str) {
        let path = self.folder.join(path);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn with(mut self, name: &str, value: &str) -> Job {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether the script succeeded, and all that it printed. It is traced, as Jenkins traces.
    fn run(&self, role: &str) -> (bool, String) {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder.join("bin").display());
        let mut command = Command::new("sh");
        command.args(["-xec", text_of(role).unwrap()]).current_dir(&self.folder).env_clear().env("PATH", path);
        let output = command.envs(self.variables.iter().map(|(name, value)| (name, value))).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    fn refused(&self, role: &str, why: &str) {
        let (ok, text) = self.run(role);
        assert!(!ok && text.contains("stackgate: ") && text.contains(why), "{role}, {why}: {text}");
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.folder.join("calls")).unwrap_or_default()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn the_guard_lets_a_clean_job_pass_and_refuses_what_could_divert_the_token() {
    assert!(Job::new("guard-clean").run("guard").0);
    for (name, value, why) in [
        ("PULUMI_ACCESS_TOKEN", "pul-stored", "PULUMI_ACCESS_TOKEN is set"),
        ("PULUMI_OPTION_OIDC_TEAM", "admins", "PULUMI_OPTION_"),
        ("PULUMI_API", "https://evil.example", "PULUMI_ variable"),
        ("PULUMI_BACKEND_URL", "http://api.pulumi.com", "not https"),
        ("STACKGATE_STACK", "other/app/dev", "not a stack of acme"),
    ] {
        Job::new("guard-variable").with(name, value).refused("guard", why);
    }
    let job = Job::new("guard-backend");
    for (file, text) in [
        ("Pulumi.yaml", "name: app\nbackend:\n  url: https://evil.example\n"),
        ("Pulumi.yaml", "\"backend\": { url: x }\n"),
        ("Pulumi.yaml", "{ name: app, backend: { url: x } }\n"),
        ("Pulumi.yml", "backend: { url: x }\n"),
        ("Pulumi.json", "{\n  \"name\": \"app\",\n  \"backend\": { \"url\": \"x\" }\n}\n"),
    ] {
        fs::write(job.folder.join("app").join(file), text).unwrap();
        job.refused("guard", "names a backend");
        fs::remove_file(job.folder.join("app").join(file)).unwrap();
    }
    fs::write(job.folder.join("app/Pulumi.yaml"), "name: app\nconfig:\n  backend: blue\n").unwrap();
    assert!(job.run("guard").0, "a setting of the program's own is no backend");
    let job = Job::new("guard-left");
    fs::write(job.folder.join("home/home/credentials.json"), "{}").unwrap();
    job.refused("guard", "credentials were left");
    for name in ["STACKGATE_TEAM", "STACKGATE_ORGANIZATION", "STACKGATE_STACK", "PULUMI_BACKEND_URL"] {
        assert!(!Job::new("guard-empty").with(name, "").run("guard").0, "{name} is empty");
    }
}

#[test]
fn the_login_names_everything_and_leaves_no_oidc_token() {
    let job = Job::new("login");
    job.refused("login", "the OIDC token is empty");
    assert_eq!(job.calls(), "");
    let token = job.folder.join("id-token");
    fs::write(&token, "eyJ.secret.jwt").unwrap();
    let (ok, text) = job.run("login");
    assert!(ok && !text.contains("secret"), "{text}");
    let expected = format!(
        "login https://api.pulumi.com --oidc-token file://{} --oidc-org acme --oidc-team app-dev --oidc-expiration 900s \
         --non-interactive",
        token.display()
    );
    assert!(job.calls().contains(&expected), "{}", job.calls());
    assert!(!token.exists());
    fs::write(&token, "eyJ.secret.jwt").unwrap();
    job.program("home/pulumi/pulumi", "exit 1");
    job.refused("login", "gave no token of team app-dev");
    fs::remove_file(job.folder.join("home/home/credentials.json")).unwrap();
    job.program("home/pulumi/pulumi", "exit 0");
    job.refused("login", "left no credentials");
    let nobody = Job::new("login-team").with("STACKGATE_TEAM", "");
    fs::write(nobody.folder.join("id-token"), "eyJ.secret.jwt").unwrap();
    assert!(!nobody.run("login").0 && nobody.calls().is_empty(), "without a team, an organization's token would come");
}

#[test]
fn a_deploy_needs_a_token_and_ends_as_pulumi_ends() {
    let job = Job::new("up");
    job.refused("up", "there is no token");
    assert_eq!(job.calls(), "");
    fs::write(job.folder.join("home/home/credentials.json"), "{}").unwrap();
    assert!(job.run("up").0 && job.run("preview").0);
    let (app, calls) = (job.folder.join("app"), job.calls());
    let up = format!("{} https://api.pulumi.com up --yes --non-interactive --stack acme/app/dev", app.display());
    assert!(calls.contains(&up), "{calls}");
    assert!(calls.contains("preview --diff --non-interactive --stack acme/app/dev"), "{calls}");
    job.program("home/pulumi/pulumi", "exit 3");
    assert!(!job.run("up").0);
    job.program("home/pulumi/pulumi", "trap 'kill $!; echo stopped; exit 1' INT\nsleep 30 & wait");
    let (ok, text) = job.with("STACKGATE_STOP_AFTER", "1").run("up");
    assert!(!ok && text.contains("stopped"), "it is interrupted before the limit: {text}");
}

#[test]
fn the_cli_is_refused_unless_its_archive_is_the_pinned_one() {
    let job = Job::new("install");
    fs::create_dir_all(job.folder.join("archive/pulumi")).unwrap();
    job.program("archive/pulumi/pulumi", "echo v9.9.9");
    let packed = job.folder.join("pulumi.tar.gz").display().to_string();
    let archive = job.folder.join("archive").display().to_string();
    assert!(Command::new("tar").args(["-czf", &packed, "-C", &archive, "pulumi"]).status().unwrap().success());
    let sum = String::from_utf8(Command::new("sha256sum").arg(&packed).output().unwrap().stdout).unwrap();
    let sum = sum.split_whitespace().next().unwrap().to_owned();
    job.program("bin/curl", &format!("while [ \"$1\" != --output ]; do shift; done\ncp {packed} \"$2\""));
    let pin = |job: Job, sum: &str| {
        job.with("STACKGATE_CLI_VERSION", "9.9.9")
            .with("STACKGATE_CLI_SHA256_X64", sum)
            .with("STACKGATE_CLI_SHA256_ARM64", sum)
    };
    let job = pin(job, &"0".repeat(64));
    job.refused("install-cli", "does not have the pinned SHA-256");
    assert!(!job.folder.join("home/pulumi").exists(), "nothing was unpacked");
    let job = pin(job, &sum);
    let (ok, text) = job.run("install-cli");
    assert!(ok && text.contains("v9.9.9"), "{text}");
    job.program("bin/curl", "exit 22");
    job.refused("install-cli", "could not be downloaded");
    assert!(job.run("clean-up").0 && !job.folder.join("home").exists());
}
