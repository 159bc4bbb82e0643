//! Renders a spec as a user would, but for one pin: the Pulumi CLI's archives are the world's.
//!
//! What must hold: the pin goes in through the spec, so that the artifact is rendered and read back like any other, and
//! nothing in it is edited afterwards. It asserts nothing about what was rendered.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use stackgate::Project;
use stackgate::diagnostic::Source;
use stackgate::plan::Plan;

use crate::World;

/// The day on which specs are judged, so that no waiver of a case expires.
const TODAY: Date = date(2026, 11, 23);

/// A spec's plan and what it renders to.
pub struct Rehearsed {
    /// The folder of the spec.
    pub folder: PathBuf,
    /// The plan.
    pub plan: Plan,
    /// The artifacts.
    pub artifacts: Vec<Rendered>,
}

/// One rendered file.
pub struct Rendered {
    /// The provider's id.
    pub provider: &'static str,
    /// Where it lies in the repository.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Rehearsed {
    /// The artifacts of one provider.
    pub fn of<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a Rendered> {
        self.artifacts.iter().filter(move |artifact| artifact.provider == provider)
    }
}

/// Renders the spec in a folder for a world.
pub fn render(world: &World, folder: &Path) -> Rehearsed {
    let text = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)).unwrap();
    let version = project(folder, text.clone()).plan().cli.version.clone();
    let project = project(folder, pin(&text, &version, world.archives()));
    project.render_verified().unwrap();
    world.host_cloud(&project.plan().cloud_url);
    let mut artifacts = Vec::new();
    for (provider, adapter) in project.adapters() {
        for artifact in adapter.render(project.plan(), provider.engine().unwrap()).unwrap() {
            let text = artifact.contents(project.source().path());
            artifacts.push(Rendered { provider: provider.id(), path: artifact.path.clone(), text });
        }
    }
    Rehearsed { folder: folder.to_path_buf(), plan: project.plan().clone(), artifacts }
}

fn project(folder: &Path, text: String) -> Project {
    let source = Source::new(stackgate::SPEC_NAME, text);
    match Project::of(source, folder.to_path_buf(), TODAY) {
        Ok(project) => project,
        Err(stackgate::Error::Spec { source, diagnostics }) => {
            panic!("{}:\n{}", folder.display(), stackgate::diagnostic::render_text(&source, &diagnostics, false))
        }
        Err(error) => panic!("{}: {error}", folder.display()),
    }
}

/// The spec with the archives' SHA-256 as its own pin; one that it has already is replaced.
fn pin(text: &str, version: &str, [x64, arm64]: &[String; 2]) -> String {
    let pin = format!("  cli:\n    {version:?}: {{ linux-x64: \"{x64}\", linux-arm64: \"{arm64}\" }}\n");
    if text.contains("\n      linux-x64: ") {
        let lines = text.lines().map(|line| match line.trim_start().split_once(": ") {
            Some((key @ "linux-x64", _)) => format!("      {key}: \"{x64}\"\n"),
            Some((key @ "linux-arm64", _)) => format!("      {key}: \"{arm64}\"\n"),
            _ => format!("{line}\n"),
        });
        return lines.collect();
    }
    if text.contains("\npins:\n") {
        return text.replace("\npins:\n", &format!("\npins:\n{pin}"));
    }
    format!("{}\npins:\n{pin}", text.trim_end())
}
