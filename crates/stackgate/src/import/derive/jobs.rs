//! Jobs without a token that deploys wait for, such as a test before.
//!
//! What must hold: one goes into the spec only where it is plain commands without a secret; any other stays where it is, and
//! what no longer waits for it is told.

use stackgate_facts::{CredentialKind, Does, GateKind, Job};
use stackgate_provider::plan::Action;
use stackgate_provider::role_of;
use stackgate_spec as spec;

use super::Derive;
use super::prepare::{installs, is_ours, language, sets_up};
use crate::import::draft::PlainJob;
use crate::import::legal::legal;
use crate::import::own::unwrapped;
use crate::import::role::Role;

impl<'a> Derive<'a> {
    /// Those that a spec can hold, each once.
    pub(super) fn jobs(&self) -> Vec<PlainJob> {
        let mut all: Vec<PlainJob> = Vec::new();
        for role in self.roles {
            for job in role.observation().needed(role.job) {
                let path = &role.pipeline.path;
                let known = |other: &&Role<'_>| other.pipeline.path == *path && other.job.id == job.id;
                if self.roles.iter().any(|other| known(&other)) {
                    continue;
                }
                let Some(mut found) = plain(role, job) else { continue };
                // The same job in several files, or workflows of one, is one job of the spec.
                let starts = |action: Action| {
                    self.roles.iter().filter(|other| other.action == action).any(|other| {
                        other.observation().needed(other.job).iter().any(|needed| last(&needed.id) == found.id)
                    })
                };
                found.on = match (starts(Action::Preview), starts(Action::Deploy)) {
                    (true, false) => Some("[change]"),
                    (false, true) => Some("[deploy]"),
                    _ => None,
                };
                if !all.iter().any(|known| known.id == found.id) {
                    all.push(found);
                }
            }
        }
        all
    }
}

/// A job as a spec has it; none where it is more than plain commands.
fn plain(role: &Role<'_>, job: &Job) -> Option<PlainJob> {
    let id = last(&job.id).to_owned();
    let secret = |kind: &CredentialKind| {
        matches!(kind, CredentialKind::Stored(..) | CredentialKind::Literal | CredentialKind::Oidc(_))
    };
    // A secret that is given to all jobs of a file, such as the old Pulumi token, is no need of this one.
    let needs = job.credentials.iter().any(|credential| secret(&credential.kind) && !credential.wide);
    if needs
        || installs(job)
        || job.gates.iter().any(|gate| !matches!(gate.kind, GateKind::Lock { .. }))
        || !job.verbs.is_empty()
        || !legal_id(&id)
    {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    let mut directory: Option<String> = None;
    for step in &job.steps {
        match &step.does {
            Does::Checkout { repository: None, reference: None, .. } => {}
            Does::Use { code, .. } if sets_up(&code.name) => {}
            Does::Run { text, .. } if role_of(text).is_some() => {}
            Does::Run { text, shell, .. } => {
                if let Some((_, at, run)) = unwrapped(text) {
                    directory = Some(at);
                    lines.extend(run.lines().map(str::to_owned));
                    continue;
                }
                let shell = shell.as_deref().and_then(|shell| shell.split_whitespace().next()).unwrap_or("sh");
                let at = step.directory.as_ref().map_or(".", |value| value.as_literal().unwrap_or("?"));
                let plain =
                    step.condition.as_ref().is_none_or(|condition| *condition == stackgate_facts::Condition::Always)
                        && step.embedded.is_empty()
                        && step.variables.iter().all(|variable| variable.name.starts_with("STACKGATE_"))
                        && ["sh", "bash", "/bin/sh", "/bin/bash"].contains(&shell)
                        && directory.as_deref().is_none_or(|known| known == at);
                if !plain {
                    return None;
                }
                directory = Some(at.to_owned());
                lines.extend(
                    text.lines()
                        .map(str::trim_end)
                        .filter(|line| !line.is_empty() && !is_ours(line.trim()))
                        .map(str::to_owned),
                );
            }
            _ => return None,
        }
    }
    let run = lines.join("\n");
    let directory = directory.filter(|at| at != ".").filter(|at| legal::<spec::Directory>(at) || at == ".");
    if lines.is_empty() || !legal::<spec::Script>(&run) {
        return None;
    }
    let runtime = job.every_code().find_map(|code| language(&code.name)).map(str::to_owned);
    Some(PlainJob { id, run, directory, runtime, on: None, from: role.at(job.place) })
}

/// The part of an id that people gave.
pub(crate) fn last(id: &str) -> &str {
    let id = id.rsplit('/').next().unwrap_or(id);
    match id.split_once('.') {
        // A stage of ours has one job, of which the stage's name is what people gave.
        Some((stage, "own")) => stage,
        Some((_, job)) => job,
        None => id,
    }
}

fn legal_id(id: &str) -> bool {
    id.len() <= 63
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
