//! `review`: what Pulumi Cloud holds against what an organization's spec declares.
//!
//! What must hold: both sides are of one organization; what could not be read makes the review one that is not whole; the
//! same two sides give the same report. Deliberately absent: the rules, which are `stackgate-review`'s, and printing.

mod adopt;
mod report;
mod source;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use stackgate_cloud::{Actual, Origin, Progress, Refusal, Wanted, read};
use stackgate_report::{Level, Report};
use stackgate_review::{Declared, Difference, compare};

use crate::baseline::Baseline;
use crate::error::{Error, Result};
use crate::organization::Organization;

pub use adopt::{Adopting, Left};

/// Where the actual side comes from, and what is done with it.
#[derive(Debug, Clone)]
pub struct ReviewOptions {
    /// A directory that an earlier review saved, in place of Pulumi Cloud.
    pub from: Option<PathBuf>,
    /// The directory that what was read is saved in.
    pub save: Option<PathBuf>,
    /// The whole run ends after this long.
    pub time_limit: Duration,
    /// Set to true from anywhere, it ends the run; what was read so far is judged.
    pub stop: Arc<AtomicBool>,
}

impl Default for ReviewOptions {
    fn default() -> ReviewOptions {
        ReviewOptions { from: None, save: None, time_limit: Duration::from_secs(600), stop: Arc::default() }
    }
}

/// Both sides, with every difference.
#[derive(Debug, Clone)]
pub struct Review {
    /// What was declared.
    pub declared: Declared,
    /// What is there.
    pub actual: Actual,
    /// Every difference, the worst first.
    pub differences: Vec<Difference>,
    /// The path of the organization's spec.
    spec: String,
    /// What is wrong with the saved directory, one sentence each.
    faults: Vec<String>,
}

impl Review {
    /// Reads the actual side and compares.
    ///
    /// # Errors
    /// When there is no token, or nothing at all could be read with it; when a saved directory is none, is of another
    /// version or of another organization; when what was read cannot be saved.
    pub fn new(organization: &Organization, options: &ReviewOptions, progress: &mut dyn Progress) -> Result<Review> {
        let declared = organization.declared();
        let (actual, faults) = source::actual(&declared, options, progress)?;
        readable(&actual)?;
        let differences = compare(&declared, &actual, actual.taken);
        let spec = organization.source().path().to_owned();
        Ok(Review { declared, actual, differences, spec, faults })
    }

    /// The report: what is below the bar, or in the baseline, does not fail.
    #[must_use]
    pub fn report(&self, fail_on: Level, baseline: Option<&Baseline>) -> Report {
        report::report(self, fail_on, baseline)
    }

    /// Whether what could not be read was refused, all of it, so that a baseline may hold it.
    #[must_use]
    pub fn may_be_known(report: &Report) -> bool {
        let mut unread = report.findings().iter().filter(|finding| finding.rule.id == report::UNREAD);
        unread.all(report::is_refused)
    }

    /// Whether everything could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty() && !self.differences.iter().any(|difference| difference.rule.id == report::UNREAD)
    }
}

/// One clear message where nothing at all could be read, in place of one for each part.
fn readable(actual: &Actual) -> Result<()> {
    let parts = [
        actual.defaults.unknown(),
        actual.members.unknown(),
        actual.teams.unknown(),
        actual.tokens.unknown(),
        actual.issuers.unknown(),
        actual.roles.unknown(),
        actual.environments.unknown(),
    ];
    let unknown: Vec<_> = parts.iter().flatten().collect();
    let (Some(first), true) = (unknown.first(), unknown.len() == parts.len()) else { return Ok(()) };
    let organization = &actual.organization;
    let cloud = &actual.cloud_url;
    let said = &first.message;
    Err(Error::Refused(match first.refusal {
        Refusal::Unauthorized => {
            format!("{cloud} does not take the token: it is not valid, or has expired; nothing was reviewed ({said})")
        }
        Refusal::Forbidden => {
            format!("the token may read nothing of the organization `{organization}`; nothing was reviewed ({said})")
        }
        Refusal::Unavailable => {
            format!(
                "{cloud} has no organization `{organization}` that this token may see; nothing was reviewed ({said})"
            )
        }
        Refusal::Stopped => format!("the review ended before anything was read: {said}"),
        Refusal::Broken => format!("nothing of `{organization}` could be read from {cloud}: {said}"),
        Refusal::NotSaved | Refusal::NotAsked => {
            format!("the saved directory holds nothing of the organization `{organization}`")
        }
    }))
}

/// What is to be read for a declared side.
fn wanted(declared: &Declared, origin: Origin) -> Wanted {
    let fragment = &declared.fragment;
    let opened = fragment.stacks.values().flat_map(|stack| &stack.esc);
    let granted = fragment.teams.values().flat_map(|team| team.environments.keys());
    let mut environments: Vec<String> = opened.chain(granted).cloned().collect();
    environments.sort_unstable();
    environments.dedup();
    Wanted { origin, stacks: fragment.stacks.keys().cloned().collect(), environments }
}

fn read_from(
    api: &dyn stackgate_cloud::Api,
    declared: &Declared,
    origin: Origin,
    progress: &mut dyn Progress,
) -> Actual {
    read(api, &wanted(declared, origin), progress)
}
