//! What Pulumi Cloud holds: its REST API, read and never written, what was saved of it, and both as one model.
//!
//! What must hold: nothing here changes anything in Pulumi Cloud; the token goes to the host it is for and is in no
//! message; what could not be read is told as such, with the reason, and never looks like something that is not there.
//!
//! Deliberately absent: what was declared, and any judgement.

mod actual;
mod api;
mod client;
pub mod path;
mod read;
mod saved;
mod secret;

pub use actual::{
    Actual, ApiToken, Approver, Creator, Defaults, DeploymentSettings, Environment, EnvironmentLevel, Gate, GateAction,
    Grant, Issuer, Known, Member, MemberRights, Refusal, Role, Stack, StackLevel, Team, TeamKind, Unknown,
};
pub use api::{Answer, Api, Failure};
pub use client::{Client, ClientError, Options, Surroundings, Token, TokenError, stop_on_interrupt, token};
pub use read::{AuditPage, DeploymentPage, Progress, Wanted, audit_events, audit_log, deployments, read};
pub use saved::{Manifest, Origin, Saved, SavedError, Saver, VERSION, read_line, write as save};
