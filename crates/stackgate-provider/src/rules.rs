//! Rules that more than one adapter checks, stated once.
//!
//! What must hold: an adapter whose provider differs says in the diagnostic what to write there; the rule itself speaks
//! for all. Checks are the adapters'.

use stackgate_diagnostic::Rule;

/// Production's gate must show in the OIDC token's claims.
pub static GATE_NOT_IN_CLAIMS: Rule = Rule {
    id: "gate-not-in-claims",
    title: "The gate shows in the claims",
    why: "A trust policy can only ask for what the OIDC token shows. Where the token of an approved job is that of one that \
          nobody approved, whoever can change the pipeline takes production's token without the approval.",
    instead: "Use the stricter layout that the message names: a protected environment on GitLab, a service connection of \
              production's own on Azure, a production job of its own on Jenkins, a restricted context on CircleCI. Where that \
              is not possible yet, waive this rule for the stack, with a reason and an end.",
    waivable: true,
};

/// A job that runs in a container needs an image by digest.
pub static IMAGE_UNPINNED: Rule = Rule {
    id: "image-unpinned",
    title: "Every image is pinned to a digest",
    why: "What is in the image sees the token, and a tag can be moved to another image at any time. For a version that the \
          pin table does not know, nothing says which image that is.",
    instead: "Leave the runtime's version out for the pinned one, or add the image with its digest under `pins: { images: … }`.",
    waivable: false,
};

/// A file is small enough for its CI system.
pub static ARTIFACT_TOO_LARGE: Rule = Rule {
    id: "artifact-too-large",
    title: "Every pipeline is small enough for its CI system",
    why: "A CI system refuses a file that is too large, and some do so without a word: the change is merged, and nothing is \
          deployed. GitHub starts no run of a workflow beyond 500 KB. Every stage brings some kilobytes of script with it.",
    instead: "Deploy fewer stacks from one file: spread them over several providers, or over several repositories, each with a \
              spec of its own. Put long steps into a script of the repository and call that.",
    waivable: false,
};

/// A trust policy needs ids.
pub static TRUST_ID_MISSING: Rule = Rule {
    id: "trust-id-missing",
    title: "A trust policy names ids that never change hands",
    why: "Names of repositories, projects and groups can be given up and taken by somebody else, and a dot in one stands for \
          any character in a policy. Only ids say for good which repository a token is of. Pipelines render without them; \
          the policies that Pulumi Cloud needs for these pipelines do not.",
    instead: "Add the option that the message names; its help says where the value is found.",
    waivable: false,
};

/// An issuer's URL is that of its tokens.
pub static ISSUER_URL: Rule = Rule {
    id: "issuer-url",
    title: "An issuer's URL is what its tokens say, letter by letter",
    why: "Pulumi Cloud finds the issuer of a token by comparing the token's `iss` with the URLs that it knows. With a slash at \
          the end, or by plain http, it never finds it, and every login fails.",
    instead: "Write `https://`, the host and, where there is one, the path, without a slash at the end.",
    waivable: false,
};
