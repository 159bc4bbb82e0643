//! The texts of CircleCI. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "circleci":
    "audit.yml.tera",
    "changes-circleci.sh",
    "checkout-circleci.sh",
    "config.yml.tera",
    "id-token-circleci.sh",
    "job.yml.tera",
    "script.yml.tera",
    "workflow.yml.tera",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
