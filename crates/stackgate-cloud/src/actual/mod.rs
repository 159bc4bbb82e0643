//! The model: an organization as Pulumi Cloud has it.
//!
//! What must hold: every list that may be incomplete says so; a level that this version does not know keeps its name and
//! is never taken for a lower one. Names are those of the REST API. Source: Pulumi Cloud's OpenAPI document.

mod access;
mod environment;
mod known;
mod organization;
mod stack;
mod trust;

pub use access::{ApiToken, EnvironmentLevel, Grant, Role, StackLevel, Team, TeamKind};
pub use environment::{Approver, Environment, Gate, GateAction};
pub use known::{Known, Refusal, Unknown};
pub use organization::{Actual, Defaults, Member, MemberRights};
pub use stack::{Creator, DeploymentSettings, Stack};
pub use trust::Issuer;
