//! The plan: the provider-neutral pipeline that a spec means, and the lowering that decides it.
//!
//! What must always hold: every decision about privilege, order, names and gates is taken here, once, for all
//! providers; two adapters that render the same plan grant the same. Deliberately absent: any provider's words or
//! limits, templates, and reading from disk or the clock.

mod access;
mod auditing;
mod deployments;
mod language;
mod lower;
mod model;
mod pins;
mod rules;

pub use access::{Access, EnvironmentGrant, EnvironmentPermission, PeopleTeam, StackPermission};
pub use auditing::{AUDIT, AuditContext, Auditing, audit_plan};
pub use deployments::{
    AwsIdentity, AzureIdentity, CloudIdentities, DeploymentSchedule, DeploymentSource, DeploymentTrigger, Deployments,
    DriftCheck, GcpIdentity, TimeToLive,
};
pub use lower::{Context, Lowered, judge_defaults, lower, resolve_access};
pub use model::{
    Action, Cli, Execution, Gate, Image, KnownStack, Language, Places, PlainJob, Plan, Prepare, Runtime, Stage,
    TeamToken, Tier, Trigger, TrustClass, Waiver, When,
};
pub use pins::{ActionPin, CliPin, CliPins, ImagePin, Pins, PinsError, RuntimePin, is_commit, is_digest, is_sha256};
pub use rules::*;

/// Every limit on what a plan repeats, for the page that states them.
#[must_use]
pub fn limits() -> Vec<stackgate_diagnostic::Limit> {
    vec![lower::stages::REPEATED]
}
