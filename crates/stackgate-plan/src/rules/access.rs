//! Rules about what people may do, as `access` says it.
//!
//! What must always hold: in a spec that keeps them, production changes through its pipeline alone. Deliberately
//! absent: what the organization as a whole permits, which its own spec says.

use stackgate_diagnostic::Rule;

/// The organization's defaults are the organization's.
pub static ORGANIZATION_DEFAULT: Rule = Rule {
    id: "organization-default",
    title: "The organization's default permissions are `none`",
    why: "Every team token carries the organization's defaults besides its team's own permissions: with a default of \
          `write`, the token of a preview could deploy everything. The defaults are one setting of the whole \
          organization; neither a repository's spec nor the organization's may loosen them.",
    instead: "Write `none` and `members_create_stacks: false`, or leave `defaults` out of `access`; grant to teams what \
              they need.",
    waivable: false,
};

/// People do not write to production.
pub static PEOPLE_WRITE_PRODUCTION: Rule = Rule {
    id: "people-write-production",
    title: "No team of people has write or admin on a production stack",
    why: "Whoever may write to a stack can deploy any program to it from a laptop, past review, gate and pipeline.",
    instead: "Grant `read`, or waive this rule for the stack while somebody needs more, with a date.",
    waivable: true,
};

/// A team is of people or of a pipeline.
pub static TEAM_OF_PEOPLE_AND_PIPELINE: Rule = Rule {
    id: "team-of-people-and-pipeline",
    title: "A team is of people or of a pipeline, never of both",
    why: "Members of a pipeline's team may do from a laptop what only the pipeline should, and what people are \
          granted, the pipeline's token may do as well.",
    instead: "Give the people a team of their own under `access`; a pipeline's team has no members.",
    waivable: false,
};

/// Access is granted to stacks that exist.
pub static ACCESS_UNKNOWN_STACK: Rule = Rule {
    id: "access-unknown-stack",
    title: "Access is granted to stacks of this spec",
    why: "A grant for a misspelt stack gives nothing to the team that waits for it; one for another repository's \
          stack is not this repository's to give.",
    instead: "Write `project/stack` as both are called under `projects`.",
    waivable: false,
};

/// People do not open what production uses.
pub static PEOPLE_OPEN_PRODUCTION: Rule = Rule {
    id: "people-open-production",
    title: "No team of people may open an ESC environment of a production stack",
    why: "An ESC environment of a production stack holds its cloud credentials. Whoever may open it, or change it, which \
          includes opening, can use them from a laptop, past review, gate and pipeline.",
    instead: "Grant `read`, which shows the definition without secrets, or waive this rule for the team while somebody \
              needs more, with a date.",
    waivable: true,
};

/// A lower trust class does not read production's outputs.
pub static REFERENCE_TO_PRODUCTION: Rule = Rule {
    id: "reference-to-production",
    title: "Only production reads production's outputs",
    why: "A stack reference needs read on the other stack, and read includes its secrets. A token of a change request or of a \
          development stack that reads a production stack reaches past its trust class.",
    instead: "Read a development stack's outputs, or pass the one value that is needed through an ESC environment. Where that \
              is not possible yet, waive this rule for the stack that reads.",
    waivable: true,
};

/// A reference is to a stack that exists.
pub static REFERENCE_UNKNOWN_STACK: Rule = Rule {
    id: "reference-unknown-stack",
    title: "A stack reference names a stack that exists",
    why: "A grant for a misspelt stack gives nothing to the program that needs it, so that its preview and its deploy fail \
          with a message about permissions.",
    instead: "Write `project/stack` as both are called under `projects`. Stacks of other repositories' projects are known to \
              the organization spec, which judges them.",
    waivable: false,
};
