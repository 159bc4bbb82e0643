//! What it costs to tell what a drift means: one edited pipeline of each provider that has a reader.
//!
//! What must hold: each edit changes who can start the jobs, which takes the most work of all; what a check costs that
//! finds nothing is taken off, measured in turn with it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::resource::UsageWho;
use stackgate::{Class, PROVIDERS, Project, SPEC_NAME, meanings, today};

use super::{copy, measure, middle, millis, spent};
use crate::Result;

const ROUNDS: usize = 9;

pub(super) fn run(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let mut folders = Vec::new();
    for provider in PROVIDERS.iter().filter(|provider| provider.reader().is_some()) {
        let example = root.join("examples").join(provider.id());
        let (clean, edited) = (temp.path().join("clean").join(provider.id()), temp.path().join(provider.id()));
        copy(&example, &clean)?;
        copy(&example, &edited)?;
        edit(&edited)?;
        folders.push((provider.id(), clean, edited));
    }
    let command = std::env::current_exe()?.with_file_name("stackgate");
    let check = |folder: &PathBuf| {
        let mut check = Command::new(&command);
        check.arg("check").current_dir(folder);
        check
    };
    println!("4. {} pipelines, the branch renamed in each; the middle of {ROUNDS} rounds", folders.len());
    let (mut clean_all, mut edited_all, mut alone_all) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for (id, clean, edited) in &folders {
        let (mut off, mut on, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            off.push(measure(&[0], || check(clean))?);
            on.push(measure(&[1], || check(edited))?);
            alone.push(reading(edited)?);
        }
        let (off, on, alone) = (middle(off), middle(on), middle(alone));
        println!(
            "   {id:<9} check, clean {:>6.2} ms, edited {:>6.2} ms; reading and classifying, again, {:.2} ms",
            millis(off),
            millis(on),
            millis(alone)
        );
        clean_all += off;
        edited_all += on;
        alone_all += alone;
    }
    let more = edited_all.saturating_sub(clean_all);
    println!(
        "   all       {:.2} ms of process time more than clean; reading and classifying, again, {:.2} ms",
        millis(more),
        millis(alone_all)
    );
    println!("   ratio     {:.2} of five clean checks", more.as_secs_f64() / clean_all.as_secs_f64());
    let edited: Vec<&Path> = folders.iter().map(|(.., edited)| edited.as_path()).collect();
    let fresh = (0..ROUNDS).map(|_| in_fresh_process(&edited)).collect::<Result<Vec<_>>>()?;
    println!("   fresh     {:.2} ms to read and classify all of them, once, in a new process", millis(middle(fresh)));
    Ok(())
}

/// The process time of [`read_once`] in a process that has read nothing yet.
fn in_fresh_process(folders: &[&Path]) -> Result<Duration> {
    let mut child = Command::new(std::env::current_exe()?);
    let told = child.args(["bench", "--read-once"]).args(folders).output()?;
    Ok(Duration::from_nanos(String::from_utf8(told.stdout)?.trim().parse()?))
}

/// Reads and classifies what drifted in each folder, and prints the nanoseconds of process time that it took.
pub(super) fn read_once(folders: &[PathBuf]) -> Result<()> {
    let load = |folder: &PathBuf| Ok(Project::load(&folder.join(SPEC_NAME), None, today())?.check()?);
    let reports = folders.iter().map(load).collect::<Result<Vec<_>>>()?;
    let before = spent(UsageWho::RUSAGE_SELF)?;
    for (folder, report) in folders.iter().zip(&reports) {
        std::hint::black_box(meanings(folder, report)?);
    }
    println!("{}", (spent(UsageWho::RUSAGE_SELF)? - before).as_nanos());
    Ok(())
}

/// Renames the branch throughout the first pipeline of a repository, which must then start for others.
fn edit(folder: &Path) -> Result<()> {
    let report = Project::load(&folder.join(SPEC_NAME), None, today())?.check()?;
    let file = report.files.first().ok_or("an example without a pipeline")?;
    let path = folder.join(&file.path);
    let text = std::fs::read_to_string(&path)?;
    std::fs::write(&path, renamed(&text))?;
    let report = Project::load(&folder.join(SPEC_NAME), None, today())?.check()?;
    let told = meanings(folder, &report)?;
    match told.first() {
        Some(meaning) if meaning.class > Class::Cosmetic && meaning.class < Class::Undecidable => Ok(()),
        _ => Err(format!("{}: the edit means nothing", path.display()).into()),
    }
}

/// `main` as a whole word is another word.
fn renamed(text: &str) -> String {
    const NAME: &str = "main";
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, after) = (&rest[..at], &rest[at + NAME.len()..]);
        let whole = !(before.ends_with(word) || after.starts_with(word) || before.is_empty() && out.ends_with(word));
        out.push_str(before);
        out.push_str(if whole { "develop" } else { NAME });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The process time that reading both sides and classifying take in this process, which has read the same before.
fn reading(folder: &Path) -> Result<Duration> {
    const TIMES: u32 = 20;
    let report = Project::load(&folder.join(SPEC_NAME), None, today())?.check()?;
    let before = spent(UsageWho::RUSAGE_SELF)?;
    for _ in 0..TIMES {
        std::hint::black_box(meanings(folder, &report)?);
    }
    Ok((spent(UsageWho::RUSAGE_SELF)? - before) / TIMES)
}
