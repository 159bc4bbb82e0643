//! Rules about teams and their tokens: what keeps one trust class from reaching another's stacks.
//!
//! What must always hold: in a spec that keeps them, a token of one class is of a team that no other class uses.
//! Deliberately absent: what a team may do in Pulumi Cloud, which the trust crate derives from the plan.

use stackgate_diagnostic::Rule;

/// A change request's code does not run against production.
pub static PREVIEW_PRODUCTION_AT_CHANGE: Rule = Rule {
    id: "preview-production-at-change",
    title: "A change request is not previewed against production",
    why: "A preview runs the request's own program, which nobody has reviewed yet, with the right to decrypt the \
          stack's secrets. Whoever can open a change request could read production's secrets with it. Production is \
          previewed after the merge, before the gate, for the approver to read.",
    instead: "Leave `at: change` out. Where everybody who can push a branch may read production's secrets anyway, \
              waive this rule for the stack, with that reason.",
    waivable: true,
};

/// A team that previews does not deploy.
pub static PREVIEW_TEAM_DEPLOYS: Rule = Rule {
    id: "preview-team-deploys",
    title: "A preview team is never a deploy team",
    why: "A preview needs to read and a deploy to write. With one team for both, the token of a preview could deploy, \
          and on a change request that token is in the hands of unreviewed code.",
    instead: "Give the preview a team of its own: `preview: { team: NAME }`, or leave it out for the derived one.",
    waivable: false,
};

/// A production deploy team deploys production only.
pub static PRODUCTION_TEAM_MIXED: Rule = Rule {
    id: "production-team-mixed",
    title: "A production deploy team deploys only production stacks",
    why: "A team's token reaches all that the team may write. A development deploy, which needs no approval, would \
          mint a token that writes to production.",
    instead: "Give the production stacks a team of their own, or leave `team` out: each stack then has its own.",
    waivable: false,
};

/// A team belongs to one trust class.
pub static TEAM_ACROSS_CLASSES: Rule = Rule {
    id: "team-across-classes",
    title: "A team is used within one trust class",
    why: "Change requests, merged code on development and merged code on production are trusted differently. A team \
          that serves two of them gives the lesser one all that the greater may reach.",
    instead: "Name different teams, or leave `team` out: the derived names differ.",
    waivable: false,
};

/// A token dies with its job at the latest.
pub static TOKEN_OUTLIVES_JOB: Rule = Rule {
    id: "token-outlives-job",
    title: "A token lives no longer than its job may run",
    why: "After its job a token is of use only to whoever got hold of it. The shorter it lives, the less a leak is \
          worth; the job cannot use it for longer than it runs.",
    instead: "Lower `token` to the `timeout` at most, or leave it out: it is then as long as the time limit.",
    waivable: false,
};
