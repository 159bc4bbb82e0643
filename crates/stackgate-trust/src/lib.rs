//! Trust: which OIDC tokens Pulumi Cloud turns into which team's token, and the proof that no other job gets one.
//!
//! What must hold: policies come from the same plan as the pipelines, allow only, and the proof uses Pulumi Cloud's own
//! matching rules. Deliberately absent: any provider's claims, which are its adapter's; what a team may do.

mod decide;
mod file;
mod hole;
mod model;
mod mutate;
mod path;
mod pattern;
mod policy;
mod prove;
mod rules;
mod simulate;
mod strict;
mod table;

pub use decide::{Compiled, Request, Verdict, decide, shown};
pub use file::{LARGEST, policies as read_policies, policy as read_policy, token as read_token};
pub use hole::{Hole, Kind};
pub use model::{IssuerPolicies, Model, Source};
pub use path::{claim, keys};
pub use pattern::{Pattern, is_wildcard};
pub use policy::{Decision, Policy, TokenType};
pub use prove::{Proof, prove};
pub use rules::{MALFORMED_POLICIES, MALFORMED_TOKEN, RULES, TRUST_REFUTED, TRUST_WILDCARD};
pub use simulate::{Answer, simulate};
pub use table::{Cell, Table};
