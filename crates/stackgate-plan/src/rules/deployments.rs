//! Rules about stacks that Pulumi Deployments runs.
//!
//! What must always hold: in a spec that keeps them, nothing is deployed to production without an approval, and no pull
//! request meets the identities of a production deploy. Deliberately absent: the form of single values, which is the spec's.
//! Source of the facts: Pulumi's documentation of Deployments, and its OpenAPI document.

use stackgate_diagnostic::Rule;

/// Whatever is said of a deployment is used.
pub static DEPLOYMENTS_UNUSED: Rule = Rule {
    id: "deployments-unused",
    title: "What is said of a deployment has something to do",
    why: "A key that does nothing reads like one that does. `deployments` at a stack that the CI system runs would look like \
          settings that Pulumi Cloud has; `preview` or `deploy` at a stack that Pulumi Cloud runs on a push would look like a \
          job with its team and its gate.",
    instead: "Remove the key, or write `execution: deployments` where Pulumi Deployments should run the stack. What it previews \
              is said by `deployments: { preview: … }`, and a gate needs `trigger: rest`.",
    waivable: false,
};

/// The source of a deployment is named.
pub static DEPLOYMENTS_SOURCE: Rule = Rule {
    id: "deployments-source",
    title: "A stack that Pulumi Deployments runs names its integration and its repository",
    why: "Pulumi Cloud fetches the program itself, through an integration. Without a name it would fetch nothing, and a guess \
          could be another repository, whose authors would then deploy this stack.",
    instead: "Write `deployments: { vcs: github, repository: owner/name }` at the stack or under `defaults`. Pulumi Cloud \
              previews no pull requests of a `custom` integration.",
    waivable: false,
};

/// Production is not deployed behind its gate's back.
pub static DEPLOYMENTS_WITHOUT_GATE: Rule = Rule {
    id: "deployments-without-gate",
    title: "Pulumi Deployments changes production only when the gated pipeline asks for it",
    why: "Pulumi Deployments has no approval of its own: what it starts on a push or at a set time is started by nobody whom \
          somebody could stop. A push, a scheduled update or destroy, the putting right of drift and a time to live each \
          change production without the second pair of eyes that every other path to it has.",
    instead: "Leave `trigger` out, so that the deploy job starts the deployment after its approval; look for drift without \
              `remediate`. Where a stack must be changed without an approval, waive this rule for it, with a reason and a date.",
    waivable: true,
};

/// Nothing waits for what the pipeline does not see.
pub static DEPLOYMENTS_AFTER: Rule = Rule {
    id: "deployments-after",
    title: "No stack waits for, or as, one that Pulumi Cloud deploys on a push",
    why: "Pulumi Cloud starts such a deployment by itself, at the same time as the pipeline, and no CI system knows when it \
          ends: the order that `after` promises would not exist.",
    instead: "Let the pipeline start it with `deployments: { trigger: rest }`, or remove the entry from `after`.",
    waivable: false,
};

/// A preview by Pulumi Deployments runs with identities that can only read.
pub static DEPLOYMENTS_PREVIEW: Rule = Rule {
    id: "deployments-preview",
    title: "Pull requests of a production stack are previewed with read-only cloud identities, or not at all",
    why: "A preview of a pull request runs its author's code before anybody has read it. Pulumi Deployments runs it with the \
          stack's own token, which is admin of that one stack and decrypts its secrets, and with the cloud identities of the \
          stored settings. So those must be able to read alone, and the identities that deploy must come with the request of \
          the gated pipeline. The stack's token stays what it is: whoever can open a pull request in the repository can read \
          the secrets of the stack's configuration and its state.",
    instead: "Leave `preview` out. Where the preview is worth that risk, give `oidc`, `preview_oidc` for the same clouds, whose \
              roles can only read and trust `operation:preview` alone, and `trigger: rest`.",
    waivable: false,
};
