//! `cargo xtask conformance`: third-party validators over every artifact that a snapshot or an example renders.
//!
//! What must hold: it fails on a finding that the reviewed list does not name, on an entry of the list that nothing needs
//! any more, and on a validator that misses the bad file planted for it. One that cannot be installed is named with the
//! reason; `--may-skip` makes every other such one a failure.

mod artifacts;
mod batch;
pub(crate) mod bots;
mod catalogue;
mod findings;
mod install;
pub(crate) mod page;
mod process;
mod report;
mod scripts;
mod tools;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use artifacts::Artifact;
use batch::{Batch, Finding};
use catalogue::{Part, VALIDATORS, Validator};
use findings::Entry;
use install::Rig;
pub(crate) use install::installed;
use report::{Report, Row, Verdict};

use crate::Result;

/// What is judged, and by whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Judge the artifacts below this folder instead of those of the repository
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,
    /// Ask only these validators
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Judge only the artifacts of these providers
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    provider: Vec<String>,
    /// Fail when any other validator than these is skipped
    #[arg(long, value_name = "ID", value_delimiter = ',', num_args = 0..)]
    may_skip: Option<Vec<String>>,
}

/// One validator over one provider's artifacts.
struct Job<'a> {
    validator: &'static Validator,
    provider: &'static str,
    artifacts: Vec<&'a Artifact>,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    known(options)?;
    let began = Instant::now();
    let (rows, entries) = ask(root, options)?;
    let whole = options.artifacts.is_none();
    let report = Report::new(rows, &entries, whole, options.may_skip.as_deref());
    print!("{report}");
    println!("{:.1} s in all", began.elapsed().as_secs_f64());
    report.verdict()
}

/// What the validators that can be installed find in the artifacts below a folder, and nobody has listed.
pub(crate) fn unlisted(root: &Path, folder: &Path) -> Result<Vec<Finding>> {
    let options = Options { artifacts: Some(folder.to_owned()), only: vec![], provider: vec![], may_skip: None };
    let (rows, entries) = ask(root, &options)?;
    let mut all = Vec::new();
    for row in rows {
        match row.verdict {
            Verdict::Judged { findings, .. } => all.extend(findings),
            Verdict::Skipped(_) => {}
            Verdict::Broken(why) => return Err(format!("{} for {}: {why}", row.validator, row.provider).into()),
        }
    }
    all.retain(|finding| !entries.iter().any(|entry| entry.lists(finding)));
    Ok(all)
}

/// Installs what is needed, and asks.
fn ask(root: &Path, options: &Options) -> Result<(Vec<Row>, Vec<Entry>)> {
    let began = Instant::now();
    let all = match &options.artifacts {
        Some(folder) => artifacts::below(folder)?,
        None => artifacts::of_repository(root)?,
    };
    let entries = findings::parse(&std::fs::read_to_string(root.join(findings::PATH))?)?;
    let jobs = jobs(options, &all);
    let mut parts: Vec<Part> = jobs.iter().flat_map(|job| job.validator.needs).copied().collect();
    parts.sort();
    parts.dedup();
    let rig = install::install(root, &parts)?;
    println!("validators ready after {:.1} s", began.elapsed().as_secs_f64());
    let rows = carry_out(&rig, jobs, &entries)?;
    Ok((rows, entries))
}

/// Ids that nothing has would silently ask nobody.
fn known(options: &Options) -> Result<()> {
    let validators = options.only.iter().chain(options.may_skip.iter().flatten());
    if let Some(id) = validators.into_iter().find(|id| !VALIDATORS.iter().any(|known| known.id == **id)) {
        let ids: Vec<&str> = VALIDATORS.iter().map(|known| known.id).collect();
        return Err(format!("there is no validator {id}; there are {}", ids.join(", ")).into());
    }
    match options.provider.iter().find(|id| !is_provider(id)) {
        Some(id) => Err(format!("there is no provider {id}").into()),
        None => Ok(()),
    }
}

/// Whether artifacts are told to be of that.
fn is_provider(id: &str) -> bool {
    id == artifacts::PULUMI || stackgate::provider(id).is_some()
}

fn jobs<'a>(options: &Options, all: &'a [Artifact]) -> Vec<Job<'a>> {
    let chosen = |list: &[String], id: &str| list.is_empty() || list.iter().any(|wanted| wanted == id);
    let mut jobs = Vec::new();
    for validator in VALIDATORS.iter().filter(|validator| chosen(&options.only, validator.id)) {
        for &provider in validator.providers.iter().filter(|id| chosen(&options.provider, id)) {
            let fits =
                |artifact: &&Artifact| artifact.provider == provider && artifact.is_script() == validator.scripts;
            let artifacts: Vec<&Artifact> = all.iter().filter(fits).collect();
            if !artifacts.is_empty() {
                jobs.push(Job { validator, provider, artifacts });
            }
        }
    }
    jobs
}

/// As many at a time as there are cores; the rows come in the order of the table.
fn carry_out(rig: &Rig, jobs: Vec<Job<'_>>, entries: &[Entry]) -> Result<Vec<Row>> {
    let scratch = tempfile::tempdir()?;
    // Tools print paths without links in them.
    let scratch = scratch.path().canonicalize().map(|path| (path, scratch))?;
    let queue: Mutex<VecDeque<(usize, Job<'_>)>> = Mutex::new(jobs.into_iter().enumerate().collect());
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((index, job)) = next else { break };
                    let row = row(rig, &scratch.0, &job, entries);
                    rows.lock().unwrap_or_else(PoisonError::into_inner).push((index, row));
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn row(rig: &Rig, scratch: &Path, job: &Job<'_>, entries: &[Entry]) -> Row {
    let began = Instant::now();
    let verdict = match job.validator.needs.iter().find_map(|part| rig.missing(*part)) {
        Some(why) => Verdict::Skipped(why.to_owned()),
        None => match judge(rig, scratch, job, entries) {
            Ok(findings) => Verdict::Judged { files: job.artifacts.len(), findings },
            Err(why) => Verdict::Broken(why.to_string()),
        },
    };
    let seconds = began.elapsed().as_secs_f64();
    Row { validator: job.validator.id, version: job.validator.version(), provider: job.provider, verdict, seconds }
}

fn judge(rig: &Rig, scratch: &Path, job: &Job<'_>, entries: &[Entry]) -> Result<Vec<Finding>> {
    let id = job.validator.id;
    let of_job = |entry: &&Entry| entry.validator == id && entry.provider == job.provider;
    let entries: Vec<&Entry> = entries.iter().filter(of_job).collect();
    let canary = rig.own(&canary(job.provider, job.validator));
    let canary = std::fs::read_to_string(&canary).map_err(|error| format!("{}: {error}", canary.display()))?;
    let folder = scratch.join(format!("{id}-{}", job.provider));
    let batch = Batch::stage(folder, job.provider, &job.artifacts, &canary, &entries, job.validator.change)?;
    let raw = (job.validator.run)(rig, &batch)?;
    batch.settle(id, raw)
}

/// The planted file's place below `xtask/conformance`.
fn canary(provider: &str, validator: &Validator) -> String {
    let extension = match provider {
        "jenkins" => "groovy",
        _ if validator.scripts => "sh",
        _ => "yml",
    };
    format!("canaries/{provider}/{}.{extension}", validator.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_validator_has_a_version_and_a_planted_file_for_each_provider() {
        let folder = crate::root().join(install::FOLDER);
        for validator in VALIDATORS {
            assert!(!validator.version().is_empty(), "{}", validator.id);
            for provider in validator.providers {
                assert!(is_provider(provider), "{provider}");
                assert!(folder.join(canary(provider, validator)).is_file(), "{provider}/{}", validator.id);
            }
        }
    }

    #[test]
    fn nothing_is_planted_for_nobody() {
        for provider in std::fs::read_dir(crate::root().join(install::FOLDER).join("canaries")).unwrap() {
            let provider = provider.unwrap();
            for canary in std::fs::read_dir(provider.path()).unwrap() {
                let id = canary.unwrap().path().file_stem().unwrap().display().to_string();
                let validator = VALIDATORS.iter().find(|validator| validator.id == id).unwrap();
                assert!(validator.provider(&provider.file_name().display().to_string()).is_some(), "{id}");
            }
        }
    }
}
