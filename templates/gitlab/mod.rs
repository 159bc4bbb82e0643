//! The texts of GitLab CI. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "gitlab":
    "audit.yml.tera",
    "hide-id-token-gitlab.sh",
    "id-token-gitlab.sh",
    "pipeline.yml.tera",
    "plain.yml.tera",
    "private-gitlab.sh",
    "report-gitlab.sh",
    "stage.yml.tera",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
