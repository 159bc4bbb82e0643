//! Which files are pipelines, and what each says.
//!
//! What must hold: every file is read once, and one that cannot be read does not keep others from being read; a path that
//! was named and leads nowhere is said.

use std::path::Path;

use stackgate_facts::{Aspect, Observation, Place, Situation, Tree as _, TreeError, Undecided};
use stackgate_provider::Provider;

use crate::error::{Error, Result};
use crate::init::Found;
use crate::registry::{PROVIDERS, provider};
use crate::tree::Repository;

/// A pipeline that was read.
pub(crate) struct Pipeline {
    /// Its path, relative to the root.
    pub(crate) path: String,
    /// Whose it is.
    pub(crate) provider: &'static dyn Provider,
    /// What it says.
    pub(crate) observation: Observation,
}

/// What a look for pipelines came to.
pub(crate) struct Pipelines {
    /// Those that were read.
    pub(crate) read: Vec<Pipeline>,
    /// Files that are pipelines by their name, of a system that has no reader: path and the system's title.
    pub(crate) unread: Vec<(String, &'static str)>,
}

impl Pipeline {
    /// Whether an event starts any job of it; one that other pipelines call is started by these alone.
    pub(crate) fn starts(&self, universe: &[Situation]) -> bool {
        self.observation.jobs.iter().any(|job| !self.observation.reach(job, universe).is_empty())
    }

    /// Whether its text as a whole could not be read.
    pub(crate) fn is_broken(&self) -> bool {
        self.observation.jobs.is_empty()
            && self.observation.undecided.iter().any(|found| matches!(found.aspect, Aspect::Syntax | Aspect::Limit))
    }
}

/// The pipelines of a repository, or those that `paths` name.
pub(crate) fn find(root: &Path, found: &Found, paths: &[String]) -> Result<Pipelines> {
    let tree = Repository::open(root)?;
    let mut pipelines = Pipelines { read: Vec::new(), unread: Vec::new() };
    let wanted = if paths.is_empty() {
        found.repository.files.iter().filter_map(|file| Some((file.clone(), of_name(file)?))).collect()
    } else {
        named(root, found, &tree, paths)?
    };
    for (path, provider) in wanted {
        if pipelines.read.iter().any(|known| known.path == path) {
            continue;
        }
        match provider.reader() {
            Some(reader) => {
                let observation = bounded(reader.read(&path, &tree));
                pipelines.read.push(Pipeline { observation, path, provider });
            }
            None => pipelines.unread.push((path, provider.title())),
        }
    }
    if paths.is_empty() {
        for (provider, detection) in found.providers.iter().filter(|(provider, _)| provider.reader().is_none()) {
            pipelines.unread.extend(detection.existing.iter().map(|path| (path.clone(), provider.title())));
        }
    }
    Ok(pipelines)
}

/// Jobs above which a pipeline is not imported: each is held against all that it waits for.
const MOST_JOBS: usize = 150;

/// A pipeline of bearable size, or one that says that it is none.
fn bounded(mut observation: Observation) -> Observation {
    let count = observation.jobs.len();
    if count > MOST_JOBS {
        observation.jobs.clear();
        observation.undecided.clear();
        let why = format!("it has {count} jobs, more than the {MOST_JOBS} that import compares");
        observation.undecided.push(Undecided { aspect: Aspect::Limit, job: None, why, place: Place::default() });
    }
    observation
}

type Wanted = Vec<(String, &'static dyn Provider)>;

fn named(root: &Path, found: &Found, tree: &Repository<'_>, paths: &[String]) -> Result<Wanted> {
    let mut wanted = Vec::new();
    for given in paths {
        let path = relative(root, given);
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        let below: Wanted = found
            .repository
            .files
            .iter()
            .filter(|file| file.starts_with(&folder))
            .filter_map(|file| Some((file.clone(), of_name(file)?)))
            .collect();
        if !below.is_empty() {
            wanted.extend(below);
            continue;
        }
        match tree.read(&path) {
            Ok(text) => {
                let provider = of_name(&path).or_else(|| of_text(&path, &text)).ok_or_else(|| {
                    Error::Refused(format!("{given}: no CI system that stackgate knows has a pipeline like this"))
                })?;
                wanted.push((path, provider));
            }
            // A file that is there and cannot be read is a finding of its own, by the reader of its name.
            Err(TreeError::Unreadable(_)) if of_name(&path).is_some() => {
                wanted.extend(of_name(&path).map(|provider| (path, provider)));
            }
            Err(error) => return Err(Error::Refused(format!("{given}: {error}"))),
        }
    }
    Ok(wanted)
}

/// A path as it was typed, relative to the root, with `/`.
fn relative(root: &Path, given: &str) -> String {
    let path = Path::new(given);
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let path = if path.is_absolute() {
        absolute(path).strip_prefix(absolute(root)).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
    } else {
        path.to_path_buf()
    };
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_end_matches('/');
    text.strip_prefix("./").unwrap_or(if text == "." { "" } else { text }).to_owned()
}

fn of_name(path: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.reader().is_some_and(|reader| reader.is_pipeline(path)))
}

/// Whose pipeline a text is, by its keys at the left edge; for a file that was named and lies where none is looked for.
fn of_text(path: &str, text: &str) -> Option<&'static dyn Provider> {
    let says = |key: &str| text.lines().any(|line| line.trim_end().starts_with(key));
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let id = match yaml {
        false if path.contains("Jenkinsfile") || path.ends_with(".groovy") || says("pipeline {") => "jenkins",
        false => return None,
        true if says("jobs:") && (says("on:") || says("\"on\":") || says("'on':")) => "github",
        true if says("workflows:") || says("orbs:") => "circleci",
        true if says("pool:") || says("trigger:") || says("pr:") || says("steps:") || says("parameters:") => "azure",
        true => "gitlab",
    };
    provider(id)
}
