//! Runs the rendered pipelines: their jobs, with real `sh`, `bash`, `curl`, `git` and `tar`, against loopback stand-ins
//! for the release host, Pulumi Cloud, the CI system's OIDC issuer, and the Pulumi CLI.
//!
//! What must hold: an artifact is read by the independent YAML parser, never by our own reader; what an evaluator here does
//! not know is a failure, never a guess; no token that is minted here is worth anything anywhere. It deliberately judges no
//! plan: what a job must do is taken from the plan, and what it did from the world's records.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "it is run by tests alone: a panic is a failed test")]

pub mod azure;
pub mod check;
pub mod circleci;
pub mod exchange;
pub mod expression;
pub mod github;
pub mod gitlab;
mod hosts;
pub mod issuer;
pub mod jenkins;
pub mod job;
pub mod leaks;
pub mod render;
pub mod repository;
pub mod run;
pub mod scenario;
pub mod server;
pub mod stand_ins;
mod world;

pub use exchange::Exchange;
pub use hosts::{Answers, Download, Grant, Mint};
pub use issuer::Identity;
pub use job::{Job, Output};
pub use render::{Rehearsed, render};
pub use repository::Repository;
pub use run::{Fate, JobRun};
pub use scenario::{Event, Fault};
pub use stand_ins::Call;
pub use world::World;
