//! Who starts a job, and what it holds: what several rules ask in the same words.
//!
//! What must hold: a doubt counts against the job, and is known as a doubt; a situation that no reader's default admits is
//! never made up here.

use std::collections::BTreeSet;

use stackgate_facts::{
    Answer, Condition, Credential, CredentialKind, Event, Job, Level, Observation, Ref, Situation, Verb, VerbKind,
    all_hold, universe,
};

/// The situations that a rule asks about, tried against jobs.
pub(crate) struct Starts<'a> {
    observation: &'a Observation,
    situations: Vec<Situation>,
}

/// A situation in which something can run.
pub(crate) struct Start<'s> {
    /// Which.
    pub(crate) situation: &'s Situation,
    /// Whether the file alone decides that it runs.
    pub(crate) certain: bool,
}

impl<'a> Starts<'a> {
    /// For runs that some events begin.
    pub(crate) fn new(observation: &'a Observation, wanted: impl Fn(&Event) -> bool) -> Starts<'a> {
        let all = universe([observation]);
        let situations = all.iter().filter(|situation| wanted(&situation.event)).cloned().collect();
        Starts { observation, situations }
    }

    /// The first situation in which a job runs, one that is certain before others.
    pub(crate) fn job(&self, job: &Job) -> Option<Start<'_>> {
        self.find(job, &Condition::Always, &|_| true)
    }

    /// The same for one of its steps.
    pub(crate) fn step(&self, job: &Job, step: usize, wanted: &dyn Fn(&Situation) -> bool) -> Option<Start<'_>> {
        let always = Condition::Always;
        let condition = job.steps.get(step).and_then(|step| step.condition.as_ref()).unwrap_or(&always);
        self.find(job, condition, wanted)
    }

    fn find(&self, job: &Job, also: &Condition, wanted: &dyn Fn(&Situation) -> bool) -> Option<Start<'_>> {
        let mut conditions = self.observation.conditions(job);
        conditions.insert(also);
        let mut doubtful = None;
        for situation in self.situations.iter().filter(|situation| wanted(situation)) {
            match all_hold(&conditions, situation) {
                Answer::Yes => return Some(Start { situation, certain: true }),
                Answer::Maybe(_) if doubtful.is_none() => doubtful = Some(Start { situation, certain: false }),
                Answer::Maybe(_) | Answer::No => {}
            }
        }
        doubtful
    }
}

/// The pushes that a pipeline may run for.
pub(crate) struct Pushes {
    situations: Vec<Situation>,
}

/// The branches that a job is for by their names.
pub(crate) struct Branches(BTreeSet<Ref>);

impl Pushes {
    /// Of a pipeline.
    pub(crate) fn new(observation: &Observation) -> Pushes {
        let all = universe([observation]);
        let situations = all.iter().filter(|situation| situation.event == Event::Push).cloned().collect();
        Pushes { situations }
    }

    /// The branches that a job is for by their names; none where it is for any branch.
    pub(crate) fn of(&self, job: &Job) -> Branches {
        let run = self.situations.iter().filter(|situation| job.runs(situation).possible());
        let branches: BTreeSet<Ref> = run.map(|situation| situation.reference.clone()).collect();
        Branches(if branches.iter().all(Ref::is_named) { branches } else { BTreeSet::new() })
    }
}

impl Branches {
    /// Whether a change request comes from one of these to another: what it proposes has run here already.
    pub(crate) fn has(&self, situation: &Situation) -> bool {
        situation.event == Event::ChangeRequest && self.0.contains(&situation.reference)
    }
}

/// Whether a job has anything to do with Pulumi.
pub(crate) fn of_pulumi(job: &Job) -> bool {
    !job.mints.is_empty() || !job.verbs.is_empty()
}

/// A secret of a store that a job sees; what only fetches images is none that steps see.
pub(crate) fn stored(job: &Job) -> Option<(&Credential, &str)> {
    job.credentials.iter().find_map(|credential| match &credential.kind {
        CredentialKind::Stored(store, name) if store != "registry login" => Some((credential, name.text())),
        _ => None,
    })
}

/// What a job holds that a stranger should not have, in words; none where it holds nothing of that kind.
pub(crate) fn held(job: &Job) -> Option<String> {
    if job.can_mint() {
        return Some("may ask for an OIDC token".into());
    }
    if let Some((_, name)) = stored(job) {
        return Some(if name == "*" { "sees every secret".into() } else { format!("sees the secret `{name}`") });
    }
    let writes = |scope: &str| job.permissions.iter().any(|one| one.scope == scope && one.level == Level::Write);
    ["*", "contents", "packages", "actions", "deployments"]
        .into_iter()
        .find(|scope| writes(scope))
        .map(|scope| if scope == "*" { "may write everything".into() } else { format!("may write `{scope}`") })
}

/// Where a job previews, and does nothing more with Pulumi.
pub(crate) fn preview(job: &Job) -> Option<&Verb> {
    job.verbs.iter().find(|verb| verb.kind == VerbKind::Preview)
}

/// On what it depends that a fork's run gets what a job holds; none where the provider gives it unasked.
pub(crate) fn withheld(provider: &str) -> Option<&'static str> {
    match provider {
        "github" => Some("where the repository sends tokens and secrets to forks"),
        "azure" => Some("where the pipeline makes secrets available to builds of forks"),
        "circleci" => Some("where the project passes secrets to builds of forks"),
        "gitlab" => Some("when a member runs the pipeline of the fork's merge request in this project"),
        _ => None,
    }
}
