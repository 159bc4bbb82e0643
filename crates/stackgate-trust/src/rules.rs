//! Rules about trust.
//!
//! What must hold: each is checked in this crate, and says what to write instead.

use stackgate_diagnostic::Rule;

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[&TRUST_WILDCARD, &TRUST_REFUTED, &MALFORMED_POLICIES, &MALFORMED_TOKEN];

/// A name in a policy holds no wildcard that nothing makes up for.
pub static TRUST_WILDCARD: Rule = Rule {
    id: "trust-wildcard",
    title: "A branch or an environment that a policy names holds no wildcard",
    why: "In Pulumi Cloud's policies a dot is any one character, and nothing escapes it: a policy for the branch `release.1` also \
          admits `release-1`, and one for the environment `prod.eu` also admits `prod-eu`, which no reviewer guards. For a \
          repository's path an id makes up for that; branches and environments have none.",
    instead: "Give the branch or the environment a name without `.`, such as `prod-eu`. Where that is not possible yet, waive this \
              rule for the stack, and let nobody create the names that the pattern admits.",
    waivable: true,
};

/// The policies hold what they promise.
pub static TRUST_REFUTED: Rule = Rule {
    id: "trust-refuted",
    title: "Every job gets its own team's token, and no other job does",
    why: "Before anything is written, every situation that a CI system knows is tried against every policy, with Pulumi Cloud's own \
          rules of matching. Here a token was found that one of them would answer wrongly: it would either let a job reach a team \
          of another trust class, or refuse the job that the policy is for.",
    instead: "Choose the stricter layout that the message names, or give the stages names that tell them apart. \
              `stackgate trust prove` shows the token.",
    waivable: false,
};

/// A file of policies can be read.
pub static MALFORMED_POLICIES: Rule = Rule {
    id: "malformed-policies",
    title: "A file of policies has the form of Pulumi Cloud's API",
    why: "A policy that is read wrongly proves nothing. The file must say for which issuer its policies are, and each policy must \
          have the keys that Pulumi Cloud's own API takes, and no others.",
    instead: "Write what `stackgate trust policies --format json` prints, or what `GET /api/orgs/ORG/auth/policies/oidcissuers/ID` answers.",
    waivable: false,
};

/// A token can be read.
pub static MALFORMED_TOKEN: Rule = Rule {
    id: "malformed-token",
    title: "A token is a signed JSON Web Token",
    why: "What is not three parts of base64url with dots between, or says `alg: none`, is nothing that Pulumi Cloud would look at; an \
          answer about it would mean nothing.",
    instead: "Give the file with the token as the CI system issued it, on one line. It is decoded and never sent anywhere; delete it \
              afterwards, since it can be exchanged until it expires.",
    waivable: false,
};
