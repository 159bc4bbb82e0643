//! Rules about names that must differ, and about names that are derived.
//!
//! What must always hold: in a spec that keeps them, one name stands for one thing in every system, whatever that
//! system thinks of upper and lower case. Deliberately absent: mangling; a name that does not do is asked for.

use stackgate_diagnostic::Rule;

/// An environment belongs to one team's deploys.
pub static ENVIRONMENT_SHARED: Rule = Rule {
    id: "environment-shared",
    title: "Every deploy has a CI environment of its own team",
    why: "On GitHub and GitLab the environment is the only claim that tells one job of a repository from another. Two \
          teams in one environment could each mint the other's token; a preview in a deploy's environment could mint \
          the deploy's.",
    instead: "Name different environments, or leave `environment` out: each stack then has its own.",
    waivable: false,
};

/// Derived names differ, in any case.
pub static NAME_COLLISION: Rule = Rule {
    id: "name-collision",
    title: "No two things get the same name",
    why: "Names are derived as `<project>-<stack>`, so that `a-b` with `c` and `a` with `b-c` meet in `a-b-c`, and a \
          stack called `preview` meets the project's preview team. GitHub takes `Prod` and `prod` for one \
          environment. Two things under one name share what was meant for one.",
    instead: "Give one of the stacks a `name:`, from which all its names are then derived, or rename the job.",
    waivable: false,
};

/// Derived names are legal.
pub static ILLEGAL_DERIVED_NAME: Rule = Rule {
    id: "illegal-derived-name",
    title: "A derived name is legal where it goes",
    why: "A Pulumi project or stack may have dots and a hundred characters; a team, an environment and a job may not \
          everywhere. Changing the name to fit could give two stacks the same one.",
    instead: "Give the stack a `name:` of at most 80 letters, digits, `_` and `-`, and the preview a `team:`.",
    waivable: false,
};
