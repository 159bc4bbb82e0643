//! What a job waits for: names of a workflow brought to jobs, and the approvals that stand before a job.
//!
//! What must hold: a job that the filters leave out is no longer waited for, unless all that a job waits for are left out;
//! so an approval that is filtered otherwise than the job behind it may stop nothing. A matrix is one job here, by its name,
//! its alias and the name of the job that it calls. Source: CircleCI, configuration reference, `requires`, `matrix`.

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, Clause, ClauseKind, Condition, Gate, GateKind, Job, Need, Place, Weakness};
use stackgate_provider::yaml::{Node, Value as Yaml};

use super::Reading;
use super::substitution::expressions;

/// The jobs of a workflow, by each name under which others may require them.
pub(super) type Names = BTreeMap<String, Vec<String>>;

/// Most comparisons of two filters.
const MOST: usize = 1_000;

/// What `requires` says, with the names as written.
pub(super) fn read(node: &Node) -> Vec<Need> {
    let mut all = Vec::new();
    for item in node.as_sequence().unwrap_or_default() {
        let place = Place::new(0, item.span);
        match &item.value {
            Yaml::Scalar(scalar) => all.push(Need { job: scalar.text.clone(), blocks: true, place }),
            // `- job: [success, failed]`, or `- job: failed`.
            Yaml::Mapping(mapping) => {
                for entry in mapping {
                    let ends: Vec<&str> = match entry.value.as_sequence() {
                        Some(ends) => ends.iter().filter_map(Node::as_str).collect(),
                        None => entry.value.as_str().into_iter().collect(),
                    };
                    all.push(Need { job: entry.key.text.clone(), blocks: ends == ["success"], place });
                }
            }
            _ => {}
        }
    }
    all
}

/// Puts jobs for the names that jobs of a workflow, from a number on, require.
pub(super) fn resolve(from: usize, names: &Names, reading: &mut Reading<'_>) {
    let mut unknown = Vec::new();
    let jobs = reading.gathering.observation.jobs.get_mut(from..).unwrap_or_default();
    for job in jobs.iter_mut() {
        let mut all: Vec<Need> = Vec::new();
        for need in std::mem::take(&mut job.needs) {
            match found(&need.job, names) {
                Some(ids) => all
                    .extend(ids.iter().filter(|id| **id != job.id).map(|id| Need { job: id.clone(), ..need.clone() })),
                None => unknown.push((job.id.clone(), need)),
            }
        }
        job.needs = all;
    }
    for (id, need) in unknown {
        let why = format!("the job `{}`, which it requires, is not in the workflow", need.job);
        reading.undecided(Aspect::Condition, Some(&id), why, need.place);
    }
    let filters: BTreeMap<String, Condition> = reading
        .gathering
        .observation
        .jobs
        .get(from..)
        .unwrap_or_default()
        .iter()
        .map(|job| (job.id.clone(), own(job)))
        .collect();
    for job in reading.gathering.observation.jobs.get_mut(from..).unwrap_or_default() {
        skipped(job, &filters);
    }
}

/// A name as it is, or as what a matrix makes of a name with its values in it.
fn found<'n>(name: &str, names: &'n Names) -> Option<&'n Vec<String>> {
    names.get(name).or_else(|| names.iter().find(|(known, _)| made_like(known, name)).map(|(_, ids)| ids))
}

/// Whether a name may be what is made of one with matrix values.
fn made_like(template: &str, name: &str) -> bool {
    let found = expressions(template);
    let (Some((start, _, _)), Some((_, end, _))) = (found.first(), found.last()) else { return false };
    let (before, after) = (template.get(..*start).unwrap_or_default(), template.get(*end..).unwrap_or_default());
    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
}

/// The job's own filter.
fn own(job: &Job) -> Condition {
    let clauses = job.when.iter().filter(|clause| clause.kind == ClauseKind::Job);
    Condition::all(clauses.map(|clause| clause.condition.clone()))
}

/// Of several jobs that one waits for, those that the filters may leave out where it runs stop nothing.
fn skipped(job: &mut Job, filters: &BTreeMap<String, Condition>) {
    if job.needs.len() < 2 {
        return;
    }
    let condition = own(job);
    let always = |need: &Need| filters.get(&need.job).is_none_or(|other| implies(&condition, other, &mut 0));
    let kept: Vec<bool> = job.needs.iter().map(always).collect();
    if kept.iter().all(|kept| *kept) {
        return;
    }
    // Where all of them are left out, it is left out too.
    if !kept.contains(&true) {
        let any = Condition::any(job.needs.iter().filter_map(|need| filters.get(&need.job)).cloned());
        job.when.push(Clause { kind: ClauseKind::Job, condition: any, place: job.place });
    }
    for (need, kept) in job.needs.iter_mut().zip(kept) {
        need.blocks &= kept;
    }
}

/// Whether what is true for the one is true for the other, as far as their form tells.
fn implies(one: &Condition, other: &Condition, tried: &mut usize) -> bool {
    *tried += 1;
    if *tried > MOST {
        return false;
    }
    match (one, other) {
        _ if one == other => true,
        (Condition::Never, _) | (_, Condition::Always) => true,
        (Condition::Any(parts), _) => parts.iter().all(|part| implies(part, other, tried)),
        (_, Condition::All(parts)) => parts.iter().all(|part| implies(one, part, tried)),
        (_, Condition::Any(parts)) => parts.iter().any(|part| implies(one, part, tried)),
        (Condition::All(parts), _) => parts.iter().any(|part| implies(part, other, tried)),
        _ => false,
    }
}

/// The approvals that a job waits for, directly or through others, are gates of that job.
pub(super) fn gates(reading: &mut Reading<'_>) {
    let jobs = &reading.gathering.observation.jobs;
    let ids: BTreeMap<&str, usize> = jobs.iter().enumerate().map(|(at, job)| (job.id.as_str(), at)).collect();
    let needs: Vec<Vec<(usize, bool)>> = jobs
        .iter()
        .map(|job| job.needs.iter().filter_map(|need| Some((*ids.get(need.job.as_str())?, need.blocks))).collect())
        .collect();
    let approving: Vec<bool> = jobs.iter().map(is_approval).collect();
    let found: Vec<Vec<Gate>> = if approving.contains(&true) {
        (0..jobs.len()).map(|at| before(at, jobs, &needs, &approving)).collect()
    } else {
        Vec::new()
    };
    for (job, gates) in reading.gathering.observation.jobs.iter_mut().zip(found) {
        job.gates.extend(gates);
    }
}

fn is_approval(job: &Job) -> bool {
    job.steps.is_empty() && job.gates.iter().any(|gate| matches!(gate.kind, GateKind::Approval(_)))
}

/// How many jobs are looked at before one.
const MOST_BEFORE: usize = 1_000;

fn before(at: usize, jobs: &[Job], needs: &[Vec<(usize, bool)>], approving: &[bool]) -> Vec<Gate> {
    let Some(job) = jobs.get(at) else { return Vec::new() };
    if approving.get(at) == Some(&true) {
        return Vec::new();
    }
    // By number, whether every job on one way there blocks.
    let mut seen: BTreeMap<usize, bool> = BTreeMap::new();
    let mut waiting = vec![(at, true)];
    while let Some((next, blocks)) = waiting.pop() {
        for (needed, firm) in needs.get(next).into_iter().flatten() {
            let firm = blocks && *firm;
            let known = seen.get(needed).copied();
            if *needed != at && known != Some(true) && known != Some(firm) && seen.len() < MOST_BEFORE {
                seen.insert(*needed, firm);
                waiting.push((*needed, firm));
            }
        }
    }
    let approvals = seen.iter().filter(|(needed, _)| approving.get(**needed) == Some(&true));
    approvals
        .filter_map(|(needed, firm)| Some((jobs.get(*needed)?, *firm)))
        .flat_map(|(needed, firm)| needed.gates.iter().map(move |gate| (gate, firm)))
        .filter(|(gate, _)| matches!(gate.kind, GateKind::Approval(_)))
        .map(|(gate, firm)| {
            let mut weak = weak(gate, job);
            weak.extend((!firm).then_some(Weakness::DoesNotBlock));
            Gate { kind: gate.kind.clone(), weak, place: gate.place }
        })
        .collect()
}

/// Behind a context an approval is what that context's restrictions make of it.
fn weak(gate: &Gate, job: &Job) -> Vec<Weakness> {
    let restricted = job.gates.iter().any(|own| matches!(own.kind, GateKind::Environment(_)));
    gate.weak.iter().copied().filter(|weak| !(restricted && *weak == Weakness::Anybody)).collect()
}
