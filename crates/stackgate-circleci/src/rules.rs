//! The rules that CircleCI's diagnostics cite.
//!
//! What must hold: each says why it exists and what to write instead. Checks are elsewhere.

use stackgate_provider::diagnostic::Rule;
pub(crate) use stackgate_provider::{GATE_NOT_IN_CLAIMS, IMAGE_UNPINNED};

/// Every rule of this crate.
pub(crate) static RULES: &[&Rule] = &[
    &CONTEXT,
    &GATE_NOT_IN_CLAIMS,
    &IMAGE_UNPINNED,
    &PATH,
    &PREVIEW_CONTEXT,
    &REPOSITORY,
    &RESERVED_JOB,
    &RESOURCE_CLASS,
    &SHARED_CONTEXT,
    &TIME_LIMIT,
    &UUID,
];

pub(crate) static CONTEXT: Rule = Rule {
    id: "circleci-context",
    title: "A context's name needs no quotes anywhere",
    why: "The name goes into the config and into the commands of the checklist. CircleCI takes nearly everything in \
          it, also spaces that nobody sees at its end, and a job that names a context which does not exist never \
          runs.",
    instead: "Write at most 200 letters, digits, `.`, `_` and `-`.",
    waivable: false,
};

pub(crate) static PATH: Rule = Rule {
    id: "circleci-path",
    title: "The config lies where CircleCI reads it",
    why: "A project that gets its events through GitHub's OAuth app reads `.circleci/config.yml` alone; a file in \
          another place would never run. With CircleCI's GitHub App, a pipeline definition names its own file.",
    instead: "Drop `path`, or write one such as `.circleci/pulumi.yml` together with `events: github-app`.",
    waivable: false,
};

pub(crate) static PREVIEW_CONTEXT: Rule = Rule {
    id: "circleci-preview-context",
    title: "Production's preview shows in the claims",
    why: "Production is previewed after the merge and before the approval, with a token that reads the stack and \
          its secrets. Without a context of its own, its claims are those of every other job on the deploy branch, so \
          that a development deploy or a tokenless job could get the same token. It cannot be production's context: \
          that one waits for an approver.",
    instead: "Write `contexts: { production_preview: NAME, … }`, or switch that preview off with `preview: false`.",
    waivable: true,
};

pub(crate) static REPOSITORY: Rule = Rule {
    id: "circleci-repository",
    title: "A repository on GitHub is `owner/name`",
    why: "The trust policies name the repository; a wrong one would admit another repository or none.",
    instead: "Write `owner/name`, as in the repository's address.",
    waivable: false,
};

pub(crate) static RESERVED_JOB: Rule = Rule {
    id: "circleci-reserved-job",
    title: "A job has another name than an approval",
    why: "CircleCI compares the names of jobs without case. A job with the name of an approval would run in its \
          place, and the deploy would wait for nobody.",
    instead: "Give the job another name.",
    waivable: false,
};

pub(crate) static RESOURCE_CLASS: Rule = Rule {
    id: "circleci-resource-class",
    title: "A resource class is one word",
    why: "Other characters could be read as an expression, and CircleCI refuses a class that it does not know only \
          when it runs.",
    instead: "Write one of CircleCI's, such as `medium` or `arm.medium`, or `namespace/name` of your own container \
              runners.",
    waivable: false,
};

pub(crate) static SHARED_CONTEXT: Rule = Rule {
    id: "circleci-shared-context",
    title: "Each trust class has a context of its own",
    why: "The OIDC token shows which contexts a job runs in. A context that two classes share tells neither from \
          the other: a development deploy would look like production's.",
    instead: "Create one context for each class, and restrict each by itself.",
    waivable: false,
};

pub(crate) static TIME_LIMIT: Rule = Rule {
    id: "circleci-time-limit",
    title: "No job takes longer than five hours",
    why: "CircleCI ends every job after five hours at most, without a signal: an update that still runs then leaves \
          the stack locked and its state unfinished.",
    instead: "Write a time limit of at most `5h`. The Free plan ends jobs after one hour, the Performance plan \
              after three.",
    waivable: false,
};

pub(crate) static UUID: Rule = Rule {
    id: "circleci-uuid",
    title: "An id is a UUID",
    why: "The trust policies compare ids with the claims of the token letter by letter; CircleCI writes them in \
          lower case.",
    instead: "Copy the id from CircleCI: 32 hexadecimal digits, in lower case, with four hyphens.",
    waivable: false,
};
