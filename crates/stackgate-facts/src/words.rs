//! Facts in words, for whoever reads a report.
//!
//! What must hold: the words are neutral and short, and say no more than the fact does.

use std::fmt;

use crate::condition::{Condition, Pattern, Status};
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

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Exact(name) => write!(f, "`{name}`"),
            Pattern::Glob(glob) => write!(f, "`{glob}`"),
            Pattern::Regex(text) => write!(f, "/{text}/"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str| {
            f.write_str("(")?;
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    f.write_str(word)?;
                }
                write!(f, "{part}")?;
            }
            f.write_str(")")
        };
        match self {
            Condition::Always => f.write_str("always"),
            Condition::Never => f.write_str("never"),
            Condition::All(parts) => joined(f, parts, " and "),
            Condition::Any(parts) => joined(f, parts, " or "),
            Condition::Not(inner) => write!(f, "not {inner}"),
            Condition::Event(event) => f.write_str(&event.words()),
            Condition::Branch(pattern) => write!(f, "branch {pattern}"),
            Condition::Tag(pattern) => write!(f, "tag {pattern}"),
            Condition::Target(pattern) => write!(f, "target {pattern}"),
            Condition::Protected => f.write_str("protected"),
            Condition::DefaultBranch => f.write_str("default branch"),
            Condition::SameRepository => f.write_str("same repository"),
            Condition::Status(Status::Success) => f.write_str("after success"),
            Condition::Status(Status::Failure) => f.write_str("after a failure"),
            Condition::Status(Status::Any) => f.write_str("however it ended"),
            Condition::Status(Status::Cancelled) => f.write_str("when cancelled"),
            Condition::Changes(paths) => {
                write!(f, "changes in {}", paths.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            Condition::Opaque(text) => write!(f, "`{text}`"),
        }
    }
}
