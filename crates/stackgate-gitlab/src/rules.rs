//! The rules that GitLab's diagnostics cite.
//!
//! What must hold: each says why it exists and what to write instead. Checks are elsewhere.

use stackgate_provider::diagnostic::Rule;
pub(crate) use stackgate_provider::{GATE_NOT_IN_CLAIMS, IMAGE_UNPINNED};

/// Every rule of this crate.
pub(crate) static RULES: &[&Rule] = &[
    &GATE_NOT_IN_CLAIMS,
    &IMAGE_UNPINNED,
    &NEEDS,
    &PATH,
    &PATHS,
    &REPOSITORY,
    &RESERVED_JOB,
    &STAGE,
    &TAGS,
    &URL,
    &VERSION,
];

pub(crate) static NEEDS: Rule = Rule {
    id: "gitlab-needs",
    title: "A job waits for at most 50 others",
    why: "GitLab refuses the whole file when a job names more than 50 in `needs`.",
    instead: "Order the stacks in a chain, or leave out the job that waits for all of them. A self-managed GitLab can \
              allow more (`ci_needs_size_limit`); there, waive this rule for `gitlab`.",
    waivable: true,
};

pub(crate) static PATH: Rule = Rule {
    id: "gitlab-path",
    title: "An included file lies where stackgate looks for its own",
    why: "Only in known places can a file that the spec no longer asks for be found and removed.",
    instead: "Write a file in `.gitlab/`, `.gitlab/ci/` or `ci/` that ends in `.yml`, or one in the root that ends in \
              `.gitlab-ci.yml`, and include it from your own `.gitlab-ci.yml`.",
    waivable: false,
};

pub(crate) static PATHS: Rule = Rule {
    id: "gitlab-paths",
    title: "A preview has at most 50 path filters",
    why: "GitLab refuses the whole file when a rule names more than 50 paths. A path without `*` counts twice, once as \
          a file and once as a folder.",
    instead: "Write wider filters, such as `folder/**`.",
    waivable: false,
};

pub(crate) static REPOSITORY: Rule = Rule {
    id: "gitlab-repository",
    title: "A project on GitLab is `group/project`",
    why: "The trust policies name the project; a wrong one would admit another project or none.",
    instead: "Write the path as in the project's address, with all its groups.",
    waivable: false,
};

pub(crate) static RESERVED_JOB: Rule = Rule {
    id: "gitlab-reserved-job",
    title: "A job has no name that means something else to GitLab",
    why: "GitLab takes some names at the file's top level for settings, and `pages` for a job of its own kind; \
          `pulumi-preview` is a job of this file.",
    instead: "Give the job another name.",
    waivable: false,
};

pub(crate) static STAGE: Rule = Rule {
    id: "gitlab-stage",
    title: "`stage` names a stage of your own file",
    why: "GitLab refuses the whole file when a job's stage does not exist; without `path` there is no file of yours that \
          could have one. In `.pre` and `.post`, GitLab starts no pipeline for these jobs alone.",
    instead: "With `path`, write one of the stages of your `.gitlab-ci.yml`; without, leave `stage` out.",
    waivable: false,
};

pub(crate) static TAGS: Rule = Rule {
    id: "gitlab-tags",
    title: "A runner's tag is a plain word",
    why: "GitLab replaces variables in tags, so that a tag with `$` could send a job to another runner.",
    instead: "Write tags of letters, digits, spaces, `.`, `_`, `:`, `/` and `-`, each once, 50 at most.",
    waivable: false,
};

pub(crate) static URL: Rule = Rule {
    id: "gitlab-url",
    title: "A GitLab has an https address",
    why: "It is the issuer of the OIDC tokens, which must be the same to the last character.",
    instead: "Write `https://host`, without a slash at the end.",
    waivable: false,
};

pub(crate) static VERSION: Rule = Rule {
    id: "gitlab-version",
    title: "`version` is that of a GitLab of your own",
    why: "Older versions leave claims out of their tokens, and a policy that asks for these would admit nothing. \
          gitlab.com is always the newest.",
    instead: "Write the version that `glab api version` prints, such as `18.9` or `18.2.2`, beside `url`.",
    waivable: false,
};
