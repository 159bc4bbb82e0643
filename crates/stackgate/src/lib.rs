//! stackgate as a library: load a spec, plan, render, compare with disk, write.
//!
//! This is what a `cargo xtask` of any repository calls, and what the command itself is made of:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let project = stackgate::Project::open(std::path::Path::new("."))?;
//! let report = project.check()?;
//! assert!(report.is_clean(), "run `cargo xtask pipelines`");
//! # Ok(())
//! # }
//! ```
//!
//! What must hold: nothing is rendered of a spec with a mistake; nothing is written that does not read back as the plan;
//! a write is all or nothing, and never leaves the repository. This is the only crate that touches disk; it never
//! prints.

pub mod args;
mod audit;
mod baseline;
mod ci_settings;
mod disk;
mod error;
mod esc;
mod find;
pub mod import;
pub mod init;
mod limits;
mod logs;
mod meaning;
mod organization;
mod pins;
mod project;
mod registry;
mod reports;
mod repositories;
mod review;
mod rules;
mod schema;
mod tree;
mod trust;
mod write;

pub use audit::{
    Audit, AuditOptions, Fixed, Fixes, audit, audit_policies_file, fragment_subject, policies_subject, project_subject,
};
pub use baseline::Baseline;
pub use error::{Error, Result};
pub use find::find_spec;
pub use limits::all_limits;
pub use logs::{Logs, LogsOptions};
pub use meaning::{Meaning, meanings};
pub use organization::Organization;
pub use pins::{AdoptOptions, Adopted, Adoption, Origin, PinInUse, PinsReport, Sha256Sums, pins_schema};
pub use project::{Project, SPEC_NAME, today};
pub use registry::{PROVIDERS, provider};
pub use reports::{Bar, check_report, mistakes_report, prove_report};
pub use repositories::{Models, Repositories, prove_all};
pub use review::{Adopting, Left, Review, ReviewOptions};
pub use rules::{all_rules, find_rule};
pub use schema::spec_schema;
pub use stackgate_access as access;
pub use stackgate_audit as audit_rules;
pub use stackgate_cloud::{Progress, stop_on_interrupt};
pub use stackgate_diagnostic as diagnostic;
pub use stackgate_drift::{
    Change, Class, Direction, FileReport, OnDisk, Pin, PinChange, PinDiff, PinFault, PinKind, Report, State, classify,
    compare, pin_changes, pins_of, unified,
};
pub use stackgate_logs as log_rules;
pub use stackgate_plan as plan;
pub use stackgate_provider as adapter;
pub use stackgate_report as report;
pub use stackgate_review as review_rules;
pub use stackgate_spec as spec;
pub use stackgate_trust as trust_model;
pub use trust::{read_policies, read_token};
pub use write::{Action, Changes, WriteOptions, Writing, write_new};
