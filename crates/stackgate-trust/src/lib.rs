//! Trust: which OIDC tokens Pulumi Cloud turns into which team's token, and the proof that no other job gets one.
//!
//! What must hold: policies come from the same plan as the pipelines, allow only, and the proof uses Pulumi Cloud's own
//! matching rules. Deliberately absent: any provider's claims, which are its adapter's; what a team may do.

mod policy;

pub use policy::{Decision, Policy, TokenType};
