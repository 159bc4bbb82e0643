//! Who starts a job, and what it holds: what several rules ask in the same words.
//!
//! What must hold: a doubt counts against the job, and is known as a doubt; a situation that no reader's default admits is
//! never made up here.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use stackgate_facts::{
    Answer, Condition, Credential, CredentialKind, Event, Job, Level, Ref, Runs, Situation, Verb, VerbKind,
};

/// Jobs, tried in the situations that a rule asks about.
pub(crate) struct Starts<'r, 'a, W> {
    runs: &'r Runs<'a>,
    events: W,
}

/// A situation in which something can run.
pub(crate) struct Start {
    /// Which.
    pub(crate) situation: Situation,
    /// Whether the file alone decides that it runs.
    pub(crate) certain: bool,
}

impl<'r, 'a, W: Fn(&Event) -> bool> Starts<'r, 'a, W> {
    /// For runs that some events begin.
    pub(crate) fn new(runs: &'r Runs<'a>, events: W) -> Starts<'r, 'a, W> {
        Starts { runs, events }
    }

    /// The first situation in which a job runs, one that is certain before others.
    pub(crate) fn job(&self, job: &'a Job) -> Option<Start> {
        self.find(job, None, &|_| true)
    }

    /// The same for one of its steps.
    pub(crate) fn step(&self, job: &'a Job, step: usize, wanted: &dyn Fn(&Situation) -> bool) -> Option<Start> {
        self.find(job, job.steps.get(step).and_then(|step| step.condition.as_ref()), wanted)
    }

    fn find(&self, job: &'a Job, also: Option<&'a Condition>, wanted: &dyn Fn(&Situation) -> bool) -> Option<Start> {
        let mut found: Option<Start> = None;
        self.runs.situations(&[job], &self.events, &mut |situation| {
            if !wanted(situation) {
                return ControlFlow::Continue(());
            }
            let own = also.map_or(Answer::Yes, |also| also.holds(situation));
            let answer = if own.possible() { own.and(self.runs.runs(job, situation)) } else { own };
            let certain = answer == Answer::Yes;
            if certain || found.is_none() && answer.possible() {
                found = Some(Start { situation: situation.clone(), certain });
            }
            if certain { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }
}

/// The pushes that a pipeline may run for.
pub(crate) struct Pushes<'r, 'a>(&'r Runs<'a>);

/// The branches that a job is for by their names.
pub(crate) struct Branches(BTreeSet<Ref>);

impl<'r, 'a> Pushes<'r, 'a> {
    /// Of a pipeline.
    pub(crate) fn new(runs: &'r Runs<'a>) -> Pushes<'r, 'a> {
        Pushes(runs)
    }

    /// The branches that a job is for by their names; none where it is for any branch.
    pub(crate) fn of(&self, job: &'a Job) -> Branches {
        let mut branches = BTreeSet::new();
        self.0.situations(&[job], &|event| *event == Event::Push, &mut |situation| {
            if !branches.contains(&situation.reference) && job.runs(situation).possible() {
                branches.insert(situation.reference.clone());
            }
            ControlFlow::Continue(())
        });
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
