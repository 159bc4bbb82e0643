//! The texts of Jenkins. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "jenkins":
    "Jenkinsfile.tera",
    "audit.tera",
    "changes-jenkins.sh",
    "environment.tera",
    "filtered.tera",
    "plain.tera",
    "script-filtered.tera",
    "script.tera",
    "steps.tera",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
