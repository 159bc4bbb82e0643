//! `review` and `logs` on a generated organization: whether they find all that was planted, and nothing else.
//!
//! What must hold: both commands run as users run them, on files; what they may cost is measured and held to the bounds
//! that are promised, in the large organization alone, since the small one is of an unoptimised build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::UsageWho;
use serde_json::Value;

use super::judged::{Found, faults};
use super::log::Forms;
use super::planted::{Plant, Planted};
use super::{Size, generate};
use crate::Result;
use crate::bench::{spent, watched};
use std::fs::File;

/// What a million events may take: process time, and memory in KiB.
const LOGS: (Duration, u64) = (Duration::from_secs(10), 64 * 1024);

/// Which organization is tried.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Another number, another organization
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A small organization, with an unoptimised build
    #[arg(long)]
    pub(crate) small: bool,
    /// Keep the organization and both reports in this directory, which must be empty
    #[arg(long)]
    pub(crate) keep: Option<PathBuf>,
}

/// Makes an organization and tries both commands on it.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let command = built(root, options)?;
    let Some(command) = command else { return Ok(()) };
    let temp = tempfile::tempdir()?;
    let directory = options.keep.clone().unwrap_or_else(|| temp.path().to_path_buf());
    let size = if options.small { Size::SMALL } else { Size::WHOLE };
    let start = Instant::now();
    generate(&directory, options.seed, &size, Forms::default())?;
    println!(
        "seed {}: {} teams, {} stacks, {} environments, {} events; made in {:.1} s",
        options.seed,
        size.teams,
        size.stacks,
        size.environments,
        size.events,
        start.elapsed().as_secs_f64()
    );
    let planted = Planted::read(&directory)?;
    let mut wrong = Vec::new();
    let logs = ["logs", "audit.jsonl", "--deployments", "deployments.json", "--format", "json"];
    let review = ["review", "--from", "actual", "--format", "json"];
    for (arguments, planted, bounds) in
        [(logs.as_slice(), &planted.incidents, Some(LOGS)), (&review, &planted.differences, None)]
    {
        let ran = measured(&command, arguments, &directory)?;
        let found = findings(&ran.report)?;
        let mut faults = faults(planted, &found);
        if let (Some((time, memory)), false) = (bounds, options.small) {
            if ran.process > time {
                faults.push(format!("slow: {:.1} s of process time", ran.process.as_secs_f64()));
            }
            if ran.peak > memory {
                faults.push(format!("large: {} MiB", ran.peak / 1024));
            }
        }
        table(arguments[0], planted, &found, &ran, options.small);
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", arguments[0])));
    }
    if wrong.is_empty() {
        println!("all found, and nothing else above a notice");
        return Ok(());
    }
    Err(format!("seed {}:\n  {}", options.seed, wrong.join("\n  ")).into())
}

/// Builds the command. The large organization is made by an optimised program in a fresh process, which starts over: the
/// compilers would count among the children of this one; nothing is left to do here then.
fn built(root: &Path, options: &Options) -> Result<Option<PathBuf>> {
    let own = std::env::current_exe()?;
    let command = own.with_file_name(format!("stackgate{}", std::env::consts::EXE_SUFFIX));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--locked", "--package", "stackgate"]).current_dir(root);
    if options.small {
        return if build.status()?.success() { Ok(Some(command)) } else { Err("the command does not build".into()) };
    }
    if !cfg!(debug_assertions) {
        return Ok(Some(command));
    }
    if !build.args(["--release", "--package", "xtask"]).status()?.success() {
        return Err("the command does not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    let again = target.join("release").join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    let done = Command::new(again).args(std::env::args_os().skip(1)).status()?;
    if done.success() { Ok(None) } else { Err("the large organization was not judged as it should be".into()) }
}

/// What a command did.
struct Ran {
    report: String,
    wall: Duration,
    process: Duration,
    /// The most memory that it had, in KiB.
    peak: u64,
}

fn measured(command: &Path, arguments: &[&str], directory: &Path) -> Result<Ran> {
    let (before, start) = (spent(UsageWho::RUSAGE_CHILDREN)?, Instant::now());
    let mut program = Command::new(command);
    let report = directory.join(format!("{}.json", arguments[0]));
    // Nobody's own settings decide here.
    program.args(arguments).current_dir(directory).stderr(Stdio::null()).env_remove("PULUMI_ACCESS_TOKEN");
    let mut child = program.stdout(File::create(&report)?).spawn()?;
    let (ended, peak) = watched(&mut child)?;
    let (wall, process) = (start.elapsed(), spent(UsageWho::RUSAGE_CHILDREN)? - before);
    let report = std::fs::read_to_string(report)?;
    // Findings are 1, and 2 where a part could not be read, which is planted too.
    match ended.code() {
        Some(0..=2) if !report.is_empty() => Ok(Ran { report, wall, process, peak }),
        _ => Err(format!("stackgate {} ended with {ended}", arguments.join(" ")).into()),
    }
}

/// The findings of a report in JSON.
fn findings(report: &str) -> Result<Vec<Found>> {
    let report: Value = serde_json::from_str(report)?;
    let list = report["findings"].as_array().ok_or("the report has no findings")?;
    let one = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let mut all = text("message");
        for key in ["before", "after", "label"] {
            let _ = write!(all, "; {}", text(key));
        }
        Found { rule: text("rule"), level: text("level"), class: text("class"), text: all }
    };
    Ok(list.iter().map(one).collect())
}

/// What a command found, by rule.
fn table(command: &str, planted: &[Plant], found: &[Found], ran: &Ran, small: bool) {
    let wall = ran.wall.as_secs_f64();
    let cost = if small {
        format!("{wall:.2} s")
    } else {
        let process = ran.process.as_secs_f64();
        format!("{wall:.2} s, {process:.2} s of process time, at most {:.1} MiB", ran.peak as f64 / 1024.0)
    };
    println!("stackgate {command}: {cost}; {} findings for {} planted", found.len(), planted.len());
    let mut rules: Vec<&str> =
        planted.iter().map(|plant| plant.rule.as_str()).chain(found.iter().map(|found| found.rule.as_str())).collect();
    rules.sort_unstable();
    rules.dedup();
    println!("   {:<36} {:>8} {:>8} {:>8}", "rule", "planted", "found", "notices");
    for rule in rules {
        let planted = planted.iter().filter(|plant| plant.rule == rule).count();
        let (notices, others): (Vec<&Found>, Vec<&Found>) =
            found.iter().filter(|found| found.rule == rule).partition(|found| found.level == "notice");
        println!("   {rule:<36} {planted:>8} {:>8} {:>8}", others.len(), notices.len());
    }
}
