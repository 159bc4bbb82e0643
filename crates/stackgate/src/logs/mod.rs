//! `logs`: what the audit log and the deployments say, judged by what an organization's spec declares.
//!
//! What must hold: what could not be read makes the judgement one that is not whole, and such a one moves no state on, so
//! that the next run judges that time again; the state is written whole or not at all. Deliberately absent: the rules,
//! which are `stackgate-logs`'s, and printing.

mod keep;
mod report;
mod rules;
mod source;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use stackgate_cloud::{Progress, Refusal};
use stackgate_logs::{Context, Figures, Judge, LogFinding, State, Timeline, time};
use stackgate_report::{Level, Report};

use crate::baseline::Baseline;
use crate::error::{Error, Result};
use crate::organization::Organization;

pub(crate) use rules::{RULES, limits};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is judged.
#[derive(Debug, Clone)]
pub struct LogsOptions {
    /// Exported logs; Pulumi Cloud is asked where there is none.
    pub files: Vec<PathBuf>,
    /// A list of deployments, as the API gives it.
    pub deployments: Option<PathBuf>,
    /// The first second, since 1970.
    pub from: Option<i64>,
    /// The last second.
    pub to: Option<i64>,
    /// What an earlier run left, and where this one leaves it.
    pub state: Option<PathBuf>,
    /// This second; the caller reads the clock.
    pub now: i64,
    /// The whole run ends after this long.
    pub time_limit: Duration,
    /// Set to true from anywhere, it ends the run.
    pub stop: Arc<AtomicBool>,
}

impl Default for LogsOptions {
    fn default() -> LogsOptions {
        LogsOptions {
            files: Vec::new(),
            deployments: None,
            from: None,
            to: None,
            state: None,
            now: jiff::Timestamp::now().as_second(),
            time_limit: Duration::from_secs(600),
            stop: Arc::default(),
        }
    }
}

/// What could not be read: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// The file and its line, where it is one.
    place: Option<(String, usize)>,
    /// One sentence without a full stop.
    message: String,
}

/// A log that was judged.
#[derive(Debug, Clone)]
pub struct Logs {
    /// Every finding, the worst first.
    pub findings: Vec<LogFinding>,
    /// How much of what happened.
    pub figures: Figures,
    /// Its days.
    pub timeline: Timeline,
    /// How many events an earlier run had judged.
    pub repeated: u64,
    organization: String,
    subjects: Vec<String>,
    unread: Vec<Unread>,
    full: Vec<&'static str>,
    state: Option<State>,
}

impl Logs {
    /// Reads and judges.
    ///
    /// # Errors
    /// When there is no token, or nothing could be read with it; when a file is not there; when the state is another
    /// organization's, another version's or broken.
    pub fn new(organization: &Organization, options: &LogsOptions, progress: &mut dyn Progress) -> Result<Logs> {
        let declared = organization.fragment();
        let context = Context::new(declared, organization.log_settings());
        let state =
            options.state.as_deref().map(|path| keep::read(path, &declared.organization)).transpose()?.flatten();
        let live = options.files.is_empty();
        let window = source::Window {
            // Between where the last run ended and where this one begins nobody would look.
            from: match state.as_ref().filter(|_| live) {
                Some(state) => state.last(),
                None => options.from.unwrap_or(if live { options.now.saturating_sub(7 * DAY) } else { i64::MIN }),
            },
            to: options.to.unwrap_or(if live { options.now } else { i64::MAX }),
        };
        if window.from > window.to {
            return Err(Error::Refused(format!(
                "the time to judge ends, at {}, before it begins, at {}",
                time::shown(window.to),
                time::shown(window.from)
            )));
        }
        let mut judge = Judge::new(&context, state).until(options.now.saturating_add(DAY));
        let mut unread = Vec::new();
        if live {
            let client = source::client(&declared.cloud_url, options)?;
            let asked = if options.deployments.is_some() { Vec::new() } else { declared.deployments.clone() };
            judge = source::live(&client, declared, judge, &window, !asked.is_empty(), progress, &mut unread);
        }
        if let Some(path) = &options.deployments {
            judge = source::deployments(path, judge, &mut unread)?;
        }
        for path in &options.files {
            source::file(path, &mut judge, &window, &mut unread)?;
        }
        let judgement = judge.finish();
        if judgement.future > 0 {
            let message = format!("{} events lie in the future; they were not judged", judgement.future);
            unread.push(Unread { place: None, message });
        }
        let files = options.files.iter().chain(&options.deployments).map(|path| path.display().to_string());
        Ok(Logs {
            findings: judgement.findings,
            figures: judgement.figures,
            timeline: judgement.timeline,
            repeated: judgement.repeated,
            organization: declared.organization.clone(),
            subjects: std::iter::once(organization.source().path().to_owned()).chain(files).collect(),
            unread,
            full: judgement.full,
            state: judgement.state,
        })
    }

    /// The report: what is below the bar, or known, does not fail.
    #[must_use]
    pub fn report(&self, fail_on: Level, baseline: Option<&Baseline>) -> Report {
        report::report(self, fail_on, baseline)
    }

    /// Whether everything was read and judged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unread.is_empty() && self.full.is_empty()
    }

    /// Leaves for the next run how far this one came and what it learnt; whether it did. A run that is not whole leaves
    /// what was there, so that the next one judges that time again.
    ///
    /// # Errors
    /// When the disk refuses; what was there is whole then.
    pub fn keep(&self, path: &std::path::Path) -> Result<bool> {
        match (&self.state, self.is_whole()) {
            (Some(state), true) => keep::write(path, state).map(|()| true),
            _ => Ok(false),
        }
    }
}

/// One clear message where nothing could be read.
fn refused(cloud_url: &str, organization: &str, unknown: &stackgate_cloud::Unknown) -> String {
    let said = &unknown.message;
    match unknown.refusal {
        Refusal::Unauthorized => {
            format!("{cloud_url} does not take the token: it is not valid, or has expired ({said})")
        }
        Refusal::Forbidden => {
            format!("the token may not read the audit log of `{organization}`; it needs `audit_logs:read` ({said})")
        }
        Refusal::Unavailable => format!(
            "{cloud_url} has no organization `{organization}` that this token may see, or its edition has no audit log ({said})"
        ),
        Refusal::Stopped => format!("the run ended before the audit log was read: {said}"),
        Refusal::Broken | Refusal::NotSaved | Refusal::NotAsked => {
            format!("the audit log of `{organization}` could not be read from {cloud_url}: {said}")
        }
    }
}
