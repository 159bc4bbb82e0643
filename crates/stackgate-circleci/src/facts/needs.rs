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

/// Most jobs that the jobs of a workflow may require, all in all.
const MOST_NEEDS: usize = 100_000;

/// Most comparisons of two filters.
const MOST: usize = 1_000;

/// What `requires` says, with the names as written.
pub(super) fn read(items: &[Node]) -> Vec<Need> {
    let mut all = Vec::new();
    for item in items {
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
    let templates = templates(names);
    let mut count = 0;
    let jobs = reading.gathering.observation.jobs.get_mut(from..).unwrap_or_default();
    for job in jobs.iter_mut() {
        let mut all: Vec<Need> = Vec::new();
        for need in std::mem::take(&mut job.needs) {
            match names.get(&need.job).or_else(|| like(&need.job, &templates)) {
                Some(ids) => {
                    for id in ids.iter().filter(|id| **id != job.id) {
                        count += 1;
                        if count <= MOST_NEEDS {
                            all.push(Need { job: id.clone(), ..need.clone() });
                        }
                    }
                }
                None => unknown.push((job.id.clone(), need)),
            }
        }
        job.needs = all;
    }
    if count > MOST_NEEDS {
        let why = format!("the jobs of a workflow require each other more than {MOST_NEEDS} times");
        reading.undecided(Aspect::Limit, None, why, Place::default());
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

/// Names that a matrix makes: what stands before and behind its values, and the jobs.
type Templates<'n> = Vec<(&'n str, &'n str, &'n Vec<String>)>;

fn templates(names: &Names) -> Templates<'_> {
    let one = |(name, ids)| {
        let name: &String = name;
        let found = expressions(name);
        Some((name.get(..found.first()?.0)?, name.get(found.last()?.1..)?, ids))
    };
    names.iter().filter_map(one).collect()
}

/// The jobs whose name a matrix may make of its values.
fn like<'n>(name: &str, templates: &Templates<'n>) -> Option<&'n Vec<String>> {
    let is = |(before, after): (&str, &str)| {
        name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
    };
    templates.iter().find(|(before, after, _)| is((before, after))).map(|(_, _, ids)| *ids)
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

/// How many approvals are told of one job.
const MOST_GATES: usize = 50;

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
        .take(MOST_GATES)
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
