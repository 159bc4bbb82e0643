//! gitlab-ci-local, which judges one pipeline at a time, in a repository.

use std::process::Command;

use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process::run;

/// What it says of its own progress.
const PROGRESS: &[&str] = &["parsing and downloads finished", "json schema validated"];

pub(crate) fn gitlab_ci_local(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    repository(batch)?;
    let mut raw = Vec::new();
    for path in batch.paths() {
        let folder = path.split('/').next().unwrap_or_default();
        let mut command = rig.node();
        command.arg(rig.node_file("gitlab-ci-local/dist/index.js"));
        command.args(["--cwd", folder, "--list-all", "--no-color"]).current_dir(&batch.folder);
        let output = run(&mut command, &[0, 1])?;
        if output.code == 0 {
            if !output.stdout.starts_with("name ") || output.stdout.lines().count() < 2 {
                return Err(format!("it lists no job of {path}").into());
            }
            continue;
        }
        let said = output.stderr.lines().chain(output.stdout.lines());
        let said: Vec<&str> = said.filter(|line| !PROGRESS.iter().any(|known| line.starts_with(known))).collect();
        raw.push(Raw { path: path.to_owned(), line: None, message: said.join(" ") });
    }
    Ok(raw)
}

/// The repository that the tool asks for the project's address and default branch.
fn repository(batch: &Batch) -> Result<()> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"]);
        // The user's own hooks and templates have no say here.
        command.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        run(command.current_dir(&batch.folder), &[0])
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["commit", "--quiet", "--allow-empty", "--message=x"])?;
    git(&["remote", "add", "origin", "https://gitlab.example.com/acme/infra.git"])?;
    git(&["update-ref", "refs/remotes/origin/main", "HEAD"])?;
    git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"])?;
    Ok(())
}
