//! Where events and deployments come from: exported files, or Pulumi Cloud.
//!
//! What must hold: a file is read once and never held; pages come one after another, and one that fails leaves what came
//! before it judged and the judgement not whole.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::ops::ControlFlow;
use std::path::Path;

use stackgate_access::Fragment;
use stackgate_cloud::{Client, Options, Progress, Surroundings, audit_log, token};
use stackgate_logs::{Deployment, Event, Judge, read, read_deployments};

use super::{LogsOptions, Unread, refused};
use crate::error::{Error, Result};

/// Bytes of a list of deployments.
pub(super) const MOST_DEPLOYMENTS: u64 = 64 << 20;
/// Pages of deployments, of a hundred each.
const MOST_PAGES: u32 = 1_000;

/// The time that is judged, both seconds included.
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    fn holds(&self, timestamp: i64) -> bool {
        (self.from..=self.to).contains(&timestamp)
    }
}

/// Judges an exported log.
pub(super) fn file(path: &Path, judge: &mut Judge<'_>, window: &Window, unread: &mut Vec<Unread>) -> Result<()> {
    let failed = |source| Error::Disk { path: path.to_path_buf(), what: "read", source };
    let file = open(path)?;
    let mut input = BufReader::with_capacity(1 << 16, file);
    let told = read(&mut input, &mut |event: &Event<'_>| {
        if window.holds(event.timestamp) {
            judge.take(event);
        }
    });
    for trouble in told.map_err(failed)?.troubles {
        let times = if trouble.count > 1 { format!(" ({} times)", trouble.count) } else { String::new() };
        unread.push(Unread {
            place: Some((path.display().to_string(), trouble.line)),
            message: format!("{}{times}", trouble.message),
        });
    }
    Ok(())
}

/// Opens a file that is one: a pipe or a device might never end.
fn open(path: &Path) -> Result<File> {
    let failed = |source| Error::Disk { path: path.to_path_buf(), what: "read", source };
    if std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(Error::Refused(format!("{}: this is a folder; name the exported logs", path.display())));
    }
    File::open(path).map_err(failed)
}

/// Takes a list of deployments from a file.
pub(super) fn deployments<'a>(path: &Path, judge: Judge<'a>, unread: &mut Vec<Unread>) -> Result<Judge<'a>> {
    let mut judge = judge.with_deployments();
    let mut input = BufReader::new(open(path)?.take(MOST_DEPLOYMENTS));
    let (all, wrong) = match read_deployments(&mut input) {
        Ok(all) => (all, None),
        Err((all, wrong)) => (all, Some(wrong)),
    };
    all.iter().for_each(|deployment| judge.deployment(deployment));
    unread.extend(wrong.map(|message| Unread { place: Some((path.display().to_string(), 1)), message }));
    Ok(judge)
}

/// A client for Pulumi Cloud.
pub(super) fn client(cloud_url: &str, options: &LogsOptions) -> Result<Client> {
    let surroundings = Surroundings::of_process().map_err(|error| Error::Refused(error.to_string()))?;
    let token = token(surroundings, cloud_url).map_err(|error| Error::Refused(error.to_string()))?;
    let limits = Options { time_limit: options.time_limit, stop: options.stop.clone(), ..Options::default() };
    Client::new(cloud_url, token, &limits).map_err(|error| Error::Refused(error.to_string()))
}

/// Asks Pulumi Cloud: first for the deployments, which explain updates, then for the log.
pub(super) fn live<'a>(
    api: &dyn stackgate_cloud::Api,
    declared: &Fragment,
    mut judge: Judge<'a>,
    window: &Window,
    deployments: bool,
    progress: &mut dyn Progress,
    unread: &mut Vec<Unread>,
) -> Judge<'a> {
    let organization = &declared.organization;
    if deployments {
        judge = judge.with_deployments();
        all_deployments(api, organization, &mut judge, window, progress, unread);
    }
    let mut events = 0;
    let ended = audit_log(api, organization, (window.from, window.to), None, &mut |page| {
        for value in &page.events {
            events += 1;
            match Event::from_value(value) {
                Ok(event) if window.holds(event.timestamp) => judge.take(&event),
                Ok(_) => {}
                Err(error) => wrong(unread, format!("the audit log holds what is no event: {error}")),
            }
        }
        progress.at("events", events, 0);
        ControlFlow::Continue(())
    });
    if let Err(unknown) = ended {
        wrong(unread, refused(&declared.cloud_url, organization, &unknown));
    }
    judge
}

fn all_deployments(
    api: &dyn stackgate_cloud::Api,
    organization: &str,
    judge: &mut Judge<'_>,
    window: &Window,
    progress: &mut dyn Progress,
    unread: &mut Vec<Unread>,
) {
    let mut count = 0;
    for page in 1..=MOST_PAGES {
        let found = match stackgate_cloud::deployments(api, organization, page) {
            Ok(found) => found,
            Err(unknown) => return wrong(unread, format!("the deployments cannot be read: {}", unknown.message)),
        };
        let mut older = false;
        for value in &found.deployments {
            count += 1;
            match Deployment::from_value(value) {
                Ok(deployment) if deployment.created() < window.from => older = true,
                Ok(deployment) => judge.deployment(&deployment),
                Err(error) => wrong(unread, format!("the list of deployments holds {error}")),
            }
        }
        progress.at("deployments", count, 0);
        if !found.more || older {
            return;
        }
    }
    wrong(unread, "there are more deployments than a run reads; judge a shorter time".to_owned());
}

/// The same message once.
fn wrong(unread: &mut Vec<Unread>, message: String) {
    let told = Unread { place: None, message };
    if !unread.contains(&told) {
        unread.push(told);
    }
}

#[cfg(test)]
mod tests;
