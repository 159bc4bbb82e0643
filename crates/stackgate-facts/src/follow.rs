//! What follows from a job's facts: whether it can mint and change anything, what comes before and after, what stands before it.
//!
//! What must hold: a doubt counts against the job: what may mint can mint, what may change something changes it.

use crate::model::{CredentialKind, DeedKind, Gate, Job, Mint, Observation, Verb, VerbKind};

/// Where a step stands, seen from the tokens that its job asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// The job asks for none.
    NoMint,
    /// Before the first.
    Before,
    /// It asks for one itself.
    Mints,
    /// After one.
    After,
}

impl Position {
    /// The word of a fact.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Position::NoMint => "without-mint",
            Position::Before => "before-mint",
            Position::Mints => "mints",
            Position::After => "after-mint",
        }
    }
}

impl Job {
    /// The token that it asks for first, by the order of steps.
    #[must_use]
    pub fn first_mint(&self) -> Option<&Mint> {
        self.mints.iter().min_by_key(|mint| mint.step)
    }

    /// Where a step stands, seen from the tokens that the job asks for.
    #[must_use]
    pub fn position(&self, step: usize) -> Position {
        match self.first_mint() {
            None => Position::NoMint,
            Some(_) if self.mints.iter().any(|mint| mint.step == step) => Position::Mints,
            Some(first) if step < first.step => Position::Before,
            Some(_) => Position::After,
        }
    }

    /// The indexes of the steps before the first token is asked for; all of them where none is.
    #[must_use]
    pub fn steps_before_mint(&self) -> Vec<usize> {
        (0..self.steps.len())
            .filter(|step| matches!(self.position(*step), Position::Before | Position::NoMint))
            .collect()
    }

    /// The indexes of the steps after the one that first asks for a token.
    #[must_use]
    pub fn steps_after_mint(&self) -> Vec<usize> {
        let Some(first) = self.first_mint() else { return Vec::new() };
        (first.step + 1..self.steps.len()).collect()
    }

    /// Whether it can ask for an OIDC token, with which Pulumi Cloud may give it one of its own.
    #[must_use]
    pub fn can_mint(&self) -> bool {
        !self.mints.is_empty()
            || self.credentials.iter().any(|credential| matches!(credential.kind, CredentialKind::Oidc(_)))
            || self.deeds.iter().any(|deed| deed.kind == DeedKind::AsksOidcToken)
    }

    /// Whether it does anything with Pulumi that changes something there.
    #[must_use]
    pub fn mutates(&self) -> bool {
        self.verbs.iter().any(Verb::mutates)
    }

    /// Whether it runs code of the repository that this program does not read; that code may do anything the job may.
    #[must_use]
    pub fn runs_repository_code(&self) -> bool {
        self.deeds.iter().any(|deed| deed.kind == DeedKind::RepositoryCode)
    }
}

impl Verb {
    /// Whether it changes something in Pulumi Cloud or behind it.
    #[must_use]
    pub fn mutates(&self) -> bool {
        match self.kind {
            VerbKind::Up
            | VerbKind::Destroy
            | VerbKind::Refresh
            | VerbKind::CreateStack
            | VerbKind::State
            | VerbKind::Deployment => true,
            VerbKind::Preview | VerbKind::OpenEnvironment | VerbKind::Read | VerbKind::Other(_) => false,
        }
    }
}

impl Observation {
    /// The gates that stand before a job: its own, and those of the jobs that it cannot run without; with the job that has
    /// each. A lock holds only the job that has it.
    #[must_use]
    pub fn effective_gates<'a>(&'a self, job: &'a Job) -> Vec<(&'a Job, &'a Gate)> {
        let own = job.gates.iter().map(|gate| (job, gate));
        let needed = self.needed(job).into_iter().flat_map(|needed| {
            let gates = needed.gates.iter().filter(|gate| !matches!(gate.kind, crate::GateKind::Lock { .. }));
            gates.map(move |gate| (needed, gate))
        });
        own.chain(needed).collect()
    }
}
