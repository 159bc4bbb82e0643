//! What a job waits for: its `needs`, or every job of the stages before; and the approvals that this puts before it.
//!
//! What must hold: a job of an earlier stage that is not in the pipeline holds nobody back, so that it blocks only where it runs
//! whenever the later one does. `needs` names jobs that must be in the pipeline. Source: GitLab, "`stages`", "`needs`"; for a
//! manual job that others need: its `Gitlab::Ci::Status::Composite`, which skips them until it ran.

use std::collections::{BTreeSet, HashMap};

use stackgate_provider::canonical;
use stackgate_provider::facts::{ChannelKind, Condition, Event, Gate, GateKind, Job, Need, Setting, Status, Weakness};
use stackgate_provider::yaml::{Node, Span};

use super::channels::channel;
use super::pipeline::Pipeline;
use super::{Reading, merge};

/// How many needs of stages are written down: ten thousand jobs in two stages have more than anybody can use.
pub(super) const MOST: usize = 100_000;

/// A job whose stage is not yet looked at.
pub(super) struct Waiting {
    /// Which job of the observation it is.
    pub(super) index: usize,
    /// Where its stage stands in the order.
    pub(super) stage: usize,
    /// Whether it says by itself what it needs.
    pub(super) said: bool,
    /// Whether others go on without it.
    pub(super) tolerated: bool,
    /// Whether it gives files.
    pub(super) artifacts: bool,
    /// Whether it runs by itself, and does not start another pipeline.
    pub(super) runs: bool,
    /// Whose files it takes; none for those of all jobs before.
    pub(super) dependencies: Option<Vec<String>>,
}

/// The names of a list of needs.
pub(super) fn named(node: &Node) -> Vec<(String, Span)> {
    let name = |item: &Node| item.as_str().or_else(|| item.get("job").and_then(Node::as_str)).map(str::to_owned);
    merge::flat(node).into_iter().filter_map(|item| Some((name(item)?, item.span))).collect()
}

/// Reads `needs`.
pub(super) fn said(node: &Node, prefix: &str, job: &mut Job, reading: &mut Reading<'_>) {
    let whatever = after_any_end(job);
    let items = if node.as_mapping().is_some() { vec![node] } else { merge::flat(node) };
    if items.is_empty() {
        let place = Reading::at(node.span);
        job.settings.push(Setting { key: "needs".into(), value: "[]".into(), place });
    }
    for item in items {
        let place = Reading::at(item.span);
        if let Some(name) = item.as_str() {
            job.needs.push(Need { job: format!("{prefix}{name}"), blocks: !whatever, place });
            channel(ChannelKind::ArtifactIn, name, job, place);
            continue;
        }
        let mut keys = super::keys(item);
        let name = keys.text("job");
        let artifacts = keys.take("artifacts").and_then(Node::as_bool).unwrap_or(true);
        let optional = keys.take("optional").and_then(Node::as_bool).unwrap_or(false);
        if let Some(node) = keys.take("parallel") {
            let key = format!("needs.{}.parallel", name.unwrap_or_default());
            job.settings.push(Setting { key, value: canonical(node), place });
        }
        let of = keys.text("project").or_else(|| keys.text("pipeline"));
        let reference = keys.text("ref");
        reading.finish(&keys, Some(&job.id.clone()), "needs");
        match (of, name) {
            // Files of another project or pipeline; nothing of this one is waited for.
            (Some(of), name) => {
                let text = [Some(of), name, reference].into_iter().flatten().collect::<Vec<_>>().join(" ");
                if artifacts && name.is_some() {
                    channel(ChannelKind::ArtifactIn, &text, job, place);
                } else {
                    job.settings.push(Setting { key: "needs.pipeline".into(), value: text, place });
                }
            }
            (None, Some(name)) => {
                let blocks = !optional && !whatever;
                job.needs.push(Need { job: format!("{prefix}{name}"), blocks, place });
                if artifacts {
                    channel(ChannelKind::ArtifactIn, name, job, place);
                }
            }
            (None, None) => {}
        }
    }
}

/// Whether a job runs also after a failure.
fn after_any_end(job: &Job) -> bool {
    job.when.iter().any(|clause| clause.condition.to_string().contains(&Condition::Status(Status::Any).to_string()))
        || job
            .when
            .iter()
            .any(|clause| clause.condition.to_string().contains(&Condition::Status(Status::Failure).to_string()))
}

/// What the stages say of all jobs of a pipeline.
pub(super) fn settle(all: &[Waiting], pipeline: &Pipeline, reading: &mut Reading<'_>) {
    for one in all {
        let mut found: Vec<Need> = Vec::new();
        let mut files: Vec<String> = Vec::new();
        let Some(job) = reading.gathering.observation.jobs.get(one.index) else { continue };
        let whatever = after_any_end(job);
        let place = job.settings.iter().find(|it| it.key == "stage").map_or(job.place, |it| it.place);
        for before in all.iter().filter(|before| before.stage < one.stage && !one.said) {
            let Some(earlier) = reading.gathering.observation.jobs.get(before.index) else { continue };
            if reading.needs == 0 {
                let why = "there are too many jobs to say which waits for which";
                reading.limit(why, place.span);
                break;
            }
            reading.needs -= 1;
            let blocks = !whatever && !before.tolerated && runs_with(earlier, job);
            found.push(Need { job: earlier.id.clone(), blocks, place });
            if before.artifacts && one.runs && one.dependencies.is_none() {
                files.push(earlier.id.strip_prefix(&pipeline.prefix).unwrap_or(&earlier.id).to_owned());
            }
        }
        files.extend(one.dependencies.iter().flatten().cloned());
        let Some(job) = reading.gathering.observation.jobs.get_mut(one.index) else { continue };
        job.needs.extend(found);
        if let Some(starter) = &pipeline.starter {
            job.needs.push(Need { job: starter.clone(), blocks: true, place });
        }
        if one.dependencies.is_some() {
            // What `needs` would bring is not brought then.
            job.channels.retain(|one| one.kind != ChannelKind::ArtifactIn);
        }
        for name in files {
            channel(ChannelKind::ArtifactIn, &name, job, place);
        }
    }
}

/// Whether an earlier job runs whenever a later one does, as far as their conditions are of the same words.
fn runs_with(earlier: &Job, later: &Job) -> bool {
    earlier.when.iter().all(|clause| {
        let own: Vec<&Condition> = later.when.iter().map(|clause| &clause.condition).collect();
        let parts = match &clause.condition {
            Condition::All(parts) => parts.iter().collect(),
            other => vec![other],
        };
        parts.into_iter().all(|part| own.iter().any(|own| implies(own, part)))
    })
}

fn implies(own: &Condition, other: &Condition) -> bool {
    if own == other || matches!(other, Condition::Always | Condition::Status(_)) {
        return true;
    }
    // A run has one event, and a tag is one.
    if let Condition::Not(inner) = other
        && let Condition::Event(other) = inner.as_ref()
        && let Some(own) = match own {
            Condition::Event(own) => Some(own),
            Condition::Tag(_) => Some(&Event::Tag),
            _ => None,
        }
    {
        return own != other;
    }
    match (own, other) {
        (Condition::All(parts), _) if parts.iter().any(|part| implies(part, other)) => true,
        (Condition::Any(parts), _) => parts.iter().all(|part| implies(part, other)),
        (_, Condition::Any(parts)) => parts.iter().any(|part| implies(own, part)),
        (_, Condition::All(parts)) => parts.iter().all(|part| implies(own, part)),
        _ => false,
    }
}

/// The approvals that a job waits for, directly or through others, are gates of that job.
pub(super) fn approvals(reading: &mut Reading<'_>) {
    let jobs = &reading.gathering.observation.jobs;
    let index: HashMap<&str, usize> = jobs.iter().enumerate().map(|(at, job)| (job.id.as_str(), at)).collect();
    let is_approval = |gate: &&Gate| matches!(gate.kind, GateKind::Approval(_));
    // Usually a handful of jobs is started by hand: from each to those that wait for it.
    let mut waiting: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, job) in jobs.iter().enumerate() {
        for need in job.needs.iter().filter(|need| need.blocks) {
            if let Some(needed) = index.get(need.job.as_str()) {
                waiting.entry(*needed).or_default().push(at);
            }
        }
    }
    let mut left = MOST;
    let mut gates: Vec<(usize, Gate)> = Vec::new();
    for (at, job) in jobs.iter().enumerate() {
        let Some(gate) = job.gates.iter().find(is_approval) else { continue };
        let mut seen = BTreeSet::from([at]);
        let mut next = vec![at];
        while let Some(one) = next.pop() {
            for later in waiting.get(&one).into_iter().flatten() {
                if left > 0 && seen.insert(*later) {
                    left -= 1;
                    next.push(*later);
                    gates.push((*later, later_gate(gate)));
                }
            }
        }
    }
    for (at, gate) in gates {
        if let Some(job) = reading.gathering.observation.jobs.get_mut(at) {
            let same = |known: &Gate| known.place == gate.place && known.kind == gate.kind;
            if !job.gates.iter().any(same) {
                job.gates.push(gate);
            }
        }
    }
}

/// What waits for a job by name, or for one that blocks, does not go on without it.
fn later_gate(gate: &Gate) -> Gate {
    let weak = gate.weak.iter().copied().filter(|weak| *weak != Weakness::DoesNotBlock).collect();
    Gate { kind: gate.kind.clone(), weak, place: gate.place }
}
