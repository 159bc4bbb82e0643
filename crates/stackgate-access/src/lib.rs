//! What Pulumi Cloud must hold: issuers with policies, teams with permissions, deployment settings; and its rendering as
//! a Pulumi program, as REST bodies in a script, and as text for a change review.
//!
//! What must hold: all renderings come from one model and say the same. Deliberately absent: any call of Pulumi Cloud, and
//! any decision about privilege, which the plan took.

mod fragment;

pub use fragment::{Fragment, Issuer, OrganizationDefaults, StackEntry, Team, TeamKind};
