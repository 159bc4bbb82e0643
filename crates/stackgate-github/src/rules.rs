//! The rules that GitHub's diagnostics cite.
//!
//! What must hold: each says why it exists and what to write instead. Checks are elsewhere.

use stackgate_provider::diagnostic::Rule;

/// Every rule of this crate.
pub(crate) static RULES: &[&Rule] = &[&COMMENTS, &PREFLIGHT_OFF, &REPOSITORY, &RESERVED_JOB, &RUNNER, &TIME_LIMIT];

pub(crate) static COMMENTS: Rule = Rule {
    id: "github-comments",
    title: "Only pulumi/actions comments on pull requests",
    why: "The CLI prints a preview into the job's log and nowhere else. A comment needs the permission to write to pull requests, \
          which a job should not have without use.",
    instead: "Write `run_with: action` beside `comments: true`, or leave both out.",
    waivable: false,
};

pub(crate) static PREFLIGHT_OFF: Rule = Rule {
    id: "github-preflight-off",
    title: "Production's environment is looked at before a deploy",
    why: "GitHub creates an environment that a job names and that does not exist, without any protection: a misspelt or deleted \
          environment lets a deploy through without its approval. The preflight job reads the environment first and refuses.",
    instead: "Leave `preflight` on. Where the API cannot be read, waive this rule for `github`, with a reason and an end.",
    waivable: true,
};

pub(crate) static REPOSITORY: Rule = Rule {
    id: "github-repository",
    title: "A repository on GitHub is `owner/name`",
    why: "The trust policies name the repository; a wrong one would admit another repository or none.",
    instead: "Write `owner/name`, as in the repository's address.",
    waivable: false,
};

pub(crate) static RESERVED_JOB: Rule = Rule {
    id: "github-reserved-job",
    title: "`changes`, `preflight` and `report` are jobs of the workflows themselves",
    why: "Two jobs of one id are one job: the user's would take the place of the one that guards the deploy.",
    instead: "Give the job another name.",
    waivable: false,
};

pub(crate) static TIME_LIMIT: Rule = Rule {
    id: "github-time-limit",
    title: "A job on GitHub's own runners ends after six hours",
    why: "GitHub ends the job at its limit whatever the workflow says, and a deploy that is killed leaves its stack locked.",
    instead: "Write a `timeout` of at most `6h`, or run the job on runners of your own.",
    waivable: false,
};

pub(crate) static RUNNER: Rule = Rule {
    id: "github-runner",
    title: "A runner's label is one word that stays the same",
    why: "A `-latest` label changes its meaning by GitHub's calendar, and a label with other characters could be read as a list or \
          an expression.",
    instead: "Write one label, such as `ubuntu-24.04` or that of your own runners.",
    waivable: false,
};
