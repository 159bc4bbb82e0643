//! The controls that a pipeline should have, and how far a provider carries each.
//!
//! What must hold: every adapter states every control. The provider matrix, the checklist's reasons and, later, the
//! residual risks of trust policies come from these statements, never from prose.

use std::fmt;

use serde::Serialize;

macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident = $title:literal),* $(,)?) => {
        /// One control.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Control { $($(#[$doc])* $name),* }

        impl Control {
            /// Every control, in the order in which tables show them.
            pub const ALL: &[Control] = &[$(Control::$name),*];

            /// What it gives, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Control::$name => $title),* }
            }
        }
    };
}

controls! {
    /// A preview runs on a change request to the deploy branch.
    ChangeRequestPreview = "preview on a change request",
    /// Change requests of forks get no token.
    SameRepositoryOnly = "nothing for forks",
    /// Deploys start on a push to the deploy branch alone.
    DeployBranchOnly = "deploy on push to the deploy branch only",
    /// Tags, schedules and manual runs mint nothing.
    NothingElse = "nothing on tags, schedules, manual runs",
    /// Stages run in the order of the plan.
    Order = "stages in order",
    /// A deploy belongs to a named environment.
    Environment = "an environment per deploy",
    /// Somebody approves before production.
    Approval = "approval before production",
    /// The approval is visible in the OIDC token's claims.
    GateInClaims = "approval visible in the claims",
    /// One deploy per stack at a time.
    Lock = "one deploy per stack at a time",
    /// A running deploy is never cancelled by a newer one.
    NeverCancelled = "a running deploy is never cancelled",
    /// Each job has a time limit.
    TimeLimit = "a time limit per job",
    /// Pulumi is interrupted before the limit.
    CleanStop = "a clean stop before the limit",
    /// A token of one team, for minutes.
    TeamToken = "a short-lived token of one team",
    /// The OIDC token is bound to the Pulumi organization.
    Audience = "OIDC token for Pulumi alone",
    /// Only jobs that need it may ask for an OIDC token.
    MintPerJob = "only the jobs that need it can mint",
    /// The repository token may do no more than the job needs.
    LeastPermission = "least permission of the CI token",
    /// Every third-party reference is immutable.
    Pinned = "every reference pinned",
    /// The CLI's archive is checked before it is unpacked.
    VerifiedCli = "CLI verified by SHA-256",
    /// The checkout leaves no credentials behind.
    CleanCheckout = "no credentials left by the checkout",
    /// No cache feeds a job that mints.
    NoCache = "no cache in a job that mints",
    /// Previews run only for changes under the project's paths.
    PathFilters = "path filters on previews",
    /// Credentials are removed whatever happens.
    CleanUp = "credentials removed at the end",
}

/// How far a provider carries a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "support", content = "note")]
pub enum Support {
    /// The provider has it, and the file says it.
    Native,
    /// The file does it by other means, which the note names.
    Emulated(String),
    /// No file holds it; the note says what to set, and the checklist how.
    Outside(String),
    /// The provider cannot; the note says why, and what follows.
    Impossible(String),
}

impl Support {
    /// `native`, `emulated`, `outside the file` or `impossible`.
    pub fn word(&self) -> &'static str {
        match self {
            Support::Native => "native",
            Support::Emulated(_) => "emulated",
            Support::Outside(_) => "outside the file",
            Support::Impossible(_) => "impossible",
        }
    }

    /// The note, empty where none is needed.
    pub fn note(&self) -> &str {
        match self {
            Support::Native => "",
            Support::Emulated(note) | Support::Outside(note) | Support::Impossible(note) => note,
        }
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.note() {
            "" => f.write_str(self.word()),
            note => write!(f, "{}: {note}", self.word()),
        }
    }
}
