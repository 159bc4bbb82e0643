//! The README's first command: one spec becomes five pipelines, a hand edit is found, and mended.
//!
//! What must hold: everything printed comes from the library at work in a temporary directory; nothing of this
//! repository is touched.

use std::path::Path;

use stackgate::{Project, SPEC_NAME, State, WriteOptions, today, unified};

use crate::Result;

pub(crate) fn run(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let spec = temp.path().join(SPEC_NAME);
    std::fs::copy(root.join("examples/five").join(SPEC_NAME), &spec)?;
    println!("# One spec: examples/five/{SPEC_NAME}\n");
    for line in std::fs::read_to_string(&spec)?.lines() {
        println!("  {line}");
    }
    let project = Project::load(&spec, None, today())?;
    println!("\n# Five systems: stackgate generate\n");
    let changes = project.write(&WriteOptions::default())?;
    for (path, action) in &changes.files {
        let lines = std::fs::read_to_string(temp.path().join(path))?.lines().count();
        println!("  {path} {} ({lines} lines)", action.as_str());
    }
    let (path, from, to) = (".gitlab-ci.yml", "--oidc-team \"${STACKGATE_TEAM:?}\" ", "");
    println!("\n# Somebody drops the team from one login in {path}: stackgate check\n");
    let target = temp.path().join(path);
    let text = std::fs::read_to_string(&target)?;
    if !text.contains(from) {
        return Err("the line that the demonstration edits is gone".into());
    }
    std::fs::write(&target, text.replacen(from, to, 1))?;
    let report = project.check()?;
    for (file, meaning) in report.drifted().zip(stackgate::meanings(temp.path(), &report)?) {
        println!("  {}: {}; {}", file.path, file.state.as_str(), file.state.advice());
        // Of all that follows from one edit, whose token it is says most.
        let told = meaning.changes.iter().find(|change| change.fact == "token").or(meaning.changes.first());
        if let Some(worst) = told {
            let (before, after) = (worst.before.as_deref().unwrap_or("none"), worst.after.as_deref().unwrap_or("none"));
            let job = worst.job.as_deref().unwrap_or("the pipeline");
            println!("  it {}: {job}: {}: {before} -> {after}", worst.class.title(), worst.fact);
            println!("  {}", worst.so);
        }
        for line in unified(file).lines() {
            println!("  {line}");
        }
    }
    if report.drifted().map(|file| file.state).collect::<Vec<_>>() != [State::Edited] {
        return Err("the edit was not found".into());
    }
    let summary = report.summary();
    println!("\n  {} files, {} clean", summary.files, summary.clean);
    project.write(&WriteOptions::default())?;
    println!("\n# Mended: stackgate generate, stackgate check\n");
    println!("  {} files, {} clean", project.check()?.summary().files, project.check()?.summary().clean);
    println!("\nNext: README.md, docs/guide/README.md, or `cargo run --quiet -p stackgate -- --help`");
    Ok(())
}
