//! What the spec itself says of pins, with places: its own rows, and the runtimes as they are written in it.
//!
//! What must hold: an image is found under every runtime that a job of it is rendered from. Deliberately absent: judging the
//! spec; it was read without a mistake before.

use stackgate_diagnostic::{Source, Span};
use stackgate_plan::{Language, Pins};
use stackgate_spec::{Runtime, Spec};

use crate::error::{Error, Result};
use crate::registry::PROVIDERS;

/// The spec, read again for its places.
pub(super) fn spec_of(source: &Source) -> Result<Spec> {
    let ids: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id()).collect();
    stackgate_spec::parse(source, &ids).0.ok_or_else(|| Error::Fault("the spec cannot be read twice".into()))
}

/// An image of the plan: under which key of `pins.images` it is pinned, and where the spec has that key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageKey {
    /// The key as it stands in the spec, or as it should.
    pub(super) key: String,
    /// The version of the runtime, as it is written; empty for Pulumi YAML.
    pub(super) version: String,
    /// The place of the key, where it is there.
    pub(super) place: Option<Span>,
}

/// The keys under which an image is or can be pinned: one for each way in which the spec writes a runtime that it is of.
pub(super) fn keys_of_image(spec: &Spec, pins: &Pins, image: &str) -> Vec<ImageKey> {
    let projects = spec.projects.given().filter_map(|(_, _, project)| project.runtime.given());
    let jobs = spec.jobs.given().into_iter().flat_map(|jobs| jobs.given());
    let jobs = jobs.filter_map(|(_, _, job)| job.runtime.given());
    let defaults = spec.defaults.as_ref().and_then(|defaults| defaults.runtime.given());
    let given = projects.chain(jobs).chain(defaults).map(|runtime| (language_of(runtime), runtime.version.clone()));
    // A job without a language runs in the image of Pulumi YAML.
    let mut keys: Vec<ImageKey> = Vec::new();
    for (language, version) in given.chain([(Language::Yaml, None)]) {
        let default = || pins.runtimes.get(language.as_str()).map(|row| row.default.clone()).unwrap_or_default();
        let version = version.unwrap_or_else(default);
        let found = pins.runtime(language, Some(&version)).1;
        if found.is_none_or(|found| found.pinned() != image) {
            continue;
        }
        let named = format!("{}@{version}", language.as_str());
        // `nodejs` stands for the default version; the last of two keys that mean the same is the one that counts.
        let means = |key: &str| match key.split_once('@') {
            Some(_) => key == named,
            None => key == language.as_str() && version == default(),
        };
        let own = spec.pins.given().and_then(|pins| pins.images.given());
        let own = own.into_iter().flat_map(|images| images.given()).filter(|(key, ..)| means(key)).last();
        let key = match own {
            Some((key, place, _)) => ImageKey { key: key.to_owned(), version, place: Some(place) },
            None if version.is_empty() => ImageKey { key: language.as_str().to_owned(), version, place: None },
            None => ImageKey { key: named, version, place: None },
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn language_of(runtime: &Runtime) -> Language {
    use stackgate_spec::Language as Spec;
    match runtime.language {
        Spec::Nodejs => Language::Nodejs,
        Spec::Python => Language::Python,
        Spec::Go => Language::Go,
        Spec::Dotnet => Language::Dotnet,
        Spec::Java => Language::Java,
        Spec::Yaml => Language::Yaml,
    }
}
