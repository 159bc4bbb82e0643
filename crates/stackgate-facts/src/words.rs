//! Facts in words, for whoever reads a report.
//!
//! What must hold: the words are neutral and short, and say no more than the fact does.

use crate::model::{ChannelKind, Level, RunnerTrust, VerbKind, Weakness};

impl Level {
    /// In a word.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Read => "read",
            Level::Setting => "what a setting outside the file says",
            Level::Write => "write",
        }
    }
}

impl RunnerTrust {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            RunnerTrust::Hosted => "the provider's own machine",
            RunnerTrust::SelfHosted => "a machine of the user's own",
            RunnerTrust::Any => "any machine, or the controller",
            RunnerTrust::Setting => "a setting outside the file decides",
        }
    }
}

impl Weakness {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Weakness::DoesNotBlock => "jobs after it go on without it",
            Weakness::Anybody => "anybody who may start a run may approve",
            Weakness::HoldsRunner => "it holds a machine while it waits",
            Weakness::TimeoutPasses => "a timeout lets it pass",
            Weakness::Skippable => "it can be skipped by hand",
            Weakness::MadeName => "its name is made when it runs",
        }
    }
}

impl ChannelKind {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            ChannelKind::Cache => "the cache",
            ChannelKind::ArtifactIn => "files taken from",
            ChannelKind::ArtifactOut => "files given to",
            ChannelKind::EnvFile => "variables set through",
            ChannelKind::Output => "the output",
        }
    }
}

impl VerbKind {
    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            VerbKind::Preview => "preview".into(),
            VerbKind::Up => "up".into(),
            VerbKind::Destroy => "destroy".into(),
            VerbKind::Refresh => "refresh".into(),
            VerbKind::CreateStack => "the creation of a stack".into(),
            VerbKind::State => "a change of the state by hand".into(),
            VerbKind::Deployment => "a deployment".into(),
            VerbKind::OpenEnvironment => "the opening of an ESC environment".into(),
            VerbKind::Read => "a look at outputs or configuration".into(),
            VerbKind::Other(words) => words.clone(),
        }
    }

    /// Whether it changes resources, the state or the list of stacks.
    #[must_use]
    pub const fn mutates(&self) -> bool {
        matches!(
            self,
            VerbKind::Up
                | VerbKind::Destroy
                | VerbKind::Refresh
                | VerbKind::CreateStack
                | VerbKind::State
                | VerbKind::Deployment
        )
    }
}
