//! The plan: stages in order, each with everything about privilege already decided.
//!
//! What must hold: an adapter needs nothing but this to render; two adapters given the same plan grant the same; every
//! element knows the place in the spec that it came from. What it deliberately lacks: any provider's words.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stackgate_diagnostic::Span;

use crate::access::Access;
use crate::auditing::Auditing;
use crate::deployments::Deployments;
pub use crate::language::Language;
use crate::pins::Pins;

/// The whole pipeline of one repository, for all of its providers.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The Pulumi organization.
    pub organization: String,
    /// The base URL of Pulumi Cloud's API, without a trailing slash.
    pub cloud_url: String,
    /// The deploy branch.
    pub branch: String,
    /// The spec's path relative to the repository root, with `/`.
    pub spec_path: String,
    /// The Pulumi CLI that every pipeline installs.
    pub cli: Cli,
    /// Every stage, so that a stage stands after all that it waits for.
    pub stages: Vec<Stage>,
    /// The tokenless jobs, in the order of the spec.
    pub jobs: Vec<PlainJob>,
    /// What people may do in Pulumi Cloud.
    pub access: Access,
    /// What Pulumi Deployments runs.
    pub deployments: Vec<Deployments>,
    /// Every stack of the spec, also one that no pipeline deploys.
    pub stacks: Vec<KnownStack>,
    /// The waivers that the spec holds.
    pub waivers: Vec<Waiver>,
    /// What the one stage does where this is the plan of an organization's audit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auditing: Option<Auditing>,
    /// The pin table with the spec's own pins over it.
    #[serde(skip)]
    pub pins: Arc<Pins>,
}

/// A stack, whoever deploys it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownStack {
    /// The Pulumi project.
    pub project: String,
    /// The Pulumi stack.
    pub stack: String,
    /// Its posture.
    pub tier: Tier,
    /// The ESC environments that it opens, as `project/name`.
    pub esc: Vec<String>,
}

/// The exact CLI release, with what its archives must hash to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cli {
    /// Such as `3.259.0`.
    pub version: String,
    /// SHA-256 of the linux-x64 archive, in lower-case hexadecimal.
    pub sha256_x64: String,
    /// SHA-256 of the linux-arm64 archive.
    pub sha256_arm64: String,
}

/// What a stage does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// `pulumi preview`.
    Preview,
    /// `pulumi up`.
    Deploy,
    /// `stackgate review` and `stackgate logs`. It is in the plan of an organization's audit, and in no other.
    Audit,
}

/// What starts a stage. Nothing else ever does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A change request to the deploy branch, from the same repository.
    ChangeRequest,
    /// A push to the deploy branch.
    Push,
    /// A time, or somebody by hand, on the deploy branch. It is in the plan of an organization's audit, and in no other.
    Schedule,
}

/// The two postures of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Developers deploy to it directly.
    Development,
    /// Deployed by an isolated pipeline alone, after review.
    Production,
}

/// What a token may touch at most; a greater class reaches more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustClass {
    /// The audit of an organization: it reads what is configured and logged, and neither changes nor decrypts anything.
    Audit,
    /// Code that nobody has reviewed yet.
    ChangeRequest,
    /// Merged code, on development stacks.
    Development,
    /// Merged code, on production stacks; production's own preview too.
    Production,
}

/// What runs the program of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Execution {
    /// The Pulumi CLI, in the stage's own job.
    Cli,
    /// Pulumi Deployments. The job starts a deployment and waits for it: none of the program's code runs in it, so that it
    /// needs no language, no steps before the token and no plugins.
    Deployments {
        /// The body of the request, as JSON without the commit. It reaches the script through a variable alone.
        request: String,
    },
}

/// One action on one stack.
#[derive(Debug, Clone, Serialize)]
pub struct Stage {
    /// The stage's own name, unique in the plan in any case: `deploy-payments-dev`.
    pub id: String,
    /// The base of every derived name: `<project>-<stack>` or the stack's `name`.
    pub name: String,
    /// The Pulumi project.
    pub project: String,
    /// The Pulumi stack.
    pub stack: String,
    /// What it does.
    pub action: Action,
    /// What runs the program.
    pub execution: Execution,
    /// What starts it.
    pub trigger: Trigger,
    /// The stack's posture.
    pub tier: Tier,
    /// What its token may touch at most.
    pub class: TrustClass,
    /// The provider that runs it.
    pub provider: String,
    /// The token that it mints.
    pub token: TeamToken,
    /// The CI environment that it runs in; every deploy has one, a preview of a change request has none.
    pub environment: Option<String>,
    /// Whether somebody must approve before it starts.
    pub gate: Option<Gate>,
    /// The lock that it holds while it runs, as `ORG/PROJECT/STACK`; previews hold none.
    pub lock: Option<String>,
    /// Ids of the stages, of the same trigger and provider, that must have succeeded before.
    pub after: Vec<String>,
    /// The job's time limit in minutes.
    pub timeout_minutes: u32,
    /// Seconds that Pulumi may run before it is interrupted, so that it stops cleanly. Counted from Pulumi's own start: a
    /// job whose set-up takes more than the rest of the limit is ended by the CI system first.
    pub stop_after_seconds: u32,
    /// Language and exact version that the job needs; `yaml`, which needs none, where Pulumi Deployments runs the program.
    pub runtime: Runtime,
    /// The project's directory, relative to the repository root, `.` for the root itself.
    pub directory: String,
    /// Path filters of a change request's preview, as globs from the repository root; empty for none.
    pub paths: Vec<String>,
    /// Steps before the token exists; empty for the runtime's own default.
    pub prepare: Vec<Prepare>,
    /// ESC environments, as `project/name`, that the stack opens.
    pub esc: Vec<String>,
    /// Stacks, as `project/stack`, whose outputs the program reads.
    pub references: Vec<String>,
    /// Where the spec says so.
    pub places: Places,
}

impl Stage {
    /// `ORG/PROJECT/STACK`, as Pulumi takes it.
    pub fn qualified(&self, organization: &str) -> String {
        format!("{organization}/{}/{}", self.project, self.stack)
    }

    /// What people read of it: `Deploy app/dev`.
    pub fn title(&self) -> String {
        let verb = match (self.action, self.trigger) {
            (Action::Preview, Trigger::ChangeRequest) => "Preview",
            (Action::Preview, Trigger::Push) => "Preview for approval",
            (Action::Preview, Trigger::Schedule) => "Preview on schedule",
            (Action::Deploy, _) => "Deploy",
            (Action::Audit, _) => return "Audit the organization".into(),
        };
        format!("{verb} {}", self.reference())
    }

    /// `PROJECT/STACK`, as the spec names it.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.project, self.stack)
    }

    /// The body of the request that starts a deployment; none where the job itself runs the program.
    pub fn request(&self) -> Option<&str> {
        match &self.execution {
            Execution::Cli => None,
            Execution::Deployments { request } => Some(request),
        }
    }
}

/// Places in the spec; a default's place is that of the stack which takes it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Places {
    /// The stack's key.
    #[serde(skip)]
    pub stack: Span,
    /// The team's name.
    #[serde(skip)]
    pub team: Span,
    /// The CI environment's name.
    #[serde(skip)]
    pub environment: Span,
    /// The provider's name.
    #[serde(skip)]
    pub provider: Span,
    /// The runtime.
    #[serde(skip)]
    pub runtime: Span,
}

/// The Pulumi Cloud access token that a stage mints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamToken {
    /// The one team that it belongs to.
    pub team: String,
    /// The audience that the CI system's OIDC token is asked for, where one can be asked for: `urn:pulumi:org:ORG`.
    pub audience: String,
    /// Lifetime in seconds.
    pub lifetime_seconds: u32,
}

/// What a deploy waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Somebody's approval.
    Approval,
}

/// The language of a project, resolved through the pins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runtime {
    /// `nodejs`, `python`, `go`, `dotnet`, `java` or `yaml`.
    pub language: Language,
    /// The exact version that a set-up step installs; empty for `yaml`.
    pub version: String,
    /// The image for jobs that run in containers; absent when the spec asks for a version that no pin knows.
    pub image: Option<Image>,
}

/// A container image by tag and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// Such as `node:24-bookworm`.
    pub name: String,
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

impl Image {
    /// `name@digest`, as every container system takes it.
    pub fn pinned(&self) -> String {
        format!("{}@{}", self.name, self.digest)
    }
}

/// A step that runs before the token exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prepare {
    /// For people.
    pub name: String,
    /// The command, run by `sh` in the project's directory.
    pub run: String,
}

/// When a tokenless job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before every stage; the stages wait for its success.
    Before,
    /// After every stage, whatever became of them.
    After,
}

/// A job of the user's own, without any token.
#[derive(Debug, Clone, Serialize)]
pub struct PlainJob {
    /// Its id, unique among stages and jobs.
    pub id: String,
    /// The provider that runs it.
    pub provider: String,
    /// What starts it, in the order change request, push.
    pub triggers: Vec<Trigger>,
    /// Before or after the stages.
    pub when: When,
    /// The command, run by `sh` in `directory`.
    pub run: String,
    /// Relative to the repository root.
    pub directory: String,
    /// Language and version.
    pub runtime: Runtime,
    /// The job's time limit in minutes.
    pub timeout_minutes: u32,
    /// Where the spec says so.
    #[serde(skip)]
    pub place: Span,
}

/// A rule that the spec sets aside, with a reason and a last day.
#[derive(Debug, Clone, Serialize)]
pub struct Waiver {
    /// The rule's id.
    pub rule: String,
    /// A `project/stack`, a project, a team or a provider.
    pub place: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: String,
    /// Where the spec says so.
    #[serde(skip)]
    pub span: Span,
}

impl Plan {
    /// The stages that one provider runs, in order.
    pub fn stages_of<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a Stage> {
        self.stages.iter().filter(move |stage| stage.provider == provider)
    }

    /// The tokenless jobs that one provider runs on one trigger.
    pub fn jobs_of<'a>(&'a self, provider: &'a str, trigger: Trigger) -> impl Iterator<Item = &'a PlainJob> {
        self.jobs.iter().filter(move |job| job.provider == provider && job.triggers.contains(&trigger))
    }

    /// The stage of that id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// Whether the spec waives `rule` for any of the `places`.
    pub fn waives(&self, rule: &str, places: &[&str]) -> bool {
        self.waivers.iter().any(|waiver| waiver.rule == rule && places.contains(&waiver.place.as_str()))
    }

    /// Stages by project, in the order of first appearance; for printing.
    pub fn by_project(&self) -> IndexMap<&str, Vec<&Stage>> {
        let mut projects: IndexMap<&str, Vec<&Stage>> = IndexMap::new();
        for stage in &self.stages {
            projects.entry(&stage.project).or_default().push(stage);
        }
        projects
    }
}
