//! The declared half: an organization's spec, and the fragment of each of its repositories.
//!
//! What must hold: each fragment is what `stackgate` makes of that repository's spec, so that its policies are those of the
//! adapters; the organization loads and composes. Deliberately absent: the repositories' specs in what is written, since
//! an organization of this size collects fragments, and the proof of a repository, which its own CI runs.

mod names;
mod spec;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use stackgate::diagnostic::Source;
use stackgate::{Organization, Project, SPEC_NAME};
use stackgate_access::{Fragment, Options};

use super::random::Random;
use super::size::Size;
use crate::Result;

/// The organization.
pub(super) const ORGANIZATION: &str = "acme";

/// The team that approves changes of production's environments.
const APPROVERS: &str = "release-managers";

/// What was declared.
pub(super) struct Declared {
    /// All fragments and the organization's spec, composed.
    pub(super) fragment: Fragment,
    /// What the organization's spec says besides.
    pub(super) options: Options,
}

/// Writes `stackgate.yaml` and `fragments/` into a directory, and loads them.
pub(super) fn write(directory: &Path, seed: u64, size: &Size) -> Result<Declared> {
    let mut random = Random::of(seed, "declared");
    let repositories = names::repositories(size.repositories(), &mut random);
    let shared = spec::Shared::of(&mut random);
    std::fs::create_dir_all(directory.join("fragments"))?;
    let mut names = Vec::new();
    let mut stacks = Vec::new();
    // A day that does not move: nothing here may depend on the one on which it is made.
    let day = "2025-11-24".parse()?;
    for (number, name) in repositories.iter().enumerate() {
        let shape = spec::Shape {
            name,
            number,
            stacks: share(size.stacks, repositories.len(), number),
            environments: share(size.environments, repositories.len(), number),
        };
        let text = spec::text(&shape, &shared, &mut random);
        let source = Source::new(format!("{name}/{SPEC_NAME}"), text);
        let project = Project::of(source, PathBuf::from("."), day).map_err(|error| told(&error))?;
        let model = project.trust().map_err(|error| told(&error))?;
        let mut fragment = project.fragment(&model);
        // Systems keep their own settings here; half a thousand environments of CI are another chapter.
        fragment.ci.clear();
        std::fs::write(directory.join("fragments").join(format!("{name}.json")), fragment.to_json()?)?;
        stacks.extend(fragment.stacks.keys().cloned());
        names.push(name.as_str());
    }
    std::fs::write(directory.join(SPEC_NAME), organization(&names, &stacks, size, &mut random))?;
    let loaded = Organization::load(&directory.join(SPEC_NAME), None, day).map_err(|error| told(&error))?;
    let options = Options { approvers: Some(APPROVERS.into()), ..Options::default() };
    Ok(Declared { fragment: loaded.fragment().clone(), options })
}

/// What one of them has of a whole that is shared evenly.
fn share(whole: usize, of: usize, number: usize) -> usize {
    whole / of + usize::from(number < whole % of)
}

/// The organization's spec: its repositories, and teams of people.
fn organization(repositories: &[&str], stacks: &[String], size: &Size, random: &mut Random) -> String {
    let mut text = format!("version: 1\norganization: {ORGANIZATION}\nrepositories:\n");
    for name in repositories {
        let _ = writeln!(text, "  - {{ fragment: fragments/{name}.json }}");
    }
    let _ = write!(
        text,
        "access:\n  defaults: {{ stacks: none, environments: none, members_create_stacks: false }}\n  teams:\n"
    );
    let people = names::people(size.people_teams() * 5, random);
    for (number, members) in people.chunks(5).enumerate() {
        let name = if number == 0 { APPROVERS.to_owned() } else { format!("{}-on-call", repositories[number]) };
        let _ = writeln!(text, "    {name}:\n      description: People of {name}");
        // Each fourth is kept by the identity provider.
        if number % 4 != 3 {
            let _ = writeln!(text, "      members: [{}]", members.join(", "));
        }
        let own = format!("{}/", repositories[number]);
        let reads: Vec<&String> =
            stacks.iter().filter(|stack| stack.starts_with(&own) && stack.contains("/production")).take(6).collect();
        text.push_str("      stacks:\n");
        for stack in reads {
            let _ = writeln!(text, "        {stack}: read");
        }
    }
    let _ = writeln!(text, "approvers: {APPROVERS}");
    text
}

/// What is wrong with a spec, for whoever changes this generator.
fn told(error: &stackgate::Error) -> String {
    let stackgate::Error::Spec { source, diagnostics } = error else { return error.to_string() };
    let all = diagnostics.iter().map(|told| format!("{}: {} [{}]", source.path(), told.message, told.rule.id));
    all.collect::<Vec<_>>().join("\n")
}
