//! The rules that Azure's diagnostics cite.
//!
//! What must hold: each says why it exists and what to write instead. Checks are elsewhere.

pub(crate) use stackgate_provider::GATE_NOT_IN_CLAIMS;
use stackgate_provider::diagnostic::Rule;

/// Every rule of this crate.
pub(crate) static RULES: &[&Rule] = &[
    &CONNECTION,
    &DEFINITIONS,
    &ENVIRONMENT,
    &IDENTITY,
    &JAVA_VERSION,
    &POOL,
    &PREVIEW_SHARES_TOKEN,
    &SHARED_POOL,
    &STAGE_ID,
    &TIME_LIMIT,
    &GATE_NOT_IN_CLAIMS,
];

pub(crate) static CONNECTION: Rule = Rule {
    id: "azure-connection",
    title: "A service connection is named by its name and its GUID, and serves one purpose",
    why: "The stage names the connection, so that Azure runs its checks before the stage, and the token is asked for by the id. A \
          connection that previews use too must not wait for an approval, and then holds nothing back.",
    instead: "Write `{ name: NAME, id: GUID }` of a connection of its own: `az devops service-endpoint list` shows both.",
    waivable: false,
};

pub(crate) static DEFINITIONS: Rule = Rule {
    id: "azure-definitions",
    title: "Previews and deploys run in two pipeline definitions",
    why: "The definition's id is what tells a preview's token from a deploy's. One definition for both would give every pull \
          request the trust of the deploy branch's pipeline.",
    instead: "Create one definition for each file, and write the id of each.",
    waivable: false,
};

pub(crate) static ENVIRONMENT: Rule = Rule {
    id: "azure-environment",
    title: "An environment's name has at most 64 characters",
    why: "Azure publishes no limit, and a name that it refused or cut short would be another environment, one without checks.",
    instead: "Give the stack a shorter `name`, or its deploy a shorter `environment`.",
    waivable: false,
};

pub(crate) static IDENTITY: Rule = Rule {
    id: "azure-identity",
    title: "Names and ids of Azure DevOps have a form",
    why: "The trust policies pin them; a wrong one would admit another organization, project or repository, or none.",
    instead: "Write names as in the address `dev.azure.com/ORGANIZATION/PROJECT`, and ids as GUIDs.",
    waivable: false,
};

pub(crate) static JAVA_VERSION: Rule = Rule {
    id: "azure-java-version",
    title: "Azure's images carry one release of each major Java version",
    why: "The set-up task chooses among what the image carries, by its major version; which release that is changes with the image.",
    instead: "Rely on the major version only, or prepare a pool of your own that carries the release.",
    waivable: false,
};

pub(crate) static POOL: Rule = Rule {
    id: "azure-pool",
    title: "A pool or an image is one name that stays the same",
    why: "A `-latest` image changes its meaning by Microsoft's calendar, and a name with other characters could be read as an \
          expression.",
    instead: "Write one image, such as `ubuntu-24.04`, or the name of an agent pool of yours.",
    waivable: false,
};

pub(crate) static PREVIEW_SHARES_TOKEN: Rule = Rule {
    id: "azure-preview-shares-token",
    title: "Production's preview shows in the claims",
    why: "The run's own OIDC token names the definition and the branch, not the job: a job that deploys a development stack could \
          ask for the team of production's preview, which can read production's stack and secrets.",
    instead: "Write `production_preview_connection: { name: NAME, id: GUID }`, a service connection with branch control and without an \
              approval, or waive this rule for the stack, with a reason and an end.",
    waivable: true,
};

pub(crate) static SHARED_POOL: Rule = Rule {
    id: "azure-shared-pool",
    title: "Change requests and deploys run on different agents",
    why: "A preview runs code that nobody has reviewed. On an agent that lives on, it can leave something behind for the deploy \
          that comes next.",
    instead: "Write `preview_pool`, a pool of its own; or make the agents live for one job, and waive this rule for `azure`.",
    waivable: true,
};

pub(crate) static STAGE_ID: Rule = Rule {
    id: "azure-stage-id",
    title: "Every stage has an id of its own once `-` is written as `_`",
    why: "Azure takes letters, digits and `_` alone. Two ids that become one, or that of a stage which the pipelines have \
          themselves (`changes`), would make one stage out of two.",
    instead: "Give the stack another `name`, or the job another name.",
    waivable: false,
};

pub(crate) static TIME_LIMIT: Rule = Rule {
    id: "azure-time-limit",
    title: "A job on an agent of Microsoft's takes at most six hours",
    why: "Azure ends the job there, whatever its own time limit, and an update that is ended so leaves the stack locked.",
    instead: "Write a time limit of at most 360 minutes, or the `pool` of agents of your own.",
    waivable: false,
};
