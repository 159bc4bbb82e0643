//! The rules that fragments of one organization are held to together.
//!
//! What must hold: a rule is waivable only where the organization, with a reason, may knowingly take the risk. Deliberately
//! absent: how a rule is checked; that is `compose`'s.

use stackgate_diagnostic::Rule;

/// All fragments are of one organization and one Pulumi Cloud.
pub static OTHER_ORGANIZATION: Rule = Rule {
    id: "fragment-other-organization",
    title: "Fragments of one organization are composed",
    why: "A fragment of another organization, or of another Pulumi Cloud, grants names that mean something else \
          here: its teams and stacks are not this organization's.",
    instead: "Leave the repository out of the organization spec, or correct its `organization` or `cloud_url`.",
    waivable: false,
};

/// Sources differ.
pub static SOURCE_TWICE: Rule = Rule {
    id: "fragment-source-twice",
    title: "Every fragment has a source of its own",
    why: "Messages and ownership go by the source. With two fragments of one source nobody could tell which \
          repository a stack belongs to.",
    instead: "List each repository once, under a path of its own.",
    waivable: false,
};

/// Defaults are the organization's.
pub static SETS_DEFAULTS: Rule = Rule {
    id: "fragment-sets-defaults",
    title: "The organization spec alone sets the organization's defaults",
    why: "Every team token carries the organization's defaults besides its team's own permissions. One repository \
          could so widen what all others may do.",
    instead: "Set `access: { defaults: … }` in the organization spec, and take it out of the fragment.",
    waivable: false,
};

/// One stack, one repository.
pub static STACK_CLAIMED_TWICE: Rule = Rule {
    id: "fragment-stack-claimed-twice",
    title: "A stack belongs to one repository",
    why: "Two repositories that deploy the same stack undo each other's work, and each would hand the other's \
          reviewers' decision to its own pipeline. Names that differ in case alone count as the same.",
    instead: "Leave the stack to one of the two; the other may read its outputs through `references`.",
    waivable: false,
};

/// One pipeline team, one repository.
pub static TEAM_CLAIMED_TWICE: Rule = Rule {
    id: "fragment-team-claimed-twice",
    title: "A pipeline's team belongs to one repository",
    why: "A team's token carries every permission of the team. With one team in two repositories, the pipeline of \
          each gets what the other needs. Names that differ in case alone count as the same.",
    instead: "Name the team of one of the two repositories otherwise, with `deploy: { team: … }` or `preview: { \
              team: … }`.",
    waivable: false,
};

/// People's teams and pipelines' teams are apart.
pub static TEAM_KINDS: Rule = Rule {
    id: "fragment-team-kinds",
    title: "A team is of people or of a pipeline in every repository",
    why: "Members of a pipeline's team may do from a laptop what only the pipeline should, and the pipeline's token \
          may do what people are granted.",
    instead: "Give the people a team of another name.",
    waivable: false,
};

/// One team, one spelling.
pub static TEAM_SPELLING: Rule = Rule {
    id: "fragment-team-spelling",
    title: "A team is spelt the same everywhere",
    why: "Pulumi Cloud takes two spellings that differ in case alone for one team, and what is granted to the one \
          then depends on which is applied last.",
    instead: "Write the team's name in the same way in every spec.",
    waivable: false,
};

/// Nobody joins another repository's team unseen.
pub static TEAM_MEMBERS: Rule = Rule {
    id: "fragment-team-members",
    title: "A team's members are the same wherever they are named",
    why: "Whoever adds a name to a team that other repositories use gives that person all that the team may do \
          there. So the organization spec names the members, or all say the same.",
    instead: "Name the members in the organization spec alone, and leave `members` out of the repositories' specs. \
              A pipeline's team has none.",
    waivable: false,
};

/// One team, one thing, one permission.
pub static TEAM_PERMISSIONS: Rule = Rule {
    id: "fragment-team-permissions",
    title: "A team has one permission on a stack or an environment",
    why: "Two specs that grant the same team two permissions on the same thing contradict each other, and which one \
          holds would depend on their order.",
    instead: "Write the grant once, in the spec of the repository whose stack it is.",
    waivable: false,
};

/// Every stack is declared.
pub static UNKNOWN_STACK: Rule = Rule {
    id: "fragment-unknown-stack",
    title: "Grants and references are to stacks that some repository has",
    why: "A grant for a stack that nobody declares gives nothing to the program that needs it today, and everything \
          to it on the day when somebody creates a stack of that name.",
    instead: "Correct the name, or add the repository that has the stack to the organization spec.",
    waivable: false,
};

/// Production changes through its pipeline.
pub static PEOPLE_WRITE: Rule = Rule {
    id: "fragment-people-write-production",
    title: "No team of people has write or admin on another repository's production stack",
    why: "Whoever may write to a stack can deploy any program to it from a laptop, past review, gate and pipeline. \
          It is not for another repository to allow that.",
    instead: "Grant `read`, or waive this rule in the organization spec for the stack or the team, with a date.",
    waivable: true,
};

/// Production's credentials are the pipeline's.
pub static PEOPLE_OPEN: Rule = Rule {
    id: "fragment-people-open-production",
    title: "No team of people may open an ESC environment of another repository's production stack",
    why: "An ESC environment of a production stack holds its cloud credentials. Whoever may open it, or change it, \
          which includes opening, can use them from a laptop.",
    instead: "Grant `read`, which shows the definition without secrets, or waive this rule in the organization \
              spec, with a date.",
    waivable: true,
};

/// Write stays at home.
pub static BEYOND_REPOSITORY: Rule = Rule {
    id: "fragment-beyond-repository",
    title: "A repository's pipelines change only what is the repository's",
    why: "A fragment that grants its own pipeline write on another repository's stack, may change its ESC \
          environment, or sets how Pulumi Deployments runs it, takes that stack over without a review there.",
    instead: "Leave the change to the pipeline of the repository that has the stack; ask for `read` through \
              `references` where its outputs are needed.",
    waivable: false,
};

/// Classes hold across repositories.
pub static REACHES_PRODUCTION: Rule = Rule {
    id: "fragment-reaches-production",
    title: "A lower trust class reaches no other repository's production",
    why: "Read on a stack shows its secrets, and an opened ESC environment its credentials. A token of a change \
          request or of a development stack that has either on production reaches past its trust class.",
    instead: "Read a development stack's outputs, use an ESC environment of its own, or waive this rule in the \
              organization spec for the stack or the team.",
    waivable: true,
};

/// Keys come over https.
pub static ISSUER_URL: Rule = Rule {
    id: "fragment-issuer-url",
    title: "An issuer's URL is https, without a slash at its end",
    why: "Pulumi Cloud compares the URL with the token's `iss`, to the letter, and fetches keys from below it. Over \
          plain http, whoever is between hands it keys of his own.",
    instead: "Write the URL as the CI system puts it into `iss`: `https://gitlab.example.com`.",
    waivable: false,
};

/// One issuer, one set of keys.
pub static ISSUER_KEYS: Rule = Rule {
    id: "fragment-issuer-keys",
    title: "An issuer has one set of keys",
    why: "Keys given with the issuer decide which tokens are believed. Where two repositories give different ones, \
          one of them could sign for the other's teams.",
    instead: "Give the same `jwks` in every spec that uses the issuer, or none.",
    waivable: false,
};

/// Teams' tokens are handed out at home.
pub static POLICY_TEAM: Rule = Rule {
    id: "fragment-policy-team",
    title: "A repository's policies allow tokens of its own pipelines' teams alone",
    why: "Whoever can write a policy for a team decides which CI jobs get its token. A pattern, such as `*`, or the \
          team of another repository or of people hands out what was never this repository's.",
    instead: "Write the policy for a team that the same fragment has as a pipeline's, by its exact name.",
    waivable: false,
};

/// Team tokens, allowed.
pub static POLICY_KIND: Rule = Rule {
    id: "fragment-policy-kind",
    title: "A repository's policies allow team tokens and nothing else",
    why: "A deny stops other repositories' pipelines too, since deny always wins. A token of the organization, of a \
          person or of a runner, or one with `admin`, carries more than any team here was granted.",
    instead: "Write `allow` policies for team tokens, without authorized permissions; leave anything else to an \
              administrator.",
    waivable: false,
};

/// Policies are specific.
pub static POLICY_RULES: Rule = Rule {
    id: "fragment-policy-rules",
    title: "A policy asks for claims, and by their plain names",
    why: "A policy without rules lets every job of every tenant of the issuer have the token. A claim whose name \
          begins with `fn::` is a function to the Pulumi program that carries it, and would run there.",
    instead: "Ask at least for the audience and the subject, by the names that the token has.",
    waivable: false,
};

/// Policies are about somebody.
pub static POLICY_CLAIMS: Rule = Rule {
    id: "fragment-policy-claims",
    title: "A policy names the token's audience and its subject",
    why: "Without `aud` a token that was made for another service, and is handed to it, is good for Pulumi Cloud too. Without \
          `sub` the policy is about no job in particular. A pattern of wildcards alone says as little as none.",
    instead: "Write both, as the CI system's tokens have them; `stackgate trust policies` shows how a spec's own do.",
    waivable: false,
};

/// Lists that are taken whole.
pub static TOO_MANY_POLICIES: Rule = Rule {
    id: "fragment-too-many-policies",
    title: "An issuer has at most 5000 policies",
    why: "Pulumi Cloud takes 5000 policies for one issuer and refuses the whole list beyond, so that no pipeline of \
          the organization would change its policies any more.",
    instead: "Let stages share a team where their class and stacks allow it, or use an issuer of their own for some \
              repositories.",
    waivable: false,
};

/// A CI system's settings have one spec.
pub static CI_SETTINGS: Rule = Rule {
    id: "fragment-ci-settings",
    title: "One spec says what an environment of a CI system asks for",
    why: "Where two specs name one environment or one service connection, either could take the other's approval away, and \
          whoever may deploy the one could deploy the other.",
    instead: "Give each stack's environment a name of its own, and each spec service connections of its own. Two specs of one \
              repository preview on the same system, or neither names a check that the other does not.",
    waivable: false,
};

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[
    &OTHER_ORGANIZATION,
    &SOURCE_TWICE,
    &SETS_DEFAULTS,
    &STACK_CLAIMED_TWICE,
    &TEAM_CLAIMED_TWICE,
    &TEAM_KINDS,
    &TEAM_SPELLING,
    &TEAM_MEMBERS,
    &TEAM_PERMISSIONS,
    &UNKNOWN_STACK,
    &PEOPLE_WRITE,
    &PEOPLE_OPEN,
    &BEYOND_REPOSITORY,
    &REACHES_PRODUCTION,
    &ISSUER_URL,
    &ISSUER_KEYS,
    &POLICY_TEAM,
    &POLICY_KIND,
    &POLICY_RULES,
    &POLICY_CLAIMS,
    &TOO_MANY_POLICIES,
    &CI_SETTINGS,
];
