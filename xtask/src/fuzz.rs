//! Fuzzing: builds the targets in `fuzz/`, runs each for a while, and says what came of it.
//!
//! What must hold: seeds are the specs and artifacts that the repository has, copied to a temporary folder, so that no
//! corpus is committed; a run that was no fuzzing, because it executed nothing or covered nothing, fails as a crash does;
//! a crash stays on disk, with the command that makes it a case. It needs `cargo-fuzz` and a C++ compiler, and no nightly:
//! `RUSTC_BOOTSTRAP` lets a stable compiler instrument the code, which is safe Rust, so that no sanitizer is missed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// Whether the file at a path is a seed.
type Seeds = fn(&str) -> bool;

/// Every target, with the files whose contents are its seeds.
const TARGETS: &[(&str, Seeds)] = &[
    ("spec", |path| path.ends_with("/stackgate.yaml")),
    ("whole", |path| path.ends_with("/stackgate.yaml")),
    ("observe_github", |path| path.contains("/.github/workflows/")),
    ("observe_gitlab", |path| path.ends_with(".gitlab-ci.yml") || path.contains("/.gitlab/")),
    ("observe_azure", |path| path.contains("/azure-pipelines/")),
    ("observe_jenkins", |path| path.rsplit('/').next().is_some_and(|name| name.starts_with("Jenkinsfile"))),
    ("observe_circleci", |path| path.contains("/.circleci/")),
    ("facts_github", |path| path.contains("/.github/")),
    ("facts_gitlab", |path| path.ends_with(".gitlab-ci.yml") || path.contains("/.gitlab/")),
    ("facts_azure", |path| path.contains("/azure-pipelines/")),
    ("facts_jenkins", |path| path.contains("Jenkinsfile")),
    ("facts_circleci", |path| path.contains("/.circleci/")),
    ("cloud_answers", |path| path.contains("/cloud/") && path.ends_with(".json") || path.ends_with(".jsonl")),
    ("script", |path| path.ends_with(".sh")),
    ("drift", |path| path.ends_with(".yml")),
    ("pipeline_yaml", |path| path.ends_with(".yml")),
    ("log_json", |path| path.contains("/logs/") && path.ends_with("events.jsonl")),
    ("log_csv", |path| path.contains("/logs/")),
    ("log_cef", |path| path.contains("/logs/")),
];

/// A run that takes longer for one input, or more memory, has failed.
const BOUNDS: &[&str] = &["-timeout=20", "-rss_limit_mb=1024"];

/// Where the case of a crash belongs; `crates/stackgate/tests/crashes.rs` replays it.
const CASES: &str = "snapshots/crashes";

/// What a run came to.
struct Outcome {
    executions: u64,
    seconds: u64,
    edges: u64,
    crashes: Vec<PathBuf>,
}

/// Runs every target, or one, for so many seconds each.
pub(crate) fn run(root: &Path, seconds: u64, only: Option<&str>) -> Result<()> {
    let chosen: Vec<_> = TARGETS.iter().filter(|(target, _)| only.is_none_or(|only| only == *target)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
        return Err(format!("there is no such target; the targets are {}", names.join(", ")).into());
    }
    build(root, only)?;
    let temp = tempfile::tempdir()?;
    println!("{:<18} {:>12} {:>8} {:>8} {:>8}", "target", "executions", "each s", "edges", "crashes");
    let mut failures = Vec::new();
    for (target, seeds) in chosen {
        let corpus = temp.path().join(target);
        let seeded = seed(root, &corpus, *seeds)?;
        let outcome = fuzz(root, target, &corpus, seconds)?;
        let rate = outcome.executions / outcome.seconds.max(1);
        let crashes = outcome.crashes.len();
        println!("{target:<18} {:>12} {rate:>8} {:>8} {crashes:>8}", outcome.executions, outcome.edges);
        for crash in &outcome.crashes {
            let crash = crash.strip_prefix(root).unwrap_or(crash).display();
            failures.push(format!(
                "{target} fails on {crash}\n  a case of it: mkdir -p {CASES}/{target} && cp {crash} {CASES}/{target}/NAME\n  \
                 then mend it: cargo test --package stackgate --test crashes"
            ));
        }
        let idle = seeded == 0 || outcome.executions <= seeded || outcome.edges == 0;
        if crashes == 0 && idle {
            failures.push(format!("{target} was not fuzzed: {seeded} seeds, {} executions", outcome.executions));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// The `cargo fuzz` command of a verb, such as `build`.
fn cargo_fuzz(root: &Path, verb: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // A chore runs under the workspace's own cargo, whose variables are not those of the fuzzed crates.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")) {
        command.env_remove(name);
    }
    command.current_dir(root).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target_dir(root));
    command.args(["fuzz", verb, "--fuzz-dir", "fuzz", "--sanitizer", "none"]);
    command
}

/// A folder of its own, since the instrumented crates are of no use to anybody else.
fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder)).join("fuzz")
}

fn build(root: &Path, only: Option<&str>) -> Result<()> {
    let mut command = cargo_fuzz(root, "build");
    command.args(only);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => {
            Err("the targets were not built; `cargo install --locked cargo-fuzz` and a C++ compiler are needed".into())
        }
    }
}

/// Copies the seeds, without the marker line of an artifact; how many there are.
fn seed(root: &Path, corpus: &Path, wanted: Seeds) -> Result<u64> {
    std::fs::create_dir_all(corpus)?;
    let mut folders = vec![root.join("snapshots"), root.join("examples"), root.join("templates/shell")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if path.file_name() != Some(OsStr::new("target")) {
                    folders.push(path);
                }
            } else if path.to_str().is_some_and(wanted) {
                let text = std::fs::read_to_string(&path)?;
                let marked = text.starts_with("# stackgate ") || text.starts_with("// stackgate ");
                let body = if marked { text.split_once('\n').map_or("", |(_, body)| body) } else { &text };
                std::fs::write(corpus.join(format!("seed-{count}")), body)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn fuzz(root: &Path, target: &str, corpus: &Path, seconds: u64) -> Result<Outcome> {
    let crashes = root.join("fuzz/artifacts").join(target);
    let before = inputs(&crashes);
    let mut command = cargo_fuzz(root, "run");
    command.arg(target).arg(corpus).arg("--").args(BOUNDS);
    command.arg(format!("-max_total_time={seconds}")).arg("-dict=fuzz/dictionary.txt");
    if ["drift", "pipeline_yaml"].contains(&target) {
        // Comparing or editing long texts is slow, and no other than with short ones.
        command.arg("-max_len=4096");
    }
    // The same dice each time, as far as a clock allows.
    command.args(["-seed=1", "-print_final_stats=1"]);
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    let after = inputs(&crashes).into_iter().filter(|path| !before.contains(path)).collect();
    let outcome = Outcome {
        executions: last_number(&log, "stat::number_of_executed_units:"),
        seconds,
        edges: last_number(&log, "cov:"),
        crashes: after,
    };
    if !output.status.success() && outcome.crashes.is_empty() {
        let tail: Vec<&str> = log.lines().rev().take(30).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        return Err(format!("{target} failed without leaving an input:\n{}", tail.join("\n")).into());
    }
    if !outcome.crashes.is_empty() {
        let start = log.find("panicked at").unwrap_or_default();
        eprintln!("{}", log[start..].lines().take(20).collect::<Vec<_>>().join("\n"));
    }
    Ok(outcome)
}

fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The number after the last such word in a log.
fn last_number(log: &str, word: &str) -> u64 {
    let rest = log.rfind(word).map_or("", |at| &log[at + word.len()..]);
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_declared_built_and_seeded() {
        let root = crate::root();
        let manifest: toml::Table = std::fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap().parse().unwrap();
        let names = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap());
        let mut declared: Vec<&str> = names.collect();
        let mut listed: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
        declared.sort_unstable();
        listed.sort_unstable();
        assert_eq!(declared, listed);
        let temp = tempfile::tempdir().unwrap();
        for (target, seeds) in TARGETS {
            assert!(root.join(format!("fuzz/fuzz_targets/{target}.rs")).is_file(), "{target}");
            assert!(seed(&root, &temp.path().join(target), *seeds).unwrap() > 2, "{target} has no seeds");
        }
    }

    #[test]
    fn numbers_are_read_from_the_log() {
        let log = "#2 INITED cov: 7 ft: 8\n#9 DONE   cov: 5123 ft: 1\nstat::number_of_executed_units: 79167\n";
        assert_eq!((last_number(log, "cov:"), last_number(log, "stat::number_of_executed_units:")), (5123, 79167));
        assert_eq!(last_number("", "cov:"), 0);
    }
}
