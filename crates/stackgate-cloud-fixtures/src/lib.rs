//! Organizations of Pulumi Cloud for tests and chores: what its REST API answers, made from what was declared.
//!
//! What must hold: the same declaration gives the same answers; every answer has the form of Pulumi Cloud's OpenAPI
//! document. Never published. Deliberately absent: any judgement, and anything that is reached over a network.

mod applied;
mod deployments;
mod route;
mod saved;
mod world;

pub use applied::{OPERATOR, TAKEN, applied};
pub use world::{World, id, instant};
