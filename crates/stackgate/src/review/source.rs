//! Where the actual side comes from: Pulumi Cloud, or a saved directory.
//!
//! What must hold: a saved directory is of the organization and of the Pulumi Cloud that the spec names; what is saved is
//! what was compared.

use std::path::Path;

use stackgate_cloud::{Actual, Client, Options, Origin, Progress, Saved, Saver, Surroundings, token};
use stackgate_review::Declared;

use super::{ReviewOptions, read_from};
use crate::error::{Error, Result};

/// The actual side, and what is wrong with where it comes from.
pub(super) fn actual(
    declared: &Declared,
    options: &ReviewOptions,
    progress: &mut dyn Progress,
) -> Result<(Actual, Vec<String>)> {
    match &options.from {
        Some(dir) => saved(declared, dir, progress),
        None => live(declared, options, progress).map(|actual| (actual, Vec::new())),
    }
}

fn saved(declared: &Declared, dir: &Path, progress: &mut dyn Progress) -> Result<(Actual, Vec<String>)> {
    let saved = Saved::open(dir).map_err(|error| Error::Refused(error.to_string()))?;
    let origin = saved.origin().clone();
    let fragment = &declared.fragment;
    for (what, here, there) in [
        ("organization", &fragment.organization, &origin.organization),
        ("Pulumi Cloud", &fragment.cloud_url, &origin.cloud_url),
    ] {
        if here.trim_end_matches('/') != there.trim_end_matches('/') {
            let why = format!("{}: it was saved from the {what} `{there}`, and the spec names `{here}`", dir.display());
            return Err(Error::Refused(why));
        }
    }
    let faults = saved.faults().map(ToString::to_string).collect();
    Ok((read_from(&saved, declared, origin, progress), faults))
}

fn live(declared: &Declared, options: &ReviewOptions, progress: &mut dyn Progress) -> Result<Actual> {
    let refuse = |why: String| Error::Refused(why);
    let url = &declared.fragment.cloud_url;
    let surroundings = Surroundings::of_process().map_err(|error| refuse(error.to_string()))?;
    let token = token(surroundings, url).map_err(|error| refuse(error.to_string()))?;
    let limits = Options { time_limit: options.time_limit, stop: options.stop.clone(), ..Options::default() };
    let client = Client::new(url, token, &limits).map_err(|error| refuse(error.to_string()))?;
    let origin = Origin {
        organization: declared.fragment.organization.clone(),
        cloud_url: url.clone(),
        taken: jiff::Timestamp::now().as_second(),
    };
    let Some(dir) = &options.save else { return Ok(read_from(&client, declared, origin, progress)) };
    let saver = Saver::new(&client, dir, origin.clone()).map_err(|error| refuse(error.to_string()))?;
    let actual = read_from(&saver, declared, origin, progress);
    saver.finish().map_err(|error| refuse(error.to_string()))?;
    Ok(actual)
}
