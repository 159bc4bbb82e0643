//! The rules that Jenkins' diagnostics cite.
//!
//! What must hold: each says why it exists and what to write instead. Checks are elsewhere.

use stackgate_provider::diagnostic::Rule;
pub(crate) use stackgate_provider::{GATE_NOT_IN_CLAIMS, IMAGE_UNPINNED, JWKS_KEY, JWKS_PRIVATE};

/// Every rule of this crate.
pub(crate) static RULES: &[&Rule] = &[
    &ADDRESS,
    &AFTER_JOBS,
    &APPROVERS,
    &BRANCH,
    &CREDENTIAL,
    &GATE_NOT_IN_CLAIMS,
    &IMAGE_UNPINNED,
    &JWKS_KEY,
    &JWKS_PRIVATE,
    &LABEL,
    &PATH,
    &SHARED_AGENTS,
    &UNUSED,
    &WAIT,
];

pub(crate) static ADDRESS: Rule = Rule {
    id: "jenkins-address",
    title: "Jenkins and its jobs are named by their addresses",
    why: "The trust policies name the jobs by their addresses; a wrong one would admit another job or none, and one job \
          for both files would give production's trust to every change request.",
    instead: "Write `url: https://jenkins.example.com`, `job: folder/name` and `production_job: folder/name`.",
    waivable: false,
};

pub(crate) static AFTER_JOBS: Rule = Rule {
    id: "jenkins-after-jobs",
    title: "A job after the stages runs whatever became of them",
    why: "Jenkins skips every stage behind one that failed, and what it runs in spite of a failure has no container: a job \
          that should always report would be silent exactly when it matters.",
    instead: "Let Jenkins itself notify of failures, or waive this rule for `jenkins`: the job then runs as the last stage, \
              when all before it succeeded.",
    waivable: true,
};

pub(crate) static APPROVERS: Rule = Rule {
    id: "jenkins-approvers",
    title: "An approval names who may give it",
    why: "Without a list, everybody who may start a build may approve it.",
    instead: "Write `approvers: [group]` with users' ids or groups as Jenkins' security realm names them.",
    waivable: false,
};

pub(crate) static BRANCH: Rule = Rule {
    id: "jenkins-branch",
    title: "On Jenkins, the deploy branch is one plain word",
    why: "Jenkins encodes a slash in a branch's name twice in the address that the OIDC token shows, so that a trust policy \
          would have to guess its form.",
    instead: "Deploy from a branch of letters, digits, `.`, `_` and `-`, such as `main`.",
    waivable: false,
};

pub(crate) static CREDENTIAL: Rule = Rule {
    id: "jenkins-credential",
    title: "Production has an OIDC credential of its own",
    why: "Whoever can bind a credential gets its OIDC token. One credential for both jobs would have to lie where both can \
          reach it, and so would every change request.",
    instead: "Write two ids of letters, digits, `.`, `_` and `-`, and keep production's in the store of the production job.",
    waivable: false,
};

pub(crate) static LABEL: Rule = Rule {
    id: "jenkins-label",
    title: "Agents are chosen by one label",
    why: "Jenkins takes `&&`, `||` and `!` in a label for an expression, which may choose agents that nobody meant, the \
          controller among them.",
    instead: "Write one label of letters, digits, `.`, `_` and `-`, and give it to the agents that are meant.",
    waivable: false,
};

pub(crate) static PATH: Rule = Rule {
    id: "jenkins-path",
    title: "A Jenkinsfile lies where stackgate looks for it",
    why: "Files that the spec no longer asks for are looked for in known places only; elsewhere they would be forgotten, and \
          a forgotten pipeline still deploys.",
    instead: "Write a name that begins with `Jenkinsfile`, in the root, in `jenkins/` or in `ci/`, a different one for each file.",
    waivable: false,
};

pub(crate) static SHARED_AGENTS: Rule = Rule {
    id: "jenkins-shared-agents",
    title: "Production does not run on the agents of change requests",
    why: "A preview runs code that nobody has reviewed; what it leaves on an agent could wait there for production's token.",
    instead: "Give `production_label` agents of their own, or make the agents live for one build, and waive this for `jenkins`.",
    waivable: true,
};

pub(crate) static UNUSED: Rule = Rule {
    id: "jenkins-unused",
    title: "Every option has an effect",
    why: "An option that does nothing makes its reader believe in something that is not there.",
    instead: "Remove the option, or the one that makes it useless.",
    waivable: false,
};

pub(crate) static WAIT: Rule = Rule {
    id: "jenkins-wait",
    title: "A build waits for 1 to 720 hours",
    why: "A build that waits without end deploys an old commit when somebody finally approves it.",
    instead: "Write `wait_hours` as a number from 1 to 720.",
    waivable: false,
};
