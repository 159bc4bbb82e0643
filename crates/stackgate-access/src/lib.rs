//! What Pulumi Cloud must hold: issuers with policies, teams with permissions, deployment settings; and its rendering as
//! a Pulumi program, as REST bodies in a script, and as text for a change review.
//!
//! What must hold: all renderings come from one model and say the same. Deliberately absent: any call of Pulumi Cloud, and
//! any decision about privilege, which the plan took.

mod compose;
mod derive;
mod fragment;
mod json;
mod render;
mod rules;
mod scopes;
mod values;

pub use compose::{Conflict, Organization, compose};
pub use fragment::{Fragment, Issuer, OrganizationDefaults, StackEntry, Team, TeamKind, VERSION};
pub use json::FragmentError;
pub use render::{CiOptions, FOLDER, GitHubReviewers, GitLabApprovers, ID, Options, RenderFailed, places, render};
pub use rules::*;
