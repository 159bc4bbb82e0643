//! Rules about which provider runs a stage, and in which order.
//!
//! What must always hold: a spec that keeps them has exactly one place and one position for every deploy. Deliberately
//! absent: limits of one provider, which its adapter checks.

use stackgate_diagnostic::Rule;

/// With several providers, every stage and job names one.
pub static AMBIGUOUS_PROVIDER: Rule = Rule {
    id: "ambiguous-provider",
    title: "With several providers, every stage and job names the one that runs it",
    why: "Two systems that both deployed a stack would deploy the same push twice, at the same time and with two \
          tokens. Nothing in a spec with several providers says which of them was meant.",
    instead: "Name it where it applies to all, under `defaults`: `deploy: { provider: gitlab }`, `preview: { provider: \
              github }`; or at the one stack or job.",
    waivable: false,
};

/// A stack waits for stacks that exist.
pub static AFTER_UNKNOWN: Rule = Rule {
    id: "after-unknown",
    title: "A stack waits only for stacks of this spec",
    why: "A deploy that waits for a misspelt stack would wait for nothing, and run before what it builds upon.",
    instead: "Write `stack` for a stack of the same project, `project/stack` for one of another.",
    waivable: false,
};

/// A stack waits for stacks that are deployed, and only a deploy can wait.
pub static AFTER_NOT_DEPLOYED: Rule = Rule {
    id: "after-not-deployed",
    title: "Only a deploy waits, and only for a deploy",
    why: "`after` orders deploys. With `deploy: false` on either side there is nothing to wait for or nothing that \
          waits, and an order that the spec seems to promise does not exist.",
    instead: "Remove the entry from `after`, or let the stack be deployed.",
    waivable: false,
};

/// Waiting leads nowhere back.
pub static AFTER_CYCLE: Rule = Rule {
    id: "after-cycle",
    title: "No stack waits for itself, not even by way of others",
    why: "Stages that wait for each other never start; each CI system reports that in its own way, some not at all.",
    instead: "Remove one of the entries that the message shows.",
    waivable: false,
};

/// A stack waits for stacks on its own provider.
pub static AFTER_ACROSS_PROVIDERS: Rule = Rule {
    id: "after-across-providers",
    title: "A stack waits only for stacks that the same provider deploys",
    why: "One CI system does not know what another one did: the deploy would start on the same push, without waiting.",
    instead: "Let one provider deploy both stacks, or remove the entry from `after`.",
    waivable: false,
};

/// A preview after merge runs where the stack is deployed.
pub static MERGE_PREVIEW_PROVIDER: Rule = Rule {
    id: "merge-preview-provider",
    title: "A preview after merge runs on the provider that deploys the stack",
    why: "It is shown to whoever approves the deploy, and the deploy waits for it. A preview on another system is \
          neither.",
    instead: "Leave `provider` out of the stack's `preview`, or write `at: change` where the preview belongs to the \
              change request.",
    waivable: false,
};

/// A preview after merge has a deploy to come before.
pub static PREVIEW_WITHOUT_DEPLOY: Rule = Rule {
    id: "preview-without-deploy",
    title: "A preview after merge comes before a deploy",
    why: "A preview of merged code is there for the approval of the deploy that follows. Without a deploy it mints a \
          token and decrypts secrets for nobody.",
    instead: "Write `preview: false` too, or preview the stack on the change request with `at: change`.",
    waivable: false,
};

/// A preview of a change request runs in no environment.
pub static PREVIEW_ENVIRONMENT: Rule = Rule {
    id: "preview-environment",
    title: "A preview of a change request runs in no CI environment",
    why: "An environment is what tells a deploy's identity from every other job's. A job that runs unreviewed code \
          must never be able to show one.",
    instead: "Leave `environment` out; a preview with `at: merge` may have one.",
    waivable: false,
};

/// A production stack has a gate.
pub static NO_PRODUCTION_GATE: Rule = Rule {
    id: "no-production-gate",
    title: "A production stack is deployed only after an approval",
    why: "Production is what one mistaken or malicious merge must not reach on its own. The approval is the second \
          pair of eyes, and the environment that asks for it is what the trust policy recognises.",
    instead: "Leave `gate` out; a stack that may be deployed without an approval is of `tier: development`.",
    waivable: false,
};
