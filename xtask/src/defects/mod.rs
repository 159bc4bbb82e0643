//! Plants each defect of `snapshots/defects.toml` and writes down who notices: `docs/reference/planted-defects.md`.
//!
//! What must hold: a defect that nobody notices is a failure; so is a judge that finds fault with an example as it is,
//! since it would then prove nothing. Snapshots are no judge here: they would notice everything, and say nothing of it.

mod plant;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use stackgate::SPEC_NAME;
use stackgate::adapter::compare;

use crate::{Result, conformance};
use plant::{Defect, Planted};

/// Where the table is, below the repository's root.
const PAGE: &str = "docs/reference/planted-defects.md";

/// Who noticed one defect.
#[derive(Debug, Clone, Default)]
struct Noticed {
    read_back: bool,
    validators: BTreeSet<&'static str>,
    run: bool,
}

/// Plants, asks and writes the page or, under `check`, fails when it is stale.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let defects = plant::all(root)?;
    let mut noticed = vec![Noticed::default(); defects.len()];
    let folder = tempfile::tempdir()?;
    for (index, (defect, noticed)) in defects.iter().zip(&mut noticed).enumerate() {
        let clean = plant::render(root, &defect.provider, None)?;
        if differs(&clean, &defect.provider)? {
            return Err(format!("the example of {} does not read back", defect.provider).into());
        }
        let planted = plant::render(root, &defect.provider, Some(defect))?;
        noticed.read_back = differs(&planted, &defect.provider)?;
        write(&folder.path().join(index.to_string()), &clean, &planted)?;
    }
    validators(root, folder.path(), &mut noticed)?;
    rehearsal(root, &mut noticed)?;
    let page = page(&defects, &noticed);
    println!("{}", page.split_once("\n| defect").map_or("", |(_, table)| table));
    for (defect, noticed) in defects.iter().zip(&noticed) {
        if !noticed.read_back && noticed.validators.is_empty() && !noticed.run {
            return Err(format!("nobody notices: {}, on {}", defect.name, defect.provider).into());
        }
    }
    if !check {
        return Ok(std::fs::write(root.join(PAGE), page)?);
    }
    match std::fs::read_to_string(root.join(PAGE)) {
        Ok(text) if text == page => Ok(()),
        _ => Err(format!("{PAGE} is stale: run `cargo xtask defects`").into()),
    }
}

/// Whether reading back refuses the artifacts.
fn differs(planted: &Planted, id: &str) -> Result<bool> {
    let (_, adapter) = planted.adapter(id)?;
    let expected = adapter.realise(planted.project.plan()).pipeline;
    Ok(compare(&expected, &adapter.observe(&planted.artifacts)).is_err())
}

/// The files that are not as they were.
fn write(folder: &Path, clean: &Planted, planted: &Planted) -> Result<()> {
    for artifact in planted.artifacts.iter().filter(|artifact| !clean.artifacts.contains(artifact)) {
        let path = folder.join(&artifact.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, artifact.contents(SPEC_NAME))?;
    }
    Ok(())
}

/// Notes the validators that find fault with each defect's folder, which has its number for a name.
fn validators(root: &Path, folder: &Path, noticed: &mut [Noticed]) -> Result<()> {
    for finding in conformance::unlisted(root, folder)? {
        let number = finding.place.split('/').next().and_then(|number| number.parse::<usize>().ok());
        let noticed = number.and_then(|number| noticed.get_mut(number));
        let noticed = noticed.ok_or_else(|| format!("a finding without a defect: {}", finding.place))?;
        // The ways of asking one tool are one judge.
        let mut name = finding.validator;
        for way in ["-pedantic", "-auditor", "-wasm", "-jenkins"] {
            name = name.trim_end_matches(way);
        }
        noticed.validators.insert(name);
    }
    Ok(())
}

/// Notes the defects with which the pipelines do otherwise than planned.
fn rehearsal(root: &Path, noticed: &mut [Noticed]) -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--quiet", "--package", "stackgate-rehearsal", "--test", "defects"])
        .args(["--", "--ignored", "--nocapture"])
        .env("STACKGATE_REHEARSAL_MUST", "1")
        .env("RUST_BACKTRACE", "0")
        .current_dir(root)
        .stderr(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("the rehearsal of the defects failed:\n{text}").into());
    }
    let mut seen = 0;
    for line in text.lines().filter_map(|line| line.split_once("defect: ").map(|(_, line)| line)) {
        let number = line.split_once(' ').and_then(|(number, _)| number.parse::<usize>().ok());
        let noticed = number.and_then(|number| noticed.get_mut(number)).ok_or("a line without a defect")?;
        noticed.run = line.split_once(" | ").is_some_and(|(_, wrong)| !wrong.is_empty());
        seen += 1;
    }
    if seen == noticed.len() { Ok(()) } else { Err(format!("{seen} defects were rehearsed").into()) }
}

fn page(defects: &[Defect], noticed: &[Noticed]) -> String {
    let mut out = String::from(
        "# Planted defects\n\n<!-- Written by `cargo xtask defects`. -->\n\nEach line is a mistake that a hurried change of a \
         template could make, planted into the example of one provider,\nand who notices it. Reading back happens in every \
         `stackgate generate`, which then writes nothing; validators and the\nrehearsal run on every change of stackgate. A \
         snapshot differs for each, too; that is not counted.\n\n\
         | defect | provider | read-back | third-party validators | running it |\n| --- | --- | --- | --- | --- |\n",
    );
    let word = |noticed| if noticed { "refuses" } else { "-" };
    for (defect, noticed) in defects.iter().zip(noticed) {
        let Noticed { read_back, validators, run } = noticed;
        let names = validators.iter().copied().collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "-" } else { &names };
        let ran = if *run { "differs from the plan" } else { "-" };
        let _ = writeln!(out, "| {} | {} | {} | {names} | {ran} |", defect.name, defect.provider, word(*read_back));
    }
    out
}
