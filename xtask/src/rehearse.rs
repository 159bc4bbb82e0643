//! Runs every rendered pipeline against loopback stand-ins, and prints what was run.
//!
//! What must hold: a system that could not be rehearsed fails the chore; the figures are counted by the tests themselves, and
//! never written here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::Result;

/// The CI systems, in the order of the table; each has a test of that name in the rehearsal's crate.
const SYSTEMS: &[&str] = &["github", "gitlab", "azure", "jenkins", "circleci"];

/// Runs the tests of the rehearsal's crate; a system whose tools are missing is a failure here, not a skip.
pub(crate) fn run(root: &Path) -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "stackgate-rehearsal",
            "--test",
            "*",
            "--no-fail-fast",
            "--",
            "--nocapture",
        ])
        .env("STACKGATE_REHEARSAL_MUST", "1")
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = figures(&text)?;
    println!(
        "{:<10} {:>9} {:>8} {:>17} {:>12}",
        "provider", "artifacts", "jobs run", "exchanges checked", "faults tried"
    );
    for (system, [artifacts, jobs, exchanges, faults]) in &figures {
        println!("{system:<10} {artifacts:>9} {jobs:>8} {exchanges:>17} {faults:>12}");
    }
    if !output.status.success() {
        return Err(format!("a rehearsal failed; see it with `cargo test -p stackgate-rehearsal`:\n{text}").into());
    }
    match SYSTEMS.iter().find(|system| !figures.contains_key(**system)) {
        Some(missing) => Err(format!("{missing} was not rehearsed").into()),
        None => Ok(()),
    }
}

/// The sums of the lines `rehearsed: SYSTEM ARTIFACTS JOBS EXCHANGES FAULTS`, wherever the test harness put them.
fn figures(text: &str) -> Result<BTreeMap<String, [usize; 4]>> {
    let mut sums: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for line in text.lines() {
        let Some((_, line)) = line.split_once("rehearsed: ") else { continue };
        let mut words = line.split_whitespace();
        let sum = sums.entry(words.next().unwrap_or_default().to_owned()).or_default();
        for figure in sum.iter_mut() {
            *figure += words.next().ok_or("a figure is missing")?.parse::<usize>()?;
        }
    }
    Ok(sums)
}
