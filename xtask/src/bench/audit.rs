//! `audit` over many workflows, against zizmor on the same files in the same run.
//!
//! What must hold: both are given every file by its path and write their whole report; neither asks the network.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::UsageWho;

use super::{copy, middle, millis, spent};
use crate::Result;
use crate::conformance::installed;

const FILES: usize = 1000;
const ROUNDS: usize = 5;

pub(super) fn run(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let files = gather(root, temp.path())?;
    let bytes = files.iter().map(|file| Ok(std::fs::metadata(temp.path().join(file))?.len())).sum::<Result<u64>>()?;
    let ours = || {
        let mut audit = Command::new(std::env::current_exe().unwrap_or_default().with_file_name("stackgate"));
        audit.arg("audit").args(&files).current_dir(temp.path());
        audit
    };
    let zizmor = installed("zizmor")?;
    let theirs = |program: &Path| {
        let mut zizmor = Command::new(program);
        zizmor.args(["--offline", "--no-progress", "--no-config"]).args(&files).current_dir(temp.path());
        zizmor
    };
    let (mut our, mut their) = (Vec::new(), Vec::new());
    // In turn, so that what else the machine does meets each of them.
    for _ in 0..ROUNDS {
        // Some are broken on purpose, which is 2.
        our.push(once(ours(), &[1, 2])?);
        if let Some(program) = &zizmor {
            // From 10 on, the code says how grave the gravest finding is.
            their.push(once(theirs(program), &[0, 10, 11, 12, 13, 14])?);
        }
    }
    println!("5. {FILES} workflows, {} KiB; the middle of {ROUNDS} rounds", bytes / 1024);
    let line = |what: &str, times: &[(Duration, Duration)]| {
        let wall = middle(times.iter().map(|(wall, _)| *wall).collect());
        let process = middle(times.iter().map(|(_, process)| *process).collect());
        let each = millis(process) * 1000.0 / FILES as f64;
        println!(
            "   {what:<17} {:>8.0} ms, {:.0} ms of process time, {each:.0} µs a file",
            millis(wall),
            millis(process)
        );
        (wall, process)
    };
    let (wall, process) = line("stackgate audit", &our);
    if zizmor.is_none() {
        println!("   zizmor is not installed; `cargo xtask conformance` does that");
        return Ok(());
    }
    let (their_wall, their_process) = line("zizmor --offline", &their);
    let ratio = |ours: Duration, theirs: Duration| ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "   ratio             {:>8.3} of process time, {:.3} of wall time",
        ratio(process, their_process),
        ratio(wall, their_wall)
    );
    Ok(())
}

/// Wall time and process time of one run.
fn once(mut command: Command, codes: &[i32]) -> Result<(Duration, Duration)> {
    let (before, start) = (spent(UsageWho::RUSAGE_CHILDREN)?, Instant::now());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let wall = start.elapsed();
    if !status.code().is_some_and(|code| codes.contains(&code)) {
        return Err(format!("{} ended with {status}", command.get_program().display()).into());
    }
    Ok((wall, spent(UsageWho::RUSAGE_CHILDREN)? - before))
}

/// Puts a thousand workflows into one repository: ours and those of strangers, again and again under other names.
fn gather(root: &Path, to: &Path) -> Result<Vec<String>> {
    let mut found = BTreeSet::new();
    for folder in ["snapshots/cases", "crates/stackgate-github/tests/facts"] {
        for case in std::fs::read_dir(root.join(folder))? {
            let github = case?.path().join(".github");
            // What no system reads, neither of both judges.
            if github.parent().is_some_and(|case| case.ends_with("hostile")) {
                continue;
            }
            if github.join("actions").is_dir() {
                copy(&github.join("actions"), &to.join(".github/actions"))?;
            }
            if github.join("workflows").is_dir() {
                for file in std::fs::read_dir(github.join("workflows"))? {
                    found.insert(file?.path());
                }
            }
        }
    }
    let workflows = to.join(".github/workflows");
    std::fs::create_dir_all(&workflows)?;
    let mut files = Vec::new();
    for (index, from) in found.iter().cycle().take(FILES).enumerate() {
        let name = name(from)?;
        // Workflows call each other by name, so that the first of each keeps it.
        let free = index < found.len() && !workflows.join(&name).exists();
        let name = if free { name } else { format!("{index:04}-{name}") };
        std::fs::copy(from, workflows.join(&name))?;
        files.push(format!(".github/workflows/{name}"));
    }
    Ok(files)
}

fn name(path: &Path) -> Result<String> {
    Ok(path.file_name().and_then(|name| name.to_str()).ok_or("a file without a name")?.to_owned())
}
