//! Jobs: a stage that has steps is one, and waits for those before it.
//!
//! What must hold: a stage that `when` skips lets those after it run; so a job cannot run without the one before it only
//! where that runs whenever it does itself. A step that comes after another stage is a part of its own.

use std::collections::BTreeSet;

use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Condition, Credential, Does, GateKind, Job, Need, Place, Placed, Scope, Step, Weakness,
};

use super::Reading;
use super::around::Around;

/// How many jobs a file may have here, and how many steps.
const MOST_JOBS: usize = 10_000;
const MOST_STEPS: usize = 2_000;

/// How far back a job looks for those that it cannot run without.
const FARTHEST: usize = 64;

impl Reading<'_> {
    /// The job of the stage here, which is made where there is none yet; none where there are too many.
    pub(super) fn job_of(&mut self, around: &Around, place: Place) -> Option<usize> {
        if let Some(at) = self.jobs_of.get(&around.stage)
            && self.front.contains(at)
        {
            return Some(*at);
        }
        if self.observation.jobs.len() >= MOST_JOBS || !self.spend(around.weight(), place) {
            if !self.observation.undecided.iter().any(|one| one.aspect == Aspect::Limit) {
                self.undecided(Aspect::Limit, None, format!("there are more than {MOST_JOBS} jobs"), place);
            }
            return None;
        }
        let at = self.observation.jobs.len();
        let mut job = Job::clone(&around.base);
        job.id = self.unique(around);
        job.place = place;
        job.variables.extend(self.later.iter().cloned());
        job.needs = self.front.iter().map(|at| Need { job: at.to_string(), blocks: true, place }).collect();
        self.jobs_of.insert(around.stage, at);
        self.front = vec![at];
        self.observation.jobs.push(job);
        self.implicit_checkout(around);
        Some(at)
    }

    /// A new part of the stage here: what comes next is a job of its own.
    pub(super) fn part(&mut self, around: &Around, place: Place) -> Option<usize> {
        self.jobs_of.remove(&around.stage);
        self.job_of(around, place)
    }

    fn unique(&self, around: &Around) -> String {
        let name = if around.path.is_empty() { "pipeline".to_owned() } else { around.path.join("/") };
        let taken = |id: &str| self.observation.jobs.iter().any(|job| job.id == id);
        if !taken(&name) {
            return name;
        }
        // Names of one stem are numbered; where there are very many, the job's own number is taken.
        let numbered = (2..100).map(|number| format!("{name} {number}")).find(|id| !taken(id));
        numbered.unwrap_or_else(|| format!("{name} #{}", self.observation.jobs.len()))
    }

    /// A declarative stage with an agent of its own begins with a checkout, unless it says otherwise.
    fn implicit_checkout(&mut self, around: &Around) {
        let Some((agent, place)) = around.agent else { return };
        if self.checked_out.contains(&agent) {
            return;
        }
        self.checked_out.push(agent);
        let does = Does::Checkout {
            code: None,
            reference: None,
            repository: None,
            keeps_credentials: false,
            inputs: Vec::new(),
        };
        self.add(
            Step { place, does, ..Step::default() },
            &Around { conditions: Vec::new(), settings: Vec::new(), directory: None, ..around.clone() },
        );
    }

    /// Adds a step to the job of the stage here, with all that stands around it.
    pub(super) fn add(&mut self, mut step: Step, around: &Around) {
        if !self.spend(around.variables.len() + around.settings.len() + around.conditions.len(), step.place) {
            return;
        }
        let Some(at) = self.job_of(around, step.place) else { return };
        let condition = Condition::all(around.conditions.iter().cloned().chain(step.condition.take()));
        step.condition = (condition != Condition::Always).then_some(condition);
        step.tolerated |= around.tolerated;
        step.directory = step.directory.take().or_else(|| around.directory.clone());
        step.settings.extend(around.settings.iter().cloned());
        let mut variables: Vec<_> = Vec::new();
        for variable in around.variables.iter().rev() {
            if !variables.iter().any(|known: &stackgate_provider::facts::Variable| known.name == variable.name) {
                variables.push(variable.clone());
            }
        }
        variables.reverse();
        step.variables.append(&mut variables);
        let Some(job) = self.observation.jobs.get_mut(at) else { return };
        let index = job.steps.len();
        if index >= MOST_STEPS {
            let id = job.id.clone();
            if index == MOST_STEPS {
                job.steps.push(Step { place: step.place, ..Step::default() });
                self.undecided(Aspect::Limit, Some(&id), format!("it has more than {MOST_STEPS} steps"), step.place);
            }
            return;
        }
        for bound in &around.credentials {
            let same = |known: &&mut Credential| {
                known.place == bound.place && known.variable == bound.variable && known.kind == bound.kind
            };
            match job.credentials.iter_mut().find(same) {
                Some(Credential { scope: Scope::Steps(steps), .. }) => steps.push(index),
                Some(_) => {}
                None => job.credentials.push(Credential { scope: Scope::Steps(vec![index]), ..bound.clone() }),
            }
        }
        for gate in &around.gates {
            if !job.gates.iter().any(|known| known.place == gate.place && known.kind == gate.kind) {
                // The name of a lock says more than that builds wait for each other.
                job.gates.insert(0, gate.clone());
            }
        }
        // Steps have limits of their own; what comes when the stage has ended has none that counts.
        if !ends(around) {
            let (all, covered) = self.limits.entry(at).or_insert((Vec::new(), true));
            match around.limit {
                Some(limit) if !all.contains(&limit) => all.push(limit),
                Some(_) => {}
                None => *covered = false,
            }
        }
        job.steps.push(step);
    }

    /// Settles what is known only when all jobs are: conditions that all steps share, what waits for what, weak approvals.
    pub(super) fn settle_jobs(&mut self) {
        for (at, job) in self.observation.jobs.iter_mut().enumerate() {
            // A job whose steps all have limits lasts no longer than these together.
            if let Some((all, true)) = self.limits.get(&at)
                && let Some((_, place)) = all.first()
            {
                let sum = all.iter().fold(0u32, |sum, (minutes, _)| sum.saturating_add(*minutes));
                if job.limit_minutes.as_ref().is_none_or(|limit| sum < limit.what) {
                    job.limit_minutes = Some(Placed::new(sum, *place));
                }
            }
            job.gates.extend(self.for_all.iter().cloned());
            lift(job);
            job.limit_said |= job.limit_minutes.is_some();
        }
        let conditions: Vec<BTreeSet<Condition>> = self.observation.jobs.iter().map(conjuncts).collect();
        let direct: Vec<Vec<usize>> = self
            .observation
            .jobs
            .iter()
            .map(|job| job.needs.iter().filter_map(|need| need.job.parse().ok()).collect())
            .collect();
        let ids: Vec<String> = self.observation.jobs.iter().map(|job| job.id.clone()).collect();
        let skippable = self.restarts;
        for (at, job) in self.observation.jobs.iter_mut().enumerate() {
            let place = job.place;
            job.needs = needs(at, &conditions, &direct)
                .into_iter()
                .filter_map(|(before, blocks)| Some(Need { job: ids.get(before)?.clone(), blocks, place }))
                .collect();
            let works = job.steps.iter().any(|step| matches!(step.does, Does::Run { .. }));
            for gate in job.gates.iter_mut().filter(|gate| matches!(gate.kind, GateKind::Approval(_))) {
                // Whoever may start a build may start it again behind a stage that only asks.
                if skippable && !works && !gate.weak.contains(&Weakness::Skippable) {
                    gate.weak.push(Weakness::Skippable);
                }
            }
        }
    }
}

/// The jobs before one, and whether it cannot run without each.
fn needs(at: usize, conditions: &[BTreeSet<Condition>], direct: &[Vec<usize>]) -> Vec<(usize, bool)> {
    let own = conditions.get(at);
    let blocks = |before: usize| match (conditions.get(before), own) {
        (Some(before), Some(own)) => before.is_subset(own),
        _ => false,
    };
    let mut found: Vec<(usize, bool)> = Vec::new();
    let mut waiting: Vec<(usize, bool)> = direct.get(at).into_iter().flatten().map(|before| (*before, true)).collect();
    let mut seen = BTreeSet::new();
    while let Some((before, near)) = waiting.pop() {
        if seen.len() >= FARTHEST || !seen.insert(before) {
            continue;
        }
        let stops = blocks(before);
        if stops || near {
            found.push((before, stops));
        }
        if !stops {
            // One that may be skipped is no reason to run without those before it.
            waiting.extend(direct.get(before).into_iter().flatten().map(|before| (*before, false)));
        }
    }
    found.sort_unstable();
    found
}

/// Whether steps here only run when something has ended.
fn ends(around: &Around) -> bool {
    around.conditions.iter().any(|condition| !decides(condition))
}

/// What must all be true for a job to run.
fn conjuncts(job: &Job) -> BTreeSet<Condition> {
    let mut all = BTreeSet::new();
    for clause in job.when.iter().filter(|clause| clause.kind != ClauseKind::Trigger) {
        parts(&clause.condition, &mut all);
    }
    all
}

fn parts(condition: &Condition, all: &mut BTreeSet<Condition>) {
    match condition {
        Condition::Always => {}
        Condition::All(inner) => inner.iter().for_each(|part| parts(part, all)),
        other => {
            all.insert(other.clone());
        }
    }
}

/// Takes what every step of a job asks for to the job itself. A checkout alone does nothing.
fn lift(job: &mut Job) {
    let counts = |step: &&Step| match &step.does {
        Does::Checkout { .. } => false,
        Does::Use { code, .. } => !matches!(code.name.as_str(), "echo" | "println" | "print" | "cleanWs" | "deleteDir"),
        _ => true,
    };
    let of = |step: &Step| {
        let mut all = BTreeSet::new();
        step.condition.iter().for_each(|condition| parts(condition, &mut all));
        all.retain(decides);
        all
    };
    let mut shared: Option<BTreeSet<Condition>> = None;
    for step in job.steps.iter().filter(counts) {
        let own = of(step);
        shared = Some(match shared {
            None => own,
            Some(shared) => shared.intersection(&own).cloned().collect(),
        });
    }
    let Some(shared) = shared.filter(|shared| !shared.is_empty()) else { return };
    let place = job.steps.iter().find(|step| step.condition.is_some()).map_or(job.place, |step| step.place);
    for step in &mut job.steps {
        if let Some(condition) = step.condition.take() {
            let mut all = BTreeSet::new();
            parts(&condition, &mut all);
            let rest = Condition::all(all.into_iter().filter(|part| !shared.contains(part)));
            step.condition = (rest != Condition::Always).then_some(rest);
        }
    }
    job.when.push(Clause { kind: ClauseKind::Job, condition: Condition::all(shared), place });
}

/// Whether a condition decides who, and not how something before ended.
fn decides(condition: &Condition) -> bool {
    match condition {
        Condition::Status(_) => false,
        Condition::Not(inner) => decides(inner),
        Condition::Any(parts) | Condition::All(parts) => parts.iter().all(decides),
        _ => true,
    }
}
