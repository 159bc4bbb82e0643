//! `pins list` and `pins adopt`: every pin in use, and a bot's newer ones taken into the spec.
//!
//! What must hold: what was adopted, and what nobody here could know of it, is said before the spec's diff; a dry run writes
//! nothing. What is refused is refused by the library.

use stackgate::args::{ListFormat, Pins, PinsAdopt, PinsList};
use stackgate::diagnostic::escape_visible;
use stackgate::{AdoptOptions, Adopted, PinInUse, Project};

use super::check::plural;
use super::output::{ADDED, DIM, Output, STRONG, WARN};
use super::{Outcome, Run};

pub(crate) fn run(project: &Project, options: &Pins, output: &mut Output) -> Run {
    match options {
        Pins::List(options) => list(project, options, output),
        Pins::Adopt(options) => adopt(project, options, output),
    }
}

fn list(project: &Project, options: &PinsList, output: &mut Output) -> Run {
    let report = project.pins()?;
    if options.format == ListFormat::Json {
        output.line(&serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?)?;
        return Ok(Outcome::Done);
    }
    for pin in &report.pins {
        describe(pin, &report.spec, output)?;
    }
    Ok(Outcome::Done)
}

fn describe(pin: &PinInUse, spec: &str, output: &mut Output) -> std::io::Result<()> {
    output.styled(STRONG, &escape_visible(&format!("{} {} {}", pin.kind, pin.name, pin.version)))?;
    let hash = |label: &str, hash: &str, output: &mut Output| output.line(&format!("  {label:12}{hash}"));
    if let Some(commit) = &pin.commit {
        hash("commit", commit, output)?;
    }
    if let Some(digest) = &pin.digest {
        hash("digest", digest, output)?;
    }
    if let Some(sums) = &pin.sha256 {
        hash("linux-x64", &format!("sha256 {}", sums.linux_x64), output)?;
        hash("linux-arm64", &format!("sha256 {}", sums.linux_arm64), output)?;
    }
    match pin.kind {
        "task" => output.line("  pinned      no: Azure takes a task by its major version")?,
        "cli" if pin.sha256.is_none() => {
            output.line("  pinned      no: pulumi/actions installs this version, and checks no SHA-256")?;
        }
        _ => {}
    }
    let origin = match pin.origin.line {
        Some(line) => format!("{}:{line}", escape_visible(spec)),
        None => format!("stackgate {}", env!("CARGO_PKG_VERSION")),
    };
    output.line(&format!("  from        {origin}"))?;
    let age = match (&pin.released, pin.age_days) {
        (Some(day), Some(days)) if days >= 0 => {
            format!("{} ({day})", plural(usize::try_from(days).unwrap_or(0), "day"))
        }
        (Some(day), _) => format!("of {day}, which is not yet"),
        (None, _) => "unknown".to_owned(),
    };
    output.line(&format!("  age         {age}"))?;
    let files: Vec<String> = pin.artifacts.iter().map(|path| escape_visible(path).into_owned()).collect();
    output.line(&format!("  used by     {}", files.join(", ")))
}

fn adopt(project: &Project, options: &PinsAdopt, output: &mut Output) -> Run {
    let adoption = project
        .adopt(&AdoptOptions { artifacts: options.artifacts.clone(), allow_downgrade: options.allow_downgrade })?;
    if adoption.pins.is_empty() {
        output.line("nothing to adopt: every pin is what the spec says")?;
        return Ok(Outcome::Done);
    }
    let diff = adoption.diff();
    for pin in &adoption.pins {
        tell(pin, output)?;
    }
    output.line("")?;
    output.diff(&diff)?;
    output.line("")?;
    // What is taken into the spec must have been shown first.
    output.flush()?;
    let spec = escape_visible(project.source().path()).into_owned();
    if options.dry_run {
        output.styled(ADDED, &format!("{spec} would be updated"))?;
        return Ok(Outcome::Done);
    }
    let others: Vec<String> = adoption.others.iter().map(|path| escape_visible(path).into_owned()).collect();
    adoption.commit()?;
    output.styled(ADDED, &format!("{spec} updated"))?;
    if others.is_empty() {
        output.line("the pipelines are what it says now: `stackgate generate` has nothing to do")?;
    } else {
        output.line(&format!(
            "the named pipelines are what it says now; {} still differs: see `stackgate check`",
            others.join(", ")
        ))?;
    }
    Ok(Outcome::Done)
}

fn tell(pin: &Adopted, output: &mut Output) -> std::io::Result<()> {
    let (places, files) = pin.places;
    let heading = if pin.old == pin.new { pin.old.clone() } else { format!("{} -> {}", pin.old, pin.new) };
    let heading = format!("{heading}, in {} of {}", plural(places, "place"), plural(files, "file"));
    output.styled(STRONG, &escape_visible(&heading))?;
    for hash in &pin.hashes {
        output.styled(DIM, &escape_visible(&format!("  {hash}")))?;
    }
    match &pin.unknown {
        Some(unknown) => output.styled(WARN, &escape_visible(&format!("  {unknown}"))),
        None => output.line("  as stackgate knows it"),
    }
}
