//! The CI systems' settings of all fragments, each repository once.
//!
//! What must hold: an environment or a service connection is one repository's; what two specs of one repository ask of its
//! branch is the same. Deliberately absent: whether anything holds them, which the organization says.

use stackgate_diagnostic::quote;
use stackgate_provider::{CiEnvironment, CiSettings};

use super::{Composition, Conflict};
use crate::rules::CI_SETTINGS;

impl Composition<'_> {
    /// The settings, sorted by system and project.
    pub(super) fn ci(&mut self) -> Vec<CiSettings> {
        let mut merged: Vec<(&str, CiSettings)> = Vec::new();
        let mut conflicts = Vec::new();
        for fragment in &self.fragments {
            for settings in &fragment.ci {
                let mut kept = settings.clone();
                for (source, other) in merged.iter().filter(|(_, other)| of_one(other, settings)) {
                    let mut report = |what: String| {
                        let message =
                            format!("{what} of {} is set in two ways or by two specs", quote(&settings.title));
                        conflicts.push(Conflict::new(&CI_SETTINGS, &[source, &fragment.source], message));
                    };
                    if same_branch(other, settings) && other.protection != settings.protection {
                        report(format!("the branch {}", quote(&settings.branch)));
                    }
                    for environment in &settings.environments {
                        if other.environments.iter().any(|one| is(one, environment)) {
                            report(quote(&environment.name));
                        }
                    }
                    if same_branch(other, settings) {
                        kept.protection = None;
                    }
                }
                merged.push((&fragment.source, kept));
            }
        }
        self.conflicts.append(&mut conflicts);
        let mut all: Vec<CiSettings> = merged.into_iter().map(|(_, settings)| settings).collect();
        all.sort_by(|one, other| key(one).cmp(&key(other)));
        all
    }
}

fn key(settings: &CiSettings) -> (&str, &str, String, &str) {
    (&settings.provider, &settings.url, settings.project.to_lowercase(), &settings.branch)
}

/// Whether both are of one project; none of the three systems tells upper from lower case there.
fn of_one(one: &CiSettings, other: &CiSettings) -> bool {
    one.provider == other.provider
        && one.url.eq_ignore_ascii_case(&other.url)
        && one.project.eq_ignore_ascii_case(&other.project)
}

/// Whether both protect one branch. A project of Azure has many repositories.
fn same_branch(one: &CiSettings, other: &CiSettings) -> bool {
    let repository =
        |settings: &CiSettings| settings.protection.as_ref().map(|protection| protection.repository.to_lowercase());
    one.branch == other.branch && repository(one).is_some() && repository(one) == repository(other)
}

/// Whether both are one thing.
fn is(one: &CiEnvironment, other: &CiEnvironment) -> bool {
    one.kind == other.kind && (one.name.eq_ignore_ascii_case(&other.name) || one.id.is_some() && one.id == other.id)
}
