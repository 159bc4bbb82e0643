//! GitHub's options in a spec: read, checked, and answered with their defaults.
//!
//! What must hold: an option that is left out is the stricter choice. Ids and the repository's path are read for the
//! trust policies; the workflows ask GitHub itself at run time.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Stage, Trigger};
use stackgate_provider::yaml::{Located, Reader, choice, mapping};
use stackgate_provider::{ISSUER_URL, fault_of_issuer};

use crate::{rules, trust};

choice! {
    /// What runs Pulumi.
    pub enum RunWith {
        /// The CLI, from its release archive, checked by SHA-256.
        Cli = "cli",
        /// `pulumi/actions`, which can comment on pull requests but downloads the CLI unchecked.
        Action = "action",
    }
}

choice! {
    /// Which waiting deploys of a stack GitHub keeps.
    pub enum Queue {
        /// The newest one: an older one that still waits is cancelled before it starts.
        Newest = "newest",
        /// All, in order. actionlint does not know the key yet.
        All = "all",
    }
}

choice! {
    /// How GitHub writes the subject of this repository's OIDC tokens.
    pub enum Subject {
        /// With names: repositories from before 2026-07-15, and those of GitHub Enterprise Server.
        Names = "names",
        /// With names and ids: repositories that were created, renamed or transferred since, or that opted in.
        Ids = "ids",
    }
}

mapping! {
    /// GitHub Actions.
    pub struct Options {
        /// The repository, as `owner/name`. Needed for the trust policies.
        pub repository: Option<Located<String>>,
        /// The repository's number: `gh api repos/OWNER/NAME --jq .id`. Needed for the trust policies.
        pub repository_id: Option<Located<u64>>,
        /// The owner's number: `gh api repos/OWNER/NAME --jq .owner.id`. Needed for the trust policies.
        pub owner_id: Option<Located<u64>>,
        /// How the subject of this repository's OIDC tokens is written. Both forms are trusted unless given; each is exact.
        pub subject: Option<Located<Subject>>,
        /// The issuer of an enterprise that has one of its own: `https://token.actions.githubusercontent.com` unless given.
        pub issuer: Option<Located<String>>,
        /// What runs Pulumi: `cli` unless given.
        pub run_with: Option<Located<RunWith>>,
        /// Comment each preview on its pull request; takes `run_with: action`.
        pub comments: Option<Located<bool>>,
        /// Report on merge groups too, for repositories with a merge queue.
        pub merge_queue: Option<Located<bool>>,
        /// Which waiting deploys of a stack are kept: `newest` unless given.
        pub queue: Option<Located<Queue>>,
        /// What jobs run on: `ubuntu-24.04` unless given.
        pub runner: Option<Located<String>>,
        /// Read the environments before the first deploy and refuse unprotected ones: `true` unless given.
        pub preflight: Option<Located<bool>>,
    }
}

impl Options {
    /// What is wrong with the options by themselves.
    pub(crate) fn check(&self, reader: &mut Reader) {
        if let Some(repository) = &self.repository {
            let legal = |part: &str| {
                !part.is_empty()
                    && part.len() <= 100
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            };
            let parts: Vec<&str> = repository.value.split('/').collect();
            if parts.len() != 2 || !parts.iter().all(|part| legal(part)) {
                let message = format!("`{}` is not a repository on GitHub", repository.value);
                reader.error(
                    Diagnostic::error(&rules::REPOSITORY, repository.span, message)
                        .help("write `owner/name`, as in the repository's address"),
                );
            }
        }
        if let Some(issuer) = &self.issuer
            && let Some(fault) = fault_of_issuer(&issuer.value)
        {
            let message = format!("`{}` is no issuer: {fault}", issuer.value);
            let help = "write the `iss` of a token of this enterprise, such as `https://token.actions.githubusercontent.com/acme`";
            reader.error(Diagnostic::error(&ISSUER_URL, issuer.span, message).help(help));
        }
        if let Some(runner) = &self.runner {
            let legal = runner.value.len() <= 100
                && runner.value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            if !legal || runner.value.is_empty() || runner.value.ends_with("-latest") {
                let message = format!("`{}` is not a runner that stays the same", runner.value);
                let help = "write one label of letters, digits, `.`, `_` and `-`, such as `ubuntu-24.04`; a `-latest` label moves";
                reader.error(Diagnostic::error(&rules::RUNNER, runner.span, message).help(help));
            }
        }
        if let Some(comments) = &self.comments
            && comments.value
            && self.run_with() != RunWith::Action
        {
            let message = "only pulumi/actions comments on pull requests, and here the CLI runs Pulumi";
            reader.error(
                Diagnostic::error(&rules::COMMENTS, comments.span, message)
                    .help("add `run_with: action`, or drop `comments`"),
            );
        }
    }

    pub(crate) fn run_with(&self) -> RunWith {
        self.run_with.as_ref().map_or(RunWith::Cli, |choice| choice.value)
    }

    pub(crate) fn runner(&self) -> &str {
        self.runner.as_ref().map_or("ubuntu-24.04", |runner| &runner.value)
    }

    /// The issuer of the repository's tokens.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_ref().map_or(trust::ISSUER, |issuer| &issuer.value)
    }

    /// The forms that the subject may have.
    pub(crate) fn subjects(&self) -> &'static [Subject] {
        match self.subject.as_ref().map(|subject| subject.value) {
            Some(Subject::Names) => &[Subject::Names],
            Some(Subject::Ids) => &[Subject::Ids],
            None => &[Subject::Names, Subject::Ids],
        }
    }

    /// Whether jobs run on GitHub's own runners, as far as the label says it.
    pub(crate) fn is_hosted(&self) -> bool {
        ["ubuntu-", "windows-", "macos-"].iter().any(|name| self.runner().starts_with(name))
    }

    pub(crate) fn merge_queue(&self) -> bool {
        self.merge_queue.as_ref().is_some_and(|choice| choice.value)
    }

    pub(crate) fn queue_all(&self) -> bool {
        self.queue.as_ref().is_some_and(|choice| choice.value == Queue::All)
    }

    pub(crate) fn preflight(&self) -> bool {
        self.preflight.as_ref().is_none_or(|choice| choice.value)
    }

    /// Whether the stage's preview is commented on its pull request.
    pub(crate) fn comments(&self, stage: &Stage) -> bool {
        stage.trigger == Trigger::ChangeRequest && self.comments.as_ref().is_some_and(|choice| choice.value)
    }
}
