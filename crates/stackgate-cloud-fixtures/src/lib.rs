//! Organizations of Pulumi Cloud for tests and chores: what its REST API answers, made from what was declared.
//!
//! What must hold: the same declaration gives the same answers; every answer has the form of Pulumi Cloud's OpenAPI
//! document. Never published, and heard on this machine alone. Deliberately absent: any judgement.

mod applied;
pub mod contract;
mod deployments;
mod laid;
mod route;
mod saved;
mod server;
mod world;

pub use applied::{OPERATOR, TAKEN, applied};
pub use laid::Laid;
pub use server::{Fault, Seen, Server};
pub use world::{World, id, instant};
